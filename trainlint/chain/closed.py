"""What a script does and the values of one launch in, keys that the job sets for branches it closes out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Events
from trainlint.chain.given import Judged, looked_at, node_at, ordered, values_given
from trainlint.chain.written import Written
from trainlint.facts.behaviour import Access, Place, Read, Step
from trainlint.facts.closed import ClosedKey, ClosedKeys
from trainlint.facts.config import (
    Composition,
    ConfigMap,
    ConfigScalar,
    DuplicateOverride,
    Origin,
)
from trainlint.facts.value import Unknown

_Path = tuple[str, ...]


def closed_keys(
    events: Events | None,
    compositions: tuple[Composition, ...],
    evaluations: tuple[Evaluation, ...],
    written: Written,
) -> ClosedKeys:
    """The keys that the job sets and that are read on closed branches only, in every composition."""
    if events is None or not events.behaviour.complete or len(compositions) != len(evaluations):
        return ClosedKeys()
    judged: list[dict[str, ClosedKey | Unknown]] = []
    for composition, evaluation in zip(compositions, evaluations, strict=True):
        root = composition.root
        accepted = all(isinstance(problem, DuplicateOverride) for problem in composition.problems)
        if root is None or not accepted:
            return ClosedKeys()
        judged.append(dict(_closed(Judged(composition, evaluation, events), root, written)))
    return _in_all(judged)


def _in_all(judged: list[dict[str, ClosedKey | Unknown]]) -> ClosedKeys:
    """What is so at every point of a sweep."""
    first = judged[0] if judged else {}
    everywhere = [entry for key, entry in first.items() if all(key in other for other in judged)]
    undecided = tuple(entry for entry in everywhere if isinstance(entry, Unknown))
    return ClosedKeys(tuple(entry for entry in everywhere if isinstance(entry, ClosedKey)), undecided)


def _closed(launch: Judged, root: ConfigMap, written: Written) -> Iterator[tuple[str, ClosedKey | Unknown]]:
    texts = written.interpolations(root)
    for path, leaf in written.ordered(root):
        # An interpolation may stand for a key of this name.
        if isinstance(leaf, ConfigScalar) and path[-1] not in texts:
            own = launch.events.taking(path)
            closed = _judge(launch, path, leaf, own) or _left_open(launch, path, leaf.origin, own)
            if closed is not None:
                yield ".".join(path), closed
    for path, leaf in written.chosen(root):
        direct = launch.events.asking(path)
        if direct and leaf.value and path[-1] not in texts:
            found = _of_option(launch, path, leaf, direct)
            if found is not None:
                yield ".".join(path), found


def _of_option(launch: Judged, path: _Path, leaf: ConfigScalar, direct: list[Read]) -> ClosedKey | None:
    """A key that an option sets beside the name that closes its branch: no other option decides that."""
    if any(launch.evaluation.reached(read.place) is not False or _is_demanded(read) for read in direct):
        return None
    found = _judge(launch, path, leaf, launch.events.taking(path))
    beside = found is not None and all(
        isinstance(given.value, str) and given.span.file == leaf.origin.span.file for given in found.given
    )
    return found if beside else None


def _is_demanded(read: Read) -> bool:
    """Whether a model cannot do without a key."""
    return read.setting.field is not None and read.setting.field.default is None


def _judge(launch: Judged, path: _Path, leaf: ConfigScalar, own: tuple[Read, ...]) -> ClosedKey | None:
    if any(launch.evaluation.reached(read.place) is not False for read in own):
        return None
    found: ClosedKey | None = None
    for read in own:
        if read.setting.path[: len(path)] != path or read.access is Access.WHOLE:
            continue
        shut = _shut(launch.evaluation, read.place)
        if shut is None or shut.value is None:
            return None
        given = values_given(launch, (shut.value,), list(looked_at(launch.evaluation, shut.value)))
        if any(entry.ordered and not entry.value for entry in given):
            return None
        if found is None and any(entry.origin is not None for entry in given):
            test = ast.unparse(shut.node.test) if isinstance(shut.node, (ast.If, ast.IfExp)) else ""
            found = ClosedKey(".".join(path), leaf.origin, read, test, shut.truth, given)
    return found


def _left_open(launch: Judged, path: _Path, origin: Origin, own: tuple[Read, ...]) -> Unknown | None:
    """Why it is not known whether anything reads a key: the job leaves open what the branch asks for."""
    evaluation = launch.evaluation
    if not own or any(evaluation.reached(read.place) is True for read in own):
        return None
    for read in own:
        steps = [*read.place.outwards()][::-1]
        shut = next((step for step in steps if evaluation.reached(step) is None), None)
        if shut is None or shut.step is not Step.BRANCH or shut.value is None:
            return None
        asked = [setting for setting in looked_at(evaluation, shut.value) if "*" not in setting.path]
        values = [
            (evaluation.value(setting), node_at(launch.composition.root, setting.path)) for setting in asked
        ]
        unknown = [
            value
            for value, node in values
            if isinstance(value, Unknown) and node is not None and ordered(node.origin)
        ]
        if unknown:
            return Unknown(f"whether anything reads `{'.'.join(path)}`: {unknown[0].reason}", origin.span)
    return None


def _shut(evaluation: Evaluation, place: Place) -> Place | None:
    """The outermost branch on the way to a place that this launch does not take; None for another reason."""
    steps = [*place.outwards()][::-1]
    first = next((step for step in steps if evaluation.reached(step) is False), None)
    return first if first is not None and first.step is Step.BRANCH else None
