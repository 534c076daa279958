"""Strategies for small programs full of guards, and what Python and trainlint say of them."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from omegaconf import OmegaConf

from trainlint.chain.build import Builder
from trainlint.facts.refusal import Refusals
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_command
from trainlint.source import Files

HEAD = """import contextlib
import enum
import sys

import hydra

TABLE = {"a": 1, "b": 2, "c": 3}
NAMES = ("a", "b")
REGISTRY = {}


def register(name):
    def keep(function):
        REGISTRY[name] = function
        return function

    return keep


@register("a")
def first(cfg):
    return 1


@register("c")
def second(cfg):
    assert cfg.n < 5
    return 2


class Kind(enum.Enum):
    SMALL = "a"
    LARGE = "b"


"""
TAIL = """

if __name__ == "__main__":
    main()
"""
NUMBERS = ("cfg.n", "cfg.m", "cfg.part.k")
TEXTS = ("cfg.s", "cfg.part.t")
FLAGS = ("cfg.on", "cfg.off")
CONFIGS = st.fixed_dictionaries(
    {
        "n": st.integers(0, 6),
        "m": st.integers(1, 4),
        "s": st.sampled_from(["a", "b", "c", "d"]),
        "on": st.booleans(),
        "off": st.booleans(),
        "part": st.fixed_dictionaries({"k": st.integers(0, 9), "t": st.sampled_from(["a", "B", "x"])}),
    }
)


@dataclass
class Program:
    """What a generated function may use: its variables and the functions before it; `plain` leaves out
    loops and handlers, so that all is decided by the config."""

    plain: bool
    functions: int = 0
    variables: int = 0


@st.composite
def numbers(draw: st.DrawFn, program: Program) -> str:
    names = [*NUMBERS, *(f"v{i}" for i in range(program.variables))]
    left = draw(st.sampled_from(names))
    form = draw(st.integers(0, 3))
    right = draw(st.sampled_from([*NUMBERS, "1", "2", "3"]))
    return [left, f"{left} + {right}", f"{left} % {draw(st.integers(1, 4))}", f"max({left}, {right})"][form]


@st.composite
def conditions(draw: st.DrawFn, program: Program, depth: int = 2) -> str:
    form = draw(st.integers(0, 8)) if depth else draw(st.integers(0, 5))
    text = draw(st.sampled_from(TEXTS))
    if form == 0:
        return f"{draw(st.sampled_from(NUMBERS))} {draw(st.sampled_from(['<', '<=', '==', '!=']))} " + draw(
            numbers(program)
        )
    if form == 1:
        return f"{text} {draw(st.sampled_from(['==', '!=']))} {draw(st.sampled_from(['a', 'b', 'x']))!r}"
    if form == 2:
        options = draw(st.sampled_from(["('a', 'b')", "['c', 'x']", "TABLE", "NAMES", "REGISTRY"]))
        shown = text + draw(st.sampled_from(["", ".lower()"]))
        return f"{shown} {draw(st.sampled_from(['in', 'not in']))} {options}"
    if form == 3:
        return draw(st.sampled_from(FLAGS))
    if form == 4:
        return f"TABLE.get({text}) is {draw(st.sampled_from(['None', 'not None']))}"
    if form == 5:
        return f"{draw(numbers(program))} % cfg.m {draw(st.sampled_from(['== 0', '!= 0', '> 1']))}"
    if form == 6:
        return f"not ({draw(conditions(program, depth - 1))})"
    sign = draw(st.sampled_from(["and", "or"]))
    return f"({draw(conditions(program, depth - 1))}) {sign} ({draw(conditions(program, depth - 1))})"


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def blocks(draw: st.DrawFn, program: Program, depth: int, *, may_raise: bool = False) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(statements(program, depth))
    if may_raise and draw(st.booleans()):
        lines.append(draw(st.sampled_from(_STOPS)))
    return lines


_STOPS = (
    'raise ValueError(f"no {cfg.s!r} with {cfg.n:>3}")',
    'raise KeyError("unknown")',
    'sys.exit("cannot go on")',
    "sys.exit(2)",
    "raise NotImplementedError",
)
_SIMPLE = ("TABLE[cfg.s]", "Kind(cfg.s)", "REGISTRY[cfg.s](cfg)", "print(cfg.n)", "Kind[cfg.part.t]")


@st.composite
def statements(draw: st.DrawFn, program: Program, depth: int) -> list[str]:
    form = draw(st.integers(0, 10 if not program.plain else 6)) if depth else draw(st.integers(0, 2))
    if form == 0:
        return [f"assert {draw(conditions(program))}" + draw(st.sampled_from(["", ', "wrong"', ", cfg.s"]))]
    if form == 1:
        return [draw(st.sampled_from(_SIMPLE))]
    if form == 2 and program.functions and draw(st.booleans()):
        number = draw(st.integers(0, program.functions - 1))
        return [f"f{number}(cfg, {draw(numbers(program))})"]
    if form == 2:
        value = draw(numbers(Program(program.plain)))
        test = draw(conditions(program, 0))
        program.variables += 1
        return [f"v{program.variables - 1} = {value} if {test} else 3"]
    known = program.variables
    if form in (3, 4, 5):
        lines = [
            f"if {draw(conditions(program))}:",
            *_indented(draw(blocks(program, depth - 1, may_raise=True))),
        ]
        program.variables = known
        for _ in range(draw(st.integers(0, 2))):
            lines += [f"elif {draw(conditions(program))}:", *_indented(draw(blocks(program, depth - 1)))]
            program.variables = known
        if draw(st.booleans()):
            lines += ["else:", *_indented(draw(blocks(program, depth - 1, may_raise=True)))]
            program.variables = known
        return lines
    if form == 6:
        return _matched(draw(blocks(program, depth - 1)), program, known)
    body = draw(blocks(program, depth - 1))
    program.variables = known
    return _wrapped(draw(st.sampled_from(range(4))), body)


def _matched(body: list[str], program: Program, known: int) -> list[str]:
    program.variables = known
    refused = ["case _:", '    raise ValueError("no such text")']
    cases = ['case "a" | "c":', *_indented(body), 'case "b":', "    pass", *refused]
    return ["match cfg.s:", *_indented(cases)]


def _wrapped(form: int, body: list[str]) -> list[str]:
    """A block inside a loop, a handler or a context manager."""
    if form == 0:
        return ["for turn in range(cfg.n):", *_indented([*body, "if turn > cfg.m:", "    break"])]
    if form == 1:
        return ["try:", *_indented(body), "except (ValueError, KeyError):", "    pass"]
    if form == 2:
        return ["with contextlib.suppress(AssertionError):", *_indented(body)]
    return ["with contextlib.nullcontext():", *_indented(body)]


@st.composite
def programs(draw: st.DrawFn, *, plain: bool) -> str:
    """A script with an entry, some functions and many guards."""
    lines: list[str] = []
    count = draw(st.integers(0, 2))
    for number in range(count):
        program = Program(plain, number)
        body = draw(blocks(program, 2))
        leave = [f"if {draw(conditions(Program(plain)))}:", "    return"] if draw(st.booleans()) else []
        lines += [f"def f{number}(cfg, given):", *_indented([*leave, *body]), "", ""]
    program = Program(plain, count)
    lines += ['@hydra.main(config_path="conf", config_name="config", version_base=None)', "def main(cfg):"]
    lines += _indented(draw(blocks(program, 3)))
    return HEAD + "\n".join(lines) + "\n" + TAIL


def really(text: str, config: dict[str, Any]) -> tuple[int, str] | None:
    """The line at which Python stops and the exception's name; None when it comes to the end."""
    whole = OmegaConf.create(config)
    OmegaConf.set_struct(whole, True)
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "program.py", "exec"), names)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            names["main"].__wrapped__(whole)
    except (Exception, SystemExit) as error:
        own = [entry for entry in traceback.extract_tb(sys.exc_info()[2]) if entry.filename == "program.py"]
        return own[-1].lineno or 0, type(error).__name__
    return None


def statically(folder: Path, text: str, config: dict[str, Any]) -> Refusals:
    """The guards that trainlint says stop the launch."""
    (folder / "conf").mkdir(exist_ok=True)
    (folder / "conf" / "config.yaml").write_text(json.dumps(config))
    (folder / "program.py").write_text(text)
    launches = read_command(["python", "program.py"], folder)
    return Builder(Files(folder), Settings()).build(launches.jobs[0]).refusals
