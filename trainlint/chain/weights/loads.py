"""What a script does in, every load of a checkpoint into a model out: which tensors, under which names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.operators import FUNCTIONS
from trainlint.chain.weights.conditions import condition, mutated
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.checkpoint import Stored, StoredTable, stored_at
from trainlint.facts.symbols import Choice, Constant, Element, Instance, Made, Operation, Symbol, Table


@dataclass(eq=False)
class Load:
    """`model.load_state_dict(state, strict=…)`.

    `strict` is None where that is computed. `source` is the call that read the file.
    """

    model: Instance
    state: Symbol
    source: Made
    strict: bool | None
    call: Call


def loads(behaviour: Behaviour, run: Evaluation) -> Iterator[Load]:
    """The loads that every run of a launch comes to."""
    for event in behaviour.events:
        if not isinstance(event, Call) or not isinstance(event.callee, Operation):
            continue
        if event.callee.name != "." or event.callee.operands[1] != Constant("load_state_dict"):
            continue
        state = event.keyword("state_dict") or (event.positional[0] if event.positional else None)
        model = _model(event.callee.operands[0], run)
        source = _source(state) if state is not None else None
        if model is None or state is None or source is None or run.reached(event.place) is not True:
            continue
        yield Load(model, state, source, _strict(event, run), event)


def _model(owner: Symbol, run: Evaluation) -> Instance | None:
    if isinstance(owner, Choice):
        truth = run.truth(owner.test)
        return None if truth is None else _model(owner.then if truth else owner.other, run)
    return owner if isinstance(owner, Instance) else None


def _strict(call: Call, run: Evaluation) -> bool | None:
    given = call.keyword("strict") or (call.positional[1] if len(call.positional) > 1 else Constant(True))
    return run.truth(given)


def _source(symbol: Symbol, depth: int = 0) -> Made | None:
    """The call that gave what a state is taken from."""
    if depth > 12:
        return None
    if isinstance(symbol, Made):
        if symbol.name.rpartition(".")[2] in ("load", "load_file") and symbol.owner is None:
            return symbol
        return _source(symbol.owner, depth + 1) if symbol.owner is not None else None
    if isinstance(symbol, Operation) and symbol.operands:
        return _source(symbol.operands[0], depth + 1)
    if isinstance(symbol, Element):
        return _source(symbol.of, depth + 1)
    if isinstance(symbol, Choice):
        return _source(symbol.then, depth + 1) or _source(symbol.other, depth + 1)
    if isinstance(symbol, Table) and symbol.entries:
        return _source(symbol.entries[0][1], depth + 1)
    return None


@dataclass(eq=False)
class State:
    """The entries of a state dict as they are given to the model; `partial` where some were left out."""

    entries: dict[str, Stored]
    partial: bool


def state_of(load: Load, root: Stored, behaviour: Behaviour) -> State | str:
    """What a load gives the model, or why that is not known."""
    if mutated(load.call):
        return "the state is changed before it is loaded"
    if isinstance(load.state, Table):
        return _filtered(load, root, behaviour)
    found = _taken(load.state, root)
    if not isinstance(found, StoredTable):
        return "which part of the checkpoint is loaded is not known"
    return State(_named(found), partial=False)


def _named(table: StoredTable) -> dict[str, Stored]:
    return {name: entry for name, entry in table.entries.items() if isinstance(name, str)}


def _taken(symbol: Symbol, root: Stored) -> Stored | None:
    """The part of a checkpoint that a symbol means."""
    if isinstance(symbol, Made):
        if symbol.owner is None:
            return root
        name = symbol.name.rpartition(".")[2]
        inner = _taken(symbol.owner, root)
        if name == "get" and inner is not None and symbol.positional:
            key = _key(symbol.positional[0])
            found = stored_at(inner, (key,)) if key is not None else None
            return found or (_taken(symbol.positional[1], root) if len(symbol.positional) > 1 else None)
        return inner if name in ("copy", "items", "state_dict") and not symbol.positional else None
    if isinstance(symbol, Operation) and symbol.name == "[]":
        inner, key = _taken(symbol.operands[0], root), _key(symbol.operands[1])
        return stored_at(inner, (key,)) if inner is not None and key is not None else None
    if isinstance(symbol, Choice):
        truth = _holds(symbol.test, root)
        return None if truth is None else _taken(symbol.then if truth else symbol.other, root)
    return None


def _key(symbol: Symbol) -> str | int | None:
    if isinstance(symbol, Constant) and isinstance(symbol.value, (str, int)):
        return symbol.value
    return None


def _holds(test: Symbol, root: Stored) -> bool | None:
    """`"model" in state`, as the checkpoint itself answers it."""
    if isinstance(test, Operation) and test.name in ("in", "not in"):
        key, whole = _key(test.operands[0]), _taken(test.operands[1], root)
        if key is not None and isinstance(whole, StoredTable):
            return (key in whole.entries) is (test.name == "in")
    return None


def _filtered(load: Load, root: Stored, behaviour: Behaviour) -> State | str:
    """`{rename(name): tensor for name, tensor in state.items() if …}`."""
    assert isinstance(load.state, Table)
    if len(load.state.entries) != 1:
        return "the state is put together by code that is not followed"
    key, value = load.state.entries[0]
    items = _items(value)
    whole = _taken(items, root) if items is not None else None
    call = next((e for e in behaviour.events if isinstance(e, Call) and e.result is items), None)
    test = condition(call.module.tree, call.node) if call is not None else None
    if not isinstance(whole, StoredTable) or test is None:
        return "which tensors of the checkpoint are taken is not known"
    chosen: dict[str, Stored] = {}
    for name, entry in _named(whole).items():
        taken, renamed = test(name), _renamed(key, name)
        if taken is None or renamed is None:
            return "which tensors of the checkpoint are taken is not known"
        if taken:
            chosen[renamed] = entry
    return State(chosen, partial=len(chosen) < len(whole.entries))


def _items(value: Symbol) -> Symbol | None:
    """The `.items()` of which a value is the second half."""
    second = isinstance(value, Operation) and value.name == "[]" and value.operands[1] == Constant(1)
    if second and isinstance(value, Operation) and isinstance(value.operands[0], Element):
        items = value.operands[0].of
        return items if isinstance(items, Made) and items.name.endswith(".items") else None
    return None


def _renamed(key: Symbol, name: str) -> str | None:
    """The name that a key becomes, computed with the one it had."""
    found = _computed(key, name)
    return found if isinstance(found, str) else None


def _computed(symbol: Symbol, name: str) -> object:
    if isinstance(symbol, Constant):
        return symbol.value
    if not isinstance(symbol, Operation):
        return None
    if symbol.name == "[]" and isinstance(symbol.operands[0], Element) and symbol.operands[1] == Constant(0):
        return name
    parts = [_computed(part, name) for part in symbol.operands]
    if symbol.name == "slice":
        return slice(*parts)
    if not parts or not isinstance(parts[0], str):
        return None
    if symbol.name == "[]":
        return parts[0][parts[1]] if isinstance(parts[1], slice) else None
    function = FUNCTIONS.get(symbol.name)
    if symbol.name == "format":
        return "".join(map(str, parts))
    if symbol.name.startswith("str.") and function is not None and None not in parts:
        return function(*parts)
    return parts[0] + parts[1] if symbol.name == "+" and isinstance(parts[1], str) else None
