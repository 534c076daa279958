"""A model that a script builds in, the tensors of its state dict out, as far as they can be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.weights.layers import Shape, entries_of, parameter_shape
from trainlint.facts.behaviour import Behaviour, Call, Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Constant,
    Element,
    Instance,
    Made,
    Opaque,
    Operation,
    Sequence,
    Symbol,
    Table,
)
from trainlint.facts.value import Known

_DEPTH = 40
#: So many layers of one list are told apart.
_MOST = 512
_CONTAINERS = frozenset(
    {"torch.nn.ModuleList", "torch.nn.Sequential", "torch.nn.ModuleDict", "torch.nn.ParameterList"}
)
#: What these packages give is no module, by the first part of the name.
_NO_MODULES = frozenset(
    {
        *("numpy", "math", "logging", "json", "os", "pathlib", "random", "time", "functools", "collections"),
        *("itertools", "re", "copy", "str", "dict", "list", "print", "open", "super", "config", "einops"),
    }
)
_ARITHMETIC = frozenset(
    {"+", "-", "*", "/", "//", "%", "**", "neg", "format", "==", "!=", "<", "<=", ">", ">="}
)
_CHANGES = frozenset(
    {"append", "extend", "insert", "add_module", "register_module", "update", "pop", "__setitem__"}
)


@dataclass(eq=False)
class Tree:
    """The tensors of a model by name, the objects that hold them by prefix, and what is not known.

    `open` are prefixes below which there may be others. `counts` are how many layers a list has.
    """

    tensors: dict[str, Shape] = field(default_factory=dict)
    objects: dict[str, Instance] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    counts: dict[str, Symbol] = field(default_factory=dict)

    def is_open(self, name: str) -> bool:
        """Whether a name may be a tensor of a part that is not known."""
        return any(prefix == "" or name == prefix or name.startswith(prefix + ".") for prefix in self.open)


@dataclass(eq=False)
class Making:
    """What a script did to make and change its modules, by the identity of objects."""

    made: dict[int, Call]
    registered: dict[int, list[Call]]
    changed: frozenset[int]
    outside: frozenset[int]


def making(behaviour: Behaviour) -> Making:
    """Look through all calls once."""
    made: dict[int, Call] = {}
    registered: dict[int, list[Call]] = {}
    changed, outside = set(), set()
    for event in behaviour.events:
        if not isinstance(event, Call):
            continue
        if isinstance(event.result, (Made, Instance)):
            made.setdefault(id(event.result), event)
        callee = event.callee
        if not isinstance(callee, Operation) or callee.name != ".":
            continue
        owner, method = callee.operands
        name = method.value if isinstance(method, Constant) else None
        if name in ("register_buffer", "register_parameter") and isinstance(owner, Instance):
            registered.setdefault(id(owner), []).append(event)
        elif name in _CHANGES:
            changed.add(id(owner))
        elif name == "__init__" and _takes_arguments(event) and isinstance(owner, Operation):
            outside.add(id(owner.operands[0]))
    return Making(made, registered, frozenset(changed), frozenset(outside))


def _takes_arguments(call: Call) -> bool:
    """Whether a base of a library is given arguments: it then makes parts of its own."""
    owner = call.callee.operands[0] if isinstance(call.callee, Operation) else None
    given = bool(call.positional or call.keywords)
    return given and isinstance(owner, Operation) and owner.name == "super"


def tree_of(model: Instance, made: Making, run: Evaluation) -> Tree:
    """The tensors of a model in one launch."""
    reader = _Reader(made, run, Tree())
    reader.instance(model, "", 0)
    return reader.tree


@dataclass(eq=False)
class _Reader:
    making: Making
    run: Evaluation
    tree: Tree
    _inside: list[int] = field(default_factory=list)

    def instance(self, owner: Instance, prefix: str, depth: int) -> None:
        """An object of the project with all that is set on it."""
        if id(owner) in self._inside or depth > _DEPTH:
            return
        self.tree.objects[prefix] = owner
        self._inside.append(id(owner))
        if id(owner) in self.making.outside:
            self.tree.open[prefix] = None
        for name, symbol in list(owner.attributes.items()):
            if not name.startswith("__"):
                self.part(symbol, _below(prefix, name), depth + 1)
        for call in self.making.registered.get(id(owner), ()):
            self._registered(call, prefix)
        self._inside.pop()

    def part(self, symbol: Symbol, name: str, depth: int) -> None:
        """What an attribute of a module, or an entry of a list of modules, holds."""
        if depth > _DEPTH:
            self.tree.open[name] = None
        elif isinstance(symbol, Instance):
            self.instance(symbol, name, depth)
        elif isinstance(symbol, Made):
            self._made(symbol, name, depth)
        elif isinstance(symbol, Choice):
            truth = self.run.truth(symbol.test)
            if truth is None:
                self.tree.open[name] = None
            else:
                self.part(symbol.then if truth else symbol.other, name, depth + 1)
        elif isinstance(symbol, Changing):
            self.part(symbol.before, name, depth + 1)
        elif isinstance(symbol, (Opaque, Element)) or (
            isinstance(symbol, Operation) and symbol.name not in _ARITHMETIC and "." not in symbol.name[1:]
        ):
            self.tree.open[name] = None

    def _made(self, made: Made, name: str, depth: int) -> None:
        if made.name in _CONTAINERS:
            self._container(made, name, depth)
            return
        if made.name in ("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.Buffer"):
            self.tree.tensors[name] = parameter_shape(made)
            return
        if made.name.startswith("torch.nn."):
            entries = entries_of(made)
            if entries is None:
                self.tree.open[name] = None
            for entry, shape in (entries or {}).items():
                self.tree.tensors[_below(name, entry)] = shape
            return
        # A tensor that is only an attribute is in no state dict; what a library makes may be a module.
        package = made.name.partition(".")[0]
        if package not in _NO_MODULES and package != "torch":
            self.tree.open[name] = None

    def _container(self, made: Made, name: str, depth: int) -> None:
        entries = None if id(made) in self.making.changed else self._entries(made, name)
        if entries is None:
            self.tree.open[name] = None
            return
        for key, entry in entries:
            self.part(entry, _below(name, key), depth + 1)

    def _entries(self, made: Made, name: str) -> list[tuple[str, Symbol]] | None:
        """The modules of a list or dictionary with their names, None where they are not all known."""
        if made.keywords:
            return None
        if made.name == "torch.nn.Sequential" and not (
            made.positional and isinstance(made.positional[0], Table)
        ):
            return [(str(index), item) for index, item in enumerate(made.positional)]
        first = made.positional[0] if made.positional else Sequence(())
        if isinstance(first, Table):
            named = [(key.value, value) for key, value in first.entries if isinstance(key, Constant)]
            whole = not first.open and len(named) == len(first.entries)
            return [(str(key), value) for key, value in named] if whole else None
        if not isinstance(first, Sequence):
            return None
        if not first.open:
            return [(str(index), item) for index, item in enumerate(first.items)]
        return self._repeated(first, name)

    def _repeated(self, items: Sequence, name: str) -> list[tuple[str, Symbol]] | None:
        """`[Block(…) for _ in range(n)]`: the same n times."""
        call = self.making.made.get(id(items.items[0])) if len(items.items) == 1 else None
        loop = _loop(call.place) if call is not None else None
        if loop is None or loop.value is None:
            return None
        found = self.run.value(loop.value)
        if not isinstance(found, Known) or not isinstance(found.value, (range, list, tuple)):
            return None
        self.tree.counts[name] = loop.value
        return [(str(index), items.items[0]) for index in range(min(len(found.value), _MOST))]

    def _registered(self, call: Call, prefix: str) -> None:
        """`self.register_buffer(name, tensor, persistent=True)`."""
        if self.run.reached(call.place) is False:
            return
        given = list(call.positional)
        name = call.keyword("name") or (given[0] if given else None)
        tensor = call.keyword("tensor") or call.keyword("param") or (given[1] if len(given) > 1 else None)
        persistent = call.keyword("persistent") or (given[2] if len(given) > 2 else Constant(True))
        if not isinstance(name, Constant) or not isinstance(persistent, Constant):
            self.tree.open[prefix] = None
        elif tensor is None or tensor == Constant(None) or persistent.value is False:
            return
        elif self.run.reached(call.place) is None:
            self.tree.open[_below(prefix, str(name.value))] = None
        else:
            self.tree.tensors[_below(prefix, str(name.value))] = parameter_shape(tensor)


def _loop(place: Place) -> Place | None:
    """The one loop around an expression inside its function; None for none, several, or one with a test."""
    found: list[Place] = []
    for step in _own_steps(place):
        if step.step is not Step.LOOP:
            return None
        found.append(step)
    return found[0] if len(found) == 1 else None


def _own_steps(place: Place) -> Iterator[Place]:
    for step in place.outwards():
        if step.step in (Step.CALL, Step.ENTRY, Step.ASSUMED, Step.UNLESS, Step.WITH):
            return
        yield step


def _below(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
