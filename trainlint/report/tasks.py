"""Numbered findings in, the list of tasks that would mend them in Markdown out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Diagnostic, Edit
from trainlint.record import record
from trainlint.report.clean import one_line
from trainlint.report.comparison import DiffOutcome
from trainlint.report.markdown import code, lines_of
from trainlint.source import Files, Span

_SUB_ITEM = "    *   "


@record
class Section:
    """A finding and the number of its section."""

    number: str
    finding: Diagnostic


def tasks(sections: Sequence[Section], outcome: DiffOutcome, files: Files) -> Iterator[str]:
    """One task a rule, one part of it a finding; then how to see that it helps."""
    if not sections:
        return
    yield "## 5. Tasks"
    by_rule: dict[str, list[Section]] = {}
    for section in sections:
        by_rule.setdefault(section.finding.code, []).append(section)
    for number, group in enumerate(by_rule.values(), 1):
        found = group[0].finding
        yield f"### Task {number}: {found.name.replace('-', ' ')} ({found.code})"
        noun = "Section" if len(group) == 1 else "Sections"
        yield f"**Problem reference:** {noun} {', '.join(section.number for section in group)}"
        for part, section in enumerate(group, 1):
            yield "\n".join(_part(f"{number}.{part}", section, files))
    yield "### Validation"
    yield f"Run {code(outcome.command)} again: what was mended is no longer listed."


def _part(number: str, section: Section, files: Files) -> Iterator[str]:
    found = section.finding
    yield f"*   **Sub-task {number}:** {one_line(found.message)}"
    yield f"{_SUB_ITEM}**File:** {code(found.span.file)}"
    yield f"{_SUB_ITEM}**Action:** {_action(found)}"
    steps = list(_steps(found, files))
    if steps:
        yield f"{_SUB_ITEM}**Guidance:**"
        yield from (f"        {row}.  {step}" for row, step in enumerate(steps, 1))


def _action(found: Diagnostic) -> str:
    return (
        one_line(found.help) if found.help else "bring it in line with the reference, or say that it is meant"
    )


def _steps(found: Diagnostic, files: Files) -> Iterator[str]:
    """Where to look, what stood there before, and what to write where that is known."""
    line = _first_line(found.span, files)
    if line:
        yield f"Find line {found.span.line}: {code(line)}."
    if found.reference is not None:
        text = _first_line(found.reference, files)
        yield f"The reference has at {code(str(found.reference))}" + (f": {code(text)}." if text else ".")
    for edit in found.fix.edits if found.fix is not None else ():
        yield _edit(edit, files)
    if found.fix is not None:
        yield f"`trainlint diff --fix{'' if found.fix.safe else ' --unsafe-fixes'}` writes this."


def _edit(edit: Edit, files: Files) -> str:
    source = files.shown(edit.span.file)
    where = code(str(edit.span))
    new = one_line(edit.text.strip())
    if source is None:
        return f"Write {code(new)} at {where}."
    start = source.offset(edit.span.line, edit.span.column)
    old = one_line(source.text[start : source.offset(edit.span.end_line, edit.span.end_column)].strip())
    if not new:
        return f"Remove {code(old)} at {where}."
    return f"Replace {code(old)} at {where} by {code(new)}." if old else f"Insert {code(new)} at {where}."


def _first_line(span: Span, files: Files) -> str:
    return next((line.strip() for line in lines_of(span, files) if line.strip()), "")
