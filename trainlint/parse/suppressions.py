"""A file's text in, its `# trainlint: ignore[...]` and `intended[...]` comments out."""

from __future__ import annotations

import re
from dataclasses import replace

from trainlint.facts.suppression import Intended, MalformedSuppression, Suppression, Suppressions
from trainlint.parse.comments import comments, statement
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

_ADDRESS = regex(
    r"(?:#|<!--)\s*trainlint:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<codes>[^\]]*)\])?(?P<reason>[^#]*)", re.I
)
_RULE = regex(r"[A-Z]+[0-9]{3}|[a-z0-9]+(?:-[a-z0-9]+)+")


def suppressions(source: SourceFile) -> Suppressions:
    """What the comments of a file silence: a job or statement, or with `ignore-file` the whole file.

    An `intended` says of a statement that it differs from another program on purpose.

    A comment behind a text covers that text's line; on the first or last line of a job or statement of
    several lines it covers all of them. A comment on a line of its own covers what comes next.
    """
    if "trainlint:" not in source.text:
        return Suppressions()
    source = _code_of(source)
    found: list[Suppression] = []
    intended: list[Intended] = []
    malformed: list[MalformedSuppression] = []
    for start, end in comments(source):
        match = _ADDRESS.search(source.text, start, end)
        if match is None:
            continue
        last = match.start() + len(match.group().rstrip())
        span = source.span(match.start(), last)
        message = _fault(match)
        if message is not None:
            malformed.append(MalformedSuppression(message, span))
        elif match.group("verb") == "intended":
            codes, lines = _codes(match.group("codes")), _covered(source, match.start())
            removed = _removed(source, match.start(), last)
            intended.append(Intended(span, codes, _reason(match), *lines, removed=removed))
        else:
            found.append(_suppression(source, span, match))
    return Suppressions(tuple(found), tuple(malformed), tuple(intended))


def _fault(match: re.Match[str]) -> str | None:
    """Why a comment cannot be followed."""
    verb, codes = match.group("verb"), match.group("codes")
    if verb not in ("ignore", "ignore-file", "intended"):
        return f"`{verb}` is nothing that a comment can ask of trainlint"
    if codes is None or not codes.strip():
        return f"`{verb}` without rules in brackets would silence everything"
    for code in _codes(codes):
        if not _RULE.fullmatch(code):
            return f"`{code}` is neither the code nor the name of a rule"
    return None


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(","))


def _code_of(source: SourceFile) -> SourceFile:
    """The text that has comments: of a notebook its code."""
    if source.path.suffix != ".ipynb":
        return source
    from trainlint.parse.notebook import Notebook, read_notebook

    notebook = read_notebook(source)
    return notebook.code if isinstance(notebook, Notebook) else replace(source, text="")


def _suppression(source: SourceFile, span: Span, match: re.Match[str]) -> Suppression:
    whole = match.group("verb") != "ignore"
    first, last = _lines(source, 1, len(source.line_starts)) if whole else _covered(source, match.start())
    return Suppression(span, _codes(match.group("codes")), _reason(match), first, last)


def _removed(source: SourceFile, start: int, end: int) -> Span:
    """A comment with the space in front of it; with its line where nothing else stands on it."""
    text = source.text
    line_start = text.rfind("\n", 0, start) + 1
    alone = not text[line_start:start].strip() and text[end : end + 1] in ("", "\n", "\r")
    if alone:
        line_end = text.find("\n", end)
        return source.span(line_start, len(text) if line_end < 0 else line_end + 1)
    return source.span(line_start + len(text[line_start:start].rstrip()), end)


def _reason(match: re.Match[str]) -> str:
    return match.group("reason").strip().removesuffix("-->").strip().lstrip("-:–—").strip()


def _covered(source: SourceFile, offset: int) -> tuple[int, int]:
    """The lines that an `ignore` or `intended` speaks of."""
    line = source.position(offset)[0]
    if source.line_text(line).lstrip().startswith(("#", "<!--")):
        return _lines(source, *statement(source, _next_text(source, line)))
    first, last = statement(source, line)
    return _lines(source, first, last) if line in (first, last) else _lines(source, line, line)


def _lines(source: SourceFile, first: int, last: int) -> tuple[int, int]:
    """Lines of a text as those of its file."""
    span = source.stretch(first, 1, last, 1)
    return span.line, span.end_line


def _next_text(source: SourceFile, line: int) -> int:
    """The next line that holds more than a comment; the comment's own line when none follows."""
    for following in range(line + 1, len(source.line_starts) + 1):
        text = source.line_text(following).strip()
        if text and not text.startswith(("#", "<!--")):
            return following
    return line
