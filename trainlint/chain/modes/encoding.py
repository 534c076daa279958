"""A training step in, the encoder that reads its batches and what becomes of its encoding out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.chain.modes.network import ModuleCall
from trainlint.chain.modes.stepping import Repetition
from trainlint.chain.modes.training import TrainingStep
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    Instance,
    Made,
    Operation,
    Sequence,
    Symbol,
)
from trainlint.record import record
from trainlint.source import Span

_WITHOUT_GRADIENT = ("no_grad", "inference_mode")
_LOOKUPS = ("Embedding", "EmbeddingBag")
#: Parts of libraries that are whole networks by themselves.
_WHOLE = ("TransformerEncoder", "LSTM", "GRU", "RNN", "from_pretrained", "Sequential")


@record
class Encoding:
    """A call of a part that reads data of the batch for another part.

    `keys` are the batch's keys that it reads, `reader` the part that works on what it gives. `kept` is where
    an earlier encoding takes the place of a fresh one: between batches, or `once` for all steps of a batch.
    `cut` is where its gradient ends.
    """

    call: ModuleCall
    keys: frozenset[str]
    reader: ModuleCall
    kept: Span | None
    once: bool
    cut: Span | None
    cut_by: str | None


def encodings(step: TrainingStep, repeated: tuple[Repetition, ...]) -> Iterator[Encoding]:
    """The encoders of a training step, outermost calls only."""
    calls = list(step.calls())
    data = _data(step)
    found: list[ModuleCall] = []
    for call in calls:
        if any(outer in found for outer in call.outwards()) or not _computes(call):
            continue
        keys = keys_of(step, call.given)
        if not keys or not any(id(symbol) in data for symbol in step.flow.walk(call.given)):
            continue
        reader = _reader(step, calls, call) if _reads_only_data(step, call) else None
        if reader is not None and _other_data(step, calls, call, keys):
            found.append(call)
            kept, once = _kept(step, call, reader, repeated)
            cut, cut_by = _cut(step, call, reader)
            yield Encoding(call, keys, reader, kept, once, cut, cut_by)


def keys_of(step: TrainingStep, values: Iterable[Symbol]) -> frozenset[str]:
    """The keys under which some values stood in a mapping."""
    keys = set[str]()
    for symbol in step.flow.walk(values, stop=lambda s: bool(_keys(s))):
        keys |= _keys(symbol)
    return frozenset(keys)


def _keys(symbol: Symbol) -> frozenset[str]:
    if not isinstance(symbol, Operation) or symbol.name != "[]":
        return frozenset()
    key = symbol.operands[1]
    options = key.of.items if isinstance(key, Element) and isinstance(key.of, Sequence) else (key,)
    return frozenset(
        option.value for option in options if isinstance(option, Constant) and isinstance(option.value, str)
    )


def _data(step: TrainingStep) -> set[int]:
    """What the forward is given of its batch (by identity)."""
    state = step.state()
    fresh = (value for value in step.forward.given if not _is_state(step, value, state))
    return {id(symbol) for symbol in step.flow.walk(fresh) if not isinstance(symbol, Constant)}


def _is_state(step: TrainingStep, value: Symbol, state: set[int]) -> bool:
    if any(id(symbol) in state for symbol in step.flow.walk([value])):
        return True
    return step.renewed is not None and value is step.renewed.result


def is_lookup(call: ModuleCall) -> bool:
    """Whether a part only looks rows of a table up."""
    if isinstance(call.module, Made):
        return call.module.name.rpartition(".")[2] in _LOOKUPS
    return not call.children and _indexes(call.module)


def _indexes(module: Instance) -> bool:
    """Whether the class's `forward` takes rows of one of its tables by what it is given."""
    for function in module.node.body:
        if isinstance(function, ast.FunctionDef) and function.name == "forward":
            given = {argument.arg for argument in function.args.args[1:]}
            return any(_takes_rows(node, given) for node in ast.walk(function))
    return False


def _takes_rows(node: ast.AST, given: set[str]) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] == "embedding"
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and isinstance(node.slice, ast.Name)
        and node.slice.id in given
    )


def _computes(call: ModuleCall) -> bool:
    """Whether a part is a network of its own rather than one layer."""
    if isinstance(call.module, Made):
        return call.module.name.rpartition(".")[2] in _WHOLE
    return any(not is_lookup(child) for child in call.children)


def _reads_only_data(step: TrainingStep, call: ModuleCall) -> bool:
    return step.makers(call.given) <= set(call.outwards())


def _reader(step: TrainingStep, calls: list[ModuleCall], call: ModuleCall) -> ModuleCall | None:
    """The first other part that works on what a call gives."""
    for other in calls:
        if other.index <= call.index or call in other.outwards():
            continue
        if any(outer.module is call.module for outer in other.outwards()):
            continue
        if call in step.makers(other.given):
            return other
    return None


def _other_data(step: TrainingStep, calls: list[ModuleCall], call: ModuleCall, keys: frozenset[str]) -> bool:
    """Whether the rest of the network reads other data of the batch than this call."""
    around = set(call.outwards())
    for other in calls:
        if other not in around and call not in other.outwards():
            theirs = keys_of(step, other.given)
            if theirs and theirs.isdisjoint(keys):
                return True
    return False


def _kept(
    step: TrainingStep, call: ModuleCall, reader: ModuleCall, repeated: tuple[Repetition, ...]
) -> tuple[Span | None, bool]:
    """Where an earlier encoding is taken in place of a fresh one, and whether only within one batch."""
    for repetition in repeated:
        loop = repetition.loop
        if reader.place.within(loop) and not call.place.within(loop):
            return call.event.span, True
        if call.place.within(loop) and _carried_in(step, call, reader, loop):
            return call.event.span, True
    for repeat in step.repeats:
        if not call.place.within(repeat):
            return call.event.span, True
    chosen = _chosen_instead(step, call, reader)
    return chosen, False


def _carried_in(step: TrainingStep, call: ModuleCall, reader: ModuleCall, loop: Place) -> bool:
    """Whether the reader gets, from the second turn on, what an earlier turn encoded."""
    for symbol in step.flow.walk(reader.given, stop=lambda s: id(s) in step.network.gives):
        if isinstance(symbol, Changing) and symbol.span == loop.span:
            values = [change.value for change in step.flow.changes(symbol)]
            if call in step.makers(values):
                return True
    return False


def _chosen_instead(step: TrainingStep, call: ModuleCall, reader: ModuleCall) -> Span | None:
    """Where a fresh encoding and something of the state are the two sides of a choice."""
    state = step.state()
    if not state:
        return None
    for symbol in step.flow.walk(reader.given, within=step.inside):
        sides: tuple[Symbol, ...] = ()
        span = call.event.span
        if isinstance(symbol, Choice):
            sides = step.training.chosen(symbol)
        elif isinstance(symbol, Made) and symbol.name.rpartition(".")[2] == "where":
            sides, span = symbol.positional[1:], step.network.origins[id(symbol)].span
        fresh = [side for side in sides if call in step.makers([side])]
        others = [side for side in sides if side not in fresh]
        if fresh and any(_from(step, side, state) for side in others):
            return span
    return None


def _from(step: TrainingStep, side: Symbol, state: set[int]) -> bool:
    """Whether a value is made of the state."""
    return any(id(symbol) in state for symbol in step.flow.walk([side]))


def _cut(step: TrainingStep, call: ModuleCall, reader: ModuleCall) -> tuple[Span | None, str | None]:
    """Where and by what the gradient from the reader to the encoder ends."""
    for place in call.place.outwards():
        if place.step is Step.WITH and isinstance(place.value, Made):
            name = place.value.name.rpartition(".")[2]
            if name in _WITHOUT_GRADIENT:
                return place.span, name
        if place.step is Step.CALL and isinstance(place.value, Code):
            marked = _marked(place.value)
            if marked is not None:
                return place.span, marked
    return _detached(step, call, reader)


def _marked(code: Code) -> str | None:
    """The decorator that takes a function's gradient away."""
    marks = getattr(code.node, "decorator_list", [])
    names = (
        ast.unparse(mark.func if isinstance(mark, ast.Call) else mark).rpartition(".")[2] for mark in marks
    )
    return next((name for name in names if name in _WITHOUT_GRADIENT), None)


def _detached(step: TrainingStep, call: ModuleCall, reader: ModuleCall) -> tuple[Span | None, str | None]:
    """Whether all ways from the encoder to its reader lead through `detach`."""
    gives = step.network.gives
    detaches = [
        symbol
        for symbol in step.flow.walk(reader.given, within=step.inside)
        if isinstance(symbol, Made) and _is_detach(symbol) and call in step.makers(step.flow.parts(symbol))
    ]
    if not detaches:
        return None, None
    for symbol in step.flow.walk(
        reader.given, within=step.inside, stop=lambda s: id(s) in gives or _is_detach(s)
    ):
        if call in gives.get(id(symbol), ()) and not _is_detach(symbol):
            return None, None
    return detaches[0].span, "detach"


def _is_detach(symbol: Symbol) -> bool:
    return isinstance(symbol, Made) and symbol.name.rpartition(".")[2] in ("detach", "detach_")
