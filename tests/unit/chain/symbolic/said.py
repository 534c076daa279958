"""A program with probes in, what is said of each probe out; Python runs the program and must agree."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.properties.symbolic_runner import HEAD, TAIL, disagreements, statically
from trainlint.facts.behaviour import Call
from trainlint.facts.symbols import Constant, External
from trainlint.facts.value import Known

#: What stands for a value that is not known.
UNKNOWN = "unknown"
Said = dict[object, tuple[bool | None, object]]


def said(folder: Path, program: str, **config: Any) -> Said:
    """For each `probe(number, value)`: whether it is reached, and the value."""
    text = dedent(program)
    wrong = disagreements(folder, text, config)
    assert not wrong, wrong
    done, run = statically(folder, HEAD + text + TAIL, config)
    found: Said = {}
    for event in done.events:
        if isinstance(event, Call) and event.callee == External("probes.probe"):
            number, *rest = event.positional
            assert isinstance(number, Constant)
            value = run.value(rest[0]) if rest else None
            found[number.value] = (
                run.reached(event.place),
                value.value if isinstance(value, Known) else (UNKNOWN if rest else None),
            )
    return found
