"""Two sides of a comparison of runs in, what `trainlint diff` finds by reading their programs out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainlint.facts.parity import Site, StaticFinding
from trainlint.parity.launch import Limits, Start, log_of, run
from trainlint.parity.sides import Side

#: Reading two programs takes seconds; it must not hold up what the runs have shown.
_LIMITS = Limits(60.0, 4 << 30)
_LISTENED_TO = (0, 1)
_PACKAGE = Path(__file__).resolve().parents[2]


def read(reference: Side, candidate: Side, scratch: Path) -> tuple[tuple[StaticFinding, ...], str]:
    """The findings, or why there are none.

    A process of its own: reading that fails, hangs or takes all memory is no matter of the runs.
    """
    scripts = reference.script.resolve(), candidate.script.resolve()
    if scripts[0] == scripts[1]:
        return (), ""
    words = [sys.executable, "-m", "trainlint", "diff", "--output-format", "json", *map(str, scripts)]
    path = [str(_PACKAGE), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    folder = candidate.folder.resolve()
    ended = run(Start(words, folder, environment), scratch, _LIMITS)
    if ended.reason or ended.code not in _LISTENED_TO:
        lines = ended.errors.strip().splitlines()
        return (), ended.reason or (lines[0].removeprefix("error: ") if lines else f"exit code {ended.code}")
    roots = folder, reference.root, candidate.root
    return tuple(findings(json.loads(log_of(scratch).read_bytes())["diagnostics"], *roots)), ""


def findings(
    diagnostics: Sequence[Mapping[str, Any]], folder: Path, reference: Path, candidate: Path
) -> list[StaticFinding]:
    """The differences that count, their places told as those of the runs are."""
    return [
        StaticFinding(
            place=place,
            code=entry["code"],
            name=entry["name"],
            severity=entry["severity"],
            message=entry["message"],
            reference=_site(entry["reference"], folder, reference),
            candidate=_site(entry, folder, candidate),
        )
        for place, entry in enumerate(diagnostics)
        if not entry["suppressed"] and not entry["intended"]
    ]


def _site(place: Mapping[str, Any] | None, folder: Path, root: Path) -> Site | None:
    if place is None:
        return None
    file = (folder / str(place["file"])).resolve()
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return Site(shown.as_posix(), int(place["line"]))
