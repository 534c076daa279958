"""Divergences of one phase in, one finding for each place in the candidate that they come from out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.facts.parity import Divergence, ParityOutcome, Phase, Site
from trainlint.rules.base import Finding
from trainlint.source import Span

#: Longer values are not quoted.
_SHORT = 60


def of_phases(outcome: ParityOutcome, *phases: Phase) -> tuple[Divergence, ...]:
    """What differs by itself in some phases, without what the programs themselves tell."""
    return tuple(entry for entry in outcome.told() if entry.phase in phases and not entry.told)


def findings(
    outcome: ParityOutcome, entries: Iterable[Divergence], *, runtime: str, help: str
) -> Iterator[Finding]:
    """A finding for each place and option that differs, at the first update where it does."""
    groups: dict[tuple[Site | None, str, str], list[Divergence]] = {}
    for entry in entries:
        option = entry.quantity if entry.phase is Phase.CONFIG and " " not in entry.quantity else ""
        groups.setdefault((entry.candidate_site, entry.cause, option), []).append(entry)
    for first, *rest in groups.values():
        yield Finding(
            place(first.candidate_site, outcome.scripts[1]),
            _message(first, rest),
            # The cause is a reading of the numbers and becomes better with time; a message stays.
            runtime="\n".join(filter(None, (first.cause, runtime))),
            help=help,
            reference=place(first.reference_site, outcome.scripts[0]),
        )


def place(site: Site | None, script: str) -> Span:
    """The line, or the script itself where no line is known."""
    return Span.at(script) if site is None else Span.at(site.file, site.line)


def when(entry: Divergence) -> str:
    """`at update 3 on rank 1`."""
    rank = f" on rank {entry.rank}" if entry.rank else ""
    return f"before the first update{rank}" if entry.step < 0 else f"at update {entry.step + 1}{rank}"


def _message(first: Divergence, rest: list[Divergence]) -> str:
    others = len({entry.quantity for entry in rest} - {first.quantity})
    more = f"; {others} more {'differs' if others == 1 else 'differ'}, too" if others else ""
    return f"`{first.quantity}` {_difference(first)} {when(first)}{more}"


def _difference(entry: Divergence) -> str:
    if entry.candidate == "absent":
        return "is there in the reference alone"
    if entry.reference == "absent":
        return "is not there in the reference, but is here"
    if entry.distance is not None and " " in entry.candidate:
        return f"is {entry.distance:.2g} (relative) off the reference"
    if max(len(entry.reference), len(entry.candidate)) <= _SHORT:
        return f"is {entry.candidate} (in the reference {entry.reference})"
    return "is not that of the reference"
