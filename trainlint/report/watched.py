"""What a run was seen to do and what its code says in, both beside each other as text out."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.facts.parity import Watched
from trainlint.report.clean import printable
from trainlint.report.outcome import AspectResult

#: So many places are named that show a mode.
_PLACES = 3


def render(seen: Watched, static: Sequence[AspectResult]) -> str:
    """What happens in an update, then each mode as it was seen and as it is read."""
    updates = f"{seen.steps} update{'' if seen.steps == 1 else 's'}"
    lines = [f"watched      {updates} of {seen.command}"]
    lines += [f"{label:<13}{text}" for label, text in seen.rows]
    observed = dict(seen.modes)
    for aspect in static:
        said = f"seen {observed[aspect.name] or 'neither'}, " if aspect.name in observed else ""
        lines.append(f"{aspect.name:<13}{said}read {_read(aspect)}")
    return "".join(f"{printable(line)}\n" for line in lines)


def _read(aspect: AspectResult) -> str:
    """A mode as the code gives it, with what shows it."""
    shown = "; ".join(f"{entry.file}:{entry.line} {entry.message}" for entry in aspect.evidence[:_PLACES])
    return f"{aspect.value or 'unclear'}{f' ({shown})' if shown else ''}"
