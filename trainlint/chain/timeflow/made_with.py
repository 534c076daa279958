"""An object that a library's class was asked for in, the arguments that it gets out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.settings import child_of
from trainlint.chain.timeflow.amounts import amount_of
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline
from trainlint.chain.timeflow.trainers import Argument, Role
from trainlint.facts.behaviour import Call, Event, Place
from trainlint.facts.config import InclusionKind
from trainlint.facts.schedule import Amount
from trainlint.facts.symbols import (
    Constant,
    External,
    Instance,
    Made,
    Opaque,
    Setting,
    Symbol,
    Table,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity, record
from trainlint.source import Span

_INSTANTIATES = ("hydra.utils.instantiate", "hydra.utils.call")


@record
class Product:
    """An object and how it was asked for: `name` is the library's class, `lineage` those of the project.

    `symbol` is what stands for the object.
    """

    name: str
    symbol: Symbol
    positional: tuple[Symbol, ...]
    keywords: tuple[tuple[str, Symbol], ...]
    span: Span
    place: Place
    lineage: tuple[ast.ClassDef, ...] = ()

    @property
    def package(self) -> str:
        """The first part of its name."""
        return self.name.partition(".")[0]

    @property
    def kind(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    def has(self, methods: Iterable[str]) -> bool:
        """Whether the project's own classes have one of these methods."""
        wanted = set(methods)
        return any(getattr(part, "name", "") in wanted for node in self.lineage for part in node.body)


def candidates(events: Iterable[Event], packages: Iterable[str]) -> tuple[Call, ...]:
    """The calls that may make an object of these packages, the same for all launches of a script."""
    starts = tuple(f"{package}." for package in packages)
    return tuple(
        event
        for event in events
        if isinstance(event, Call)
        and (
            event.result.name in _INSTANTIATES or event.result.name.startswith(starts)
            if isinstance(event.result, Made) and event.result.owner is None
            else isinstance(event.result, Instance)
            and event.result.span == event.span
            and any(base.startswith(starts) for base in event.result.bases)
        )
    )


def products(line: Timeline, calls: Iterable[Call]) -> Iterator[Product]:
    """Every object of a library, or of a class of the project that is built on one, each base for itself."""
    for call in calls:
        made = call.result
        if isinstance(made, Instance):
            lineage = tuple(node for _, node in made.lineage)
            for base in made.bases:
                yield Product(base, made, call.positional, call.keywords, call.span, call.place, lineage)
        elif isinstance(made, Made) and made.name in _INSTANTIATES and made.positional:
            yield from _instantiated(made, call.place, line)
        elif isinstance(made, Made):
            yield Product(made.name, made, made.positional, made.keywords, made.span, call.place)


def _instantiated(made: Made, place: Place, line: Timeline) -> Iterator[Product]:
    """`instantiate(config.trainer, …)`: what `_target_` names, with the other keys and arguments."""
    config = made.positional[0]
    if not isinstance(config, Setting) or _truth(line, child_of(config, "_partial_")):
        return
    target = line.calculator.leaf(child_of(config, "_target_"))
    if isinstance(target, Known) and isinstance(target.value, str):
        keywords = (*made.keywords, ("**", config))
        yield Product(target.value, made, made.positional[1:], keywords, made.span, place)


def _truth(line: Timeline, symbol: Symbol) -> bool:
    found = line.calculator.leaf(symbol)
    return isinstance(found, Unknown) or (found.value is not ABSENT and bool(found.value))


def given(product: Product, which: tuple[int, str] | None, line: Timeline) -> Symbol | None:
    """The argument of this position and name, None where it is not given."""
    if which is None:
        return None
    position, name = which
    if position < len(product.positional):
        return product.positional[position]
    return keyword(product, name, line)


def keyword(product: Product, name: str, line: Timeline) -> Symbol | None:
    """The argument of this name, None where it is not given."""
    named = next((value for key, value in product.keywords if key == name), None)
    if named is not None:
        return named
    unpacked = (value for key, value in product.keywords if key in ("*", "**"))
    found = (_unpacked(value, name, product, line) for value in unpacked)
    return next((symbol for symbol in found if symbol is not None), None)


def _unpacked(mapping: Symbol, name: str, product: Product, line: Timeline) -> Symbol | None:
    """What an unpacked mapping has under a name."""
    if isinstance(mapping, Setting):
        child = child_of(mapping, name)
        found = line.calculator.leaf(child)
        return None if isinstance(found, Known) and found.value is ABSENT else child
    if isinstance(mapping, Table) and not mapping.open and not mapping.touched:
        return next((value for key, value in mapping.entries if key == Constant(name)), None)
    return Opaque(f"whether `{name}` is given is known at run time only", product.span)


@entity
class Arguments:
    """What the arguments of one object are; `changed` are the names that code sets on such objects later.

    `words` are the texts that the command line gives, by the names of the arguments.
    """

    line: Timeline
    origin: Origins
    table: Mapping[Role, Argument]
    product: Product
    changed: frozenset[str]
    words: Mapping[str, str]
    _asked: dict[Argument, Symbol] = field(default_factory=dict)

    def symbol(self, argument: Argument) -> Symbol:
        """What an argument is, its default where it is not given."""
        if argument not in self._asked:
            self._asked[argument] = self._symbol(argument)
        return self._asked[argument]

    def _symbol(self, argument: Argument) -> Symbol:
        for name in argument.names:
            if name in self.changed or name in self._set:
                return Opaque(f"code sets `{name}` later on", self.product.span)
        for name in argument.names:
            found = self._given(name)
            if found is not None:
                return found
        for node in self.product.lineage:
            if any(_in_body(node, name) for name in argument.names):
                return Opaque(f"`{node.name}` has a default of its own for it", self.product.span)
        if argument.position is not None and argument.position < len(self.product.positional):
            return self.product.positional[argument.position]
        return Constant(argument.default)

    @property
    def _set(self) -> set[str]:
        """What methods of the project's own classes set: a `__post_init__` may."""
        return {name for node in self.product.lineage for name, owner in _stored(node) if owner == "self"}

    def _given(self, name: str) -> Symbol | None:
        """The argument of this name, None where it is not given."""
        found = keyword(self.product, name, self.line)
        return None if isinstance(found, Setting) and self._is_default_of_library(found) else found

    def is_given(self, role: Role) -> bool:
        """Whether an argument is something else than its default, or may be."""
        return self.value(role) != Known(self.table[role].default, self.product.span)

    def value(self, role: Role) -> Value[object]:
        """What an argument is."""
        return self.line.calculator.value(self.symbol(self.table[role]), self.product.span)

    def _is_default_of_library(self, child: Setting) -> bool:
        """Whether a parser only knows that the library has a default, which another release may not have."""
        if child.field is not None or len(child.path) != 1 or not child.plain:
            return False
        origin = self.origin(child.path)
        given = origin is None or origin.inclusion.kind is not InclusionKind.PRIMARY
        return not given and isinstance(self.line.calculator.leaf(child), Unknown)

    def number(self, role: Role) -> float | None:
        """The number that an argument is, None where it is none or not known."""
        return self.line.calculator.number(self.symbol(self.table[role]))

    def text(self, role: Role) -> str | None:
        """The text that an argument is; of a member of an enum its name in small letters."""
        symbol = self.symbol(self.table[role])
        if isinstance(symbol, External):
            return symbol.name.rpartition(".")[2].lower()
        found = self.value(role)
        if isinstance(found, Unknown) and isinstance(symbol, Setting):
            # A parser makes a member of an enum of it.
            return self.words.get(symbol.path[-1]) if len(symbol.path) == 1 and symbol.plain else None
        return found.value if isinstance(found, Known) and isinstance(found.value, str) else None

    def truth(self, role: Role) -> bool | None:
        """Whether an argument is true, None where that is not known."""
        found = self.value(role)
        return bool(found.value) if isinstance(found, Known) else None

    def unsaid(self, role: Role) -> Unknown | None:
        """Why the value of an argument is not known."""
        found = self.value(role)
        return found if isinstance(found, Unknown) else None

    def amount(self, role: Role) -> Amount:
        """An argument as the amount that a person would change."""
        argument = self.table[role]
        return amount_of(self.symbol(argument), self.line, self.origin, argument.names[0])


def _in_body(node: ast.ClassDef, name: str) -> bool:
    """Whether the body of a class sets an attribute: a default of its own."""
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return True
    return False


def changed(events: Iterable[Event], names: frozenset[str]) -> frozenset[str]:
    """The names that code of the script gives another value later on: `args.max_steps = 100`."""
    trees = {id(event.module): event.module.tree for event in events if isinstance(event, Call)}
    return frozenset(
        name for tree in trees.values() for name, owner in _stored(tree) if name in names and owner != "self"
    )


def _stored(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The attributes that some code gives a value, and the name of their owner."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.value.id if isinstance(node.value, ast.Name) else ""
