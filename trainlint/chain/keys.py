"""What a script does and the values of a launch in, keys read and absent, or set and not read, out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import ALL_BELOW, Events
from trainlint.chain.given import node_at
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.holdings import pieces
from trainlint.chain.symbolic.parts import within
from trainlint.chain.unread import UnreadKeys
from trainlint.facts.behaviour import Access, Read, Step
from trainlint.facts.config import Composition, ConfigList, ConfigMap, DuplicateOverride
from trainlint.facts.keys import AbsentKey, KeyUse, UnreadKey
from trainlint.facts.script import ScriptFacts
from trainlint.facts.symbols import Absence, Code, Made, Setting, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.source import Span

#: Names that a config object has by itself.
_OWN_NAMES = frozenset(
    {
        *("clear", "copy", "get", "items", "items_ex", "keys", "merge_with", "pop", "popitem", "setdefault"),
        *("update", "values", "fromkeys", "pretty", "index", "append", "count", "extend", "insert", "remove"),
        *("reverse", "sort"),
    }
)
_DEPTH = 8
_Path = tuple[str, ...]


def key_use(
    unread_keys: UnreadKeys,
    script: ScriptFacts | None,
    events: Events | None,
    compositions: tuple[Composition, ...],
    evaluations: tuple[Evaluation, ...],
) -> KeyUse:
    """What is so in every composition of a launch."""
    if events is None or script is None or not compositions or len(compositions) != len(evaluations):
        return KeyUse()
    if not all(_is_whole(composition) for composition in compositions):
        return KeyUse()
    runs = list(zip(compositions, evaluations, strict=True))
    absent = [{found.key: found for found in _absent(events.reads, *run)} for run in runs]
    unread = [dict(unread_keys.of(events.behaviour, script, composition)) for composition in compositions]
    everywhere = [entry for key, entry in unread[0].items() if all(key in other for other in unread)]
    undecided = {entry.reason: entry for entry in everywhere if isinstance(entry, Unknown)}
    return KeyUse(
        tuple(entry for key, entry in absent[0].items() if all(key in other for other in absent)),
        tuple(entry for entry in everywhere if isinstance(entry, UnreadKey)),
        tuple(undecided.values()),
    )


def _is_whole(composition: Composition) -> bool:
    """Whether all keys of a composition are known."""
    accepted = all(isinstance(problem, DuplicateOverride) for problem in composition.problems)
    return composition.root is not None and accepted and not composition.unverified


def _absent(reads: tuple[Read, ...], composition: Composition, evaluation: Evaluation) -> Iterator[AbsentKey]:
    escaped: list[_Path] = []
    for read in reads:
        if read.access in ALL_BELOW:
            escaped.append(read.setting.path)
        if read.access is not Access.GET or not _must_be_there(read):
            continue
        holder = node_at(composition.root, read.holder.path)
        if not isinstance(holder, ConfigMap | ConfigList) or any(
            _begins(read.holder.path, path) for path in escaped
        ):
            continue
        if _is_built(composition.root, read.holder.path):
            continue
        if _is_there(holder, read):
            # Its value may be a large part, and does not matter.
            continue
        found = evaluation.value(read.setting)
        if not isinstance(found, Known) or found.value is not ABSENT:
            continue
        reached = evaluation.reached(read.place)
        if reached is False or any(step.step is Step.TRY for step in read.place.outwards()):
            continue
        missing = _missing(read, holder)
        if reached is True:
            yield missing
            continue
        condition = _condition(evaluation, read)
        if condition is not None:
            yield replace(missing, condition=condition[0], place=condition[1])


def _missing(read: Read, holder: ConfigMap | ConfigList) -> AbsentKey:
    """What a read asks for in vain: a key of a mapping, or something of a list."""
    if isinstance(holder, ConfigMap):
        key = ".".join(read.setting.path)
        return AbsentKey(key, read, tuple(map(str, holder.children)), holder.origin)
    key = f"{'.'.join(read.holder.path)}[{read.setting.path[-1]}]"
    return AbsentKey(key, read, (), holder.origin, items=len(holder.items))


def _is_built(root: ConfigMap | None, path: _Path) -> bool:
    """Whether a part stands in one that Hydra makes an object of, and so may be an object itself."""
    around = (node_at(root, path[:end]) for end in range(1, len(path) + 1))
    return any(isinstance(node, ConfigMap) and "_target_" in node.children for node in around)


def _is_there(holder: ConfigMap | ConfigList, read: Read) -> bool:
    """Whether a part of the config holds the key that is asked for."""
    path = read.setting.path
    named = isinstance(holder, ConfigMap) and path[-1] in holder.children
    return named and path[:-1] == read.holder.path and not read.setting.hidden


def _must_be_there(read: Read) -> bool:
    """Whether a read fails where the key is not there, as far as the code says."""
    setting, holder, name = read.setting, read.holder, read.setting.path[-1]
    settled = setting.exact and not setting.doubtful and setting.absence is Absence.RAISES
    if not settled or holder.supplied or "*" in setting.path or setting.path[0] == "hydra":
        return False
    if name in _OWN_NAMES or name.startswith("_"):
        return False
    return holder.schema is None or (holder.schema.complete and _is_bare(holder, name))


def _is_bare(holder: Setting, name: str) -> bool:
    """Whether nothing but its fields gives an object of a model the attribute."""
    node = holder.made.node if isinstance(holder.made, Code) else None
    if not isinstance(node, ast.ClassDef):
        return False
    return name not in _named_in(node) and _bases(node) <= {"BaseModel"}


@lru_cache(maxsize=256)
def _named_in(node: ast.ClassDef) -> frozenset[str | None]:
    """The names in the body of a class: every launch asks for the same classes, once for each read."""
    return frozenset(
        inner.id if isinstance(inner, ast.Name) else getattr(inner, "name", None)
        for statement in node.body
        for inner in ast.walk(statement)
    )


@lru_cache(maxsize=256)
def _bases(node: ast.ClassDef) -> frozenset[str]:
    return frozenset(ast.unparse(base).rpartition(".")[2] for base in node.bases)


def _begins(path: _Path, start: _Path) -> bool:
    return path[: len(start)] == start


def _condition(evaluation: Evaluation, read: Read) -> tuple[str, Span] | None:
    """The one `if` or loop on which a read depends; None where there are more, or it asks for that part."""
    steps = [*read.place.outwards()][::-1]
    open_steps = [step for step in steps if evaluation.passes(step) is None]
    if len(open_steps) != 1:
        return None
    step = open_steps[0]
    if step.step is Step.LOOP and isinstance(step.node, (ast.For, ast.AsyncFor)):
        return f"for … in {ast.unparse(step.node.iter)}", step.span
    asked = [setting.path for setting in _asked(step.value)]
    if any(_begins(read.holder.path, path) or _begins(path, read.holder.path) for path in asked):
        return None
    if step.step is Step.BRANCH and isinstance(step.node, ast.If):
        test = ast.unparse(step.node.test)
        return (f"if {test}" if step.truth else f"if not ({test})"), step.span
    return None


def _asked(symbol: Symbol | None) -> list[Setting]:
    """The parts of the config that a test looks at, through library functions too."""
    parts = within(symbol, _looked_through, _DEPTH + 1) if symbol is not None else ()
    return [part for part in parts if isinstance(part, Setting)]


def _looked_through(symbol: Symbol) -> tuple[Symbol, ...]:
    if not isinstance(symbol, Made):
        return pieces(symbol)
    return symbol.positional if symbol.owner is None else (*symbol.positional, symbol.owner)
