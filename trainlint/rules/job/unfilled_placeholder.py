"""Looks at the words of a command, yields those that still hold a text to be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import OverrideSyntax
from trainlint.facts.launch import Placeholder, Word
from trainlint.facts.value import Unknown
from trainlint.rules.base import Finding, rule
from trainlint.rules.placeholder import placeholders
from trainlint.source import Span


@rule(
    "TL106",
    "unfilled-placeholder",
    severity=Severity.ERROR,
    link=LinkKind.JOB,
    needs=("job", "launch", "compositions"),
)
def unfilled_placeholder(chain: Chain) -> Iterator[Finding]:
    """A word of the command is still the placeholder of an example."""
    seen: list[Span] = []
    for word in (*chain.launch.arguments, *chain.job.command.words):
        if seen and any(_inside(span, word.span) for span in seen):
            continue
        if not any(isinstance(part, Placeholder) or _has_one(part) for part in word.parts):
            continue
        for finding in _placeholders(word, _refusal(chain, word)):
            seen.append(finding.span)
            yield finding


def _has_one(part: str | Unknown) -> bool:
    return isinstance(part, str) and any(placeholders(part))


def _refusal(chain: Chain, word: Word) -> str | None:
    """What Hydra says of a word that it cannot read."""
    refused = problems(chain, OverrideSyntax)
    return next((problem.hydra for problem in refused if _inside(problem.span, word.span)), None)


def _placeholders(word: Word, refusal: str | None) -> Iterator[Finding]:
    position = 0
    severity = Severity.WARNING if refusal is None else None
    for part, span in zip(word.parts, word.spans, strict=True):
        if isinstance(part, Placeholder):
            yield _finding(part.text, span, f"bash: {part.text[1:-1]}: No such file or directory", None)
        elif isinstance(part, str):
            for found in placeholders(part):
                place = word.span_of(position + found.start(), position + found.end())
                runtime = refusal or "the run gets the text as it is"
                yield _finding(found.group(), place, runtime, severity)
            position += len(part)


def _finding(text: str, span: Span, runtime: str, severity: Severity | None) -> Finding:
    return Finding(
        span,
        f"the placeholder `{text}` is not filled in",
        help="write the value that is meant",
        runtime=runtime,
        severity=severity,
    )


def _inside(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end
