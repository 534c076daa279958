"""Expressions of packs against Python's own evaluation, and Unknown against every value it may stand for."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.effort import effort
from trainlint.facts.value import Known, Unknown, Value
from trainlint.policy.evaluate import Evaluation
from trainlint.policy.expression import Expression, parse_expression
from trainlint.source import Span

PLACE = Span.at("pack.yaml")
VARIABLES = ("a", "b", "c")
ATOMS = st.sampled_from([*VARIABLES, "0", "1", "2", "3.5", "True", "None", "'x'", "'xy'", "[1, 2]", "[]"])


SIGNS = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", "and", "or", "in", "not in"]
)


#: How many parts a form has, where it is not two.
_PARTS = {2: 1, 3: 3, 6: 1}


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """An expression of at most this depth."""
    form = draw(st.integers(0, 6)) if depth else 0
    if form == 0:
        return draw(ATOMS)
    parts = [draw(expressions(depth - 1)) for _ in range(_PARTS.get(form, 2))]
    if form == 1:
        return f"({parts[0]} {draw(SIGNS)} {parts[1]})"
    if form == 2:
        return f"(not {parts[0]})"
    if form == 3:
        return f"({parts[0]} if {parts[1]} else {parts[2]})"
    if form == 4:
        return f"[{parts[0]}, {parts[1]}]"
    if form == 5:
        return f"any(i == {parts[0]} for i in [{parts[1]}, 1])"
    return f"len([{parts[0]}])"


VALUES = st.sampled_from([0, 1, 2, -3, 2.5, True, False, None, "x", "xyz", [1], []])
NAMESPACES = st.fixed_dictionaries(dict.fromkeys(VARIABLES, VALUES))


def ours(text: str, names: dict[str, Any]) -> Value[object]:
    expression = parse_expression(text, VARIABLES)
    assert isinstance(expression, Expression)
    return Evaluation(names, PLACE).value(expression)


@effort(400)
@given(text=expressions(), names=NAMESPACES)
def test_what_we_compute_is_what_python_computes(text: str, names: dict[str, Any]) -> None:
    found = ours(text, names)
    if isinstance(found, Known):
        expected = eval(text, {"len": len, "any": any, **names})
        assert (found.value, type(found.value)) == (expected, type(expected))


@effort(400)
@given(text=expressions(), names=NAMESPACES, value=VALUES)
def test_what_is_decided_in_spite_of_an_unknown_holds_for_every_value(
    text: str, names: dict[str, Any], value: object
) -> None:
    found = ours(text, {**names, "a": Unknown("of the environment", PLACE)})
    if isinstance(found, Known):
        known = ours(text, {**names, "a": value})
        assert isinstance(known, Unknown) or known.value == found.value
