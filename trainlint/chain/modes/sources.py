"""A training step in, what tells one sample's task from another's out: demonstrations or learned vectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.chain.evaluation import Answers, is_patched
from trainlint.chain.modes.encoding import is_lookup, keys_of
from trainlint.chain.modes.flow import arguments
from trainlint.chain.modes.network import ModuleCall
from trainlint.chain.modes.training import TrainingStep
from trainlint.chain.recall import Inquiry
from trainlint.facts.symbols import Constant, Made, Operation, Setting, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.record import record

#: What is given a path.
_OPENS = re.compile(r"(^|\.)(Path|open|join|load|memmap|glob|listdir)$")


@record
class Identity:
    """A table of learned vectors that is looked up by a key of the batch which is no token."""

    call: ModuleCall
    keys: frozenset[str]


@record
class DataPath:
    """A path of the config that the training data are read from; `setting` is where the config holds it."""

    setting: tuple[str, ...]
    text: str
    place: Path


def identities(step: TrainingStep) -> Iterator[Identity]:
    """Look-ups whose table has not the size of the vocabulary, which the network's other parts share."""
    calls = list(step.calls())
    lookups = [call for call in calls if is_lookup(call)]
    layers = [call for call in calls if call not in lookups and not call.children]
    others = [part for call in layers for part in _sizes(step, call)]
    shared = [call for call in lookups if _shares(_sizes(step, call)[:1], others)]
    if not shared:
        return
    tokens = {key for call in shared for key in keys_of(step, call.given)}
    for call in lookups:
        keys = keys_of(step, call.given)
        if call not in shared and keys and keys.isdisjoint(tokens):
            yield Identity(call, keys)


def _shares(sizes: tuple[Symbol, ...], others: list[Symbol]) -> bool:
    return any(_same(size, other) for size in sizes for other in others)


def _sizes(step: TrainingStep, call: ModuleCall) -> tuple[Symbol, ...]:
    """What a part was made with."""
    if isinstance(call.module, Made):
        return *call.module.positional, *(value for _, value in call.module.keywords)
    made = step.network.origins.get(id(call.module))
    return arguments(made) if made is not None else ()


def _same(one: Symbol, other: Symbol) -> bool:
    """Whether two sizes are the same expression."""
    if one is other:
        return True
    if isinstance(one, Setting) and isinstance(other, Setting):
        return one.path == other.path
    if isinstance(one, Operation) and isinstance(other, Operation):
        return (
            one.name == other.name
            and len(one.operands) == len(other.operands)
            and all(_same(*pair) for pair in zip(one.operands, other.operands, strict=True))
        )
    return isinstance(one, Constant) and one == other and isinstance(one.value, str)


def data_paths(step: TrainingStep, evaluation: Answers, launch: Inquiry) -> Iterator[DataPath]:
    """The paths in the config that what the batches come from was made with."""
    if step.batches is None or step.batches.value is None:
        return
    directory = launch.directory()
    if directory is None:
        return
    seen = set[str]()
    for symbol in step.flow.walk([step.batches.value], stop=lambda s: bool(_texts(evaluation, launch, s))):
        for text in _texts(evaluation, launch, symbol):
            if text not in seen and ("/" in text or (directory / text).is_dir()):
                seen.add(text)
                yield DataPath(_path(symbol), text, directory / text)


def unknown_paths(step: TrainingStep, evaluation: Answers, launch: Inquiry) -> Iterator[Unknown]:
    """Values of the config that the data were made with and that only the environment knows."""
    if step.batches is None or step.batches.value is None:
        return
    for symbol in step.flow.walk([step.batches.value]):
        if isinstance(symbol, Made) and _OPENS.search(symbol.name):
            for part in step.flow.walk(symbol.positional):
                found = _doubt(evaluation, launch, part) if isinstance(part, Setting) else None
                if isinstance(found, Unknown):
                    yield found


def _doubt(evaluation: Answers, launch: Inquiry, setting: Setting) -> Unknown | None:
    """Why a value of the config is not known."""
    plain = setting == Setting(setting.path) and not is_patched(setting)
    if plain and launch.is_part(setting.path):
        # Whatever else a part holds does not matter.
        return launch.doubt(setting.path)
    found = evaluation.value(setting)
    return found if isinstance(found, Unknown) else None


def _texts(evaluation: Answers, launch: Inquiry, symbol: Symbol) -> tuple[str, ...]:
    """A text or texts that a value of the config holds."""
    if not isinstance(symbol, Setting) and not (isinstance(symbol, Operation) and symbol.name == "[]"):
        return ()
    if isinstance(symbol, Operation) and not isinstance(symbol.operands[0], Setting):
        return ()
    if isinstance(symbol, Setting) and launch.is_part(symbol.path):
        return ()
    found = evaluation.value(symbol)
    value = found.value if isinstance(found, Known) else None
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))


def _path(symbol: Symbol) -> tuple[str, ...]:
    if isinstance(symbol, Operation):
        symbol = symbol.operands[0]
    assert isinstance(symbol, Setting)
    return symbol.path
