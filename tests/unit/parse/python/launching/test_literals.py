"""The places of the stretches of string literals."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlint.parse.python.launching.literals import literal_parts
from trainlint.source import SourceFile

#: A literal and its stretches as text and what is written there; None for a replacement field.
LITERALS = [
    ("'plain'", [("plain", "plain")]),
    ('r"a\\d"', [("a\\d", "a\\d")]),
    ("'a\\tb'", [("a", "a"), ("\t", "\\t"), ("b", "b")]),
    ("('one' \"two\")", [("one", "one"), ("two", "two")]),
    ("f'lr={x}'", [("lr=", "lr="), (None, "{x}")]),
    ("f'{x}{y!r:>{w}}end'", [(None, "{x}"), (None, "{y!r:>{w}}"), ("end", "end")]),
    ("f'a{{b}}c'", [("a", "a"), ("{", "{{"), ("b", "b"), ("}", "}}"), ("c", "c")]),
    ("f'{d[\"k\"]}-x'", [(None, '{d["k"]}'), ("-x", "-x")]),
    ("f'{f(x, {1: 2})}'", [(None, "{f(x, {1: 2})}")]),
    ("'é' f'ü{x}'", [("é", "é"), ("ü", "ü"), (None, "{x}")]),
    ("'''a'b'''", [("a'b", "a'b")]),
    ("f'''a\nb{x}'''", [("a", "a"), ("\n", "\n"), ("b", "b"), (None, "{x}")]),
    ("''", []),
]


def parts(code: str) -> list[tuple[str | None, str]]:
    source = SourceFile(Path("x.py"), "x.py", f"value = {code}\n")
    node = ast.parse(source.text).body[0]
    assert isinstance(node, ast.Assign)
    assert isinstance(node.value, ast.Constant | ast.JoinedStr)
    found = literal_parts(source, node.value)
    offsets = [
        (text, source.offset(span.line, span.column), source.offset(span.end_line, span.end_column))
        for text, span in found
    ]
    return [(text, source.text[start:end]) for text, start, end in offsets]


@pytest.mark.parametrize(("code", "expected"), LITERALS, ids=[code for code, _ in LITERALS])
def test_stretches(code: str, expected: list[tuple[str | None, str]]) -> None:
    assert parts(code) == expected


@given(st.text(max_size=12), st.booleans())
def test_any_literal_gives_its_text(text: str, formatted: bool) -> None:
    code = repr(text)
    if formatted:
        code = f"f{code}".replace("{", "{{").replace("}", "}}")
    try:
        ast.parse(f"value = {code}")
    except (SyntaxError, ValueError):
        return
    assert "".join(part or "" for part, _ in parts(code)) == ast.literal_eval(repr(text))
