"""The schedulers that ask a function of the project in, who moves their counts on out."""

from __future__ import annotations

from trainlint.chain.symbolic.schedulers import FACTORS
from trainlint.chain.timeflow.counting import CounterKey, counter_key
from trainlint.chain.timeflow.moving import Moved, Movers
from trainlint.chain.timeflow.numbers import Calculator
from trainlint.chain.timeflow.timeline import calls
from trainlint.facts.schedule import Amount, Phase, Unit
from trainlint.facts.symbols import Made, Sequence, Symbol
from trainlint.facts.value import Unknown
from trainlint.record import record


@record
class Counted:
    """A scheduler's own count: who moves it on, and what the learning rate is multiplied by at each count."""

    moved: Moved
    key: CounterKey
    factors: tuple[Symbol, ...]

    def phase(self, start: float | None, end: float | None, calculator: Calculator) -> Phase | None:
        """Whether the rate rises or falls between two counts, None where that is not known."""
        for factor in self.factors if start is not None and end is not None else ():
            first, last = (calculator.number(factor, {self.key: count}) for count in (start, end))
            if first is not None and last is not None and first != last:
                return Phase.WARMUP if first < last else Phase.DECAY
        return None


def counted(movers: Movers) -> dict[CounterKey, Counted]:
    """What is known of each count that a scheduler hands to functions of the project."""
    found: dict[CounterKey, Counted] = {}
    for call in calls(movers.line.events):
        made = call.result
        if not isinstance(made, Made):
            continue
        factors = dict(made.keywords).get(FACTORS)
        if isinstance(factors, Sequence):
            step, *rest = factors.items
            key = counter_key(step)
            if key is not None:
                found[key] = Counted(movers.of(made) or _untold(made), key, tuple(rest))
    return found


def _untold(made: Made) -> Moved:
    reason = Unknown("how often the learning rate's schedule is moved on is not known", made.span)
    return Moved(Amount(reason, "its steps", made.span), Unit.STEP, ever=True)
