"""Expressions that wait are the same expressions, and every one of the package can be compiled."""

from __future__ import annotations

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import trainlint
from trainlint.regex import regex

#: What stands in a module where an expression waits.
WAITING = type(regex("x"))


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(trainlint.__path__, "trainlint.")
    return [importlib.import_module(entry.name) for entry in found if not entry.name.endswith("__main__")]


def test_it_does_what_the_compiled_one_does() -> None:
    waiting, compiled = (
        regex(r"(?P<word>[a-z]+)=", re.IGNORECASE),
        re.compile(r"(?P<word>[a-z]+)=", re.IGNORECASE),
    )
    for _ in range(2):
        assert waiting.findall("a=B=1") == compiled.findall("a=B=1") == ["a", "B"]
        assert waiting.sub("-", "a=B=1") == compiled.sub("-", "a=B=1")
    match = waiting.match("abc=1")
    assert match is not None
    assert match["word"] == "abc"
    assert (waiting.pattern, waiting.flags) == (compiled.pattern, compiled.flags)


def test_what_expressions_do_not_have_is_refused() -> None:
    with pytest.raises(AttributeError):
        regex("x").no_such_method  # type: ignore[attr-defined]  # noqa: B018  # that is the point


def test_every_expression_of_the_package_is_a_valid_one() -> None:
    waiting = [value for module in modules() for value in vars(module).values() if isinstance(value, WAITING)]
    assert len(waiting) > 100
    for value in waiting:
        assert re.compile(value.pattern, value.flags).groups == value.groups
