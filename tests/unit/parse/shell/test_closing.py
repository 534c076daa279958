"""Where brackets close, and that texts in which they do not are left at once."""

from __future__ import annotations

import pytest

from trainlint.parse.shell.closing import closing_brace, closing_parenthesis, find_open

CASES = {
    "nested": ("(a (b) c) d", 8),
    "quoted": ("(a ')' \")\" \\) b)", 15),
    "a comment": ("(a # ) b\n) c", 9),
    "a comment without an end": ("(a # )", -1),
    "a quote without an end": ("(a ' )", -1),
    "a backquote without an end": ("(a ` )", -1),
    "another expansion": ("(${A:-)} $(b))", 13),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_parentheses(text: str, expected: int) -> None:
    assert closing_parenthesis(text, 1, len(text)) == expected


def test_braces() -> None:
    text = "${A:-'}'\"}\"${B}} }"
    assert closing_brace(text, 2, len(text)) == 15


def test_the_first_one_outside_quotes() -> None:
    text = "'/'\"/\"\\/${A/b/c}/d"
    assert find_open(text, 0, len(text), "/") == 16
    assert find_open("'/", 0, 2, "/") == -1
