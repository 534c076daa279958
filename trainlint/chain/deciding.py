"""A guard in, the tests that decide whether it stops the run, and how they are written, out."""

from __future__ import annotations

import ast

from trainlint.facts.behaviour import Guard, Place, Step
from trainlint.facts.symbols import Code, Symbol
from trainlint.parse.python.generators import is_generator
from trainlint.record import record

#: Steps that decide nothing by themselves.
_PASSED = (Step.WITH, Step.ASSUMED)


@record
class Deciding:
    """The tests that a guard stands behind, the innermost first, and the whole as people write it.

    `around` is the place from which they are asked.
    """

    tests: tuple[Symbol, ...]
    text: str
    around: Place


def deciding(guard: Guard) -> Deciding | None:
    """What decides a guard; None for one that nothing in its own function decides."""
    if guard.test is not None:
        return Deciding((guard.test,), guard.statement, guard.place)
    steps = _own_steps(guard.place)
    if not steps:
        return None
    if steps[0].step is Step.BRANCH and steps[0].truth:
        steps = steps[:1]
    else:
        count = next((i for i, step in enumerate(steps) if step.step is Step.BRANCH and step.truth), None)
        steps = steps[:count]
    tests = tuple(test for step in steps for test in _tests(step))
    around = steps[-1].parent
    return Deciding(tests, _text(steps, guard), around) if tests and around is not None else None


def _own_steps(place: Place) -> list[Place]:
    """The branches around a place inside its own function, from the innermost outwards."""
    steps: list[Place] = []
    for step in place.outwards():
        if step.step in (Step.BRANCH, Step.UNLESS):
            steps.append(step)
        elif step.step not in _PASSED:
            break
    return steps


def _tests(step: Place) -> list[Symbol]:
    """What a branch asks; for a place that is left before, what was asked there."""
    if step.step is Step.BRANCH:
        return [step.value] if step.value is not None else []
    around = {id(place) for place in (step.parent.outwards() if step.parent is not None else ())}
    inner = [place for place in (step.barred.outwards() if step.barred else ()) if id(place) not in around]
    return [place.value for place in inner if place.step is Step.BRANCH and place.value is not None]


def _text(steps: list[Place], guard: Guard) -> str:
    """`if a % b: raise ValueError`, as far as the tests are written in an `if`."""
    first = steps[0]
    stop = guard.statement.partition("(")[0]
    if first.step is Step.BRANCH and isinstance(first.node, (ast.If, ast.IfExp)):
        test = ast.unparse(first.node.test)
        return f"if {test}: {stop}" if first.truth else f"if {test}: … else: {stop}"
    return stop


def in_generator(place: Place) -> bool:
    """Whether a place is inside a generator, whose code runs only as far as somebody asks for items."""
    codes = (step.value for step in place.outwards() if step.step is Step.CALL)
    return any(isinstance(code, Code) and is_generator(code.node, code.module.source.text) for code in codes)
