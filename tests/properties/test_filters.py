"""Pipes through sed, tr, cut and their like against the real programs: what is known is what they print."""

from __future__ import annotations

from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.properties.bash import complains, started
from tests.properties.effort import effort
from tests.properties.test_words import agrees, ours
from trainlint.facts.value import Known

TEXT = st.lists(
    st.sampled_from(["a", "b", "A", "ab", "-", "_", "/", ",", ".", " ", "=", "1", "\n"]), max_size=8
).map("".join)
PART = st.sampled_from(
    ["a", "b", ".", "\\.", "[a-c]", "[^a]", "-", "/", ",", "_", " ", "ab", "a*", ".*", "[ab]*", "1"]
)
REGEX = st.tuples(
    st.sampled_from(["", "", "^"]),
    st.lists(PART, min_size=1, max_size=3).map("".join),
    st.sampled_from(["", "", "$"]),
).map("".join)
SET = st.sampled_from(
    ["a", "a-c", "A-Z", "a-z", "[:upper:]", "[:lower:]", "\\n", ",", "-_", "/,", "[:space:]", "ab", " "]
)
FIELDS = st.sampled_from(["1", "2", "1-", "-2", "2-3", "3"])
PROGRAM = st.one_of(
    st.tuples(REGEX, st.sampled_from(["", "x", "-", "a b"]), st.sampled_from(["", "g"])).map(
        lambda parts: "sed 's#{}#{}#{}'".format(*parts)
    ),
    st.tuples(SET, SET).map(lambda sets: "tr '{}' '{}'".format(*sets)),
    SET.map(lambda chars: f"tr -d '{chars}'"),
    st.tuples(st.sampled_from([",", "-", "_", "/", "="]), FIELDS).map(
        lambda pair: "cut -d{} -f {}".format(*pair)
    ),
    st.sampled_from(["wc -l", "wc -w", "head -n 1", "head -2", "tail -n 1", "tail -1", "xargs", "cat"]),
    st.sampled_from(
        ["awk '{print $1}'", "awk -F- '{print $2}'", "awk -F , '{print NF}'", "awk '{print $NF}'"]
    ),
)
SCRIPT = st.tuples(
    st.sampled_from(["printf '%s'", "echo", "echo -n"]), TEXT, st.lists(PROGRAM, min_size=1, max_size=2)
).map(lambda parts: f"show \"$({parts[0]} '{parts[1]}' | {' | '.join(parts[2])})\"")


@settings(effort(5), phases=[Phase.generate])
@given(st.lists(SCRIPT, min_size=20, max_size=30))
def test_filters_are_those_of_the_machine(scripts: list[str]) -> None:
    folder = Path(__file__).parent
    known = 0
    for script, real in zip(scripts, started(scripts, folder), strict=True):
        commands, problem, _ = ours(script, folder, {})
        assert not problem
        assert real
        words = commands[0].command.words[1:]
        known += isinstance(words[0].text, Known)
        if not agrees(words, real[0][0]):
            assert complains(script, folder), (script, [word.parts for word in words], real[0][0])
    assert known * 3 > len(scripts)
