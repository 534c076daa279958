"""A chain and its findings in, the checklist of links out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.chain.model import Chain, Unverified
from trainlint.diagnostic import Diagnostic, LinkKind, Severity
from trainlint.facts.config import Composition, DefaultNotFound, Inclusion
from trainlint.facts.target import TargetFacts, TargetRole, TargetStatus
from trainlint.facts.value import Known
from trainlint.report.outcome import LinkResult, LinkStatus

_ROLE_LINKS = {
    TargetRole.MODEL: LinkKind.MODEL,
    TargetRole.LOSS: LinkKind.LOSS,
    TargetRole.DATA: LinkKind.DATA,
    TargetRole.EVALUATOR: LinkKind.EVALUATOR,
}


def links(chain: Chain) -> tuple[LinkResult, ...]:
    """The links of a chain as far as they were followed, before findings are counted in."""
    found = [
        _job(chain),
        *_launcher(chain),
        *_script(chain),
        *_config(chain),
        *_arch(chain),
        *_targets(chain),
    ]
    return tuple(_with_reason(link, chain.unverified) for link in found)


def judged(drafts: Iterable[LinkResult], findings: Iterable[Diagnostic]) -> tuple[LinkResult, ...]:
    """The links with those broken that an error stands against."""
    errors = [entry for entry in findings if entry.severity is Severity.ERROR]
    return tuple(_judged(link, [error for error in errors if error.link is link.kind]) for link in drafts)


def _judged(link: LinkResult, errors: list[Diagnostic]) -> LinkResult:
    if not errors:
        return link
    reason = f"{errors[0].code} {errors[0].message}"
    return replace(link, status=LinkStatus.BROKEN, reason=reason)


def _with_reason(link: LinkResult, unverified: tuple[Unverified, ...]) -> LinkResult:
    """Marks a link that could not be followed; a target link brings its own verdict."""
    if link.kind in _ROLE_LINKS.values() or link.status is not LinkStatus.VERIFIED:
        return link
    for entry in unverified:
        if entry.link is link.kind:
            return replace(link, status=LinkStatus.UNVERIFIED, reason=entry.unknown.reason)
    return link


def _job(chain: Chain) -> LinkResult:
    span = chain.job.span
    return LinkResult(LinkKind.JOB, f"{span.file}:{span.line}", span.file, span.line, LinkStatus.VERIFIED)


def _launcher(chain: Chain) -> list[LinkResult]:
    used = chain.launch.launchers
    if not used:
        return []
    name = " ".join(entry.name for entry in used)
    return [LinkResult(LinkKind.LAUNCHER, name, used[0].span.file, used[0].span.line, LinkStatus.VERIFIED)]


def _script(chain: Chain) -> list[LinkResult]:
    reference = chain.launch.script
    if reference is None:
        span = chain.job.span
        reason = "no Python program could be found in the command"
        return [LinkResult(LinkKind.SCRIPT, "?", span.file, span.line, LinkStatus.UNVERIFIED, reason)]
    name = reference.text.value if isinstance(reference.text, Known) else "?"
    if chain.script is None:
        reason = "the script was not read"
        return [LinkResult(LinkKind.SCRIPT, name, None, None, LinkStatus.UNVERIFIED, reason)]
    line = chain.entry.span.line if chain.entry is not None else 1
    return [LinkResult(LinkKind.SCRIPT, name, chain.script.module.display, line, LinkStatus.VERIFIED)]


def _config(chain: Chain) -> list[LinkResult]:
    if not chain.compositions:
        return []
    composition = chain.compositions[0]
    if composition.primary is None:
        return [LinkResult(LinkKind.CONFIG, "?", None, None, LinkStatus.UNVERIFIED, "no primary config")]
    name = composition.primary.rsplit("/", 1)[-1]
    return [LinkResult(LinkKind.CONFIG, name, composition.primary, 1, LinkStatus.VERIFIED)]


def _arch(chain: Chain) -> list[LinkResult]:
    """The option of a config group that names the model, or one that is missing."""
    for composition in chain.compositions[:1]:
        for problem in composition.problems:
            if isinstance(problem, DefaultNotFound):
                label, place = f"{problem.group}: {problem.option}", problem.span
                return [LinkResult(LinkKind.ARCH, label, place.file, place.line, LinkStatus.VERIFIED)]
        for target in chain.targets:
            if target.role is TargetRole.MODEL and target.origin.span.file != composition.primary:
                return _arch_of(target, composition)
    return []


def _arch_of(target: TargetFacts, composition: Composition) -> list[LinkResult]:
    """The option that brought the model's name in, or the one whose package it stands in."""
    place = target.origin.span
    brought = {inclusion.file for inclusion in _lineage(target.origin.inclusion)}
    inside = [choice for choice in composition.choices if target.key.startswith(f"{choice.package}.")]
    by_file = [choice for choice in composition.choices if choice.file in brought]
    for choice in (*by_file, *inside):
        if choice.file is not None and isinstance(choice.option, Known):
            label, line = (
                f"{choice.group}: {choice.option.value}",
                place.line if choice.file == place.file else 1,
            )
            return [LinkResult(LinkKind.ARCH, label, choice.file, line, LinkStatus.VERIFIED)]
    return []


def _lineage(inclusion: Inclusion | None) -> Iterator[Inclusion]:
    while inclusion is not None:
        yield inclusion
        inclusion = inclusion.parent


def _targets(chain: Chain) -> list[LinkResult]:
    found = [
        _target(target, _ROLE_LINKS[target.role]) for target in chain.targets if target.role in _ROLE_LINKS
    ]
    broken = any(composition.problems for composition in chain.compositions)
    if broken and not any(link.kind is LinkKind.MODEL for link in found):
        reason = "the config that would name the model is not whole"
        found.append(LinkResult(LinkKind.MODEL, "?", None, None, LinkStatus.UNVERIFIED, reason))
    order = list(LinkKind)
    return sorted(found, key=lambda link: order.index(link.kind))


def _target(target: TargetFacts, kind: LinkKind) -> LinkResult:
    place = target.definition or target.origin.span
    status = {
        TargetStatus.FOUND: LinkStatus.VERIFIED,
        TargetStatus.BROKEN: LinkStatus.BROKEN,
        TargetStatus.UNVERIFIED: LinkStatus.UNVERIFIED,
    }[target.status]
    return LinkResult(kind, target.text, place.file, place.line, status, target.reason)
