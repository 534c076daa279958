"""Random numbers in, the text of a module with classes and functions that pass arguments on out."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d")
HEAD = """
import abc
import functools
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, TypedDict, TypeVar

import attr
import attrs
import pydantic
import torch
from torch import nn

T = TypeVar("T")
REGISTRY = {}

def keep(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

def method_keep(function):
    def inner(self, *args, **kwargs):
        made = function(self, *args, **kwargs)
        return made
    return inner

def fixes(function):
    def inner(*args, **kwargs):
        return function(*args, b=1, **kwargs)
    return inner

def narrow(function):
    def inner(self, a, **kwargs):
        kwargs.setdefault("b", 1)
        return function(self, a, **kwargs)
    return inner

def twice(times):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with torch.no_grad():
                return function(*args, **kwargs)
        return inner
    return decorate

def odd(function):
    return lambda *args, **kwargs: None

def register(cls):
    REGISTRY[cls.__name__] = cls
    return cls

def named(name):
    def decorate(cls):
        REGISTRY[name] = cls
        return cls
    return decorate

def helper(a=1, *, c=2):
    return a

def needs(b, /, d=0):
    return b
"""


@st.composite
def parameters(draw: st.DrawFn, first: str = "") -> str:
    """A parameter list with a free choice of kinds and defaults."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    split = draw(st.integers(0, len(names)))
    plain, only = names[:split], names[split:]
    defaults = draw(st.integers(0, len(plain)))
    parts = [first] if first else []
    parts += [name if index < len(plain) - defaults else f"{name}=0" for index, name in enumerate(plain)]
    if parts and draw(st.integers(0, 5)) == 0:
        parts.insert(draw(st.integers(1, len(parts))), "/")
    star = draw(st.sampled_from(["", "*args"]))
    if star or only:
        parts.append(star or "*")
    parts += [name if draw(st.booleans()) else f"{name}=0" for name in only]
    if star == "" and not only and parts and parts[-1] == "*":
        parts.pop()
    if draw(st.integers(0, 2)):
        parts.append("**kwargs")
    return ", ".join(parts)


@st.composite
def body(draw: st.DrawFn, given: str, callees: list[str]) -> list[str]:
    """What a function with those parameters does with them."""
    lines = []
    star, stars = "*args" in given, "**kwargs" in given
    if stars:
        lines += draw(
            st.lists(
                st.sampled_from(
                    [
                        "kwargs.pop('c', None)",
                        "kwargs.get('a')",
                        "kwargs['d'] = 1",
                        "kwargs.setdefault('b', 2)",
                        "print('a' in kwargs, end='')",
                        "kwargs.update(b=1)",
                        "for key, value in kwargs.items():\n            vars()[key] = value",
                        "if kwargs:\n            kwargs = {}",
                        "hold = kwargs",
                        "if 'c' in kwargs:\n            return",
                        "for key in kwargs.keys():\n            assert key in ('a', 'b')",
                    ]
                ),
                max_size=2,
            )
        )
    if draw(st.integers(0, 4)):
        callee = draw(st.sampled_from(callees))
        first = ["self"] if callee.endswith(".__init__") and not callee.startswith("super") else []
        first += draw(st.lists(st.just("1"), max_size=2 if draw(st.booleans()) else 0))
        first += ["*args"] if star and draw(st.integers(0, 3)) else []
        first += [f"{name}=5" for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=1))]
        first += ["**kwargs"] if stars and draw(st.integers(0, 3)) else []
        passes = {"*args", "**kwargs"} & set(first)
        call = f"{callee}({', '.join(first)})" if passes else "pass"
        forms = ["{}", "{}", "{}", "x = {}", "if len('a') > 1:\n            {}"]
        form = draw(st.sampled_from(forms)) if passes else "{}"
        lines.append(form.format(call))
    return lines or ["pass"]


@st.composite
def fields(draw: st.DrawFn, maker: str) -> list[str]:
    """The fields of a class whose constructor is made from them; those without default may follow others."""
    factory = {"dataclass": "field({})", "attrs": "attrs.field({})", "attr": "attr.ib({})"}.get(maker)
    lines = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)):
        forms = [f"{name}: int", f"{name}: int = 0"]
        if factory is not None:
            more = ["default=1", "kw_only=True", "init=False, default=2", "kw_only=True, default=3"]
            more += ["default_factory=list"] if maker == "dataclass" else ["factory=list"]
            forms += [f"{name}: Any = {factory.format(given)}" for given in more]
        if maker == "dataclass":
            forms += [f"{name}: InitVar[int]", f"{name}: ClassVar[int] = 3", f"{name}: InitVar[int] = 4"]
        if maker == "attr":
            forms = [
                f"{name} = attr.ib()",
                f"{name} = attr.ib(0)",
                f"_{name} = attr.ib(default=1)",
                f"{name} = 3",
            ]
        if maker == "pydantic":
            forms += [
                f"{name}: int = pydantic.Field(default=1)",
                f"{name}: int = pydantic.Field(..., alias='z')",
            ]
        lines.append(draw(st.sampled_from(forms)))
    if maker == "dataclass" and draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), "_: KW_ONLY")
    return lines or ["pass"]


@st.composite
def a_class(draw: st.DrawFn, name: str, earlier: list[str]) -> str:
    """One class that inherits from some of the earlier ones."""
    bases = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=2)) if earlier else []
    if draw(st.integers(0, 5)) == 0:
        bases.append(draw(st.sampled_from(["nn.Module", "abc.ABC", "Generic[T]", "object"])))
    lines, decorators = [], []
    kind = draw(
        st.sampled_from(["plain"] * 5 + ["dataclass", "dataclass", "attrs", "attr", "pydantic", "tuple"])
    )
    if kind == "dataclass":
        how = ["@dataclass", "@dataclass(kw_only=True)", "@dataclass(frozen=False)", "@dataclass(init=False)"]
        decorators.append(draw(st.sampled_from(how)))
    elif kind in ("attrs", "attr"):
        plain = ["@attrs.define(slots=False)", "@attrs.define(slots=False, kw_only=True)"]
        decorators.append("@attr.s" if kind == "attr" else draw(st.sampled_from(plain)))
    elif kind == "pydantic":
        bases = ["pydantic.BaseModel"]
        extra = draw(st.sampled_from(["", "forbid", "allow"]))
        lines += [f"model_config = pydantic.ConfigDict(extra={extra!r})"] if extra else []
    elif kind == "tuple":
        bases = ["NamedTuple"]
    if kind != "plain":
        lines += draw(fields(kind))
    elif draw(st.integers(0, 3)):
        given = draw(parameters("self"))
        callees = ["super().__init__"] * 4 + ["helper", "needs", *(f"{base}.__init__" for base in bases[:1])]
        callees = [callee for callee in callees if "[" not in callee] + ["self.extra", *earlier[-1:]]
        kept = [
            "",
            "",
            "",
            "@keep",
            "@method_keep",
            "@fixes",
            "@narrow",
            "@twice(2)",
            "@odd",
            "@torch.no_grad()",
        ]
        decorator = draw(st.sampled_from(kept))
        lines += [decorator] if decorator else []
        lines += [f"def __init__({given}):", *(f"    {line}" for line in draw(body(given, callees)))]
    if kind == "plain" and draw(st.integers(0, 3)) == 0:
        lines.append(f"def extra({draw(parameters('self'))}): pass")
    if draw(st.integers(0, 12)) == 0 and kind == "plain":
        lines.append("def __new__(cls, *args, **kwargs): return super().__new__(cls)")
    if draw(st.integers(0, 6)) == 0:
        decorators.insert(0, draw(st.sampled_from(["@register", "@named('x')"])))
    head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    return "\n".join([*decorators, head, *(f"    {line}" for line in lines or ["pass"])]) + "\n"


@st.composite
def module(draw: st.DrawFn) -> str:
    """A module with a few classes and one function, `build`."""
    names: list[str] = []
    text = HEAD
    for name in ("A", "B", "C", "D")[: draw(st.integers(1, 4))]:
        text += draw(a_class(name, list(names)))
        names.append(name)
    given = draw(parameters())
    decorator = draw(st.sampled_from(["", "", "@keep\n", "@twice(1)\n", "@odd\n"]))
    inner = "\n    ".join(draw(body(given, ["helper", "needs", *names])))
    text += f"{decorator}def build({given}):\n    {inner}\n"
    text += draw(
        st.sampled_from(["", "half = functools.partial(build, b=1)\n", "half = functools.partial(A, 1)\n"])
    )
    return text
