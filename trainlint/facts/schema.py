"""Facts of structured configs: dataclasses, pydantic models and attrs classes that type a config."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.value import Value
from trainlint.record import record
from trainlint.source import Span


class TypeKind(Enum):
    """The shape of an annotation, as far as OmegaConf or pydantic would enforce it."""

    ANY = "Any"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    BOOL = "bool"
    BYTES = "bytes"
    PATH = "Path"
    NONE = "None"
    ENUM = "Enum"
    LITERAL = "Literal"
    LIST = "list"
    TUPLE = "tuple"
    DICT = "dict"
    UNION = "Union"
    SCHEMA = "schema"
    UNKNOWN = "unknown"


@record
class TypeFacts:
    """A type annotation; `text` is as written, `choices` are enum member names or literal values.

    `values` are what the members of an enum stand for, empty when that is not all written out.
    """

    kind: TypeKind
    text: str
    optional: bool = False
    arguments: tuple[TypeFacts, ...] = ()
    choices: tuple[object, ...] = ()
    schema: SchemaFacts | None = None
    values: tuple[object, ...] = ()


@record
class FieldFacts:
    """A field: `default` is None when required (also for MISSING), Unknown when it is computed.

    A factory that is a literal (`list`, `dict`, `lambda: [1, 2]`) gives that list or dict, a schema class
    (`default_factory=Inner`, `Inner()`) its SchemaFacts, an enum member its name; interpolations (`II`,
    `SI`) are their text.
    """

    name: str
    type: TypeFacts
    default: Value[object] | None
    span: Span
    alias: str | None = None


class SchemaKind(Enum):
    """Which library enforces the schema."""

    DATACLASS = "dataclass"
    ATTRS = "attrs"
    PYDANTIC = "pydantic"


class Extra(Enum):
    """What the schema does with keys it has no field for."""

    FORBID = "forbid"
    IGNORE = "ignore"
    ALLOW = "allow"


@record
class SchemaFacts:
    """A structured config class; `complete` is False when a base class could not be followed."""

    name: str
    kind: SchemaKind
    fields: tuple[FieldFacts, ...]
    extra: Extra
    complete: bool
    span: Span


@record
class StoredConfig:
    """One `ConfigStore.store(...)`; `schema` is None when the node is no class that was found."""

    name: Value[str]
    group: Value[str | None]
    package: Value[str | None]
    provider: str | None
    schema: SchemaFacts | None
    span: Span


@record
class SchemaUse:
    """The script builds `schema` from the config's subtree at `path` (empty: the whole config).

    `supplied` are fields that the call passes by itself; `exact` is False when what is passed could not
    be followed, and then only types of fields that are present are checked. `plain` says that the config
    was made a dict before, in which a `???` is a text like any other.
    """

    schema: SchemaFacts
    path: tuple[str, ...]
    supplied: frozenset[str]
    exact: bool
    span: Span
    plain: bool = False
