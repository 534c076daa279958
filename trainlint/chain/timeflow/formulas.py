"""The length of a run in, the formulas out that come to another number than its loops do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.chain.timeflow.length import Formula, Length
from trainlint.chain.timeflow.ramps import Ramp
from trainlint.chain.timeflow.timeline import contains, settings_of
from trainlint.facts.behaviour import Place
from trainlint.facts.schedule import TotalFormula
from trainlint.facts.value import Known


def wrong_formulas(length: Length, used: Iterable[Ramp]) -> Iterator[TotalFormula]:
    """The formulas that schedules are computed with and that the loops do not come to."""
    ramps = tuple(used)
    for formula in length.formulas:
        for ramp in ramps:
            counter = length.line.counter(ramp.above)
            if counter is None or not counter.increments or not length.line.is_step(counter):
                continue
            if not contains(ramp.below, formula.symbol):
                continue
            found = _compared(length, formula, counter.increments[0].place)
            if found is not None:
                yield found
            break


def _compared(length: Length, formula: Formula, place: Place) -> TotalFormula | None:
    line = length.line
    wrong, right = line.calculator.number(formula.symbol), length.steps(place, formula)
    if wrong is None or right is None or abs(wrong - right) < 1:
        return None
    cause, instead = _cause(length, formula, place, wrong, right)
    return TotalFormula(
        formula.name,
        Known(wrong, formula.span),
        Known(right, place.span),
        cause,
        instead,
        formula.span,
        place.span,
    )


def _cause(length: Length, formula: Formula, place: Place, wrong: float, right: float) -> tuple[str, str]:
    """What the formula forgets, and how it should be written."""
    for branch in length.micro(place):
        value = length.line.calculator.number(branch)
        named = next((setting.path[-1] for setting in settings_of(branch)), "the accumulation")
        if value and value > 1 and not length.depends(formula, branch) and wrong >= right * value - 1:
            return (
                f"it leaves out that the optimizer steps once in {named}={value:g} batches",
                "divide it by that",
            )
    if length.ranked and not length.knows_ranks(formula) and wrong > 1.5 * right:
        return "each rank sees its share of the data only", "divide it by the number of ranks"
    whole = "int(samples / batch) * epochs"
    if wrong > right:
        return "the batches of an epoch that are left over are dropped each time", f"write `{whole}`"
    return (
        "the last batch of an epoch counts although it is not full",
        "write `ceil(samples / batch) * epochs`",
    )
