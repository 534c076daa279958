"""The packs that settings name in, every rule that settings may mean out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trainlint.chain.model import Chain
from trainlint.diagnostic import RuleInfo
from trainlint.facts.settings import PackName, SettingsProblems
from trainlint.record import record
from trainlint.rules.base import Rule
from trainlint.source import Files

if TYPE_CHECKING:
    from trainlint.policy.pack import Pack


@record
class AllRules:
    """The rules of every command and of some packs; those are read only when asked for."""

    of_packs: tuple[RuleInfo, ...] = ()

    def __iter__(self) -> Iterator[RuleInfo]:
        from trainlint.rules.registry import RULES

        yield from RULES
        yield from self.of_packs
        from trainlint.rules.differences import DIFF_RULES
        from trainlint.rules.divergences import PARITY_RULES

        yield from (rule.info for rule in DIFF_RULES)
        yield from (rule.info for rule in PARITY_RULES)


def known_rules(files: Files, names: tuple[PackName, ...], folder: Path) -> AllRules | SettingsProblems:
    """Every rule that a settings file may mean, those of the packs that it names included."""
    packs = packs_of(files, names, folder)
    if isinstance(packs, SettingsProblems):
        return packs
    return AllRules(tuple(rule.info for rule in rules_of(packs, files)))


def packs_of(files: Files, names: tuple[PackName, ...], folder: Path) -> tuple[Pack, ...] | SettingsProblems:
    """The packs that are named; without any, nothing is imported."""
    if not names:
        return ()
    from trainlint.policy.load import load_packs

    return load_packs(files, names, folder)


def rules_of(packs: tuple[Pack, ...], files: Files) -> tuple[Rule[Chain], ...]:
    """The rules of packs; without any, nothing is imported."""
    if not packs:
        return ()
    from trainlint.policy.rules import chain_rules

    return chain_rules(packs, files)
