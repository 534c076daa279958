"""The chain of a launch in, how each checkpoint that it loads fits the model out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Once
from trainlint.chain.model import Chain
from trainlint.chain.paths.texts import settings_of
from trainlint.chain.weights.configs import OwnConfig, OwnConfigs
from trainlint.chain.weights.layers import Size
from trainlint.chain.weights.loads import Load, State, loads, state_of
from trainlint.chain.weights.tree import Making, Tree, making, tree_of
from trainlint.facts.behaviour import Access, Behaviour, Read, Step
from trainlint.facts.checkpoint import Checkpoint, Stored, StoredTensor, UnreadCheckpoint
from trainlint.facts.config import Composition, ConfigScalar, select
from trainlint.facts.paths import LoadedCheckpoint, RunPaths
from trainlint.facts.symbols import Code, Instance, Operation, Setting, Symbol
from trainlint.facts.value import Known
from trainlint.facts.weights import CheckpointFit, ConfigDifference, ShapeDifference
from trainlint.source import Files

#: What wrappers of a model put in front of its names.
_WRAPPED = ("module.", "_orig_mod.")


@dataclass(eq=False)
class FitReader:
    """Compares checkpoints with the models that they are loaded into."""

    files: Files
    _configs: OwnConfigs = field(init=False)
    _making: Once[Making] = field(default_factory=lambda: Once(making))

    def __post_init__(self) -> None:
        """One reader of configs for all launches."""
        self._configs = OwnConfigs(self.files)

    def of(self, chain: Chain) -> tuple[CheckpointFit, ...]:
        """The fits of one launch, for all its compositions; most launches load nothing."""
        done = chain.behaviour
        if done is None or not any(paths.checkpoints for paths in chain.paths):
            return ()
        known = [composition for composition in chain.configs if composition.root is not None]
        found: list[CheckpointFit] = []
        # A composition that Hydra refuses has no paths either.
        pairs = [pair for pair in zip(chain.evaluations, known, strict=True) if not pair[1].problems]
        for paths, (run, composition) in zip(chain.paths, pairs, strict=True):
            found += self._fits(paths, run, composition, done)
        return tuple(found)

    def _fits(
        self, paths: RunPaths, run: Evaluation, composition: Composition, done: Behaviour
    ) -> Iterator[CheckpointFit]:
        for load in loads(done, run):
            for loaded in paths.checkpoints:
                if loaded.needed.place == load.source.span:
                    yield self._fit(load, loaded, run, composition, done)

    def _fit(
        self, load: Load, loaded: LoadedCheckpoint, run: Evaluation, composition: Composition, done: Behaviour
    ) -> CheckpointFit:
        tree = tree_of(load.model, self._making.of(done), run)
        state: State | str = "it was not read"
        root: Stored | None = None
        if isinstance(loaded.contents, Checkpoint):
            root = loaded.contents.root
            state = state_of(load, root, done)
        elif isinstance(loaded.contents, UnreadCheckpoint):
            state = loaded.contents.reason
        part = _Part(tree, state, run, done)
        config = self._configs.of(loaded.needed.path, root, list(part.keys))
        return part.fit(load, loaded, config, composition)


class _Part:
    """The part of a model that a checkpoint is loaded into, and the config values that it is built from."""

    def __init__(self, tree: Tree, state: State | str, run: Evaluation, done: Behaviour) -> None:
        self.tree, self.state, self.run, self.done = tree, state, run, done
        self.entries = _unwrapped(state.entries, tree) if isinstance(state, State) else {}
        self.covered = {id(entry): entry for entry in self._covered()}
        #: The config's keys that decide a shape (True) or only what the part does (False).
        self.keys: dict[str, bool] = {}
        for key in (*self._behaving(), *self._shaping()):
            self.keys[key] = False
        for key in self._shaping():
            self.keys[key] = True

    def _covered(self) -> Iterator[Instance]:
        """The objects of which every part, down to the last, has something from the checkpoint."""
        filled = {prefix for prefix in self.tree.objects if self._is_filled(prefix)}
        for prefix, owner in self.tree.objects.items():
            below = (other for other in self.tree.objects if _is_part(other, prefix))
            if self._names(prefix) and all(other in filled or not self._names(other) for other in below):
                yield owner

    def _names(self, prefix: str) -> list[str]:
        start = f"{prefix}." if prefix else ""
        return [name for name in self.tree.tensors if name.startswith(start)]

    def _is_filled(self, prefix: str) -> bool:
        """Whether each attribute of an object that holds tensors has some from the checkpoint."""
        names, length = self._names(prefix), len(prefix) + 1 if prefix else 0
        loaded = {name[length:].partition(".")[0] for name in names if name in self.entries}
        whole = not isinstance(self.state, State)
        return whole or {name[length:].partition(".")[0] for name in names} == loaded

    def _shaping(self) -> Iterator[str]:
        """Settings that the sizes of the loaded tensors and the lengths of their lists are computed from."""
        loaded = [name for name in self.tree.tensors if not self.entries or name in self.entries]
        for name in loaded:
            for size in self.tree.tensors[name] or ():
                if size is not None and not isinstance(size, int):
                    yield from _keys(size)
        for prefix, count in self.tree.counts.items():
            if any(name.startswith(f"{prefix}.") for name in (*loaded, *self.entries)):
                yield from _keys(count)

    def _behaving(self) -> Iterator[str]:
        """Settings that the covered objects keep or read."""
        for owner in self.covered.values():
            for name, symbol in owner.attributes.items():
                if name != "training" and isinstance(symbol, (Setting, Operation)):
                    yield from _keys(symbol)
        for event in self.done.events:
            if isinstance(event, Read) and self._reads(event):
                yield ".".join(event.setting.path)

    def _reads(self, event: Read) -> bool:
        """Whether a covered object's own method reads a key."""
        if event.access not in (Access.GET, Access.DEFAULT):
            return False
        for place in event.place.outwards():
            if place.step is Step.CALL and isinstance(place.value, Code):
                bound = place.value.bound
                return isinstance(bound, Instance) and id(bound) in self.covered
        return False

    def fit(
        self, load: Load, loaded: LoadedCheckpoint, config: OwnConfig | None, composition: Composition
    ) -> CheckpointFit:
        """The comparison of tensors and of configs."""
        names = [name for name in self.tree.tensors if name in self.entries]
        shapes = tuple(found for name in names if (found := self._shape(name)) is not None)
        state = self.state
        whole = isinstance(state, State) and load.strict is True
        missing = (
            [n for n in self.tree.tensors if n not in self.entries and not _filled_in(n)] if whole else []
        )
        unexpected = [n for n in self.entries if n not in self.tree.tensors and not self.tree.is_open(n)]
        return CheckpointFit(
            loaded=loaded,
            place=load.call.span,
            strict=load.strict is True,
            config=config.values if config is not None else {},
            config_file=config.file if config is not None else None,
            differences=tuple(self._differences(config, composition)) if config is not None else (),
            missing=tuple(missing),
            unexpected=tuple(unexpected) if whole else (),
            shapes=shapes,
            matching=len(names),
            known=bool(self.tree.tensors) and not self.tree.open,
            partial=isinstance(state, State) and state.partial,
            unchecked=None if isinstance(state, State) else state,
        )

    def _shape(self, name: str) -> ShapeDifference | None:
        ours, theirs = self.tree.tensors[name], self.entries[name]
        if ours is None or not isinstance(theirs, StoredTensor):
            return None
        sizes = tuple(self._size(size) for size in ours)
        differ = any(
            one is None or other is None or one != other
            for one, other in zip_longest(sizes, theirs.shape)
            if not (one is None and other is not None and len(sizes) == len(theirs.shape))
        )
        return ShapeDifference(name, theirs.shape, sizes) if differ else None

    def _size(self, size: Size) -> int | None:
        if size is None or isinstance(size, int):
            return size
        found = self.run.value(size)
        value = found.value if isinstance(found, Known) else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _differences(self, config: OwnConfig, composition: Composition) -> Iterator[ConfigDifference]:
        for key, shapes in self.keys.items():
            path = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
            node, found = select(composition.root, path), self.run.value(Setting(tuple(key.split("."))))
            theirs_key = config.find(key)
            if not isinstance(node, ConfigScalar) or not isinstance(found, Known) or theirs_key is None:
                continue
            theirs, ours = config.values[theirs_key], found.value
            theirs, ours = _plain(config.values[theirs_key]), _plain(found.value)
            if theirs is not None and ours is not None and not _alike(theirs, ours):
                yield ConfigDifference(key, theirs, ours, node.origin, config.places[theirs_key], shapes)


def _filled_in(name: str) -> bool:
    """Whether torch makes up for a tensor that is missing: checkpoints before 0.4.1 do not count batches."""
    return name.rpartition(".")[2] == "num_batches_tracked"


def _is_part(prefix: str, whole: str) -> bool:
    """Whether one object is a part of another, or that one itself; items of lists may be more or fewer."""
    if prefix == whole:
        return True
    start = f"{whole}." if whole else ""
    rest = prefix[len(start) :].split(".")
    return prefix.startswith(start) and not any(part.isdecimal() for part in rest)


def _keys(symbol: Symbol) -> Iterator[str]:
    for setting in settings_of(symbol):
        if setting.path:
            yield ".".join(setting.path)


def _plain(value: object) -> str | int | float | None:
    return value if isinstance(value, (str, int, float)) else None


def _alike(one: str | int | float, other: str | int | float) -> bool:
    """Whether two values are the same to a program: `1`, `1.0` and `"1"` are."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one == other
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def _unwrapped(entries: dict[str, Stored], tree: Tree) -> dict[str, Stored]:
    """The entries without what a wrapper of the model put in front of all their names."""
    for _ in range(len(_WRAPPED)):
        for prefix in _WRAPPED:
            ours = any(name.startswith(prefix) for name in tree.tensors)
            if not ours and entries and all(name.startswith(prefix) for name in entries):
                entries = {name[len(prefix) :]: entry for name, entry in entries.items()}
    return entries
