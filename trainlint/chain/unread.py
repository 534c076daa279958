"""What a script does and a composed config in, the keys that are set and that nothing asks for out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from trainlint.chain.asked import Asked, Use
from trainlint.chain.given import node_at, ordered
from trainlint.chain.mentions import Elsewhere, Mentions
from trainlint.chain.written import Written
from trainlint.compose.subtree_index import OF_LAUNCHES
from trainlint.facts.behaviour import Behaviour, Call, Read
from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    InclusionKind,
    leaves,
)
from trainlint.facts.keys import UnreadKey
from trainlint.facts.script import ScriptFacts
from trainlint.facts.symbols import Code
from trainlint.facts.value import Unknown
from trainlint.record import entity, record, state
from trainlint.regex import regex
from trainlint.source import Files

_Path = tuple[str, ...]
#: What an interpolation may refer to: a dotted path, relative where dots stand before it.
_REFERENCE = regex(r"\.*[\w-]+(?:[.\[]+[\w-]+\]?)*")
_STEP = regex(r"[\w-]+")
#: The recorder that every run of Hydra has, unless it is switched off.
HYDRA = "Hydra"
#: How many sets of interpolations are remembered.
_TEXTS = 64
_WRITTEN = (InclusionKind.PRIMARY, InclusionKind.DEFAULT)


@record
class _Loose:
    """A key that nothing asks for; `read` gives a part around it away."""

    path: _Path
    node: ConfigNode
    read: Read | None


@record
class _Part:
    """The loose keys below a part of a config, and whether the job sets any key there."""

    loose: tuple[_Loose, ...]
    ordered: bool


@entity
class _Judge:
    """One script: parts of configs that launches share are looked at once."""

    asked: Asked
    followed: frozenset[Path]
    _known: dict[tuple[int, _Path], tuple[ConfigNode, _Part]] = field(default_factory=dict)

    def part(self, node: ConfigNode, path: _Path) -> _Part:
        """The loose keys below a node."""
        kept = self._known.get((id(node), path))
        if kept is not None:
            return kept[1]
        found = self._part(node, path)
        if not found.ordered and isinstance(node, ConfigMap):
            if len(self._known) >= OF_LAUNCHES:
                self._known.clear()
            self._known[id(node), path] = (node, found)
        return found

    def _part(self, node: ConfigNode, path: _Path) -> _Part:
        if isinstance(node, ConfigMap) and node.children:
            parts = [self.part(child, (*path, str(key))) for key, child in node.children.items()]
            loose = tuple(entry for part in parts for entry in part.loose)
            if "_target_" in node.children:
                # What Hydra makes an object of has its keys from there.
                loose = tuple(entry for entry in loose if ordered(entry.node.origin))
            return _Part(loose, any(part.ordered for part in parts))
        return _Part(tuple(self._judged(node, path)), ordered(node.origin))

    def _judged(self, node: ConfigNode, path: _Path) -> Iterator[_Loose]:
        if path and not path[-1].startswith("_") and not isinstance(node, ConfigMap):
            use, read = self.asked.use(path)
            if use in (Use.NONE, Use.OPEN):
                yield _Loose(path, node, read)


@state
class UnreadKeys:
    """Looks at launches one after the other."""

    files: Files
    written: Written
    mentions: Mentions = field(init=False)
    _judges: dict[Behaviour, _Judge] = field(default_factory=dict)
    _inside: dict[tuple[str, Path], bool] = field(default_factory=dict)
    _references: dict[str, _References] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The texts of projects are shared by all launches."""
        self.mentions = Mentions(self.files)

    def of(
        self, behaviour: Behaviour, script: ScriptFacts, composition: Composition
    ) -> Iterator[tuple[str, UnreadKey | Unknown]]:
        """The keys of one composition that nothing asks for, or why that is not known."""
        assert composition.root is not None
        judge = self._judge(behaviour, script)
        part = judge.part(composition.root, ())
        if not part.loose:
            return
        referred = self._referred(self.written.interpolations(composition.root, composition.hydra))
        loose = [entry for entry in part.loose if not referred.may_mean(entry.path)]
        commanded = [entry for entry in loose if ordered(entry.node.origin)]
        yield from _commanded(judge, composition, commanded)
        root = self._root(script)
        written = [entry for entry in loose if self._is_written(entry.node, root)]
        if written and behaviour.complete and judge.asked.anything:
            yield from self._written(judge, script, composition, written)

    def _judge(self, behaviour: Behaviour, script: ScriptFacts) -> _Judge:
        if behaviour not in self._judges:
            self._judges[behaviour] = _Judge(Asked(behaviour), _followed(behaviour, script))
        return self._judges[behaviour]

    def _referred(self, text: str) -> _References:
        """What interpolations refer to; most launches have those of their config files."""
        if text not in self._references:
            if len(self._references) >= _TEXTS:
                self._references.clear()
            self._references[text] = _References.of(text)
        return self._references[text]

    def _written(
        self, judge: _Judge, script: ScriptFacts, composition: Composition, loose: list[_Loose]
    ) -> Iterator[tuple[str, UnreadKey | Unknown]]:
        """Keys of config files, which other scripts may read."""
        assert composition.root is not None
        sure: list[_Loose] = []
        for entry in loose:
            if entry.read is not None:
                yield ".".join(entry.path), _given_away(entry.read)
            elif not _is_label(judge.asked, composition, entry):
                sure.append(entry)
        elsewhere = self.mentions.elsewhere(self._root(script), judge.followed) if sure else None
        if sure and elsewhere is None:
            reason = "which keys of config files are read: the project is too large to look through"
            yield "", Unknown(reason, composition.root.origin.span)
        elif elsewhere is not None:
            yield from _largest(judge.asked, elsewhere, composition.root, sure)

    def _is_written(self, node: ConfigNode, root: Path) -> bool:
        """Whether a config file of the project sets a value."""
        origin = node.origin
        if isinstance(node, ConfigList) and any("_target_" in path for path, _ in leaves(node)):
            return False
        if origin.inclusion.kind not in _WRITTEN and origin.inclusion.file is None:
            return False
        place = origin.key_span.file, root
        if place not in self._inside:
            own = place[0].endswith((".yaml", ".yml"))
            self._inside[place] = own and self.files.absolute(place[0]).is_relative_to(root)
        return self._inside[place]

    def _root(self, script: ScriptFacts) -> Path:
        """The folder around all that may share a config with a script."""
        folder = script.module.path.parent
        return script.project or (self.files.root if folder.is_relative_to(self.files.root) else folder)


def _followed(behaviour: Behaviour, script: ScriptFacts) -> frozenset[Path]:
    """The modules whose code was looked at from the entry on."""
    calls = [event for event in behaviour.events if isinstance(event, Call)]
    called = (call.callee.module.path for call in calls if isinstance(call.callee, Code))
    loaded = (module.path for module in script.loaded)
    return frozenset((script.module.path, *loaded, *called, *(call.module.path for call in calls)))


def _given_away(read: Read) -> Unknown:
    part = ".".join(read.setting.path)
    whole = f"`{part}`" if part else "the config"
    return Unknown(f"which keys of {whole} are read: it is given to {read.via or 'other code'}", read.span)


def _near(asked: Asked, path: _Path) -> str | None:
    """A key beside this one that code asks for under nearly the same name."""
    found = difflib.get_close_matches(path[-1], asked.names_beside(path), n=1, cutoff=0.75)
    return ".".join((*path[:-1], found[0])) if found else None


def _commanded(
    judge: _Judge, composition: Composition, loose: list[_Loose]
) -> Iterator[tuple[str, UnreadKey | Unknown]]:
    """Keys that the job's own command line sets."""
    for entry in loose:
        key, origin = ".".join(entry.path), entry.node.origin
        if entry.read is not None:
            yield key, _given_away(entry.read)
        elif not judge.asked.behaviour.complete:
            yield key, Unknown("which keys are read: there is too much code to follow", origin.span)
        else:
            near = _near(judge.asked, entry.path)
            recorder = _recorder(judge.asked, composition, entry) if near is None else None
            if recorder is not None and isinstance(entry.node, ConfigList):
                continue
            added = origin.overrode is None
            if recorder is None or (recorder is HYDRA and not added):
                yield key, UnreadKey(key, origin, near)
            elif (recorder is HYDRA) is added:
                yield key, UnreadKey(key, origin, near, recorder=recorder)


def _recorder(asked: Asked, composition: Composition, entry: _Loose) -> str | None:
    """What keeps a text, or a list of texts, that may tell people what a run is."""
    if not _is_text(entry.node):
        return None
    found = asked.recorder(entry.path)
    folder = node_at(composition.hydra, ("output_subdir",))
    kept = isinstance(folder, ConfigScalar) and folder.value is not None
    return found or (HYDRA if kept else None)


def _is_label(asked: Asked, composition: Composition, entry: _Loose) -> bool:
    """Whether a config file only says what a run is."""
    recorder = _recorder(asked, composition, entry)
    return recorder is not None and (recorder is not HYDRA or isinstance(entry.node, ConfigList))


def _is_text(node: ConfigNode) -> bool:
    """Whether a value says something to people: a text, texts, or nothing yet."""
    if isinstance(node, ConfigList):
        return all(_is_text(item) for item in node.items)
    return isinstance(node, ConfigScalar) and (node.value is None or isinstance(node.value, str))


def _largest(
    asked: Asked, elsewhere: Elsewhere, root: ConfigMap, loose: list[_Loose]
) -> Iterator[tuple[str, UnreadKey]]:
    """The largest parts that nothing asks for."""
    open_paths = {entry.path for entry in loose if not elsewhere.knows(entry.path, asked.depth(entry.path))}
    told: set[_Path] = set()
    for entry in loose:
        if entry.path not in open_paths or any(entry.path[:end] in told for end in range(len(entry.path))):
            continue
        path, node = _around(asked, root, entry, open_paths)
        told.add(path)
        key = ".".join(path)
        yield key, UnreadKey(key, node.origin, _near(asked, path), from_command=False)


def _around(asked: Asked, root: ConfigMap, entry: _Loose, open_paths: set[_Path]) -> tuple[_Path, ConfigNode]:
    """The largest part around a key, of the same file, in which nothing is asked for."""
    file = entry.node.origin.key_span.file
    for end in range(1, len(entry.path)):
        path = entry.path[:end]
        node = node_at(root, path)
        if not isinstance(node, ConfigMap) or node.origin.key_span.file != file or asked.is_asked(path):
            continue
        below = {(*path, *map(str, inner)) for inner, _ in leaves(node)}
        if below <= open_paths:
            return path, node
    return entry.path, entry.node


@record
class _References:
    """What the interpolations of a config may refer to: paths, parts around them, names in relative ones."""

    paths: frozenset[_Path]
    around: frozenset[_Path]
    names: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _References:
        """Read the text of all interpolations: whatever looks like a path may be one."""
        paths: set[_Path] = set()
        names: set[str] = set()
        for found in _REFERENCE.findall(text):
            steps = tuple(_STEP.findall(found))
            paths.add(steps)
            if found.startswith("."):
                names.update(steps)
        around = {path[:end] for path in paths for end in range(1, len(path))}
        return cls(frozenset(paths), frozenset(around), frozenset(names))

    def may_mean(self, path: _Path) -> bool:
        """Whether a key, a part around it or a part of it may be meant."""
        if path in self.around or not self.names.isdisjoint(path):
            return True
        return any(path[:end] in self.paths for end in range(1, len(path) + 1))
