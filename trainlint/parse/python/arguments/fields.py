"""A dataclass in, its fields as parsers that are made from dataclasses see them out, bases followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import TypeFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.calls import argument
from trainlint.parse.python.constants import fold
from trainlint.parse.python.defaults import FIELD_CALLS, field_default
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Lookup, Scope, qualified
from trainlint.record import record
from trainlint.source import Span

_DEPTH = 12
#: Bases that bring no fields.
_NEUTRAL = frozenset(("object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"))
#: Bases with which a class stands for any of the classes that are registered with it.
_REGISTRIES = ("ChoiceRegistry", "PluginRegistry")
#: Calls of libraries that make a field as `dataclasses.field` does, with more keywords of their own.
_FIELD_MAKERS = frozenset(
    (
        "transformers.HfArg",
        "transformers.hf_argparser.HfArg",
        "simple_parsing.field",
        "simple_parsing.helpers.field",
    )
)


@record
class DataField:
    """One field of a dataclass that its constructor takes.

    `default` is None when there is none, `extra` are the keywords of the call that makes the field and
    `metadata` what is said under that name, None when it cannot be read. `annotation` stands in `module`.
    """

    name: str
    type: TypeFacts
    default: Value[object] | None
    span: Span
    extra: Mapping[str, ast.expr] = field(default_factory=dict, compare=False)
    metadata: Mapping[str, Value[object]] | None = field(default_factory=dict, compare=False)
    module: ModuleFacts | None = field(default=None, compare=False)
    annotation: ast.expr | None = field(default=None, compare=False)


@record
class FieldSet:
    """The fields of a class in order; `open` says why there may be more, `outside` the packages it needs."""

    name: str
    span: Span
    fields: tuple[DataField, ...]
    open: Unknown | None = None
    outside: frozenset[str] = frozenset()
    doc: str | None = None


@dataclass
class FieldReader:
    """Reads dataclasses; `classes` follows names into installed packages, `names` stays in the project."""

    names: Lookup
    classes: Lookup
    _read: dict[ast.ClassDef, FieldSet | None] = field(default_factory=dict)

    def named(self, module: ModuleFacts, node: ast.expr) -> FieldSet | None:
        """The dataclass that an expression names, None when it cannot be followed or is none."""
        plain = node.value if isinstance(node, ast.Subscript) else node
        if not qualified(module, plain):
            return None
        found = self.classes.definition(module, ast.unparse(plain))
        if found is None or not isinstance(found[1].node, ast.ClassDef):
            return None
        return self.read(found[0], found[1].node)

    def read(self, module: ModuleFacts, node: ast.ClassDef, depth: int = 0) -> FieldSet | None:
        """The fields of a class, None when neither it nor a base is a dataclass."""
        if node not in self._read:
            self._read[node] = None
            if depth <= _DEPTH:
                self._read[node] = self._fields(module, node, depth)
        return self._read[node]

    def _fields(self, module: ModuleFacts, node: ast.ClassDef, depth: int) -> FieldSet | None:
        found: dict[str, DataField] = {}
        opened: Unknown | None = None
        outside = _outside(module)
        bases = 0
        for base in reversed(node.bases):
            plain = base.value if isinstance(base, ast.Subscript) else base
            if qualified(module, plain) in _NEUTRAL:
                continue
            if qualified(module, plain).rpartition(".")[2] in _REGISTRIES:
                reason = f"which class stands for `{node.name}` is chosen at run time"
                opened = Unknown(reason, name_span(module.source, node))
                continue
            definition = (
                self.classes.definition(module, ast.unparse(plain)) if qualified(module, plain) else None
            )
            if definition is None or not isinstance(definition[1].node, ast.ClassDef):
                reason = f"the fields of `{ast.unparse(plain)}` are not known"
                opened = Unknown(reason, node_span(module.source, base))
                continue
            inner = self.read(definition[0], definition[1].node, depth + 1)
            if inner is not None:
                bases += 1
                found |= {entry.name: entry for entry in inner.fields}
                opened, outside = opened or inner.open, outside | inner.outside
        if not _is_dataclass(module, node):
            if not bases and opened is None:
                return None
        else:
            self._own(module, node, found)
        opened = opened or _changed(module, node)
        doc = ast.get_docstring(node)
        return FieldSet(
            node.name, name_span(module.source, node), tuple(found.values()), opened, outside, doc
        )

    def _own(self, module: ModuleFacts, node: ast.ClassDef, found: dict[str, DataField]) -> None:
        """Add the class's own fields; a field that a base has too keeps its place."""
        scope = Scope(module, self.names)
        reader = AnnotationReader(scope, SchemaReader(self.names).read)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                name = statement.target.id
                text = ast.unparse(statement.annotation).strip("'\"")
                if "ClassVar" in text or text.endswith("KW_ONLY"):
                    continue
                entry = _field(statement, name, reader)
                if entry is None:
                    found.pop(name, None)
                else:
                    found[name] = replace(entry, module=module, annotation=statement.annotation)


def _field(statement: ast.AnnAssign, name: str, reader: AnnotationReader) -> DataField | None:
    """A field, None for one that the constructor does not take."""
    scope = reader.scope
    span = node_span(scope.module.source, statement.target)
    type_ = reader.read(statement.annotation)
    value = statement.value
    called = qualified(scope.module, value.func) if isinstance(value, ast.Call) else ""
    if not isinstance(value, ast.Call) or (called not in FIELD_CALLS and called not in _FIELD_MAKERS):
        default = field_default(value, reader).value
        if default is None and value is not None:
            default = Unknown(f"the default of `{name}` is only known at run time", span)
        if isinstance(value, ast.Call) and called.rpartition(".")[2] not in ("list_field", "mutable_field"):
            # a function of the project may make a field without a default, with metadata that is not seen
            hidden = Unknown(f"what `{ast.unparse(value.func)}` makes of `{name}` is not known", span)
            return DataField(name, type_, hidden if isinstance(default, Unknown) else default, span, {}, None)
        return DataField(name, type_, default, span)
    extra = {word.arg: word.value for word in value.keywords if word.arg is not None}
    if (
        (init := argument(value, "init")) is not None
        and isinstance(init, ast.Constant)
        and init.value is False
    ):
        return None
    default = (
        field_default(value, reader).value if called in FIELD_CALLS else _plain_default(value, reader, span)
    )
    whole = len(extra) == len(value.keywords)
    return DataField(
        name, type_, default, span, extra, _metadata(extra.get("metadata"), scope) if whole else None
    )


def _plain_default(call: ast.Call, reader: AnnotationReader, span: Span) -> Value[object] | None:
    """The default of a field that another library's function makes."""
    given = argument(call, "default", 0)
    if given is None and argument(call, "default_factory") is None:
        return None
    return fold(given, reader.scope) if given is not None else Unknown("a factory makes the default", span)


def _metadata(node: ast.expr | None, scope: Scope) -> Mapping[str, Value[object]] | None:
    if node is None:
        return {}
    if not isinstance(node, ast.Dict):
        return None
    found: dict[str, Value[object]] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = fold(value, scope)
    return found


def _is_dataclass(module: ModuleFacts, node: ast.ClassDef) -> bool:
    targets = [entry.func if isinstance(entry, ast.Call) else entry for entry in node.decorator_list]
    return any(qualified(module, target).rpartition(".")[2] == "dataclass" for target in targets)


def _changed(module: ModuleFacts, node: ast.ClassDef) -> Unknown | None:
    """Why the signature of the class may be another than its fields."""
    own = [entry for entry in node.body if isinstance(entry, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if any(entry.name in ("__init__", "__new__") for entry in own):
        return Unknown(f"`{node.name}` has an `__init__` of its own", name_span(module.source, node))
    return None


def _outside(module: ModuleFacts) -> frozenset[str]:
    """The installed package that a module belongs to, empty for the project's own."""
    parts = module.path.parts
    for place in ("site-packages", "dist-packages"):
        if place in parts:
            return frozenset((parts[parts.index(place) + 1],))
    return frozenset()


def with_doubt(fields: FieldSet, doubt: Unknown) -> FieldSet:
    """The same fields, of which it is not sure that they are all."""
    return replace(fields, open=fields.open or doubt)


def default_value(entry: DataField) -> object:
    """The default where it is known, None otherwise."""
    return entry.default.value if isinstance(entry.default, Known) else None
