"""An operation on symbols and the launch it belongs to in, its value out, in Kleene's three-valued logic."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from trainlint.chain.operators import FUNCTIONS
from trainlint.facts.symbols import (
    Code,
    Constant,
    External,
    Instance,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.facts.value import Known, Unknown
from trainlint.regex import regex

if TYPE_CHECKING:
    from trainlint.chain.evaluation import Evaluation

_LONGEST = 10_000
#: A format that asks for very many characters.
_WIDE = regex(r"\d{4}")


#: What `!r` and so on in an f-string do.
_CONVERSIONS: dict[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}


class Absent:
    """What stands at a key that is not there."""

    def __repr__(self) -> str:
        """As people read it."""
        return "<absent>"


ABSENT = Absent()


#: Variables of a distributed launch, answered as the process of rank 0 sees them: every run has it.
DISTRIBUTED = {"WORLD_SIZE", "RANK", "LOCAL_RANK"}


class UndecidedError(Exception):
    """A value depends on something unknown; carries it."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


def same(one: object, other: object) -> bool:
    """Whether two values are equal and of one type: `1` is not `True`."""
    return type(one) is type(other) and one == other


def present(run: Evaluation, symbol: Symbol) -> object:
    """The value of an operand; a key that is not there has none."""
    found = run.need(symbol)
    if found is ABSENT:
        raise run.unknown("a key is not there")
    return found


def operation(run: Evaluation, symbol: Symbol) -> object:
    """The value of an operation; raises UndecidedError where it is not known."""
    assert isinstance(symbol, Operation)
    special = _SPECIAL.get(symbol.name)
    if special is not None:
        return special(run, symbol)
    function = FUNCTIONS.get(symbol.name)
    if function is None:
        raise run.unknown(f"`{symbol.name}` is not computed", symbol.span)
    values = [present(run, operand) for operand in symbol.operands]
    if any(isinstance(value, (Code, Instance, External)) for value in values):
        raise run.unknown(f"`{symbol.name}` of an object is not computed", symbol.span)
    result = function(*values)
    if isinstance(result, (str, list)) and len(result) > _LONGEST:
        raise run.unknown("the value is too long", symbol.span)
    return result


def _logic(run: Evaluation, symbol: Operation) -> object:
    """`and` and `or`: the first part that decides is the value; its truth alone is `Evaluation.truth`."""
    stop = symbol.name == "or"
    for operand in symbol.operands[:-1]:
        truth = run.truth(operand)
        if truth is None:
            found = run.value(operand)
            raise UndecidedError(found) if isinstance(found, Unknown) else run.unknown("it is not known")
        if truth is stop:
            return present(run, operand)
    return present(run, symbol.operands[-1])


def _exists(run: Evaluation, symbol: Operation) -> object:
    holder, key = symbol.operands
    assert isinstance(holder, Setting)
    name = str(run.need(key))
    if any(given == name for given, _ in holder.supplied):
        return True
    if holder.schema is not None and any(entry.name == name for entry in holder.schema.fields):
        return True
    found = run.value(Setting((*holder.path, name), hidden=holder.hidden))
    if isinstance(found, Unknown):
        whole = run.lookup(holder.path)
        if isinstance(whole, Unknown) or not isinstance(whole.value, dict) or name not in whole.value:
            raise UndecidedError(found)
        return True
    if found.value is ABSENT and not holder.exact:
        raise run.unknown(f"whether `{name}` is there is not known")
    return found.value is not ABSENT


def _or_default(run: Evaluation, symbol: Operation) -> object:
    first, other = symbol.operands
    if isinstance(first, Runtime):
        return _environment_default(run, first, other)
    found = run.need(first)
    if found is not ABSENT:
        return found
    if isinstance(first, Setting) and not first.exact:
        raise run.unknown("whether the key is there is not known")
    return run.need(other)


def _set(run: Evaluation, symbol: Operation) -> object:
    """`"RANK" in os.environ`."""
    (variable,) = symbol.operands
    assert isinstance(variable, Runtime)
    spread = isinstance(run.world_size, Known) and run.world_size.value > 1
    if variable.variable in run.environment or (spread and variable.variable in DISTRIBUTED):
        return True
    raise run.unknown(f"whether the environment variable `{variable.variable}` is set is not known")


def _environment_default(run: Evaluation, first: Runtime, other: Symbol) -> object:
    """What a distributed launcher of one process would set, where that is the default too."""
    if first.variable in DISTRIBUTED and isinstance(run.world_size, Known) and run.world_size.value == 1:
        default = run.need(other)
        if str(default) == ("1" if first.variable == "WORLD_SIZE" else "0"):
            return default
    return run.need(first)


def _compared(run: Evaluation, symbol: Operation) -> object:
    """`==`, `is`, `in` and their opposites; objects of the project are equal to themselves only."""
    if symbol.name in ("in", "not in") and isinstance(symbol.operands[1], Table):
        return (_entry(run, symbol.operands[1], symbol.operands[0]) is not None) is (symbol.name == "in")
    left, right = (present(run, operand) for operand in symbol.operands)
    things = (Code, Instance, External)
    if symbol.name in ("is", "is not", "==", "!="):
        if isinstance(left, things) or isinstance(right, things):
            if left is not None and right is not None and left is not right:
                raise run.unknown("objects are not compared", symbol.span)
            equal = left is right
        elif symbol.name.startswith("is"):
            equal = _identical(run, left, right, symbol)
        elif {type(left), type(right)} == {list, tuple}:
            raise run.unknown("a list of the config may be equal to a tuple", symbol.span)
        else:
            equal = left == right
        return equal if symbol.name in ("is", "==") else not equal
    found = left in right  # type: ignore[operator]  # a TypeError is caught above
    return found if symbol.name == "in" else not found


def _identical(run: Evaluation, left: object, right: object, symbol: Operation) -> bool:
    """`is`: known for what there is only once."""
    if any(value is None or isinstance(value, bool) for value in (left, right)):
        return left is right
    raise run.unknown("whether two values are one object is not known", symbol.span)


def _not(run: Evaluation, symbol: Operation) -> object:
    truth = run.truth(symbol.operands[0])
    if truth is None:
        present(run, symbol.operands[0])
        raise run.unknown("whether an object counts as true is not known", symbol.span)
    return not truth


def _member(run: Evaluation, symbol: Operation) -> object:
    """`owner.name` of something that is not the project's own object."""
    name = symbol.operands[1]
    shown = name.value if isinstance(name, Constant) else "?"
    raise run.unknown(f"`.{shown}` is known at run time only", symbol.span)


def _entry(run: Evaluation, table: Table, key: Symbol) -> Symbol | None:
    """What a dictionary holds at a key, None where it is not there; the other values need not be known."""
    stated = {repr(name.value) for name, _ in table.entries if isinstance(name, Constant)}
    if table.open or not table.touched <= stated:
        raise run.unknown("not all keys of a dictionary are known")
    wanted = present(run, key)
    found: Symbol | None = None
    for name, value in table.entries:
        if present(run, name) == wanted:
            other = Opaque("what stands at a key is changed", table.span or run.place)
            found = other if repr(wanted) in table.touched else value
    return found


def _got(run: Evaluation, symbol: Operation) -> object:
    """`{…}.get(key, default)`."""
    table, key, default = symbol.operands
    assert isinstance(table, Table)
    found = _entry(run, table, key)
    return run.need(default if found is None else found)


def _item(run: Evaluation, symbol: Operation) -> object:
    if isinstance(symbol.operands[0], Table):
        found = _entry(run, symbol.operands[0], symbol.operands[1])
        if found is None:
            raise run.unknown("a key is not there")
        return run.need(found)
    owner, key = (present(run, operand) for operand in symbol.operands)
    if isinstance(key, slice) and isinstance(owner, (list, str)):
        return owner[key]
    if isinstance(owner, (list, str)) and isinstance(key, int):
        return owner[key]
    if isinstance(owner, dict):
        return owner[key]
    raise run.unknown("an item is known at run time only", symbol.span)


def _slice(run: Evaluation, symbol: Operation) -> object:
    return slice(*(present(run, operand) for operand in symbol.operands))


def _format(run: Evaluation, symbol: Operation) -> object:
    return "".join(str(present(run, operand)) for operand in symbol.operands)


def _formatted(run: Evaluation, symbol: Operation) -> object:
    """`{value!r:>8}` in an f-string: the value, its conversion and its format."""
    value, conversion, layout = (present(run, operand) for operand in symbol.operands)
    if isinstance(value, (Code, Instance, External)) or _WIDE.search(str(layout)):
        raise run.unknown("how it is shown is known at run time only", symbol.span)
    convert = _CONVERSIONS.get(str(conversion))
    return format(value if convert is None else convert(value), str(layout))


def _isinstance(run: Evaluation, symbol: Operation) -> object:
    value = present(run, symbol.operands[0])
    names = symbol.operands[1]
    wanted = names.items if isinstance(names, Sequence) else (names,)
    types = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict, "tuple": tuple}
    if not all(isinstance(entry, External) and entry.name in types for entry in wanted):
        raise run.unknown("`isinstance` is not computed", symbol.span)
    if not isinstance(value, (int, float, str, bool)) and value is not None:
        raise run.unknown("`isinstance` is not computed", symbol.span)
    return isinstance(value, tuple(types[entry.name] for entry in wanted if isinstance(entry, External)))


_SPECIAL: dict[str, Callable[[Evaluation, Operation], object]] = {
    **dict.fromkeys(("and", "or"), _logic),
    "not": _not,
    **dict.fromkeys(("==", "!=", "is", "is not", "in", "not in"), _compared),
    "exists": _exists,
    "default": _or_default,
    ".": _member,
    "[]": _item,
    "get": _got,
    "formatted": _formatted,
    "in os.environ": _set,
    "slice": _slice,
    "format": _format,
    "isinstance": _isinstance,
}
