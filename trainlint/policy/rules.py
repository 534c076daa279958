"""The rules of policy packs in, rules that the engine runs like its own out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, RuleInfo
from trainlint.facts.value import Known, Unknown, UnknownValueError
from trainlint.policy.evaluate import Evaluation, Read
from trainlint.policy.expression import Expression
from trainlint.policy.members import names_of
from trainlint.policy.pack import PackRule
from trainlint.rules.base import Finding, Rule
from trainlint.source import Span

#: Everything that an expression may look at.
_NEEDS = ("job", "launch", "script", "entry", "compositions", "targets")
_NOTED = 6


def chain_rules(rules: Sequence[PackRule]) -> tuple[Rule[Chain], ...]:
    """The rules of packs as rules over chains."""
    return tuple(Rule(_info(rule), _findings(rule)) for rule in rules)


def _info(rule: PackRule) -> RuleInfo:
    summary = "".join(part if isinstance(part, str) else "…" for part in rule.message)
    return RuleInfo(rule.code, rule.name, rule.severity, LinkKind.CONFIG, _NEEDS, summary)


def _findings(rule: PackRule) -> Callable[[Chain], Iterator[Finding]]:
    def findings(chain: Chain) -> Iterator[Finding]:
        if chain.script is None or not _holds(chain, rule.applies) or not _holds(chain, rule.when):
            return
        evaluation = Evaluation(names_of(chain), chain.job.span)
        value = evaluation.value(rule.require)
        if isinstance(value, Unknown):
            raise UnknownValueError(value)
        if not value.value:
            yield Finding(
                _blamed(evaluation.reads, chain.job.span),
                _worded(rule, chain),
                help=rule.help,
                runtime=f"the project's rule is `{rule.require.text}` ({rule.span})",
                chain=tuple(
                    Note(read.span, f"`{read.text}` is `{read.value}`") for read in evaluation.reads[:_NOTED]
                ),
            )

    return findings


def _holds(chain: Chain, condition: Expression | None) -> bool:
    """Whether a condition holds; a rule whose condition is not known is not checked, and that is said."""
    if condition is None:
        return True
    value = Evaluation(names_of(chain), chain.job.span).value(condition)
    if isinstance(value, Unknown):
        raise UnknownValueError(value)
    return bool(value.value)


def _blamed(reads: Sequence[Read], job: Span) -> Span:
    """The first value that the command line itself gives, else the first of the config, else the job."""
    own = [read.span for read in reads if read.span.file == job.file]
    others = [read.span for read in reads if read.span.file != job.file]
    return (own or others or [job])[0]


def _worded(rule: PackRule, chain: Chain) -> str:
    parts = []
    for part in rule.message:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = Evaluation(names_of(chain), chain.job.span).value(part)
        parts.append(str(value.value) if isinstance(value, Known) else "?")
    return "".join(parts)
