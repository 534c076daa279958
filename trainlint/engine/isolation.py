"""A rule and its subject in, diagnostics out: an Unknown becomes "not checked", a crash stays inside."""

from __future__ import annotations

import traceback
from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeVar

from trainlint.chain.model import Chain, Project
from trainlint.compose.base import moved_place
from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.facts.value import UnknownValueError
from trainlint.record import record, state
from trainlint.rules.base import Rule
from trainlint.source import Span

if TYPE_CHECKING:
    from trainlint.facts.comparison import Comparison
    from trainlint.facts.parity import ParityOutcome

S = TypeVar("S", Chain, Project, "Comparison", "ParityOutcome")


@record
class Crash:
    """A rule that failed on a launch or a program: a defect of trainlint, never of the user's files."""

    code: str
    launch: Span
    traceback: str

    def __str__(self) -> str:
        return (
            f"error: {self.code} failed on {self.launch}; "
            f"this is a defect of trainlint, please report it:\n{self.traceback}"
        )


@state
class Findings:
    """What rules said about one subject."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)


#: Facts that many launches share; a rule that needs nothing else runs once for each of them.
_SHARED = frozenset({"script", "settings"})


@state
class Runner:
    """Runs rules over chains; findings about shared facts are computed once."""

    rules: tuple[Rule[Chain], ...]
    _memo: dict[tuple[str, int, int], tuple[object, Findings]] = field(default_factory=dict)

    def run(self, chain: Chain) -> Findings:
        """The findings of every rule on one chain."""
        together = Findings()
        for rule in self.rules:
            found = self._one(rule, chain)
            together.diagnostics += found.diagnostics
            together.not_checked += found.not_checked
            together.crashes += found.crashes
        return together

    def _one(self, rule: Rule[Chain], chain: Chain) -> Findings:
        if not _SHARED.issuperset(rule.info.needs):
            return _own(run_rule(rule, chain, chain.job.span), chain)
        key = (rule.info.code, id(chain.script), id(chain.settings))
        entry = self._memo.get(key)
        if entry is None:
            # The script is kept beside the result so that its id cannot be given to another object.
            entry = self._memo[key] = (chain.script, run_rule(rule, chain, chain.job.span))
        return entry[1]


def _own(found: Findings, chain: Chain) -> Findings:
    """The findings as this launch has them: no story names another launch that chooses the same options."""
    borrowed = dict(pair for composition in chain.compositions for pair in composition.borrowed)
    if not borrowed:
        return found
    told = [
        replace(
            entry,
            span=moved_place(entry.span, borrowed),
            chain=tuple(replace(note, span=moved_place(note.span, borrowed)) for note in entry.chain),
        )
        for entry in found.diagnostics
    ]
    return Findings(told, found.not_checked, found.crashes)


def run_rule(rule: Rule[S], subject: S, place: Span) -> Findings:
    """The findings of one rule on one subject; whatever the rule does, the run goes on."""
    findings = Findings()
    try:
        for diagnostic in rule.check(subject):
            findings.diagnostics.append(diagnostic)
    except UnknownValueError as error:
        reason = f"{error.about or rule.info.name}: {error.unknown.reason}"
        findings.not_checked.append(NotChecked(reason, error.unknown.span))
    except Exception:
        findings.crashes.append(Crash(rule.info.code, place, traceback.format_exc()))
    return findings
