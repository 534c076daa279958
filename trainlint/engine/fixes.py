"""Findings with fixes in, the texts that the files would have out; and those texts put in place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from trainlint.diagnostic import Diagnostic, Edit, Fix
from trainlint.record import record, state
from trainlint.source import Files, SourceFile, Span

#: What `diff` writes behind a last line that has no end.
_UNENDED = "\n\\ No newline at end of file\n"


@record
class Rewrite:
    """A file with the text that it is to have."""

    source: SourceFile
    text: str


@record
class Plan:
    """Which findings can be mended together, and what becomes of the files.

    `waiting` are findings whose edits overlap others': they can be mended once those are applied.
    """

    rewrites: tuple[Rewrite, ...]
    mended: tuple[Diagnostic, ...]
    waiting: tuple[Diagnostic, ...]


@state
class _Accepted:
    """The edits that are taken so far, by file."""

    edits: dict[str, dict[Edit, None]]

    def clash(self, edit: Edit) -> bool:
        """Whether an edit cannot stand beside those that are taken; the same edit twice is one."""
        others = self.edits[edit.span.file]
        return edit not in others and any(_overlap(edit.span, other.span) for other in others)


def plan(findings: Iterable[Diagnostic], files: Files, untouchable: Collection[str], *, unsafe: bool) -> Plan:
    """The fixes that go together, first come first served; each of them is applied whole or not at all.

    A file of `untouchable` is never changed, and with `unsafe` False only safe fixes are considered.
    """
    accepted = _Accepted(defaultdict(dict))
    mended, waiting = [], []
    for finding in findings:
        fix = finding.fix
        if fix is None or not fix.edits or (not fix.safe and not unsafe):
            continue
        if not is_applicable(fix, files, untouchable):
            continue
        if any(accepted.clash(edit) for edit in fix.edits):
            waiting.append(finding)
            continue
        for edit in fix.edits:
            accepted.edits[edit.span.file][edit] = None
        mended.append(finding)
    return Plan(tuple(_rewrites(accepted, files)), tuple(mended), tuple(waiting))


def is_applicable(fix: Fix, files: Files, untouchable: Collection[str]) -> bool:
    """Whether all of a fix can be applied: to text on disk that may be changed, no two edits at one place."""
    return all(_writable(edit, files, untouchable) for edit in fix.edits) and not _clash_within(fix.edits)


def write(plan: Plan, files: Files) -> list[str]:
    """Put the new texts in place, each file all at once; what could not be written, in words."""
    faults = []
    for rewrite in plan.rewrites:
        reason = files.rewrite(rewrite.source, rewrite.text)
        if reason is not None:
            faults.append(f"{rewrite.source.display}: it was not mended: {reason}")
    return faults


def preview(plan: Plan) -> str:
    """The changes as a unified diff."""
    from difflib import unified_diff

    lines: list[str] = []
    for rewrite in plan.rewrites:
        before, after = (text.splitlines(keepends=True) for text in (rewrite.source.text, rewrite.text))
        changes = unified_diff(before, after, rewrite.source.display, rewrite.source.display)
        lines += [line if line.endswith("\n") else f"{line}{_UNENDED}" for line in changes]
    return "".join(lines)


def _writable(edit: Edit, files: Files, untouchable: Collection[str]) -> bool:
    """Whether a file is text on disk that edits may change; a notebook is text in another text."""
    source = files.shown(edit.span.file)
    return (
        source is not None
        and edit.span.file not in untouchable
        and source.path not in files.overlay
        and source.path.suffix != ".ipynb"
    )


def _clash_within(edits: Sequence[Edit]) -> bool:
    return any(
        _overlap(one.span, other.span)
        for index, one in enumerate(edits)
        for other in edits[index + 1 :]
        if one.span.file == other.span.file
    )


def _overlap(one: Span, other: Span) -> bool:
    """Whether two stretches of a file share a character, or an insertion stands inside or beside one."""
    first, second = sorted((one, other))
    if (first.end_line, first.end_column) > (second.line, second.column):
        return True
    return (first.line, first.column) == (second.line, second.column)


def _rewrites(accepted: _Accepted, files: Files) -> Iterator[Rewrite]:
    for file in sorted(accepted.edits):
        source = files.shown(file)
        if source is not None and accepted.edits[file]:
            edits = ((edit.span, edit.text) for edit in accepted.edits[file])
            yield Rewrite(source, source.edited(edits))
