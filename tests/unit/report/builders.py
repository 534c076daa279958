"""Small outcomes by hand, for the golden tests of the reporters."""

from __future__ import annotations

from trainlint.diagnostic import Diagnostic, LinkKind, NotChecked, Severity
from trainlint.report.outcome import LaunchResult, LinkResult, LinkStatus, Outcome, Reported, Verdict
from trainlint.source import Span


def span(place: str, width: int = 0) -> Span:
    """`jobs.txt:3:5` and a width as a span on one line."""
    file, line, column = place.rsplit(":", 2)
    return Span(file, int(line), int(column), int(line), int(column) + width)


def finding(
    place: str, message: str, code: str = "TL303", width: int = 0, severity: Severity = Severity.ERROR
) -> Diagnostic:
    return Diagnostic(code, "unknown-override-key", severity, span(place, width), message)


def link(
    kind: LinkKind,
    name: str,
    status: LinkStatus = LinkStatus.VERIFIED,
    file: str | None = None,
    reason: str | None = None,
) -> LinkResult:
    return LinkResult(kind, name, file, 1 if file else None, status, reason)


def launch(
    line: int = 1,
    verdict: Verdict = Verdict.PASS,
    diagnostics: tuple[int, ...] = (),
    chain: tuple[LinkResult, ...] = (),
) -> LaunchResult:
    return LaunchResult(
        file="jobs.txt",
        line=line,
        end_line=line,
        command="python train.py lr=1",
        marker="pending",
        verdict=verdict,
        script="train.py",
        config="config/cfg.yaml",
        model="models/net.py:Net",
        chain=chain,
        overrides=1,
        diagnostics=diagnostics,
    )


def outcome(
    *diagnostics: Diagnostic,
    suppressed: tuple[Diagnostic, ...] = (),
    not_checked: tuple[NotChecked, ...] = (),
    launches: tuple[LaunchResult, ...] = (),
) -> Outcome:
    reported = [Reported(found, False, "0" * 16) for found in diagnostics]
    reported += [Reported(found, True, "1" * 16) for found in suppressed]
    return Outcome(launches, tuple(reported), not_checked, files_read=3, seconds=0.25)
