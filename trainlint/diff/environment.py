"""A script's modules and what it does in, the environment variables that it asks for out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.facts.behaviour import Behaviour, Call, Place, Step
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Constant, External, Symbol
from trainlint.facts.value import Unknown
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified
from trainlint.record import record
from trainlint.source import Span

_CALLS = ("os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop")


@record
class Variable:
    """A place that names an environment variable which the code asks for.

    `default` is what stands in for it, None where that is nothing or not known. `place` is where in the run
    it is asked for, None where the code only states it.
    """

    name: str
    default: Symbol | None
    span: Span
    place: Place | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def variables_read(modules: tuple[ModuleFacts, ...], behaviour: Behaviour) -> tuple[Variable, ...]:
    """Each place once, in the order of the run; what no call asks for (`os.environ["A"]`) behind."""
    found: dict[tuple[str, Span], Variable] = {}
    for variable in (*_asked(behaviour), *_stated(modules)):
        found.setdefault((variable.name, variable.span), variable)
    return tuple(found.values())


def _asked(behaviour: Behaviour) -> Iterator[Variable]:
    """What calls of the run ask for, by whatever name the variable comes to them."""
    for event in behaviour.events:
        if not isinstance(event, Call) or not isinstance(event.callee, External):
            continue
        name = event.positional[0] if event.positional else event.keyword("key")
        if event.callee.name in _CALLS and isinstance(name, Constant) and isinstance(name.value, str):
            default = event.positional[1] if len(event.positional) > 1 else event.keyword("default")
            yield Variable(name.value, default, _naming(event, name.value), event.place)


def _naming(event: Call, name: str) -> Span:
    """The call that names the variable: the asking one, or one that leads to it (`integer("SEED", 1)`)."""
    if _names(event.node, name):
        return event.span
    steps = (place for place in event.place.outwards() if place.step is Step.CALL)
    leading = (place.span for place in steps if isinstance(place.node, ast.Call) and _names(place.node, name))
    return next(leading, event.span)


def _names(call: ast.Call, name: str) -> bool:
    given = [*call.args, *(word.value for word in call.keywords)]
    return any(isinstance(node, ast.Constant) and node.value == name for node in given)


def _stated(modules: tuple[ModuleFacts, ...]) -> Iterator[Variable]:
    """`os.environ["A"]` and `"A" in os.environ`, which are no calls."""
    for module in modules:
        if "environ" not in module.source.text:
            continue
        for node in module.nodes:
            name = _item(module, node)
            if name is not None:
                yield Variable(name, None, node_span(module.source, node))


def _item(module: ModuleFacts, node: ast.AST) -> str | None:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name, owner = node.slice, node.value
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        name, owner = node.left, node.comparators[0]
    else:
        return None
    plain = isinstance(name, ast.Constant) and isinstance(name.value, str)
    return str(getattr(name, "value", "")) if plain and qualified(module, owner) == "os.environ" else None


def read_by_libraries(modules: Iterable[ModuleFacts]) -> Iterator[Unknown]:
    """The classes whose fields a library fills from the environment, under names of its own making."""
    for module in modules:
        for node in module.tree.body if "BaseSettings" in module.source.text else ():
            if isinstance(node, ast.ClassDef) and any(map(_fills_itself, node.bases)):
                reason = f"which environment variables the fields of `{node.name}` take is not known"
                yield Unknown(reason, node_span(module.source, node))


def _fills_itself(base: ast.expr) -> bool:
    return ast.unparse(base).rpartition(".")[2] == "BaseSettings"
