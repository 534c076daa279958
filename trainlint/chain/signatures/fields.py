"""A class whose constructor is made from its fields in, the signature of that constructor out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace

from trainlint.chain.signatures.classes import Ancestor, ClassText
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts
from trainlint.facts.signature import ParameterFacts, Passing, Signature, SignatureFacts, Unreadable
from trainlint.parse.python.calls import argument
from trainlint.parse.python.defaults import FIELD_CALLS
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.scope import qualified
from trainlint.record import record, state

DATACLASS = frozenset(("dataclasses.dataclass",))
ATTRS_NEW = frozenset(
    f"{package}.{name}" for package in ("attr", "attrs") for name in ("define", "frozen", "mutable")
)
ATTRS_OLD = frozenset(("attr.s", "attr.attrs", "attr.dataclass"))
#: What stands for no default.
_NOTHING = frozenset(("dataclasses.MISSING", "attr.NOTHING", "attrs.NOTHING"))
MAKERS = DATACLASS | ATTRS_NEW | ATTRS_OLD


@record
class _Made:
    """How a class's decorator makes its constructor."""

    name: str
    call: ast.Call | None

    @property
    def is_dataclass(self) -> bool:
        return self.name in DATACLASS

    def says(self, setting: str, value: bool) -> bool:
        """Whether the decorator is given the setting with that value."""
        found = argument(self.call, setting) if self.call is not None else None
        return isinstance(found, ast.Constant) and found.value is value


def generated(order: tuple[Ancestor, ...]) -> Signature | None:
    """The constructor that a decorator gives the first class of the order, None when it gives none."""
    owner = order[0]
    if not isinstance(owner, ClassText):
        return None
    made = _made(owner)
    if made is None or made.says("init", False):
        return None
    if made.call is not None and any(word.arg in (None, "these") for word in made.call.keywords):
        return Unreadable(f"the fields of `{owner.name}` are given to its decorator")
    fields = _Fields(f"{owner.name}.__init__")
    for ancestor in reversed(order):
        how = _made(ancestor) if isinstance(ancestor, ClassText) else None
        if isinstance(ancestor, ClassText) and how is not None and how.is_dataclass is made.is_dataclass:
            fields.add(ancestor, how)
    placed = [entry for entry in fields.found.values() if entry.passing is Passing.EITHER]
    named = [entry for entry in fields.found.values() if entry.passing is Passing.NAME]
    return SignatureFacts(
        fields.owner, name_span(owner.module.source, owner.node), (*placed, *named), unsure=fields.unsure
    )


def _made(owner: ClassText) -> _Made | None:
    for decorator in owner.node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = qualified(owner.module, call.func if call is not None else decorator)
        if name in MAKERS:
            return _Made(name, call)
    return None


@state
class _Fields:
    """The parameters that fields become, later classes over earlier ones."""

    owner: str
    found: dict[str, ParameterFacts] = field(default_factory=dict)
    unsure: str | None = None

    def add(self, owner: ClassText, made: _Made) -> None:
        """Put the fields of one class over those of its bases."""
        named = made.says("kw_only", True)
        for name, statement in _declared(owner, made):
            if name is None:
                named = True
                continue
            value = statement.value
            entry = self._parameter(owner.module, name, statement, made, named)
            if not made.is_dataclass or entry is None:
                self.found.pop(name.lstrip("_") if not made.is_dataclass else name, None)
            if entry is not None:
                self.found[entry.name] = entry
            if isinstance(value, ast.Call) and any(word.arg is None for word in value.keywords):
                self.unsure = f"how the field `{name}` is made is not read"

    def _parameter(
        self, module: ModuleFacts, name: str, statement: ast.AnnAssign | ast.Assign, made: _Made, named: bool
    ) -> ParameterFacts | None:
        value = statement.value
        called = qualified(module, value.func) if isinstance(value, ast.Call) else ""
        span = node_span(module.source, statement)
        annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else None
        passing = Passing.NAME if named else Passing.EITHER
        shown = name if made.is_dataclass else name.lstrip("_")
        entry = ParameterFacts(shown, passing, value is None, self.owner, span, annotation)
        if not isinstance(value, ast.Call) or called not in FIELD_CALLS:
            return replace(entry, keyword_only=named)
        if _is(argument(value, "init"), False):
            return None
        given = argument(value, "default", 0 if called.startswith("attr.") else None)
        factory = argument(value, "default_factory") or argument(value, "factory")
        missing = given is None or qualified(module, given) in _NOTHING
        own = not made.is_dataclass and f"@{name}.default" in module.source.text
        alias = argument(value, "alias")
        if isinstance(alias, ast.Constant) and isinstance(alias.value, str) and not made.is_dataclass:
            entry = replace(entry, name=alias.value)
        if (only := argument(value, "kw_only")) is not None:
            entry = replace(entry, passing=Passing.NAME if _is(only, True) else Passing.EITHER)
        entry = replace(entry, keyword_only=entry.passing is Passing.NAME)
        return replace(entry, required=missing and factory is None and not own)


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _declared(owner: ClassText, made: _Made) -> Iterator[tuple[str | None, ast.AnnAssign | ast.Assign]]:
    """The fields a class body declares; None for the mark after which all are given by name."""
    annotated = made.is_dataclass or made.name == "attr.dataclass" or made.says("auto_attribs", True)
    plain = [entry for entry in owner.node.body if isinstance(entry, ast.Assign) and _is_field(owner, entry)]
    if made.name in ATTRS_NEW:
        annotated = not plain
    for statement in owner.node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.unparse(statement.annotation).strip("'\"")
            if text.endswith("KW_ONLY"):
                yield None, statement
            elif "ClassVar" not in text and (annotated or _is_field(owner, statement)):
                yield statement.target.id, statement
        elif isinstance(statement, ast.Assign) and not made.is_dataclass and statement in plain:
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement


def _is_field(owner: ClassText, statement: ast.AnnAssign | ast.Assign) -> bool:
    value = statement.value
    return isinstance(value, ast.Call) and qualified(owner.module, value.func) in FIELD_CALLS


def named_tuple(owner: ClassText) -> Signature:
    """The constructor of a `NamedTuple`."""
    name = f"{owner.name}.__new__"
    found = [
        ParameterFacts(
            statement.target.id,
            Passing.EITHER,
            statement.value is None,
            name,
            node_span(owner.module.source, statement),
            statement.annotation,
        )
        for statement in owner.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    return SignatureFacts(name, name_span(owner.module.source, owner.node), tuple(found))


def model(owner: ClassText, schema: SchemaFacts | None) -> Signature:
    """The constructor of a pydantic model."""
    if schema is None or not schema.complete:
        return Unreadable(f"the fields of `{owner.name}` are not known, or it rewrites what it is given")
    both = any(word in owner.module.source.text for word in ("populate_by_name", "validate_by_name"))
    if both and any(entry.alias for entry in schema.fields):
        return Unreadable(f"by which names `{owner.name}` takes its fields is a setting that is not read")
    found = tuple(_model_field(entry, owner.name) for entry in schema.fields)
    return SignatureFacts(
        owner.name,
        name_span(owner.module.source, owner.node),
        found,
        more_named=schema.extra is not Extra.FORBID,
        schema=schema,
    )


def _model_field(entry: FieldFacts, owner: str) -> ParameterFacts:
    return ParameterFacts(entry.alias or entry.name, Passing.NAME, entry.default is None, owner, entry.span)
