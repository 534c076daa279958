"""A generator of findings in, a rule that yields diagnostics out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from trainlint.chain.model import Chain, Project
from trainlint.diagnostic import (
    Confidence,
    Diagnostic,
    Edit,
    Fix,
    Harm,
    LinkKind,
    Note,
    RuleInfo,
    Severity,
)
from trainlint.facts.config import Inclusion, Origin
from trainlint.record import record
from trainlint.source import Span

if TYPE_CHECKING:
    # Their modules are only for those who compare programs; `check` starts without them.
    from trainlint.facts.comparison import Comparison
    from trainlint.facts.parity import ParityOutcome

S_contra = TypeVar("S_contra", Chain, Project, "Comparison", "ParityOutcome", contravariant=True)


@record
class Finding:
    """What a rule yields: a diagnostic without the parts that are the same for the whole rule.

    `severity` overrides the rule's own for this finding. `reference` is the place in the reference where two
    programs are compared.
    """

    span: Span
    message: str
    help: str | None = None
    runtime: str | None = None
    chain: tuple[Note, ...] = ()
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None
    fix: Fix | None = None
    link: LinkKind | None = None
    reference: Span | None = None


@record
class Rule(Generic[S_contra]):
    """A rule as the engine runs it."""

    info: RuleInfo
    _findings: Callable[[S_contra], Iterator[Finding]]

    def check(self, subject: S_contra) -> Iterator[Diagnostic]:
        """The diagnostics of one chain, of the project, or of two programs that are compared or run."""
        for found in self._findings(subject):
            yield Diagnostic(
                code=self.info.code,
                name=self.info.name,
                severity=found.severity or self.info.severity,
                span=found.span,
                message=found.message,
                help=found.help,
                runtime=found.runtime,
                chain=found.chain,
                confidence=found.confidence,
                fix=found.fix,
                link=found.link or self.info.link,
                documented=self.info.documented,
                reference=found.reference,
                harm=self.info.harm,
            )


def rule(
    code: str, name: str, *, severity: Severity, link: LinkKind, needs: tuple[str, ...]
) -> Callable[[Callable[[S_contra], Iterator[Finding]]], Rule[S_contra]]:
    """Make a generator function a rule; `needs` names the attributes of the chain that it reads."""

    def decorate(findings: Callable[[S_contra], Iterator[Finding]]) -> Rule[S_contra]:
        summary = (findings.__doc__ or "").strip().splitlines()[0]
        return Rule(RuleInfo(code, name, severity, link, needs, summary), findings)

    return decorate


def difference(
    code: str, name: str, *, severity: Severity, harm: Harm, needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Comparison], Iterator[Finding]]], Rule[Comparison]]:
    """Make a generator function a rule over what differs between two programs.

    A rule that needs `unused_intended` runs last, when it is known.
    """

    def decorate(findings: Callable[[Comparison], Iterator[Finding]]) -> Rule[Comparison]:
        summary = (findings.__doc__ or "").strip().splitlines()[0]
        return Rule(RuleInfo(code, name, severity, LinkKind.SCRIPT, needs, summary, harm=harm), findings)

    return decorate


def divergence(
    code: str, name: str, *, severity: Severity, harm: Harm
) -> Callable[[Callable[[ParityOutcome], Iterator[Finding]]], Rule[ParityOutcome]]:
    """Make a generator function a rule over what runs of two programs showed."""

    def decorate(findings: Callable[[ParityOutcome], Iterator[Finding]]) -> Rule[ParityOutcome]:
        summary = (findings.__doc__ or "").strip().splitlines()[0]
        return Rule(RuleInfo(code, name, severity, LinkKind.SCRIPT, (), summary, harm=harm), findings)

    return decorate


def nearest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate that `name` was probably meant to be, or None."""
    found = difflib.get_close_matches(name, list(candidates), n=1, cutoff=cutoff)
    return found[0] if found else None


def replace(span: Span, text: str, *, safe: bool = False) -> Fix:
    """A fix that replaces one span."""
    return Fix((Edit(span, text),), safe)


def inclusion_story(inclusion: Inclusion | None) -> tuple[Note, ...]:
    """How a text came into the composition, innermost step first."""
    notes = []
    while inclusion is not None:
        notes.append(Note(inclusion.span, inclusion.label))
        inclusion = inclusion.parent
    return tuple(notes)


def value_story(origin: Origin) -> tuple[Note, ...]:
    """Where a value is written, how that text came in, and what it overrode, innermost first."""
    notes = [Note(origin.span, "set here"), *inclusion_story(origin.inclusion)]
    overrode = origin.overrode
    while overrode is not None:
        notes.append(Note(overrode.span, "overrides the value set here"))
        overrode = overrode.overrode
    return tuple(notes)
