"""Settings in, the rules that run and the severity each finding ends with out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trainlint.diagnostic import Confidence, Diagnostic, RuleInfo, Severity
from trainlint.facts.settings import Settings


def for_command(settings: Settings, rules: Iterable[RuleInfo]) -> Settings:
    """The settings as one command follows them: a selection that means none of its rules is not for it."""
    if settings.select is None and not settings.per_file:
        return settings
    rules = tuple(rules)

    def concerned(select: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return select if select and any(matches(rule, select) for rule in rules) else None

    return replace(
        settings,
        select=concerned(settings.select),
        per_file=tuple(replace(entry, select=concerned(entry.select)) for entry in settings.per_file),
    )


def matches(rule: RuleInfo | Diagnostic, selectors: tuple[str, ...]) -> bool:
    """Whether a rule or finding is meant by one of the codes, code prefixes, names or `ALL`."""
    return any(
        selector == "ALL" or rule.name == selector or rule.code.startswith(selector) for selector in selectors
    )


def is_selected(rule: RuleInfo, settings: Settings) -> bool:
    """Whether a rule has to run at all; per-file settings may still drop its findings."""
    chosen = settings.select is None or matches(rule, settings.select)
    chosen = chosen or any(entry.select and matches(rule, entry.select) for entry in settings.per_file)
    return chosen and not matches(rule, settings.ignore)


def configured(diagnostic: Diagnostic, settings: Settings) -> Diagnostic | None:
    """The finding with its configured severity; None when the settings of its file drop it."""
    select, ignore = settings.select, settings.ignore
    for entry in settings.per_file:
        if settings.covers(entry.pattern, diagnostic.span.file):
            select = entry.select if entry.select is not None else select
            ignore = (*ignore, *entry.ignore)
    if matches(diagnostic, ignore) or (select is not None and not matches(diagnostic, select)):
        return None
    wanted = settings.severity.get(diagnostic.code) or settings.severity.get(diagnostic.name)
    severity = Severity(wanted) if wanted else diagnostic.severity
    if diagnostic.confidence is Confidence.LOW and severity is Severity.ERROR:
        severity = Severity.WARNING
    return diagnostic if severity is diagnostic.severity else replace(diagnostic, severity=severity)
