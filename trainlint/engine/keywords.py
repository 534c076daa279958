"""The keywords of the functions that people call in, what is asked for out.

Their signatures are written out where people read them; here stands what becomes of each name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainlint.engine.asks import MEMORY, OneSide, Request

_GB = 2**30


def requested(given: Mapping[str, Any]) -> Request:
    """What `trainlint.parity` asks for."""
    programs = (given["reference"], given["candidate"])
    trainer = given["reference_trainer"]
    return Request(
        programs=tuple(os.fspath(program) for program in programs if program is not None),
        both=OneSide(*_words(given["args"], given["env"])),
        reference=_side(given, "reference"),
        candidate=_side(given, "candidate"),
        exact=given["exact"],
        rtol=given["rtol"],
        atol=given["atol"],
        mapping=given["mapping"],
        against=given["against"],
        trainer=None if trainer is None else tuple(trainer),
        resume_at=given["resume_at"],
        resume_arguments=tuple(given["resume_args"]),
        **_run(given),
    )


def requested_alone(given: Mapping[str, Any]) -> Request:
    """What `trainlint.record_parity` asks for."""
    own = OneSide(*_words(given["args"], given["env"]), Path(given["folder"]))
    return Request(programs=(os.fspath(given["program"]),), reference=own, **_run(given))


def _side(given: Mapping[str, Any], side: str) -> OneSide:
    words = _words(given[f"{side}_args"], given[f"{side}_env"])
    return OneSide(*words, Path(given[f"{side}_folder"]), given[f"{side}_processes"])


def _words(arguments: Any, variables: Any) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    return tuple(arguments), tuple((variables or {}).items())


def _run(given: Mapping[str, Any]) -> dict[str, Any]:
    """How each program is run."""
    memory = given["memory"]
    return {
        "python": given["python"],
        "processes": given["processes"],
        "steps": given["steps"],
        "timeout": given["timeout"],
        "memory": MEMORY if memory is None else int(memory * _GB),
        "compiled": given["compiled"],
        "in_place": given["in_place"],
    }
