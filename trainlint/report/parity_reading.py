"""What runs of two programs came to in, what reading them found beside that out: lines, or data."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.parity import ParityOutcome, Phase, Site, Standing, StaticFinding
from trainlint.report.clean import printable
from trainlint.report.json import JsonObject

_TOLD = 12
_LAW = "TL634"


def reading_lines(outcome: ParityOutcome) -> Iterator[str]:
    """Findings of `trainlint diff` that are no cause of a difference that is told already."""
    beside = [entry for entry in outcome.static if entry.standing is not Standing.SHOWN]
    if outcome.unread:
        yield f"not read   {printable(outcome.unread)}"
    for finding in beside[:_TOLD]:
        where = finding.candidate or finding.reference
        at = "" if where is None else f"  ({where})"
        yield f"read       {finding.code} {printable(finding.message)}{at}"
        yield f"           {in_words(finding, outcome)}"
    if len(beside) > _TOLD:
        yield f"           and {len(beside) - _TOLD} more, which `trainlint diff` tells"


def in_words(finding: StaticFinding, outcome: ParityOutcome) -> str:
    """What the runs say of a finding."""
    updates = f"{outcome.steps} update{'' if outcome.steps == 1 else 's'}"
    if finding.standing is Standing.UNCONFIRMED:
        return f"not confirmed: over {updates} nothing differs by it"
    if finding.standing is Standing.UNSEEN and finding.code == _LAW and dict(outcome.phases).get(Phase.LR):
        return f"the rates of {updates} are the same; read over the whole training, they are not"
    return _WORDS[finding.standing]


_WORDS = {
    Standing.SHOWN: "the cause of a difference",
    Standing.FITS: "may play a part in what differs",
    Standing.STOPS: "may be what ended the run",
    Standing.UNSEEN: "not visible in a short run",
}


def reading_objects(outcome: ParityOutcome) -> list[JsonObject]:
    """All findings, each with what the runs say of it."""
    return [
        {
            "code": entry.code,
            "name": entry.name,
            "severity": entry.severity,
            "message": entry.message,
            "reference": _place(entry.reference),
            "candidate": _place(entry.candidate),
            "standing": entry.standing.value,
            "said": in_words(entry, outcome),
        }
        for entry in outcome.static
    ]


def _place(site: Site | None) -> JsonObject | None:
    return None if site is None else {"file": site.file, "line": site.line}
