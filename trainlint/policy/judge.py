"""A rule of a pack and the names of one launch in, where the rule stands there out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from trainlint.facts.value import Known, Unknown
from trainlint.policy.evaluate import Evaluation, Read
from trainlint.policy.expression import Expression
from trainlint.policy.pack import PackRule
from trainlint.record import record
from trainlint.source import Span


class Standing(Enum):
    """What a rule says of a launch, as people read it."""

    ELSEWHERE = "not for this launch"
    IDLE = "nothing to say"
    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "not checked"


@record
class Judgement:
    """Where a rule stands; `reads` are the values that decided it, those of `require` first.

    `unknown` says why it is not checked; `whole` says that this goes for the whole pack.
    """

    standing: Standing
    reads: tuple[Read, ...] = ()
    unknown: Unknown | None = None
    whole: bool = False


def judge(rule: PackRule, names: Mapping[str, object], place: Span) -> Judgement:
    """Evaluate `applies`, `when` and `require` in this order, as far as it takes."""
    conditions: list[Read] = []
    asked = [(expression, Standing.ELSEWHERE) for expression in rule.applies]
    for expression, otherwise in [*asked, *([(rule.when, Standing.IDLE)] if rule.when is not None else [])]:
        run = Evaluation(names, place)
        value = run.value(expression)
        conditions += run.reads
        if isinstance(value, Unknown):
            whole = expression is rule.common
            return Judgement(Standing.UNDECIDED, _once(conditions), value, whole)
        if not value.value:
            return Judgement(otherwise, _once(conditions))
    run = Evaluation(names, place)
    value = run.value(rule.require)
    reads = _once([*run.reads, *reversed(conditions)])
    if isinstance(value, Unknown):
        return Judgement(Standing.UNDECIDED, reads, value)
    return Judgement(Standing.HOLDS if value.value else Standing.FAILS, reads)


def _once(reads: Sequence[Read]) -> tuple[Read, ...]:
    """Each value once, where it was read first."""
    return tuple({read.text: read for read in reversed(reads)}.values())[::-1]


def worded(message: Sequence[str | Expression], names: Mapping[str, object], place: Span) -> str:
    """A message with the values of its expressions filled in."""
    return "".join(part if isinstance(part, str) else _shown(part, names, place) for part in message)


def _shown(expression: Expression, names: Mapping[str, object], place: Span) -> str:
    value = Evaluation(names, place).value(expression)
    return shown(value.value) if isinstance(value, Known) else "?"


def shown(value: object) -> str:
    """A value in a sentence: lists without brackets and quotes."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
