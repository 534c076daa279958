"""What a Python program asks for in, typed results out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.engine.compare import Ask, Refusal
from trainlint.engine.mending import compared
from trainlint.engine.selection import for_command
from trainlint.engine.settings import known_rules
from trainlint.facts.settings import Settings, SettingsProblems
from trainlint.parse.settings import read_settings
from trainlint.parse.settings_schema import selector_fault
from trainlint.record import record
from trainlint.report.comparison import DiffOutcome
from trainlint.report.diff_formats import rendered_diff
from trainlint.report.formats import Desk
from trainlint.report.usage import render
from trainlint.rules.differences import DIFF_RULES
from trainlint.source import Files

StrPath = str | os.PathLike[str]
_INFOS = tuple(rule.info for rule in DIFF_RULES)


class DiffError(ValueError):
    """Two programs cannot be compared; the message says why, and what to do instead."""


@record
class DiffResult:
    """What a comparison found.

    `findings` are the differences that count, by place; `intended` those that are meant. `not_checked` could
    not be compared. `outcome` is all that reports are made of.
    """

    findings: tuple[Diagnostic, ...]
    intended: tuple[Diagnostic, ...]
    not_checked: tuple[NotChecked, ...]
    outcome: DiffOutcome
    _files: Files

    def report(self, output_format: str = "text") -> str:
        """What `trainlint diff --output-format` prints."""
        return rendered_diff(self.outcome, output_format, Desk(self._files, _INFOS))


def compare_programs(
    reference: StrPath | Sequence[StrPath],
    candidate: StrPath,
    revision: str | None,
    chosen: tuple[tuple[str, ...], tuple[str, ...]],
    root: StrPath,
) -> DiffResult:
    """The comparison; raises DiffError where none comes about, RuntimeError on a defect of trainlint."""
    folder = Path(os.path.abspath(root))
    references = (reference,) if isinstance(reference, str | os.PathLike) else tuple(reference)
    if not references:
        raise DiffError("name at least one script as the reference")
    ask = Ask(tuple(os.fspath(word) for word in references), os.fspath(candidate), revision)
    found = compared(ask, _settings(folder, *chosen), lambda: Files(folder))
    if isinstance(found, Refusal):
        raise DiffError(str(found))
    if found.crashes:
        raise RuntimeError(str(found.crashes[0]))
    entries = found.outcome.found.diagnostics
    return DiffResult(
        findings=tuple(entry.diagnostic for entry in entries if not entry.suppressed),
        intended=tuple(entry.diagnostic for entry in entries if entry.intended is not None),
        not_checked=found.outcome.found.not_checked,
        outcome=found.outcome,
        _files=found.files,
    )


def _settings(folder: Path, select: tuple[str, ...], ignore: tuple[str, ...]) -> Settings:
    """The settings that hold in a folder, with the rules that were chosen."""
    files = Files(folder)
    settings = read_settings(files, folder, lambda names, place: known_rules(files, names, place))
    if isinstance(settings, SettingsProblems):
        raise DiffError(render(settings).rstrip())
    faults = [selector_fault(name, _INFOS) for name in (*select, *ignore)]
    for fault in filter(None, faults):
        raise DiffError(fault)
    settings = for_command(settings, _INFOS)
    return replace(settings, select=select or settings.select, ignore=(*settings.ignore, *ignore))
