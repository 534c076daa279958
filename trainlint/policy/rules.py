"""The rules of policy packs in, rules that the engine runs like its own out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, RuleInfo
from trainlint.facts.value import UnknownValueError
from trainlint.policy.evaluate import Read
from trainlint.policy.judge import Standing, judge, shown, worded
from trainlint.policy.names import NamesMemo
from trainlint.policy.pack import Pack, PackRule
from trainlint.rules.base import Finding, Rule
from trainlint.source import Files, Span

#: Everything that an expression may look at.
_NEEDS = (
    *("job", "launch", "script", "entry", "arguments", "compositions", "targets", "command_line"),
    *("profile", "paths"),
)
_NOTED = 6
#: The names whose values are written where somebody can change them for this one rule.
_CHANGEABLE = ("config.", "arch.", "config[", "arch[")


def chain_rules(packs: Sequence[Pack], files: Files) -> tuple[Rule[Chain], ...]:
    """The rules of packs as rules over chains."""
    memo = NamesMemo(files)
    return tuple(
        Rule(_info(rule, pack), _findings(rule, pack, memo)) for pack in packs for rule in pack.rules
    )


def _info(rule: PackRule, pack: Pack) -> RuleInfo:
    summary = rule.summary or "".join(part if isinstance(part, str) else "…" for part in rule.message)
    return RuleInfo(rule.code, rule.name, rule.severity, LinkKind.CONFIG, _NEEDS, summary, pack.shipped)


def _findings(rule: PackRule, pack: Pack, memo: NamesMemo) -> Callable[[Chain], Iterator[Finding]]:
    def findings(chain: Chain) -> Iterator[Finding]:
        if chain.script is None:
            return
        place, said = chain.job.span, set()
        undecided = None
        for names in memo.of(chain):
            found = judge(rule, names, place)
            undecided = undecided or (found if found.unknown is not None else None)
            message = worded(rule.message, names, place) if found.standing is Standing.FAILS else ""
            if message and message not in said:
                said.add(message)
                yield Finding(
                    blamed(found.reads, chain),
                    message,
                    help=rule.help,
                    runtime=f"{pack.title} requires `{rule.require.text}`",
                    chain=tuple(_note(read) for read in found.reads[:_NOTED]),
                )
        if undecided is not None and undecided.unknown is not None and not said:
            raise UnknownValueError(undecided.unknown, pack.title if undecided.whole else None)

    return findings


def _note(read: Read) -> Note:
    return Note(read.span, f"`{read.text}` is `{shown(read.value)}`")


def blamed(reads: Sequence[Read], chain: Chain) -> Span:
    """The first value that the command itself gives, else the first of the config, else the job."""
    exact = [read for read in reads if read.span != chain.job.span and _is_stretch(read.span)]
    own = [read.span for read in exact if read.span.file == chain.job.span.file]
    written = [read.span for read in exact if read.text.startswith(_CHANGEABLE)]
    return (own or written or [read.span for read in exact] or [chain.job.span])[0]


def _is_stretch(span: Span) -> bool:
    return (span.line, span.column) != (span.end_line, span.end_column)
