"""Hypothesis strategies for structured configs: scripts that register dataclasses with the ConfigStore."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.properties.texts import KEYS

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
class Child(Inner):
    d: float = 0.5

@dataclass
class Needy:
    a: int = MISSING
    c: Inner = field(default_factory=Inner)

cs = ConfigStore.instance()
"""


@dataclass(frozen=True)
class Schemas:
    """The text of a script, and what it registers: group (None for none) and name."""

    text: str
    registered: tuple[tuple[str | None, str], ...] = ()

    def names(self, group: str | None) -> tuple[str, ...]:
        """What is registered in a group, None for outside of any."""
        return tuple(name for place, name in self.registered if place == group)


def factory(text: str) -> str:
    return f"field(default_factory=lambda: {text})"


#: Annotations with default values.
SCALARS = {
    "int": ("1", "-3"),
    "float": ("0.5", "1e-3", "2"),
    "str": ("'s'", "'1'", "II('a')"),
    "bool": ("True", "False"),
    "Color": ("Color.RED", "Color.BLUE"),
    "Path": ("II('b')", "Path('x/y')"),
    "bytes": ("II('b')", "b'x'"),
}
ITEMS = ("int", "float", "str", "bool", "Color", "Any", "Optional[int]", "Inner", "List[int]")
FIELDS = {
    **SCALARS,
    **{f"Optional[{name}]": (*defaults, "None") for name, defaults in SCALARS.items()},
    "Any": ("1", "None", "'x'", factory("[1]"), factory("{'a': 1}")),
    "Inner": ("field(default_factory=Inner)", "field(default_factory=lambda: Inner(a=5))"),
    "Needy": ("field(default_factory=Needy)",),
    "Child": ("field(default_factory=Child)",),
    "Optional[Inner]": ("None", "field(default_factory=Inner)"),
    **{f"List[{item}]": ("field(default_factory=list)", factory("[]")) for item in ITEMS},
    **{f"Dict[str, {item}]": ("field(default_factory=dict)", factory("{}")) for item in ITEMS},
    "list[int]": (factory("[1, 2]"),),
    "dict[str, int]": (factory("{'a': 1}"),),
    "Dict[int, str]": (factory("{1: 'a'}"),),
    "Optional[List[str]]": ("None", factory("['x']")),
    "Tuple[int, int]": (factory("(1, 2)"), "(3, 4)"),
    "Union[int, str]": ("1", "'x'"),
    "Union[float, bool]": ("0.5",),
    "int | None": ("None", "3"),
    "list": (factory("[1, 'a']"),),
    "dict": (factory("{'a': 1}"),),
    "List[List[int]]": (factory("[[1]]"),),
}


@st.composite
def classes(draw: st.DrawFn, name: str) -> str:
    """One dataclass."""
    lines = [f"@dataclass\nclass {name}:"]
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)):
        annotation = draw(st.sampled_from(tuple(FIELDS)))
        default = draw(st.sampled_from((*FIELDS[annotation], "MISSING")))
        lines.append(f"    {key}: {annotation} = {default}")
    return "\n".join(lines) + "\n"


def store(name: str, node: str, group: str | None = None, package: str | None = None) -> str:
    """The line that registers a class."""
    return f"cs.store(name={name!r}, group={group!r}, package={package!r}, node={node})\n"


@st.composite
def schema_modules(draw: st.DrawFn, groups: tuple[str, ...]) -> Schemas:
    """A script that stores one to three dataclasses, some in the groups of the tree."""
    lines, registered = [HEAD, draw(classes("Outer"))], []
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(("base", "base", "x", "config", "y")))
        group = draw(st.sampled_from((None, *groups)))
        package = draw(st.sampled_from((None, None, None, "p", "_global_", "a")))
        node = draw(st.sampled_from(("Outer", "Outer", "Inner", "Needy", "Child", "Inner(a=7)", "Outer()")))
        lines.append(store(name, node, group, package))
        registered.append((group, name))
    return Schemas("\n".join(lines), tuple(registered))
