"""Launches with their findings in, the outcome out: suppressed, deduplicated, sorted, judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainlint.chain.model import LaunchSummary
from trainlint.diagnostic import Diagnostic, LinkKind, NotChecked, Severity
from trainlint.engine.links import judged
from trainlint.engine.selection import matches
from trainlint.facts.launch import JobFacts
from trainlint.facts.suppression import MalformedSuppression, Suppression
from trainlint.parse.suppressions import suppressions
from trainlint.record import record, state
from trainlint.report.fingerprint import fingerprints
from trainlint.report.outcome import (
    AspectResult,
    LaunchResult,
    LinkResult,
    LinkStatus,
    Outcome,
    Reported,
    ScheduleResult,
    Verdict,
)
from trainlint.source import Files

_Key = tuple[str, object, str]


@state
class Launch:
    """What is kept of a chain after its rules ran: enough for the result, small enough for 10,000.

    `files` are those whose faults are this launch's faults.
    """

    job: JobFacts
    links: tuple[LinkResult, ...]
    summary: LaunchSummary
    findings: list[Diagnostic]
    overrides: int
    files: frozenset[str]
    unverified: bool
    schedules: tuple[ScheduleResult, ...] = ()
    profile: tuple[AspectResult, ...] = ()


@record
class Silencing:
    """What the comments of all files that were read silence, and which are of no use."""

    silenced: frozenset[_Key]
    unused: tuple[Suppression, ...]
    malformed: tuple[MalformedSuppression, ...]

    @classmethod
    def of(cls, files: Files, findings: Iterable[Diagnostic]) -> Silencing:
        """Match the comments of the files that were read with the findings."""
        comments = {source.display: suppressions(source) for source in files.sources()}
        silenced, used = set(), set()
        for finding in findings:
            in_file = comments.get(finding.span.file)
            comment = covering(finding, in_file.found) if in_file is not None else None
            if comment is not None:
                silenced.add(_key(finding))
                used.add(comment)
        unused = [entry for found in comments.values() for entry in found.found if entry not in used]
        malformed = [entry for found in comments.values() for entry in found.malformed]
        return cls(frozenset(silenced), tuple(filter(_can_be_of_use, unused)), tuple(malformed))


def _can_be_of_use(entry: Suppression) -> bool:
    """Whether a comment speaks of rules that a check has; those over two programs silence nothing in it."""
    # Rare enough not to be there at the start.
    from trainlint.rules.differences import DIFF_RULES
    from trainlint.rules.divergences import PARITY_RULES

    others = [*(rule.info for rule in DIFF_RULES), *(rule.info for rule in PARITY_RULES)]
    return not all(any(matches(info, (code,)) for info in others) for code in entry.codes)


def covering(finding: Diagnostic, comments: Iterable[Suppression]) -> Suppression | None:
    """The comment that silences a finding: over one of its lines, naming its rule."""
    for entry in comments:
        on_line = entry.first_line <= finding.span.end_line and finding.span.line <= entry.last_line
        if on_line and matches(finding, entry.codes):
            return entry
    return None


def _key(finding: Diagnostic) -> _Key:
    """What makes two findings the same one, whichever launch they were found through."""
    return finding.code, finding.span, finding.message


def outcome(
    launches: Sequence[Launch],
    loose: Sequence[Diagnostic],
    not_checked: Sequence[NotChecked],
    silencing: Silencing,
    files: Files,
    seconds: float,
) -> Outcome:
    """Put a run's results into the form that reporters receive."""
    # Of findings that are the same, the first launch's is told.
    together = {_key(entry): entry for launch in reversed(launches) for entry in reversed(launch.findings)}
    together.update((_key(entry), entry) for entry in loose)
    ordered = sorted(together.values(), key=lambda entry: (entry.span, entry.code, entry.message))
    names = fingerprints(ordered, lambda file, line: line_of(files, file, line))
    index = {_key(entry): position for position, entry in enumerate(ordered)}
    return Outcome(
        launches=tuple(_result(launch, index, silencing) for launch in launches),
        diagnostics=tuple(
            Reported(entry, _key(entry) in silencing.silenced, name)
            for entry, name in zip(ordered, names, strict=True)
        ),
        not_checked=tuple(
            sorted(unexplained(not_checked, ordered), key=lambda entry: (entry.span, entry.reason))
        ),
        files_read=files.files_read,
        seconds=seconds,
    )


def unexplained(entries: Iterable[NotChecked], findings: Iterable[Diagnostic]) -> list[NotChecked]:
    """What was not checked for another reason than an error that is reported at the very place."""
    errors = {finding.span for finding in findings if finding.severity is Severity.ERROR}
    return [entry for entry in entries if entry.span not in errors]


def line_of(files: Files, file: str, line: int) -> str:
    """The text of a line of a file that was read."""
    source = files.shown(file)
    return source.line_text(line) if source is not None else ""


def _result(launch: Launch, index: dict[_Key, int], silencing: Silencing) -> LaunchResult:
    standing = [entry for entry in launch.findings if _key(entry) not in silencing.silenced]
    links = judged(launch.links, standing)
    places = (*launch.job.via, launch.job.span)
    span = places[0]
    return LaunchResult(
        file=span.file,
        line=span.line,
        end_line=span.end_line,
        command=launch.job.text,
        marker=launch.job.marker.value if launch.job.marker is not None else None,
        verdict=_verdict(standing, launch.unverified),
        script=_place(links, LinkKind.SCRIPT, "file"),
        config=_place(links, LinkKind.CONFIG, "file"),
        model=_place(links, LinkKind.MODEL, "class"),
        chain=links,
        overrides=launch.overrides,
        diagnostics=tuple(sorted({index[_key(entry)] for entry in launch.findings})),
        form=launch.job.form.value,
        via=tuple((place.file, place.line) for place in places[1:]),
        schedules=launch.schedules,
        profile=launch.profile,
    )


def _verdict(standing: list[Diagnostic], unverified: bool) -> Verdict:
    severities = {entry.severity for entry in standing}
    if Severity.ERROR in severities:
        return Verdict.FAIL
    if Severity.WARNING in severities:
        return Verdict.WARN
    return Verdict.UNVERIFIED if unverified else Verdict.PASS


def _place(links: Iterable[LinkResult], kind: LinkKind, part: str) -> str | None:
    """The file of a link that was found; for a class `file:Class`."""
    for link in links:
        if link.kind is kind and link.file is not None and link.status is LinkStatus.VERIFIED:
            name = link.name.replace("@", ".").rsplit(".", 1)[-1]
            return link.file if part == "file" else f"{link.file}:{name}"
    return None
