"""Parameters, arrays, arithmetic and simple outputs against the real bash: what we call known is equal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.properties.bash import complains, started
from tests.properties.effort import effort
from tests.properties.test_words import agrees, ours
from trainlint.facts.value import Known

START = "V=val W=1 A=(p 'q r') B=(x); declare -A M=([k]=v); set --"
SETUPS = [
    "V=val",
    "V=",
    "V='a b'",
    "V=a/b/c.py",
    "V=' x  y '",
    "V='*.py'",
    "V=Model_X.ckpt",
    "unset V",
    "W=2",
    "W=V",
    "W='a,b:c'",
    "W=b",
    "A=(a 'b c' d)",
    "A=()",
    "A=(x*.py {1..3} '')",
    "A=([3]=q [1]='r s')",
    'A+=(e $V "$W")',
    "A[1]=new",
    "A+=z",
    "unset 'A[0]'",
    "declare -A M=([k]=v [b]='x y')",
    "M[$W]=m",
    "set -- one 'two three' 4",
    "set --",
    "shift",
    "V+=_more",
    "IFS=,",
    "IFS=' ,'",
    "IFS=",
    "let W=W+1",
    "V=$W-$V",
    'V="${A[*]}"',
    'B=("${A[@]}" "$@")',
]
NAMES = st.sampled_from(
    [
        "V",
        "W",
        "U",
        "A",
        "A[@]",
        "A[*]",
        "A[0]",
        "A[1]",
        "A[-1]",
        "A[W]",
        "M[k]",
        "M[$W]",
        "1",
        "2",
        "@",
        "*",
        "B[@]",
    ]
)
LITERALS = st.sampled_from(
    [
        "a",
        "b",
        "x.py",
        "lr=1",
        " ",
        "/",
        ".",
        ",",
        "-",
        "_",
        "\\ ",
        "\\$",
        "é",
        "'q r'",
        "*",
        "?",
        "[ab]",
        "{1,2}",
        ":",
        "=",
    ]
)
PATTERNS = st.sampled_from(
    [
        "*",
        "?",
        "a",
        "*.",
        ".*",
        "/*",
        "*/",
        "[a-c]",
        "[!a]",
        "$W",
        '"$W"',
        "\\*",
        "'*'",
        "b*",
        "_*",
        "*[!b]",
        "",
        ".py",
        "#",
        "%",
    ]
)
NUMBERS = st.sampled_from(["0", "1", "2", " -1", "10", "W", "$W", "1+1", "(-2)"])


def _applied(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What can be done to a parameter."""
    words = st.lists(inner, max_size=2).map("".join)
    return st.one_of(
        st.just(""),
        st.tuples(st.sampled_from(["-", ":-", "+", ":+", "=", ":="]), words).map("".join),
        st.tuples(st.sampled_from(["%", "%%", "#", "##"]), PATTERNS).map("".join),
        st.tuples(st.sampled_from(["/", "//", "/#", "/%"]), PATTERNS, st.just("/"), words).map("".join),
        st.tuples(st.just(":"), NUMBERS).map("".join),
        st.tuples(st.just(":"), NUMBERS, st.just(":"), NUMBERS).map("".join),
        st.sampled_from(["^^", "^", ",,", ","]),
    )


def _pieces(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A piece of a word, which may hold others."""
    words = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.tuples(NAMES, _applied(inner)).map(lambda pair: "${" + pair[0] + pair[1] + "}"),
        st.tuples(NAMES).map(lambda pair: "${#" + pair[0] + "}"),
        words.map(lambda word: f'"{word}"'),
        words.map(lambda word: f"$(echo {word})"),
        words.map(lambda word: f'"$(echo "{word}")"'),
    )


PIECE = st.recursive(
    st.one_of(
        LITERALS,
        st.sampled_from(
            ["$V", '"$V"', "$W", '"$@"', "$@", "$*", '"$*"', "$#", "$1", "${A[@]}", '"${A[@]}"', "${!W}"]
        ),
    ),
    _pieces,
    max_leaves=4,
)
WORDS = st.lists(st.lists(PIECE, min_size=1, max_size=3).map("".join), min_size=1, max_size=3).map(" ".join)
SCRIPT = st.tuples(st.lists(st.sampled_from(SETUPS), max_size=4), WORDS).map(
    lambda parts: "; ".join([START, *parts[0], f"show {parts[1]}"])
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that patterns can match."""
    root = tmp_path_factory.mktemp("parameters")
    for name in ("a", "b", "x.py", "x1.py", "lr=1"):
        (root / name).touch()
    return root


#: Shrinking starts bash thousands of times; the script in the message is short enough.
@settings(effort(12), phases=[Phase.generate])
@given(st.lists(SCRIPT, min_size=20, max_size=40))
def test_parameters_are_those_of_bash(folder: Path, scripts: list[str]) -> None:
    known = 0
    for script, real in zip(scripts, started(scripts, folder), strict=True):
        commands, problem, _ = ours(script, folder, {})
        if real is None:
            continue
        assert not problem, f"we refuse {script!r}, bash does not"
        assert len(commands) == len(real) == 1, script
        words = commands[0].command.words[1:]
        known += all(isinstance(word.text, Known) for word in words)
        if not agrees(words, real[0][0]):
            assert complains(script, folder), (script, [word.parts for word in words], real[0][0])
    assert known * 3 > len(scripts)
