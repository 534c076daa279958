from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlint.facts.suppression import Suppressions
from trainlint.parse.suppressions import suppressions
from trainlint.source import SourceFile


def read(name: str, text: str) -> Suppressions:
    return suppressions(SourceFile(Path("/project") / name, name, text))


def covered(name: str, text: str) -> list[tuple[tuple[str, ...], int, int]]:
    result = read(name, text)
    assert result.malformed == ()
    return [(entry.codes, entry.first_line, entry.last_line) for entry in result.found]


def test_a_comment_behind_a_job_covers_it() -> None:
    (entry,) = read(
        "jobs.txt", "[ ] python a.py\n[ ] python b.py x=1  # trainlint: ignore[TL303] set later\n"
    ).found
    assert (entry.codes, entry.reason, entry.first_line, entry.last_line) == (("TL303",), "set later", 2, 2)
    assert (entry.span.line, entry.span.column, entry.span.end_column) == (2, 22, 58)


def test_a_comment_above_covers_the_next_job_with_its_continued_lines() -> None:
    text = "# trainlint: ignore[TL303]\n# why\n\n[ ] python a.py \\\n    x=1 \\\n    y=2\n[ ] python b.py\n"
    assert covered("jobs.txt", text) == [(("TL303",), 4, 6)]


def test_a_comment_behind_a_continued_job_covers_all_of_it() -> None:
    text = "[ ] python a.py \\\n    x=1  # trainlint: ignore[TL303]\n"
    assert covered("jobs.txt", text) == [(("TL303",), 1, 2)]


def test_codes_and_names_and_the_forms_of_reasons() -> None:
    text = "a: 1  # trainlint: ignore[TL303, unknown-override-key]: the model reads it  # noqa\n"
    (entry,) = read("c.yaml", text).found
    assert entry.codes == ("TL303", "unknown-override-key")
    assert entry.reason == "the model reads it"


def test_behind_another_comment() -> None:
    assert covered("a.py", "import x  # noqa: F401  # trainlint: ignore[TL210]\n") == [(("TL210",), 1, 1)]


def test_a_whole_file() -> None:
    assert covered("a.yaml", "a: 1\nb: 2\n# trainlint: ignore-file[TL303]\n") == [(("TL303",), 1, 4)]


def test_yaml_comments_behind_and_above() -> None:
    text = "# trainlint: ignore[TL304]\na: 1\nb: 2  # trainlint: ignore[TL305]\n"
    assert covered("a.yaml", text) == [(("TL304",), 2, 2), (("TL305",), 3, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # trainlint: ignore[TL303]'\n",
        'a: "x\n  # trainlint: ignore[TL303]"\n',
        "a: |\n  x\n  # trainlint: ignore[TL303]\n",
        "a: x# trainlint: ignore[TL303]\n",
    ],
)
def test_yaml_text_is_no_comment(text: str) -> None:
    assert read("a.yaml", text) == Suppressions()


def test_yaml_after_a_plain_apostrophe_and_in_a_broken_file() -> None:
    assert covered("a.yaml", "a: don't  # trainlint: ignore[TL303]\n") == [(("TL303",), 1, 1)]
    assert covered("a.yaml", "a: [1  # trainlint: ignore[TL303]\nb: }\n") == [(("TL303",), 1, 1)]
    assert covered("a.yaml", "é: 'ü'\nb: 1  # trainlint: ignore[TL303]\n") == [(("TL303",), 2, 2)]


@pytest.mark.parametrize(
    "text",
    [
        'x = "# trainlint: ignore[TL303]"\n',
        '"""\n# trainlint: ignore[TL303]\n"""\n',
        "x = 'it\\'s # trainlint: ignore[TL303]'\n",
    ],
)
def test_python_strings_are_no_comments(text: str) -> None:
    assert read("a.py", text) == Suppressions()


def test_a_python_statement_of_several_lines() -> None:
    text = (
        "from a import (  # trainlint: ignore[TL212]\n    b,  # ) \n    c,\n)\n"
        "# trainlint: ignore[TL214]\n@hydra.main(\n    config_path=')',\n    config_name='x',\n)\nf()\n"
    )
    assert covered("a.py", text) == [(("TL212",), 1, 4), (("TL214",), 6, 9)]


def test_inside_a_python_statement_only_its_line() -> None:
    text = "from a import (\n    b,  # trainlint: ignore[TL212]\n    c,\n)\n"
    assert covered("a.py", text) == [(("TL212",), 2, 2)]


def test_a_python_statement_that_never_closes_is_its_line() -> None:
    assert covered("a.py", "f(  # trainlint: ignore[TL212]\nx\n") == [(("TL212",), 1, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "a = '# trainlint: ignore[TL303]'\n",
        'a = """\n# trainlint: ignore[TL303]\n"""\n',
        "a = 'C:\\' # x\nb = '''\n# trainlint: ignore[TL303]'''\n",
    ],
)
def test_toml_strings_are_no_comments(text: str) -> None:
    assert read("a.toml", text) == Suppressions()


def test_toml_comments() -> None:
    assert covered("a.toml", "a = 'C:\\'  # trainlint: ignore[TL303]\n") == [(("TL303",), 1, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "python a.py 'x # trainlint: ignore[TL303]'\n",
        'python a.py "x \\" # trainlint: ignore[TL303]"\n',
        "python a.py x=1# trainlint: ignore[TL303]\n",
        "python a.py \\# trainlint: ignore[TL303]\n",
        "python a.py \\(# trainlint: ignore[TL303]\n",
    ],
)
def test_shell_words_are_no_comments(text: str) -> None:
    assert read("jobs.txt", text) == Suppressions()


def test_an_unbalanced_quote_does_not_hide_later_comments() -> None:
    text = "python a.py 'x\npython b.py  # trainlint: ignore[TL303]\n"
    assert covered("jobs.txt", text) == [(("TL303",), 2, 2)]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("ignore", "without rules in brackets"),
        ("ignore[]", "without rules in brackets"),
        ("ignore-file", "without rules in brackets"),
        ("ignore[ALL]", "`ALL` is neither"),
        ("ignore[TL3]", "`TL3` is neither"),
        ("ignore[TL303,]", "`` is neither"),
        ("disable[TL303]", "`disable` is nothing"),
        ("ingore[TL303]", "`ingore` is nothing"),
    ],
)
def test_what_cannot_be_followed_is_said(comment: str, said: str) -> None:
    result = read("jobs.txt", f"python a.py  # trainlint: {comment}\n")
    assert result.found == ()
    (problem,) = result.malformed
    assert said in problem.message
    assert problem.span.column == 14


def test_nothing_follows() -> None:
    assert covered("jobs.txt", "python a.py\n# trainlint: ignore[TL303]\n") == [(("TL303",), 2, 2)]


PIECES = st.sampled_from(
    [
        "# trainlint: ignore[TL303]",
        "# trainlint: ",
        "'",
        '"',
        '"""',
        "\\",
        "\n",
        " ",
        "(",
        "]",
        "a: b",
        "|\n  ",
        "#",
        "é",
    ]
)


@given(pieces=st.lists(PIECES, max_size=12), suffix=st.sampled_from([".py", ".yaml", ".toml", ".txt"]))
def test_any_text_is_read_and_every_comment_covers_lines_that_exist(pieces: list[str], suffix: str) -> None:
    text = "".join(pieces)
    for entry in read(f"x{suffix}", text).found:
        assert 1 <= entry.first_line <= entry.last_line <= text.count("\n") + 1


def test_a_comment_above_a_script_in_yaml_covers_all_of_it() -> None:
    text = "steps:\n  # trainlint: ignore[TL303]\n  - run: |\n      a\n\n      b\n  - run: c\n"
    assert covered("ci.yml", text) == [(("TL303",), 3, 6)]
    text = "run: >-  # trainlint: ignore[TL303]\n  a\n  b\nname: x\n"
    assert covered("ci.yml", text) == [(("TL303",), 1, 3)]


def test_an_html_comment_covers_the_block_below_it() -> None:
    text = "# Title\n\n<!-- trainlint: ignore[TL303] other branch -->\n\n```bash\na\nb\n```\n\n```\nc\n```\n"
    (entry,) = read("README.md", text).found
    assert (entry.reason, entry.first_line, entry.last_line) == ("other branch", 5, 8)


def test_a_comment_in_a_block_of_a_document_covers_its_command() -> None:
    text = "```bash\n# trainlint: ignore[TL303]\npython a.py \\\n  x=1\npython b.py\n```\n"
    assert covered("README.md", text) == [(("TL303",), 3, 4)]


def test_a_whole_document() -> None:
    text = "<!-- trainlint: ignore-file[TL303, TL206] -->\n# Title\n"
    assert covered("README.md", text) == [(("TL303", "TL206"), 1, 3)]


def test_what_is_meant_to_differ_silences_nothing() -> None:
    text = "# trainlint: intended[TL613, clip-changed] trains better\noptimizer = AdamW(\n    lr=1,\n)\n"
    result = read("train.py", text)
    assert (result.found, result.malformed) == ((), ())
    (entry,) = result.intended
    assert (entry.codes, entry.reason) == (("TL613", "clip-changed"), "trains better")
    assert (entry.first_line, entry.last_line, entry.pattern) == (2, 4, None)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a = 1\n    # trainlint: intended[TL613] why\nb = 2\n", "a = 1\nb = 2\n"),
        ("a = 1  # trainlint: intended[TL613] why\nb = 2\n", "a = 1\nb = 2\n"),
        ("a = 1  # trainlint: intended[TL613] why", "a = 1"),
        ("# trainlint: intended[TL613]", ""),
        ("a = 1  # noqa  # trainlint: intended[TL613]\r\n", "a = 1  # noqa\r\n"),
        ("a = 1  # trainlint: intended[TL613] why  # noqa\n", "a = 1  # noqa\n"),
    ],
)
def test_what_is_removed_with_a_comment(text: str, left: str) -> None:
    source = SourceFile(Path("/project/train.py"), "train.py", text)
    (entry,) = suppressions(source).intended
    span = entry.removed
    assert span is not None
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    assert text[:start] + text[end:] == left


def test_what_is_meant_to_differ_has_to_name_a_rule() -> None:
    (entry,) = read("train.py", "lr = 1  # trainlint: intended\n").malformed
    assert entry.message == "`intended` without rules in brackets would silence everything"


def test_comments_of_a_notebook_cover_its_lines() -> None:
    lines = [
        "lr = 1  # trainlint: intended[TL613] tuned\n",
        "# trainlint: ignore[TL104]\n",
        "step(\n",
        "  lr)\n",
    ]
    cells = [{"cell_type": "code", "source": lines}, {"cell_type": "markdown", "source": "# trainlint: x"}]
    text = json.dumps({"cells": cells}, indent=1)
    result = read("n.ipynb", text)
    at = [next(n for n, line in enumerate(text.split("\n"), 1) if json.dumps(part) in line) for part in lines]
    (intended,) = result.intended
    assert (intended.codes, intended.reason, intended.first_line) == (("TL613",), "tuned", at[0])
    (entry,) = result.found
    assert (entry.first_line, entry.last_line) == (at[2], at[3])
    assert result.malformed == ()


def test_a_text_that_is_no_notebook_has_no_comments() -> None:
    assert read("n.ipynb", '{"a": "# trainlint: ignore[TL104]"}').found == ()
