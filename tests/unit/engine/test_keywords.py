"""What the command line can say of runs, Python can say as well, and both ask for the same."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import trainlint
from trainlint.cli.parity import command
from trainlint.engine.asks import MEMORY, Request
from trainlint.engine.keywords import requested, requested_alone

#: Options whose keywords are called otherwise.
_CALLED = {
    "both": "args",
    "variables": "env",
    "nproc": "processes",
    "trainer": "reference_trainer",
    "record": "file",
    "programs": "program",
}
_SIDES = {"ref": "reference", "new": "candidate"}
#: What becomes of the report, and what is no comparison.
_NO_KEYWORD = {"output_format", "page", "observe"}


def called(option: str) -> str:
    short, _, rest = option.partition("_")
    if short in _SIDES and rest:
        kind = {"cwd": "folder", "nproc": "processes"}.get(rest, rest)
        return f"{_SIDES[short]}_{kind}"
    return _CALLED.get(option, option)


def defaults(function: Any, **given: Any) -> dict[str, Any]:
    bound = inspect.signature(function).bind(**given)
    bound.apply_defaults()
    return bound.arguments


def test_every_option_of_the_command_has_a_keyword() -> None:
    options = {parameter.name for parameter in command.params if parameter.name} - _NO_KEYWORD
    functions = (trainlint.parity, trainlint.record_parity)
    keywords = {name for function in functions for name in inspect.signature(function).parameters}
    assert {called(option) for option in options} <= keywords


def test_what_is_not_said_is_what_the_command_does() -> None:
    given = defaults(trainlint.parity, reference="train.py", candidate=Path("new.py"))
    assert requested(given) == Request(("train.py", "new.py"))
    assert requested_alone(defaults(trainlint.record_parity, program="train.py", file="g")) == Request(
        ("train.py",)
    )


def test_every_keyword_is_heard() -> None:
    """Each, said alone, asks for something else than none."""
    plain = defaults(trainlint.parity, reference="train.py")
    values = {
        **dict.fromkeys(("reference", "candidate", "python", "mapping", "against"), "other"),
        **dict.fromkeys(("reference_folder", "candidate_folder"), "other"),
        **dict.fromkeys(("args", "reference_args", "candidate_args"), ("a",)),
        **dict.fromkeys(("reference_trainer", "resume_args"), ("a",)),
        **dict.fromkeys(("env", "reference_env", "candidate_env"), MappingProxyType({"A": "1"})),
        **dict.fromkeys(("exact", "compiled", "in_place"), True),
        **dict.fromkeys(("processes", "reference_processes", "candidate_processes", "steps", "resume_at"), 3),
        **dict.fromkeys(("rtol", "atol", "timeout", "memory"), 0.5),
    }
    assert values.keys() == plain.keys()
    asked = [requested({**plain, name: value}) for name, value in values.items()]
    assert requested(plain) not in asked
    assert all(asked.count(one) == 1 for one in asked)
    changed = {entry.name for one in asked for entry in fields(one) if differs(one, plain, entry.name)}
    assert changed == {entry.name for entry in fields(Request)}


def differs(one: Request, plain: dict[str, Any], name: str) -> bool:
    return bool(getattr(one, name) != getattr(requested(plain), name))


def test_memory_is_in_gigabytes() -> None:
    given = defaults(trainlint.record_parity, program="train.py", file="golden.jsonl")
    assert requested_alone(given).memory == MEMORY
    assert requested_alone({**given, "memory": 2}).memory == 2 << 30
