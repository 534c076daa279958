"""A timeline in, the schedules that libraries make for it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.chain.timeflow.length import Length
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline, calls, settings_of
from trainlint.facts.behaviour import Call, Place
from trainlint.facts.schedule import AfterEnd, Amount, Number, Phase, Schedule, Unit
from trainlint.facts.symbols import Choice, Made, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record
from trainlint.source import Span


@record
class Kind:
    """A scheduler: the argument (position, name) that says when it ends, and its warm-up's."""

    end: tuple[int, str]
    warmup: tuple[int, str] | None = None
    phase: Phase = Phase.DECAY
    after: AfterEnd = AfterEnd.HOLDS
    default: float | None = None


_WARM = ((1, "num_warmup_steps"),)
_TORCH = {
    "LinearLR": Kind((3, "total_iters"), phase=Phase.WARMUP, default=5),
    "ConstantLR": Kind((2, "total_iters"), phase=Phase.WAIT, default=5),
    "PolynomialLR": Kind((1, "total_iters"), default=5),
    "CosineAnnealingLR": Kind((1, "T_max"), after=AfterEnd.TURNS),
    "OneCycleLR": Kind((2, "total_steps"), after=AfterEnd.RAISES),
}
_TRANSFORMERS = {
    "get_linear_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_cosine_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_cosine_with_hard_restarts_schedule_with_warmup": Kind(
        (2, "num_training_steps"), (1, "num_warmup_steps")
    ),
    "get_polynomial_decay_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_scheduler": Kind((3, "num_training_steps"), (2, "num_warmup_steps")),
}
_UNNAMED = {"constant", "constant_with_warmup"}


def library_schedules(line: Timeline, length: Length, origin: Origins) -> Iterator[Schedule]:
    """A schedule for each scheduler that is made, and one for its warm-up."""
    made = {id(call.result): call.result for call in calls(line.events) if isinstance(call.result, Made)}
    for scheduler in made.values():
        kind = kind_of(scheduler)
        if kind is not None:
            yield from _schedules(scheduler, kind, line, length, origin)


def kind_of(made: Made) -> Kind | None:
    """Which scheduler it is."""
    package, _, name = made.name.rpartition(".")
    if package in ("torch.optim.lr_scheduler", "lr_scheduler"):
        return _TORCH.get(name)
    if package.startswith(("transformers", "diffusers.optimization")):
        return _TRANSFORMERS.get(name)
    return None


def _schedules(made: Made, kind: Kind, line: Timeline, length: Length, origin: Origins) -> Iterator[Schedule]:
    steps = [call for call in calls(line.events) if _steps(call, made)]
    if not steps and _escapes(made, line):
        return
    horizon, unit = _horizon(steps, line, length)
    name = made.name.rpartition(".")[2]
    warm = _argument(made, kind.warmup)
    start = _amount(warm, line, origin, name) if warm is not None else _zero(made)
    ending = _argument(made, kind.end)
    end = _amount(ending, line, origin, name) if ending is not None else _default(kind, made)
    if end is None:
        return
    schedule = Schedule(
        end.key or name, kind.phase, start, end, horizon, unit, made.span, kind.after, bool(steps)
    )
    if (
        any(setting.path in length.own for setting in settings_of(ending, set()))
        if ending is not None
        else False
    ):
        schedule = replace(schedule, name=name, end=replace(end, ratio=True))
    if warm is not None:
        yield Schedule(
            start.key or f"{name} warm-up",
            Phase.WARMUP,
            _zero(made),
            start,
            horizon,
            unit,
            made.span,
            applied=bool(steps),
        )
    yield schedule


def _argument(made: Made, which: tuple[int, str] | None) -> Symbol | None:
    if which is None:
        return None
    position, name = which
    if len(made.positional) > position:
        return made.positional[position]
    return next((value for key, value in made.keywords if key == name), None)


def _zero(made: Made) -> Amount:
    return Amount(Known(0, made.span), "0", made.span)


def _default(kind: Kind, made: Made) -> Amount | None:
    if kind.default is None or any(key in ("*", "**") for key, _ in made.keywords):
        return None
    return Amount(Known(kind.default, made.span), kind.end[1], made.span)


def _amount(symbol: Symbol, line: Timeline, origin: Origins, name: str) -> Amount:
    settings = {setting.path for setting in settings_of(symbol, set())}
    found = line.calculator.number(symbol)
    equal = [
        path
        for path in settings
        if found is not None and line.calculator.number(symbol, {path: found + 5}) == found + 5
    ]
    key = equal[0] if len(equal) == 1 else None
    value: Value[Number] = (
        Known(found, _span(symbol, line))
        if found is not None
        else Unknown(f"when `{name}` ends is known at run time only", _span(symbol, line))
    )
    text = ".".join(key) if key is not None else name
    return Amount(
        value, text, _span(symbol, line), ".".join(key) if key else None, origin(key) if key else None
    )


def _span(symbol: Symbol, line: Timeline) -> Span:
    found = getattr(symbol, "span", None)
    return found if isinstance(found, Span) else line.span


def _steps(call: Call, made: Made) -> bool:
    """Whether a call is `scheduler.step()` of this scheduler."""
    result = call.result
    return isinstance(result, Made) and result.name.endswith(".step") and _holds(result.owner, made)


def _holds(symbol: Symbol | None, made: Made, depth: int = 0) -> bool:
    if symbol is made:
        return True
    if depth < 6 and isinstance(symbol, Choice):
        return _holds(symbol.then, made, depth + 1) or _holds(symbol.other, made, depth + 1)
    return False


def _escapes(made: Made, line: Timeline) -> bool:
    """Whether a scheduler is handed to code that may step it, or something unknown is stepped."""
    for call in calls(line.events):
        given: Iterable[Symbol] = (*call.positional, *(value for _, value in call.keywords))
        if call.inside is None and any(_within(value, made) for value in given):
            return True
        if isinstance(call.result, Made) and call.result.name == "?.step":
            return True
    return False


def _within(symbol: Symbol, made: Made, depth: int = 0) -> bool:
    if symbol is made:
        return True
    parts = getattr(symbol, "items", None) or ()
    entries = tuple(value for _, value in getattr(symbol, "entries", None) or ())
    return depth < 4 and any(_within(part, made, depth + 1) for part in (*parts, *entries))


def _horizon(steps: list[Call], line: Timeline, length: Length) -> tuple[Amount, Unit]:
    if not steps:
        return Amount(Known(0, line.span), "its steps", line.span), Unit.STEP
    place = steps[0].place
    unit = _unit(place, line)
    for formula in (*length.formulas, None):
        found = length.steps(place, formula)
        if found is not None and len(steps) == 1:
            return Amount(Known(found, steps[0].span), "its steps", steps[0].span), unit
    total = length.total()
    if unit is Unit.STEP and len(steps) == 1:
        return Amount(total, "its steps", steps[0].span), unit
    reason = Unknown("how often the learning rate's schedule is moved on is not known", steps[0].span)
    return Amount(reason, "its steps", steps[0].span), unit


def _unit(place: Place, line: Timeline) -> Unit:
    from trainlint.chain.timeflow.loops import loops_around

    around = loops_around(place)
    return Unit.EPOCH if around and around[-1] in line.loops[:-1] else Unit.STEP
