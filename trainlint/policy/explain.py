"""Packs and chains in, where each rule stands in each launch out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trainlint.chain.model import Chain
from trainlint.policy.judge import Judgement, Standing, judge, shown
from trainlint.policy.names import NamesMemo
from trainlint.policy.pack import Pack, PackRule
from trainlint.report.packs import LaunchStory, PackStory, RuleStory
from trainlint.source import Files

_LONGEST = 60


def explain(
    packs: Sequence[Pack], chains: Sequence[Chain], files: Files, wanted: Callable[[PackRule], bool]
) -> tuple[PackStory, ...]:
    """The rules that are wanted, with the values that decided each of them."""
    memo = NamesMemo(files)
    found: dict[str, list[LaunchStory]] = {}
    for chain in chains:
        for rule in (rule for pack in packs for rule in pack.rules if wanted(rule)):
            found.setdefault(rule.code, []).extend(_launch(rule, chain, memo))
    return tuple(
        PackStory(
            _title(pack),
            pack.summary,
            tuple(_rule(r, found.get(r.code, [])) for r in pack.rules if wanted(r)),
        )
        for pack in packs
    )


def _title(pack: Pack) -> str:
    return pack.title.replace("`", "")


def _rule(rule: PackRule, launches: list[LaunchStory]) -> RuleStory:
    return RuleStory(
        rule.code,
        rule.name,
        rule.severity.value,
        tuple(expression.text for expression in rule.applies),
        rule.when.text if rule.when is not None else None,
        rule.require.text,
        tuple(launches),
    )


def _launch(rule: PackRule, chain: Chain, memo: NamesMemo) -> Iterator[LaunchStory]:
    """One line, or one for each point of a sweep where they differ."""
    place = f"{chain.job.span.file}:{chain.job.span.line}"
    if chain.script is None:
        yield LaunchStory(place, Standing.UNDECIDED.value, (), "the script of this launch was not found")
        return
    stories = [_story(place, judge(rule, names, chain.job.span)) for names in memo.of(chain)]
    yield from dict.fromkeys(stories)


def _story(place: str, found: Judgement) -> LaunchStory:
    values = tuple(f"{read.text} = {_cut(shown(read.value))}" for read in found.reads)
    reason = found.unknown.reason if found.unknown is not None else None
    return LaunchStory(place, found.standing.value, values, reason)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
