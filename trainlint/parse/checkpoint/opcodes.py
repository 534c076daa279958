"""The bytes of a pickle in, the structure that they describe out.

This is no unpickler: a name is a name, a call is a record of what would be called. Nothing is imported,
nothing is called, and what is not on the list of opcodes ends the reading.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

#: More opcodes than any state dict needs; a file that has more would only hold the check up.
MAX_OPCODES = 3_000_000
#: Longer integers are no numbers of a training run.
MAX_INTEGER_BYTES = 64


class PickleError(Exception):
    """The bytes are no pickle of the kind that is read; the message completes "it …"."""


@dataclass(slots=True, eq=False)
class Name:
    """A class or function, by its module and name."""

    module: str
    name: str

    @property
    def dotted(self) -> str:
        """Both joined by a dot."""
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Items:
    """A list, tuple or set."""

    items: list[object]


@dataclass(slots=True, eq=False)
class Pairs:
    """A dictionary, in the order in which it was filled."""

    pairs: list[tuple[object, object]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Built:
    """What a call would give: the callee, its arguments, and what was put into the result."""

    callee: object
    arguments: list[object]
    state: object = None
    pairs: list[tuple[object, object]] = field(default_factory=list)
    items: list[object] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Reference:
    """Something kept outside the pickle, such as the bytes of a tensor."""

    identifier: object


class _Mark:
    """The start of a run of operands."""


_MARK = _Mark()


def read_structure(data: bytes) -> object:
    """The object that a pickle describes; raises PickleError for what is not read."""
    machine = _Machine(data)
    try:
        return machine.run()
    except (IndexError, struct.error, UnicodeDecodeError, ValueError, KeyError, OverflowError) as error:
        raise PickleError("is damaged") from error


@dataclass
class _Machine:
    """A stack, a memo and a position."""

    data: bytes
    position: int = 0
    stack: list[object] = field(default_factory=list)
    memo: dict[int, object] = field(default_factory=dict)

    def run(self) -> object:
        """Work until STOP."""
        for _ in range(MAX_OPCODES):
            code = self.data[self.position]
            self.position += 1
            if code == 0x2E:
                return self.stack[-1]
            step = _STEPS.get(code)
            if step is None:
                raise PickleError(f"has an opcode that is not read (0x{code:02x})")
            step(self)
        raise PickleError("is too long to be read")

    def take(self, size: int) -> bytes:
        """The next bytes."""
        end = self.position + size
        if size < 0 or end > len(self.data):
            raise PickleError("is cut off")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def number(self, form: str) -> int:
        """The next bytes as a number."""
        value: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return value

    def line(self) -> str:
        """The bytes up to the end of the line."""
        end = self.data.index(b"\n", self.position)
        text = self.data[self.position : end].decode("utf-8")
        self.position = end + 1
        return text

    def push(self, value: object) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def marked(self) -> list[object]:
        """The values above the last mark, which goes with them."""
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] is _MARK:
                values = self.stack[index + 1 :]
                del self.stack[index:]
                return values
        raise PickleError("is damaged")

    def popped(self, count: int) -> list[object]:
        """The last values of the stack, in their order."""
        if len(self.stack) < count:
            raise PickleError("is damaged")
        values = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return values


_Step = Callable[[_Machine], None]


def _constant(value: object) -> _Step:
    return lambda machine: machine.push(value)


def _fixed(form: str) -> _Step:
    return lambda machine: machine.push(machine.number(form))


def _text(form: str) -> _Step:
    return lambda machine: machine.push(machine.take(machine.number(form)).decode("utf-8", "surrogatepass"))


def _old_text(form: str) -> _Step:
    return lambda machine: machine.push(machine.take(machine.number(form)).decode("latin-1"))


def _bytes(form: str) -> _Step:
    return lambda machine: machine.push(machine.take(machine.number(form)))


def _long(form: str) -> _Step:
    def step(machine: _Machine) -> None:
        data = machine.take(machine.number(form))
        machine.push(int.from_bytes(data, "little", signed=True) if len(data) <= MAX_INTEGER_BYTES else None)

    return step


def _line_number(machine: _Machine) -> None:
    text = machine.line().rstrip("L")
    if len(text) > 2 * MAX_INTEGER_BYTES:
        raise PickleError("is damaged")
    machine.push({"00": False, "01": True}.get(text, int(text)))


def _line_text(machine: _Machine) -> None:
    text = machine.line()
    machine.push(text[1:-1] if text[:1] in ("'", '"') else text)


def _tuple(count: int) -> _Step:
    return lambda machine: machine.push(Items(machine.popped(count)))


def _pop(machine: _Machine) -> None:
    machine.popped(1)


def _put(key: Callable[[_Machine], int]) -> _Step:
    def step(machine: _Machine) -> None:
        machine.memo[key(machine)] = machine.stack[-1]

    return step


def _get(key: Callable[[_Machine], int]) -> _Step:
    return lambda machine: machine.push(machine.memo[key(machine)])


def _extend(machine: _Machine, values: list[object]) -> None:
    target = machine.stack[-1]
    if not isinstance(target, (Items, Built)):
        raise PickleError("is damaged")
    target.items += values


def _fill(machine: _Machine, values: list[object]) -> None:
    target = machine.stack[-1]
    if not isinstance(target, (Pairs, Built)) or len(values) % 2:
        raise PickleError("is damaged")
    target.pairs += zip(values[::2], values[1::2], strict=True)


def _dictionary(machine: _Machine) -> None:
    values = machine.marked()
    machine.push(Pairs())
    _fill(machine, values)


def _name(machine: _Machine) -> None:
    module = machine.line()
    machine.push(Name(module, machine.line()))


def _stack_name(machine: _Machine) -> None:
    module, name = machine.popped(2)
    machine.push(Name(str(module), str(name)))


def _call(machine: _Machine) -> None:
    callee, arguments = machine.popped(2)
    if not isinstance(arguments, Items):
        raise PickleError("is damaged")
    machine.push(Built(callee, arguments.items))


def _call_with_keywords(machine: _Machine) -> None:
    callee, arguments, keywords = machine.popped(3)
    if not isinstance(arguments, Items):
        raise PickleError("is damaged")
    machine.push(Built(callee, [*arguments.items, keywords]))


def _instance(machine: _Machine) -> None:
    module = machine.line()
    name = machine.line()
    machine.push(Built(Name(module, name), machine.marked()))


def _object(machine: _Machine) -> None:
    values = machine.marked()
    machine.push(Built(values[0], values[1:]))


def _build(machine: _Machine) -> None:
    state = machine.popped(1)[0]
    target = machine.stack[-1]
    if isinstance(target, Built):
        target.state = state


#: Each opcode that is read, by its byte, in the order of the protocol's description.
_STEPS: dict[int, _Step] = {
    0x80: lambda machine: _skip(machine, 1),  # PROTO
    0x95: lambda machine: _skip(machine, 8),  # FRAME
    0x28: lambda machine: machine.push(_MARK),  # MARK
    0x30: _pop,  # POP
    0x31: lambda machine: _drop(machine),  # POP_MARK
    0x32: lambda machine: machine.push(machine.stack[-1]),  # DUP
    0x4E: _constant(None),  # NONE
    0x88: _constant(True),  # NEWTRUE
    0x89: _constant(False),  # NEWFALSE
    0x49: _line_number,  # INT
    0x4C: _line_number,  # LONG
    0x46: lambda machine: machine.push(float(machine.line())),  # FLOAT
    0x4A: _fixed("<i"),  # BININT
    0x4B: _fixed("<B"),  # BININT1
    0x4D: _fixed("<H"),  # BININT2
    0x47: _fixed(">d"),  # BINFLOAT
    0x8A: _long("<B"),  # LONG1
    0x8B: _long("<i"),  # LONG4
    0x53: _line_text,  # STRING
    0x56: _line_text,  # UNICODE
    0x54: _old_text("<i"),  # BINSTRING
    0x55: _old_text("<B"),  # SHORT_BINSTRING
    0x58: _text("<I"),  # BINUNICODE
    0x8C: _text("<B"),  # SHORT_BINUNICODE
    0x8D: _text("<Q"),  # BINUNICODE8
    0x42: _bytes("<I"),  # BINBYTES
    0x43: _bytes("<B"),  # SHORT_BINBYTES
    0x8E: _bytes("<Q"),  # BINBYTES8
    0x96: _bytes("<Q"),  # BYTEARRAY8
    0x5D: lambda machine: machine.push(Items([])),  # EMPTY_LIST
    0x8F: lambda machine: machine.push(Items([])),  # EMPTY_SET
    0x61: lambda machine: _extend(machine, machine.popped(1)),  # APPEND
    0x65: lambda machine: _extend(machine, machine.marked()),  # APPENDS
    0x90: lambda machine: _extend(machine, machine.marked()),  # ADDITEMS
    **{
        code: lambda machine: machine.push(Items(machine.marked())) for code in (0x6C, 0x74, 0x91)
    },  # LIST, TUPLE, FROZENSET
    0x29: lambda machine: machine.push(Items([])),  # EMPTY_TUPLE
    0x85: _tuple(1),  # TUPLE1
    0x86: _tuple(2),  # TUPLE2
    0x87: _tuple(3),  # TUPLE3
    0x7D: lambda machine: machine.push(Pairs()),  # EMPTY_DICT
    0x64: _dictionary,  # DICT
    0x73: lambda machine: _fill(machine, machine.popped(2)),  # SETITEM
    0x75: lambda machine: _fill(machine, machine.marked()),  # SETITEMS
    0x67: _get(lambda machine: int(machine.line())),  # GET
    0x70: _put(lambda machine: int(machine.line())),  # PUT
    0x68: _get(lambda machine: machine.number("<B")),  # BINGET
    0x71: _put(lambda machine: machine.number("<B")),  # BINPUT
    0x6A: _get(lambda machine: machine.number("<I")),  # LONG_BINGET
    0x72: _put(lambda machine: machine.number("<I")),  # LONG_BINPUT
    0x94: _put(lambda machine: len(machine.memo)),  # MEMOIZE
    0x63: _name,  # GLOBAL
    0x93: _stack_name,  # STACK_GLOBAL
    0x52: _call,  # REDUCE
    0x81: _call,  # NEWOBJ
    0x92: _call_with_keywords,  # NEWOBJ_EX
    0x69: _instance,  # INST
    0x6F: _object,  # OBJ
    0x62: _build,  # BUILD
    0x50: lambda machine: machine.push(Reference(machine.line())),  # PERSID
    0x51: lambda machine: machine.push(Reference(machine.popped(1)[0])),  # BINPERSID
}


def _skip(machine: _Machine, size: int) -> None:
    machine.take(size)


def _drop(machine: _Machine) -> None:
    machine.marked()
