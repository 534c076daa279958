"""Words of command lines against the real bash: what we call known must be what bash passes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.bash import started
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.commands import Started, assigned_name, assigned_value, run
from trainlint.parse.shell.outputs import simple_output
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, Text, Variable
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile, Span

FRAGMENTS = """
a b 1 lr = 1 0.1 , { } [ ] {1,2} [a,b] .. 1..3 01..10 * ? ~ / dir ' " \\ $ $X ${X} ${X:-d} ${X-} ${X:+q}
${N:-q} $N $S ${S} "$S" $(q) ` $'\\n\\x41' # "$X" '$X' ! ^ - --opt + : % @ a.b.c é x.py "a·b" 'a·b' \\{
\\, \\* _ A {a..c} $((1+1)) ~/x $PWD \\· $"l" '' data=[a,b] arch={x,y} +x={a:1} ++k=v ~k tag=#1
c=[[1,2],[3]] "{a:·1}" a/*.py d*/ .* [!a] [a-c] {} {a} {,} {a,{b,c}} ${#X} ${X%l} x=~/y x.y=~/z a=b:~/c
$X[1] {1..9..4} {c..a}
"""
PIECES = [piece.replace("·", " ") for piece in FRAGMENTS.split()]
LINE = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from([" ", "  ", "\t", "\\\n"]),
    ),
    max_size=10,
).map("".join)
NAMES = st.sampled_from(["A", "B", "C"])
VALUES = st.lists(
    st.sampled_from(
        ["a", "b/c", "$A", "${B}", '"$C x"', "'$A'", "*", "{1,2}", "~", "=", "[a,b]", '""', "\\ "]
    ),
    max_size=3,
).map("".join)
FILES = (
    "a",
    "b",
    "ab",
    "a1",
    "lr=1",
    "x.py",
    "[a]",
    ".hidden",
    "a,b",
    "data=a",
    "dir/a.py",
    "dir/b.py",
    "dir2/a",
)
STATEMENT = st.one_of(
    st.tuples(NAMES, st.sampled_from(["=", "=", "+="]), VALUES).map("".join),
    st.tuples(NAMES, VALUES).map(lambda pair: f"export {pair[0]}={pair[1]}"),
    NAMES.map(lambda name: f"export {name}"),
    NAMES.map(lambda name: f"unset {name}"),
    st.tuples(NAMES, VALUES, VALUES).map(lambda parts: f"{parts[0]}={parts[1]} show {parts[2]} x"),
    VALUES.map(lambda value: f"show k={value} 2>&1 y"),
)
SCRIPT = st.tuples(
    st.lists(STATEMENT, min_size=1, max_size=6),
    st.sampled_from(["; ", " && ", "\n", " ;", "\n\n", " & wait; "]),
).map(lambda parts: parts[1].join(parts[0]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that patterns such as `[a,b]` and `*` can match."""
    root = tmp_path_factory.mktemp("words")
    for name in (
        "a",
        "b",
        "ab",
        "a1",
        "lr=1",
        "x.py",
        "[a]",
        ".hidden",
        "a,b",
        "data=a",
        "dir/a.py",
        "dir/b.py",
        "dir2/a",
    ):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return root


def ours(line: str, folder: Path, known: dict[str, str]) -> tuple[list[Started], bool, FileText]:
    """The commands we see in a line, and whether we found a problem with it."""
    text = FileText(SourceFile(folder / "list", "list", line))
    nowhere = Span.at("list")
    variables: dict[str, Variable] = {name: Text.at(value, nowhere) for name, value in known.items()}
    shell = Shell(Files(folder), Known(folder, nowhere), variables, output=simple_output)
    scanned = scan(text, 0, len(line))
    commands, problems = run(shell, text, scanned.tokens)
    commands = [start for start in commands if any(word.raw == "show" for word in start.command.words)]
    return commands, bool(scanned.problems or problems), text


def agrees(words: Sequence[Word], real: Sequence[str]) -> bool:
    """Whether the words that bash passed can be ours: unknown parts may be anything."""
    if not words:
        return not real
    first, text = words[0], words[0].text
    if first.splits:
        return any(agrees(words[1:], real[count:]) for count in range(len(real) + 1))
    if not real:
        return False
    same = real[0] == text.value if isinstance(text, Known) else real[0].startswith(first.literal_prefix)
    return same and agrees(words[1:], real[1:])


def check_places(words: Sequence[Word], text: FileText) -> None:
    """Each character that has a place of its own stands there."""
    for word in words:
        known = word.literal_prefix
        for index, char in enumerate(known):
            span = word.span_of(index, index + 1)
            if span != word.span and span.end_column - span.column == 1:
                written = text.source.line_text(span.line)[span.column - 1]
                assert written in (char, "\\") or word.swallowed, (word, index)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, min_size=10, max_size=25))
def test_known_words_are_those_of_bash(folder: Path, lines: list[str]) -> None:
    lines = [line for line in lines if not line.endswith("\\") and "\\\n\\" not in line]
    scripts = [f"X=val; S='p  q *'; show {line}" for line in lines]
    for script, real in zip(scripts, started(scripts, folder), strict=True):
        commands, problem, text = ours(script, folder, {})
        uncertain = any(isinstance(word.text, Unknown) for start in commands for word in start.command.words)
        assert real is not None or problem or uncertain, f"bash refuses {script!r}, we do not"
        if real is None or problem:
            assert real is None, f"we refuse {script!r}, bash does not"
            continue
        assert len(commands) == len(real) == 1
        words = commands[0].command.words[1:]
        assert agrees(words, real[0][0]), (script, [word.parts for word in words], real[0][0])
        check_places(words, text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SCRIPT, min_size=5, max_size=20))
def test_variables_and_environment_are_those_of_bash(folder: Path, scripts: list[str]) -> None:
    for script, real in zip(scripts, started(scripts, folder), strict=True):
        commands, problem, _ = ours(script, folder, {})
        assert not problem
        assert real is not None
        assert len(commands) == len(real), script
        for start, (words, exported) in zip(commands, real, strict=True):
            names = [assigned_name(word) for word in start.command.words]
            split = names.index(None)
            assert agrees(start.command.words[split + 1 :], words), (script, words)
            seen = dict(start.exported)
            seen |= {assigned_name(word) or "": assigned_value(word) for word in start.command.words[:split]}
            for name, value in seen.items():
                assert isinstance(value, Unknown) or exported.get(name) == value.value, (script, name)
            assert set(exported) <= set(seen), script
