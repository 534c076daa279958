"""Hypothesis strategies for structured configs: the dataclasses as text, and as the facts we would read."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.properties.texts import KEYS
from trainlint.facts.schema import (
    Extra,
    FieldFacts,
    SchemaFacts,
    SchemaKind,
    StoredConfig,
    TypeFacts,
    TypeKind,
)
from trainlint.facts.value import Known
from trainlint.source import Span

HERE = Span.at("schemas.py")
HEAD = """from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union
from hydra.core.config_store import ConfigStore
from omegaconf import II, MISSING

class Color(Enum):
    RED = 1
    BLUE = 2

@dataclass
class Inner:
    a: int = 1
    b: Optional[str] = None

@dataclass
class Needy:
    a: int = MISSING
    c: Inner = field(default_factory=Inner)

store = ConfigStore.instance().store
"""


@dataclass(frozen=True)
class Kind:
    """A field's annotation with defaults: each as text and as the fact that is read from it."""

    type: TypeFacts
    defaults: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Schemas:
    """A module of structured configs and the ConfigStore entries it makes."""

    text: str
    stored: tuple[StoredConfig, ...]

    def names(self, group: str | None) -> tuple[str, ...]:
        """What is stored in a group, None for outside of any."""
        return tuple(entry.name.value for entry in self.stored if entry.group.value == group)


def kind(text: str, shape: TypeKind, *defaults: tuple[str, object], choices: tuple[object, ...] = ()) -> Kind:
    return Kind(TypeFacts(shape, text, choices=choices), defaults)


def optional(inner: Kind) -> Kind:
    facts = inner.type
    made = TypeFacts(
        facts.kind, f"Optional[{facts.text}]", True, facts.arguments, facts.choices, facts.schema
    )
    return Kind(made, (*inner.defaults, ("None", None)))


def generic(name: str, shape: TypeKind, arguments: tuple[Kind, ...], *defaults: tuple[str, object]) -> Kind:
    text = f"{name}[{', '.join(argument.type.text for argument in arguments)}]"
    return Kind(TypeFacts(shape, text, arguments=tuple(argument.type for argument in arguments)), defaults)


def factory(text: str) -> str:
    return f"field(default_factory=lambda: {text})"


def schema(name: str, *fields: FieldFacts) -> SchemaFacts:
    return SchemaFacts(name, SchemaKind.DATACLASS, fields, Extra.FORBID, True, HERE)


def known_field(name: str, facts: TypeFacts, default: object) -> FieldFacts:
    return FieldFacts(name, facts, Known(default, HERE), HERE)


INT = kind("int", TypeKind.INT, ("1", 1), ("-3", -3))
FLOAT = kind("float", TypeKind.FLOAT, ("0.5", 0.5), ("1e-3", 1e-3))
STR = kind("str", TypeKind.STR, ("'s'", "s"), ("'1'", "1"), ("II('a')", "${a}"))
BOOL = kind("bool", TypeKind.BOOL, ("True", True), ("False", False))
ANY = kind("Any", TypeKind.ANY, ("1", 1), ("None", None), ("'x'", "x"), (factory("[1]"), [1]))
COLOR = kind("Color", TypeKind.ENUM, ("Color.RED", "RED"), choices=("RED", "BLUE"))
PATH = kind("Path", TypeKind.PATH, ("II('b')", "${b}"))
BYTES = kind("bytes", TypeKind.BYTES, ("II('b')", "${b}"))

INNER = schema(
    "Inner",
    known_field("a", INT.type, 1),
    known_field("b", optional(STR).type, None),
)
NEEDY = schema(
    "Needy",
    FieldFacts("a", INT.type, None, HERE),
    known_field("c", TypeFacts(TypeKind.SCHEMA, "Inner", schema=INNER), INNER),
)


def nested(facts: SchemaFacts) -> Kind:
    text = f"field(default_factory={facts.name})"
    return Kind(TypeFacts(TypeKind.SCHEMA, facts.name, schema=facts), ((text, facts),))


SCALARS = (INT, FLOAT, STR, BOOL, COLOR, PATH, BYTES)
ITEMS = (INT, FLOAT, STR, BOOL, COLOR, ANY, optional(INT), nested(INNER))
KINDS = (
    *SCALARS,
    *map(optional, SCALARS),
    ANY,
    nested(INNER),
    nested(NEEDY),
    optional(nested(INNER)),
    *(generic("List", TypeKind.LIST, (item,), (factory("[]"), [])) for item in ITEMS),
    *(generic("Dict", TypeKind.DICT, (STR, item), (factory("{}"), {})) for item in ITEMS),
    generic("List", TypeKind.LIST, (INT,), (factory("[1, 2]"), [1, 2])),
    generic("Dict", TypeKind.DICT, (STR, INT), (factory("{'a': 1}"), {"a": 1})),
    generic("Dict", TypeKind.DICT, (INT, STR), (factory("{1: 'a'}"), {1: "a"})),
    optional(generic("List", TypeKind.LIST, (STR,), (factory("['x']"), ["x"]))),
    generic("Tuple", TypeKind.TUPLE, (INT, INT), (factory("(1, 2)"), [1, 2])),
    generic("Union", TypeKind.UNION, (INT, STR), ("1", 1), ("'x'", "x")),
    generic("Union", TypeKind.UNION, (FLOAT, BOOL), ("0.5", 0.5)),
    Kind(TypeFacts(TypeKind.LIST, "list"), ((factory("[1, 'a']"), [1, "a"]),)),
    Kind(TypeFacts(TypeKind.DICT, "dict"), ((factory("{'a': 1}"), {"a": 1}),)),
    generic("List", TypeKind.LIST, (generic("List", TypeKind.LIST, (INT,)),), (factory("[[1]]"), [[1]])),
    generic("Dict", TypeKind.DICT, (STR, generic("List", TypeKind.LIST, (INT,))), (factory("{}"), {})),
)


@st.composite
def classes(draw: st.DrawFn, name: str) -> tuple[str, SchemaFacts]:
    """One dataclass as text and as facts."""
    lines, fields = [f"@dataclass\nclass {name}:"], []
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)):
        chosen = draw(st.sampled_from(KINDS))
        text, value = draw(st.sampled_from((*chosen.defaults, ("MISSING", None))))
        required = text == "MISSING"
        lines.append(f"    {key}: {chosen.type.text} = {text}")
        default = None if required else Known(value, HERE)
        fields.append(FieldFacts(key, chosen.type, default, HERE))
    return "\n".join(lines) + "\n", schema(name, *fields)


def stored(
    name: str, facts: SchemaFacts, group: str | None = None, package: str | None = None
) -> StoredConfig:
    """What we would read from `ConfigStore.instance().store(...)`."""
    return StoredConfig(Known(name, HERE), Known(group, HERE), Known(package, HERE), None, facts, HERE)


@st.composite
def schema_modules(draw: st.DrawFn, groups: tuple[str, ...]) -> Schemas:
    """A module that stores one to three dataclasses, some in the groups of the tree."""
    text, facts = draw(classes("Outer"))
    pool = {"Outer": facts, "Inner": INNER, "Needy": NEEDY}
    lines, entries = [HEAD, text], []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(("base", "base", "x", "config", "y")))
        group = draw(st.sampled_from((None, *groups)))
        package = draw(st.sampled_from((None, None, None, "p", "_global_", "a")))
        node = draw(st.sampled_from(("Outer", "Outer", "Inner", "Needy")))
        lines.append(f"store(name={name!r}, group={group!r}, package={package!r}, node={node})\n")
        entries.append(stored(name, pool[node], group, package))
    return Schemas("\n".join(lines), tuple(entries))
