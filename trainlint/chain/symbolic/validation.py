"""A schema class and the config that it checks in, the guards of its validators and bounds on record."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.names import Bound
from trainlint.chain.symbolic.bounds import bounds
from trainlint.chain.symbolic.frame import Flow, Frame
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.objects import classes, method
from trainlint.chain.symbolic.settings import child_of, fetch
from trainlint.facts.behaviour import Access, Guard, GuardKind, Place, Step
from trainlint.facts.schema import SchemaFacts, SchemaKind, TypeKind
from trainlint.facts.symbols import Code, Constant, Opaque, Operation, Setting, Symbol
from trainlint.parse.python.places import node_span
from trainlint.source import Span

_DEPTH = 4
#: Modes of a validator in which it sees, and gives, something else than the checked value.
_EARLY = ("before", "wrap", "plain", "pre=True")


def validated(machine: Machine, code: Code, given: Setting, site: Site, depth: int = 0) -> Setting:
    """The config as the class leaves it: its validators are run, its bounds are guards."""
    assert isinstance(code.node, ast.ClassDef)
    schema = given.schema
    if schema is None or depth > _DEPTH or machine.exhausted or code.node in machine.stack:
        return given
    frame, outside, start = site.frame, site.frame.place, len(site.frame.left)
    machine.stack.append(code.node)
    try:
        if schema.kind is SchemaKind.PYDANTIC:
            _nested(machine, code, given, schema, site, depth)
            _bounded(machine, code, code.node, given, site)
            given = _by_validators(machine, code, code.node, given, site, whole=False)
            _beyond(frame, start)
            given = _by_validators(machine, code, code.node, given, site, whole=True)
        return _by_itself(machine, code, code.node, given, site)
    finally:
        machine.stack.pop()
        frame.place = outside


def _beyond(frame: Frame, start: int) -> None:
    """What looks at the whole is run only where no part was refused."""
    for place, _ in frame.left[start:]:
        frame.place = Place(frame.place, Step.ASSUMED, place.span, barred=place)


def _nested(
    machine: Machine, code: Code, given: Setting, schema: SchemaFacts, site: Site, depth: int
) -> None:
    """The parts of the config that have a schema of their own."""
    for field in schema.fields:
        if field.type.kind is not TypeKind.SCHEMA:
            continue
        named = machine.lookup.named(code.module, field.type.text)
        node = named.definition.node if isinstance(named, Bound) and named.module.place.is_own else None
        if not isinstance(named, Bound) or not isinstance(node, ast.ClassDef):
            continue
        inner = Code(named.facts, node)
        part = replace(child_of(given, field.name), made=inner)
        with Inside(site.frame, Step.BRANCH, site.frame.span, _there(given, field.name, site)):
            if validated(machine, inner, part, site, depth + 1) is not part:
                machine.reshape(part)


def _there(given: Setting, name: str, site: Site) -> Symbol:
    """Whether a key is given: defaults are not checked."""
    raw = replace(given, schema=None)
    return Operation("exists", (raw, Constant(name)), site.frame.span)


def _bounded(machine: Machine, code: Code, node: ast.ClassDef, given: Setting, site: Site) -> None:
    """`Field(gt=0)`, `PositiveInt`, `Annotated[int, Ge(1)]`."""
    for module, current in classes(machine, code.module, node):
        for statement in current.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            for sign, bound, words in bounds(module, statement):
                value, frame, span = child_of(given, name), site.frame, node_span(module.source, statement)
                holds = _holds(sign, value, Constant(bound), span)
                test = Operation("or", (Operation("is", (value, Constant(None)), span), holds), span)
                message, text = Constant(f"{name}: {words}"), ast.unparse(statement)
                with Inside(frame, Step.BRANCH, frame.span, _there(given, name, site)) as place:
                    kind = GuardKind.ASSERT
                    machine.record(Guard(place, kind, test, message, "ValidationError", text, span))
                    failed = Place(place, Step.BRANCH, span, test, truth=False)
                frame.left.append((failed, Flow.STOP))


def _holds(sign: str, value: Symbol, bound: Symbol, span: Span) -> Symbol:
    """Whether a value keeps to one constraint."""
    if sign == "multiple":
        rest = Operation("%", (value, bound), span)
        return Operation("==", (rest, Constant(0)), span)
    if sign == "pattern":
        return Operation("re.search", (bound, value), span)
    if sign.startswith("len "):
        return Operation(sign.removeprefix("len "), (Operation("len", (value,), span), bound), span)
    return Operation(sign, (value, bound), span)


def _by_validators(
    machine: Machine, code: Code, node: ast.ClassDef, given: Setting, site: Site, *, whole: bool
) -> Setting:
    """Run the validators of single fields, or those of the whole."""
    for module, current in classes(machine, code.module, node):
        for function in current.body:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for mark in function.decorator_list:
                    if ("model" in ast.unparse(mark) or "root" in ast.unparse(mark)) is not whole:
                        continue
                    given = _by_one(machine, Code(module, function, code, bare=True), mark, given, site)
    return given


def _by_one(machine: Machine, function: Code, mark: ast.expr, given: Setting, site: Site) -> Setting:
    """One decorator of one method: what it checks, and when."""
    text = ast.unparse(mark)
    kind = text.partition("(")[0].rpartition(".")[2]
    early = any(word in text for word in _EARLY)
    if kind in ("field_validator", "validator") and isinstance(mark, ast.Call):
        names = [entry.value for entry in mark.args if isinstance(entry, ast.Constant)]
        fields = [field.name for field in given.schema.fields] if given.schema is not None else []
        for name in fields if "*" in names else map(str, names):
            given = _field(machine, function, name, given, site, early=early)
    elif kind == "model_validator" and not early:
        _run(machine, replace(function, bound=given), (), site)
    elif kind in ("model_validator", "root_validator"):
        raw = replace(given, made=None)
        if _run(machine, function, (raw,), site) is not raw:
            return replace(given, exact=False)
    return given


def _field(
    machine: Machine, function: Code, name: str, given: Setting, site: Site, *, early: bool
) -> Setting:
    """A validator of one key, run where the key is given."""
    frame = site.frame
    with Inside(frame, Step.BRANCH, frame.span, _there(given, name, site)):
        value = fetch(machine, given, name, Access.DEFAULT, site.node, frame)
        result = value if early else _run(machine, function, (value,), site)
    if not early and (result is value or result == value):
        return given
    other = Opaque(f"`{name}` is changed by a validator", frame.span) if early else result
    kept = tuple(pair for pair in given.supplied if pair[0] != name)
    return replace(given, supplied=(*kept, (name, other)))


def _by_itself(machine: Machine, code: Code, node: ast.ClassDef, given: Setting, site: Site) -> Setting:
    """`__post_init__`, `model_post_init`."""
    for name in ("__post_init__", "model_post_init"):
        found = method(machine, given, code.module, node, name)
        if found is not None:
            _run(machine, found, (Constant(None),) if name == "model_post_init" else (), site)
    return given


def _run(machine: Machine, function: Code, positional: tuple[Symbol, ...], site: Site) -> Symbol:
    return machine.call(function, Site(site.node, site.frame, positional, ()))
