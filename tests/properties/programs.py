"""Strategies for small Python programs of several modules whose imports are right or wrong."""

from __future__ import annotations

from hypothesis import strategies as st

#: Modules in an order in which each may import the later ones: no program has an import cycle.
MODULES = (
    "train",
    "first",
    "pkg/__init__",
    "pkg/left",
    "pkg/inner/__init__",
    "pkg/inner/deep",
    "space/one",
    "space/sub/two",
    "last",
)
NAMES = ("alpha", "beta", "Gamma", "_hidden")
_DEFINITIONS = (
    "{name} = 1",
    "def {name}(): ...",
    "class {name}: ...",
    "if True:\n    {name} = 2",
    "try:\n    {name} = 3\nfinally:\n    pass",
    "for {name} in (1, 2): pass",
    "with open(__file__) as {name}: pass",
    "{name}: int = 4",
    "{name}: int",
    "({name}, other) = (1, 2)",
    "{name} = 1\ndel {name}",
    "if ({name} := 5): pass",
    "def make():\n    global {name}\n    {name} = 6\nmake()",
    "globals()[{name!r}] = 7",
    "from os import path as {name}",
    "import os.path as {name}",
)
_DYNAMIC = """def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return 8"""
_WRAPPERS = (
    "{line}",
    "{line}",
    "{line}",
    "{line}",
    "try:\n    {line}\nexcept ImportError:\n    pass",
    "try:\n    {line}\nexcept (KeyError, ImportError):\n    pass",
    "try:\n    {line}\nexcept KeyError:\n    pass",
    "import contextlib\nwith contextlib.suppress(ImportError):\n    {line}",
    "def never():\n    {inner}",
    "if False:\n    {inner}",
    "class Holder:\n    {inner}",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {inner}",
    "if __name__ == '__main__':\n    {inner}",
)


def dotted(module: str) -> str:
    """The name that a module is imported by."""
    return module.removesuffix("/__init__").replace("/", ".")


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """The files of one program; `train.py` starts it."""
    kept = [module for module in MODULES if module == "train" or draw(st.integers(0, 9)) > 0]
    return {f"{module}.py": draw(_module(module, kept)) for module in kept}


@st.composite
def _module(draw: st.DrawFn, module: str, kept: list[str]) -> str:
    parts = [
        draw(st.sampled_from(_DEFINITIONS)).format(name=draw(st.sampled_from(NAMES)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    later = MODULES[MODULES.index(module) + 1 :]
    count = draw(st.integers(0 if module != "train" else 1, 2)) if later else 0
    parts += [draw(_import(module, draw(st.sampled_from(later)))) for _ in range(count)]
    if draw(st.integers(0, 9)) == 0:
        listed = draw(st.lists(st.sampled_from(NAMES), max_size=2))
        defined = [
            name for name in listed if any(part.startswith((f"{name} =", f"class {name}")) for part in parts)
        ]
        parts.append(f"__all__ = {defined!r}")
    if draw(st.integers(0, 19)) == 0:
        parts.append(_DYNAMIC)
    return "\n".join(draw(st.permutations(parts))) + "\n"


@st.composite
def _import(draw: st.DrawFn, module: str, target: str) -> str:
    """An import of a module that may be missing or misspelt, or of a name that may not be in it."""
    name = dotted(target)
    if draw(st.integers(0, 9)) == 0:
        name += draw(st.sampled_from(("x", ".x")))
    asked = draw(st.sampled_from(NAMES))
    line = draw(
        st.sampled_from(
            (
                f"import {name}",
                f"import {name} as short",
                f"from {name} import {asked}",
                f"from {name} import {asked} as other",
                f"from {name} import *",
                _submodule(name),
                _relative(module, name, asked),
            )
        )
    )
    star = line.endswith("*")
    wrappers = [wrapper for wrapper in _WRAPPERS if not (star and wrapper.startswith(("def", "class")))]
    return draw(st.sampled_from(wrappers)).format(line=line, inner=line)


def _submodule(name: str) -> str:
    parent, _, last = name.rpartition(".")
    return f"from {parent} import {last}" if parent else f"import {name}"


def _relative(module: str, name: str, asked: str) -> str:
    """A relative spelling inside of `pkg`, the absolute one elsewhere."""
    if module.startswith("pkg/") and name.startswith("pkg."):
        inside = module.startswith("pkg/inner/")
        rest = name.removeprefix("pkg.")
        return f"from {'..' if inside else '.'}{rest} import {asked}"
    return f"from {name} import {asked}"
