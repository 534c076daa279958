"""A recorded run in, what was kept of it in words out."""

from __future__ import annotations

from trainlint.facts.parity import Recording
from trainlint.report.clean import printable

#: So many quantities that move by themselves are told one by one.
_TOLD = 12


def render(recording: Recording) -> str:
    """What the file holds, where it was made, and what of it will not count."""
    lines = [f"recorded   {recording.path}: {recording.steps} updates of {recording.command}"]
    lines += [f"made with  {name} {value}" for name, value in recording.surroundings if value]
    lines += [
        f"noise      {entry.phase.value}: {entry.quantity} differs between two runs and will not count"
        for entry in recording.noise[:_TOLD]
    ]
    if len(recording.noise) > _TOLD:
        lines.append(f"           and {len(recording.noise) - _TOLD} more quantities")
    return "".join(f"{printable(line)}\n" for line in lines)
