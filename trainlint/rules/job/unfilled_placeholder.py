"""Looks at the words of a command, yields those that still hold a text to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import Placeholder, Word
from trainlint.rules.base import Finding, rule
from trainlint.source import Span

#: In quotes, `<pad>` or `<im_start>` may be a token of the model: only texts that ask to be filled in count.
_ASKING = "path|your|my|dir|directory|folder|checkpoint|ckpt|todo|insert|fill|here|host"
_QUOTED = re.compile(rf"<(?:[A-Za-z0-9.]+[ _/-])*(?:{_ASKING})(?:[ _/-][A-Za-z0-9.]+)*>", re.IGNORECASE)
_CUSTOMARY = re.compile(
    r"(?:^|(?<=[=\[,'\":\s(]))/?path/to/[\w./-]*|\bYOUR[_-][A-Z][A-Z_-]*\b"
    r"|(?<==)(?:TODO|FIXME|CHANGEME|CHANGE_ME)\Z"
)


@rule("TL106", "unfilled-placeholder", severity=Severity.ERROR, link=LinkKind.JOB, needs=("job", "launch"))
def unfilled_placeholder(chain: Chain) -> Iterator[Finding]:
    """A word of the command is still the placeholder of an example."""
    seen: list[Span] = []
    for word in (*chain.launch.arguments, *chain.job.command.words):
        if any(_inside(span, word.span) for span in seen):
            continue
        for finding in _placeholders(word):
            seen.append(finding.span)
            yield finding


def _placeholders(word: Word) -> Iterator[Finding]:
    position = 0
    for part, span in zip(word.parts, word.spans, strict=True):
        if isinstance(part, Placeholder):
            yield _finding(part.text, span, f"bash: {part.text[1:-1]}: No such file or directory", None)
        elif isinstance(part, str):
            for pattern in (_QUOTED, _CUSTOMARY):
                for found in pattern.finditer(part):
                    place = word.span_of(position + found.start(), position + found.end())
                    yield _finding(found.group(), place, "the run gets the text as it is", Severity.WARNING)
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
