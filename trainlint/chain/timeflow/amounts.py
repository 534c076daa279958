"""A symbol in, the amount that a person would change out: its value and the key that alone decides it."""

from __future__ import annotations

from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline, settings_of
from trainlint.facts.schedule import Amount, Number
from trainlint.facts.symbols import Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span


def amount_of(symbol: Symbol, line: Timeline, origin: Origins, name: str) -> Amount:
    """The number that a symbol is, with the key that alone decides it; `name` is what it is called else."""
    settings = {setting.path for setting in settings_of(symbol)}
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
