"""A value and the name of an attribute or item in, what is found there out."""

from __future__ import annotations

import ast
from collections.abc import Callable

from trainlint.chain.symbolic.assignment import put
from trainlint.chain.symbolic.command_lines import ARGUMENTS, is_flags
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.holdings import aliases
from trainlint.chain.symbolic.lookups import CANDIDATES, looked_up, members, refuse_others
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.objects import class_attribute, is_property, method
from trainlint.chain.symbolic.settings import child_of, fetch
from trainlint.facts.behaviour import Access, Read, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    External,
    Fact,
    Instance,
    Made,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)

#: Attributes of a validated config that hold the same keys again.
_SAME_KEYS = {"__pydantic_extra__", "model_extra", "__dict__"}
#: Methods of dictionaries, OmegaConf's and pydantic's objects.
SETTING_METHODS = {
    *("copy", "deepcopy", "dict", "model_dump", "model_copy", "get", "pop", "setdefault", "items", "keys"),
    *("values", "update", "clear", "append", "extend", "insert", "remove", "merge_with", "to_dict", "index"),
    *("split", "rsplit", "partition", "rpartition", "strip", "lower", "upper", "startswith", "endswith"),
    *("replace", "format", "lstrip", "rstrip", "removeprefix", "removesuffix", "join", "title", "encode"),
    *("json", "model_dump_json", "sort", "count", "reverse", "capitalize", "is_integer", "isdigit", "find"),
}
_DEPTH = 5
#: Attributes of objects of libraries that say how many ranks there are.
_WORLD_SIZES = {
    *("accelerate.Accelerator.num_processes", "accelerate.PartialState.num_processes"),
    *("lightning.Fabric.world_size", "lightning.fabric.Fabric.world_size"),
}


def called(machine: Machine, owner: Symbol, node: ast.Attribute, frame: Frame) -> Symbol:
    """The method that a call names; those of the config are no keys."""
    if isinstance(owner, Choice) and node.attr in SETTING_METHODS:
        sure = certain_side(owner)
        if sure is not None:
            return called(machine, sure, node, frame)
        then, other = (called(machine, side, node, frame) for side in (owner.then, owner.other))
        return Choice(owner.test, then, other)
    if isinstance(owner, Setting) and node.attr in SETTING_METHODS:
        own = _own_method(machine, owner, node.attr)
        return own or Operation(".", (owner, Constant(node.attr)), frame.span)
    if isinstance(owner, Operation) and owner.name == "default" and node.attr in SETTING_METHODS:
        return Operation(".", (owner, Constant(node.attr)), frame.span)
    return attribute(machine, owner, node.attr, node, frame)


def attribute(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int = 0
) -> Symbol:
    """`owner.name`."""
    reader = _READERS.get(type(owner))
    found = reader(machine, owner, name, node, frame, depth) if reader is not None else None
    if found is not None:
        return found
    _somehow(machine, owner, node, frame)
    return Operation(".", (owner, Constant(name)), frame.span)


def _of_choice(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol | None:
    assert isinstance(owner, Choice)
    if depth >= _DEPTH:
        return None
    sure = certain_side(owner)
    if sure is not None:
        return attribute(machine, sure, name, node, frame, depth + 1)
    with Inside(frame, Step.BRANCH, frame.span, owner.test):
        then = attribute(machine, owner.then, name, node, frame, depth + 1)
    with Inside(frame, Step.BRANCH, frame.span, owner.test, truth=False):
        other = attribute(machine, owner.other, name, node, frame, depth + 1)
    return then if then is other or then == other else Choice(owner.test, then, other)


def _of_changing(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol | None:
    assert isinstance(owner, Changing)
    if depth >= _DEPTH or not _is_object(owner.before):
        return None
    before = attribute(machine, owner.before, name, node, frame, depth + 1)
    return before if isinstance(before, (Code, Instance)) else Changing(name, None, before, frame.span)


def _is_object(symbol: Symbol) -> bool:
    """Whether a value is an object of the project, whichever of several."""
    if isinstance(symbol, Choice):
        return _is_object(symbol.then) and _is_object(symbol.other)
    return isinstance(symbol, (Instance, Changing))


def _of_external(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol:
    assert isinstance(owner, External)
    if is_flags(owner):
        return fetch(machine, ARGUMENTS, name, Access.GET, node, frame)
    return External(f"{owner.name}.{name}")


def _of_made(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol | None:
    assert isinstance(owner, Made)
    return Runtime(Fact.WORLD_SIZE) if f"{owner.name}.{name}" in _WORLD_SIZES else None


def _of_operation(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol | None:
    """`{"a": A, "b": B}[key].name`: that of one of the entries."""
    assert isinstance(owner, Operation)
    table, key = owner.operands[:2] if owner.name == "[]" else (owner, owner)
    if not isinstance(table, Table) or depth >= _DEPTH or not 0 < len(table.entries) <= CANDIDATES:
        return None
    if table.open or table.touched or not all(isinstance(entry, Code) for _, entry in table.entries):
        return None
    chosen = looked_up(table, key, frame.span, None)
    return None if chosen is None else attribute(machine, chosen, name, node, frame, depth + 1)


def _somehow(machine: Machine, owner: Symbol, node: ast.expr, frame: Frame) -> None:
    """Something is asked of a value that may be a part of the config, or of another."""
    for one in aliases(owner) if not machine.muted and not isinstance(owner, External) else ():
        if isinstance(one, Setting):
            span = frame.span_of(node)
            machine.record(Read(frame.place, one, one, Access.WHOLE, span, "code that cannot be followed"))


def certain_side(choice: Choice) -> Symbol | None:
    """The side that is not None, since None has no attributes and no items."""
    if choice.other == Constant(None):
        return choice.then
    return choice.other if choice.then == Constant(None) else None


def _of_setting(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol:
    assert isinstance(owner, Setting)
    if name in _SAME_KEYS:
        return owner
    own = _own_method(machine, owner, name)
    if own is not None:
        return machine.call(own, _plain_site(node, frame)) if is_property(own) else own
    if name.startswith("__") or name in ("model_fields", "model_config", "model_fields_set"):
        return Operation(".", (owner, Constant(name)), frame.span)
    return fetch(machine, owner, name, Access.GET, node, frame)


def _own_method(machine: Machine, owner: Setting, name: str) -> Code | None:
    """A method or property of the project's class that the config was made an object of."""
    if owner.made is None or not isinstance(owner.made.node, ast.ClassDef):
        return None
    return method(machine, owner, owner.made.module, owner.made.node, name)


def _of_instance(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol:
    assert isinstance(owner, Instance)
    found = method(machine, owner, owner.module, owner.node, name)
    if found is not None and is_property(found):
        return machine.call(found, _plain_site(node, frame))
    if name in owner.attributes:
        return owner.attributes[name]
    if found is not None:
        return found
    inherited = class_attribute(machine, owner.module, owner.node, name)
    return inherited if inherited is not None else Operation(".", (owner, Constant(name)), frame.span)


def _of_code(
    machine: Machine, owner: Symbol, name: str, node: ast.expr, frame: Frame, depth: int
) -> Symbol | None:
    assert isinstance(owner, Code)
    return (
        _of_class(machine, owner, owner.node, name, frame) if isinstance(owner.node, ast.ClassDef) else None
    )


def _of_class(machine: Machine, owner: Code, node: ast.ClassDef, name: str, frame: Frame) -> Symbol:
    found = method(machine, owner, owner.module, node, name)
    if found is not None:
        assert not isinstance(found.node, ast.Lambda)
        marks = {ast.unparse(mark) for mark in found.node.decorator_list}
        return found if "classmethod" in marks else Code(found.module, found.node)
    value = class_attribute(machine, owner.module, node, name)
    enumeration = any("Enum" in ast.unparse(base) for base in node.bases)
    if value is None or enumeration:
        return Operation(".", (owner, Constant(name)), frame.span)
    return value


#: What an attribute is of something of each kind; None where nothing is known of it.
_READERS: dict[type, Callable[[Machine, Symbol, str, ast.expr, Frame, int], Symbol | None]] = {
    Changing: _of_changing,
    Choice: _of_choice,
    Code: _of_code,
    External: _of_external,
    Instance: _of_instance,
    Made: _of_made,
    Operation: _of_operation,
    Setting: _of_setting,
}


def _plain_site(node: ast.expr, frame: Frame) -> Site:
    """A property is a call without arguments."""
    return Site(ast.copy_location(ast.Call(node, [], []), node), frame, (), ())


def item(machine: Machine, owner: Symbol, key: Symbol, node: ast.Subscript, frame: Frame) -> Symbol:
    """`owner[key]`."""
    if isinstance(owner, Setting):
        return _item_of_setting(machine, owner, key, node, frame)
    if isinstance(owner, Sequence) and isinstance(key, Constant) and isinstance(key.value, int):
        settled = not (owner.open or owner.touched)
        if settled and -len(owner.items) <= key.value < len(owner.items):
            return owner.items[key.value]
    elif isinstance(owner, Table):
        return _entry(machine, owner, key, node, frame)
    elif isinstance(owner, Code):
        named = members(machine, owner)
        if named is not None:
            refuse_others(machine, key, tuple(map(Constant, named)), node, frame)
    elif isinstance(owner, External) and owner.name == "os.environ" and isinstance(key, Constant):
        return Runtime(variable=str(key.value))
    elif isinstance(owner, Choice):
        sure = certain_side(owner)
        if sure is not None:
            return item(machine, sure, key, node, frame)
        then, other = (item(machine, side, key, node, frame) for side in (owner.then, owner.other))
        return Choice(owner.test, then, other)
    _somehow(machine, owner, node, frame)
    return Operation("[]", (owner, key), frame.span)


def _item_of_setting(
    machine: Machine, owner: Setting, key: Symbol, node: ast.Subscript, frame: Frame
) -> Symbol:
    if isinstance(key, Constant) and isinstance(key.value, (str, int)):
        return fetch(machine, owner, str(key.value), Access.GET, node, frame)
    if isinstance(key, Operation) and key.name == "slice":
        return Operation("[]", (owner, key), frame.span)
    machine.record(Read(frame.place, owner, owner, Access.WHOLE, frame.span_of(node), "an unknown key"))
    return child_of(owner, "*")


def entry_of(table: Table, key: Constant) -> Symbol | None:
    """What stands at a stated key of a dictionary, None where that is not known."""
    if "*" in table.touched or not all(isinstance(name, Constant) for name, _ in table.entries):
        return None
    written = table.written.get(repr(key.value))
    if written is not None:
        return written
    found = next((value for name, value in reversed(table.entries) if name == key), None)
    if found is None or not (table.open or repr(key.value) in table.touched):
        return found
    if table.span is None:
        return None
    doubt = Opaque("what else is put into the dictionary is not known", table.span)
    return Choice(doubt, found, Operation("[]", (table, key)))


def stated_entries(table: Table) -> dict[str, Symbol] | None:
    """The keys of a dictionary with what stands there now, None where they are not all stated texts."""
    found: dict[str, Symbol] = {}
    for key, value in table.entries:
        if not isinstance(key, Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = table.written.get(repr(key.value), value)
    added = {name: value for name, value in table.written.items() if name not in map(repr, found)}
    elsewhere = table.touched - table.written.keys()
    if table.open or elsewhere or any(name[:1] not in "'\"" for name in added):
        return None
    return found | {name[1:-1]: value for name, value in added.items()}


def _made_there(machine: Machine, table: Table, key: Constant) -> Symbol | None:
    """What a `defaultdict` puts at a key that nobody has put anything at."""
    if table.default is None or table.touched & {"*", repr(key.value)}:
        return None
    if not isinstance(table.default, External) or table.default.name not in ("list", "set"):
        return None
    new = Sequence((), kind=table.default.name)
    put(machine, table, repr(key.value), new)
    return new


def _entry(machine: Machine, table: Table, key: Symbol, node: ast.Subscript, frame: Frame) -> Symbol:
    """A look-up; one by a value of the config refuses every key that is not there."""
    result = Operation("[]", (table, key), frame.span)
    if isinstance(key, Constant):
        return entry_of(table, key) or _made_there(machine, table, key) or result
    keys = [name for name, _ in table.entries]
    # What only puts something else at a key that is there leaves the keys as they are.
    same = table.touched <= {repr(name.value) for name in keys if isinstance(name, Constant)}
    if not table.open and same and isinstance(node.ctx, ast.Load):
        refuse_others(machine, key, tuple(keys), node, frame)
    return result
