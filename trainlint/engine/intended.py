"""Findings and what is said to be meant in, the findings that are and the sayings that are of no use out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from trainlint.diagnostic import Diagnostic, RuleInfo
from trainlint.engine.selection import matches
from trainlint.facts.settings import Settings
from trainlint.facts.suppression import Intended
from trainlint.parse.suppressions import suppressions
from trainlint.source import Files, Span


def intentions(files: Files, settings: Settings) -> tuple[Intended, ...]:
    """What comments and settings say to be meant; comments first, since they say it of one place."""
    in_comments = (entry for source in files.sources() for entry in suppressions(source).intended)
    return (*in_comments, *settings.intended)


def meant(
    findings: Iterable[Diagnostic], entries: Iterable[Intended], settings: Settings
) -> Mapping[Diagnostic, Intended]:
    """Each finding that is meant, with the first entry that says so."""
    entries = tuple(entries)
    found = ((finding, _matching(finding, entries, settings)) for finding in findings)
    return {finding: matching[0] for finding, matching in found if matching}


def unused(
    findings: Iterable[Diagnostic],
    entries: Iterable[Intended],
    settings: Settings,
    left_out: Iterable[RuleInfo],
) -> Iterator[Intended]:
    """The entries that match no finding, where all rules ran that they may mean."""
    findings, left_out = tuple(findings), tuple(left_out)
    for entry in entries:
        judged = not any(matches(rule, entry.codes) for rule in left_out)
        if judged and not any(_matching(finding, (entry,), settings) for finding in findings):
            yield entry


def _matching(finding: Diagnostic, entries: Iterable[Intended], settings: Settings) -> list[Intended]:
    places = [place for place in (finding.span, finding.reference) if place is not None]
    return [
        entry
        for entry in entries
        if matches(finding, entry.codes) and any(_covers(entry, place, settings) for place in places)
    ]


def _covers(entry: Intended, place: Span, settings: Settings) -> bool:
    if entry.first_line is not None:
        return entry.covers(place)
    return entry.pattern is None or settings.covers(entry.pattern, place.file)
