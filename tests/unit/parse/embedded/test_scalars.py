"""The text of a YAML scalar is PyYAML's value, and every character stands where the mapping says."""

import textwrap
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlint.parse.embedded.mapped import MappedText
from trainlint.parse.embedded.scalars import scalar_text
from trainlint.source import SourceFile

WRITTEN = {
    "plain": "run: python train.py a=1\n",
    "plain over lines": "run: python\n  train.py\n\n  a=1\nx: 1\n",
    "single quotes": "run: 'it''s\n  over lines'\n",
    "double quotes": 'run: "a\\tb \\"c\\" \\\n  d\n\n  e\\u00e9"\n',
    "literal": "run: |\n  a\n    b\n\n  c\nx: 1\n",
    "literal, stripped": "run: |-\n  a\n  b\n\n",
    "literal, kept": "run: |+\n  a\n\n\nx: 1\n",
    "literal with an indicator": "run: |1\n   a\n  b\n",
    "literal in a list": "- run: |2\n      a\n    b\n",
    "folded": "run: >\n  a\n  b\n\n  c\n\n\n  d\n",
    "folded with deeper lines": "run: >-\n  a\n    b\n   c\n  d\n\n    e\n  f\n",
    "folded, blank first": "run: >\n\n  a\n  b\n",
    "windows line ends": "run: |\r\n  a\r\n  b\r\nx: >\r\n  c\r\n  d\r\n",
    "an anchor and a tag": "run: &a !!str |\n  a\n  b\n",
    "a comment in the header": "run: | # x\n  a\n",
    "letters beyond ASCII": "é: 1\nrun: |\n  ü b\n",
    "no end of line": "run: |\n  a",
    "empty": "run: ''\nb: |\nc: >-\n",
}


def _scalars(text: str) -> list[tuple[yaml.ScalarNode, MappedText]]:
    source = SourceFile(Path("/x.yaml"), "x.yaml", text)
    pending, found = [yaml.compose(text, Loader=yaml.CSafeLoader)], []
    while pending:
        node = pending.pop()
        if isinstance(node, yaml.ScalarNode):
            found.append((node, scalar_text(source, node)))
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value
        elif isinstance(node, yaml.MappingNode):
            pending += [part for pair in node.value for part in pair]
    return found


def _check(text: str) -> None:
    for node, mapped in _scalars(text):
        assert mapped.text == node.value
        for offset, char in enumerate(mapped.text):
            start, end = mapped.place(offset, offset + 1)
            if char.isalpha() and char.isascii() and node.style != '"':
                assert text[start:end] == char


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_written(text: str) -> None:
    _check(text)


_LINES = st.lists(
    st.sampled_from(["a", "b c", "", "  d", "e # f", "   g h", "\ti", "j: k"]), min_size=1, max_size=6
)


@settings(max_examples=300, deadline=None)
@given(
    _LINES,
    st.sampled_from(["|", ">", "|-", ">-", "|+", ">+"]),
    st.sampled_from(["", "- ", "x:\n  "]),
    st.booleans(),
)
def test_block_scalars(lines: list[str], header: str, outer: str, followed: bool) -> None:
    if lines[0][:1] in ("", " ", "\t"):
        lines = ["z", *lines]
    depth = 2 if outer.startswith("x") else len(outer)
    body = textwrap.indent("\n".join(lines), " " * (depth + 2), lambda line: bool(line.strip()))
    text = f"{outer}run: {header}\n{body}\n"
    if followed:
        text += " " * depth + "next: 1\n"
    _check(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from("ab \n'\"\\t:#-é"), max_size=30), st.sampled_from(["'", '"']), st.integers(20, 60)
)
def test_quoted_scalars(value: str, style: str, width: int) -> None:
    _check(yaml.safe_dump({"run": value}, default_style=style, width=width, allow_unicode=True))
