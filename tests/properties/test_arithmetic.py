"""Arithmetic expressions against the real bash: a value that we call known is the one it computes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.properties.bash import complains, started
from tests.properties.effort import effort
from tests.properties.test_words import agrees, ours
from trainlint.facts.value import Known

START = "X=7 Y=-3 Z=010 E= T=X+1 A=(4 5 6)"
NUMBERS = """0 1 2 3 10 255 0x1f 017 2#101 16#fF 62#Z 9223372036854775807 08
X Y Z E T $X ${Y} A[1] A[X-6] ${A[2]} X++ --Y ++Z"""
OPERATORS = "+ - * / % ** << >> < <= > >= == != & | ^ && || ,"
ASSIGNMENTS = "= += -= *= /= %= <<= |= &= ^="
ATOMS = st.sampled_from(NUMBERS.split())
BINARY = st.sampled_from(OPERATORS.split())
ASSIGNED = st.sampled_from(ASSIGNMENTS.split())


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, BINARY, inner).map(" ".join),
        st.tuples(inner, BINARY, inner).map("".join),
        inner.map(lambda text: f"({text})"),
        st.tuples(st.sampled_from(["-", "+", "!", "~", "- ", "! "]), inner).map("".join),
        st.tuples(inner, inner, inner).map(lambda parts: "{} ? {} : {}".format(*parts)),
        st.tuples(st.sampled_from(["X", "Y", "A[1]", "N"]), ASSIGNED, inner).map(" ".join),
    )


EXPRESSION = st.recursive(ATOMS, _larger, max_leaves=6)
SCRIPT = EXPRESSION.map(lambda text: f'{START}; show "$(({text}))" "$X $Y $Z ${{A[*]}}"')


@settings(effort(10), phases=[Phase.generate])
@given(st.lists(SCRIPT, min_size=30, max_size=50))
def test_arithmetic_is_that_of_bash(scripts: list[str]) -> None:
    folder = Path(__file__).parent
    known = 0
    for script, real in zip(scripts, started(scripts, folder), strict=True):
        commands, problem, _ = ours(script, folder, {})
        if real is None or problem or not real:
            continue
        words = commands[0].command.words[1:]
        known += all(isinstance(word.text, Known) for word in words)
        if not agrees(words, real[0][0]):
            assert complains(script, folder), (script, [word.parts for word in words], real[0][0])
    assert known * 3 > len(scripts)
