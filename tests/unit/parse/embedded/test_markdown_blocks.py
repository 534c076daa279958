"""The code blocks of Markdown are those that a CommonMark parser finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from trainlint.parse.embedded.markdown_blocks import code_blocks

_PARSER = MarkdownIt("commonmark")

WRITTEN = {
    "a fence": "text\n\n```bash\na\nb\n```\ntext\n",
    "tildes and a title": '~~~sh title="x"\na ``` b\n~~~\n',
    "longer fence around a shorter one": "````md\n```bash\na\n```\n````\n",
    "in a list": "1. do\n\n   ```bash\n   a\n     b\n   ```\n2. then\n",
    "behind the mark of an item": "- ```bash\n  a\n  ```\n",
    "deep in lists": "- a\n  - b\n\n    ```bash\n    x\n    ```\n",
    "in a quote": "> ```bash\n> a\n> b\n> ```\n",
    "the quote ends before the fence": "> ```bash\n> a\n\nb\n",
    "never closed": "```bash\na\n",
    "indented": "text\n\n    a\n    b\n\n      c\n\ntext\n",
    "indented below a heading": "# x\n    a\n",
    "no code inside a paragraph": "text\n    a\n",
    "no code below a list item": "- text\n\n    more\n",
    "code below a list item": "- text\n\n      more\n",
    "code after a list": "- text\n\nx\n\n    more\n",
    "inline is no fence": "``` a ```\n\nb\n",
    "inside a comment": "<!--\n```bash\na\n```\n-->\n\n```sh\nb\n```\n",
    "tabs": "- a\n\n\t```bash\n\tb\n\t```\n\n\tc\n",
    "windows line ends": "```bash\r\na\r\n```\r\n",
    "an item whose fence is never closed": "- ```bash\n  a\n- b\n",
    "empty": "",
    "info with braces": "```{.bash}\na\n```\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_as_commonmark(text: str) -> None:
    assert _ours(text) == _theirs(text)


_LINES = st.sampled_from(["a", "", "b c", "    x", "      y", "# h", "> q", "```not a fence```"])
_CONTENT = st.lists(st.sampled_from(["a", "", "  b", "$ c", "``", "~~"]), max_size=4)
_INDENTS = st.sampled_from(["", " ", "   "])
_CONTAINERS = st.sampled_from([("", ""), ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   ")])


@st.composite
def _documents(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            lines += ["", draw(_LINES), ""]
            continue
        first, rest = draw(_CONTAINERS)
        indent = draw(_INDENTS)
        mark = draw(st.sampled_from(["```", "````", "~~~"]))
        lines += ["", "p", "", f"{first}{indent}{mark}bash"]
        lines += [(rest + indent + line).rstrip() if line else rest.rstrip() for line in draw(_CONTENT)]
        lines += [rest + indent + mark]
    return "\n".join(lines) + "\n"


@settings(max_examples=150, deadline=None)
@given(_documents())
def test_generated_documents(text: str) -> None:
    assert _ours(text) == _theirs(text)


def _ours(text: str) -> list[tuple[str, str]]:
    return [
        (block.info, "".join(text[start:end] + "\n" for start, end in block.lines))
        for block in code_blocks(text)
    ]


def _theirs(text: str) -> list[tuple[str, str]]:
    tokens = _PARSER.parse(text)
    return [(token.info.strip(), token.content) for token in tokens if token.type in ("fence", "code_block")]
