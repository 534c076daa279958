"""The functions that data are mapped with in, what they make of examples out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from trainlint.diff.examples.chains import Chain, Mapped, flag
from trainlint.diff.examples.interpreter import Run
from trainlint.diff.examples.reading import of_code, of_symbol
from trainlint.diff.examples.rows import ROWS, Example
from trainlint.diff.examples.traces import FailsError, Trace, UnclearError
from trainlint.facts.symbols import Symbol
from trainlint.facts.terms import Term
from trainlint.record import entity

Read = Callable[[Symbol], Term]


@entity
class Outcome:
    """What became of one example: its columns, those of the last function, and those that were read.

    `trouble` is "unclear" where the code is not understood and "fails" where it would raise. `wanted` are the
    texts that the code asks the data for.
    """

    columns: dict[str, Trace] = field(default_factory=dict)
    last: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    wanted: dict[str, None] = field(default_factory=dict)
    trouble: str | None = None


def outcomes(chain: Chain, term: Read, wanted: tuple[str, ...]) -> tuple[Outcome, ...]:
    """What becomes of each example, up to the first at which the code is not understood."""
    found = list[Outcome]()
    for row in range(ROWS):
        found.append(_outcome(chain, term, row, wanted))
        if found[-1].trouble == "unclear":
            break
    return tuple(found)


def _outcome(chain: Chain, term: Read, row: int, wanted: tuple[str, ...]) -> Outcome:
    found = Outcome()
    run = Run(chain.names, term, chain.steps[0].code.module, found.wanted, wanted)
    try:
        for step in chain.steps:
            _mapped(run, step, row, wanted, found)
    except UnclearError:
        found.trouble = "unclear"
    except FailsError:
        found.trouble = "fails"
    return found


def _mapped(run: Run, step: Mapped, row: int, wanted: tuple[str, ...], found: Outcome) -> None:
    """One function more."""
    batched, indexed = flag(step, "batched"), flag(step, "with_indices")
    options = dict(step.options)
    if batched is None or indexed is None or "input_columns" in options:
        raise UnclearError
    made = {name: trace.value for name, trace in found.columns.items()}
    example = Example(row, made, wanted, batched=batched)
    slots: dict[object, Trace] = {
        name: Trace([trace.value], parts=(trace,), slots={0: trace}) if batched else trace
        for name, trace in found.columns.items()
    }
    given = [Trace(example, slots=slots)]
    if indexed:
        given.append(Trace([row] if batched else row))
    more = of_symbol(run, options["fn_kwargs"]) if "fn_kwargs" in options else {}
    named = {str(name): Trace(value) for name, value in more.items()} if isinstance(more, dict) else {}
    try:
        result = run.function(of_code(run, step.code), given, named)
    finally:
        found.read |= example.read
    _keep(result, found, batched=batched)


def _keep(result: Trace, found: Outcome, *, batched: bool) -> None:
    """The columns that a function gives back stand in the example from now on."""
    if result.value is None:
        return
    if not isinstance(result.value, dict):
        raise UnclearError
    found.last = set()
    for name, value in result.value.items():
        trace = result.slots.get(name) or Trace(value, parts=(result,))
        if batched:
            if not isinstance(value, list) or len(value) != 1:
                raise UnclearError
            trace = trace.slots.get(0) or Trace(value[0], trace.node, trace.module, (trace,))
        found.columns[str(name)] = trace
        found.last.add(str(name))
