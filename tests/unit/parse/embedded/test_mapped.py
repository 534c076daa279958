"""A text put together from pieces of a file says of every stretch where it is written."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trainlint.facts.value import Unknown
from trainlint.parse.embedded.mapped import Assembly
from trainlint.parse.shell.text import HOLE
from trainlint.source import SourceFile, Span


def _source(text: str) -> SourceFile:
    return SourceFile(Path("/x/f"), "f", text)


def test_copied_characters_are_where_they_are() -> None:
    source = _source("$ a b\n> c")
    assembly = Assembly(source)
    assembly.copy(2, 5)
    assembly.replace("\n", 5, 6)
    assembly.copy(8, 9)
    text = assembly.text()
    assert text.text == "a b\nc"
    assert text.span(0, 1) == Span("f", 1, 3, 1, 4)
    assert text.span(4, 5) == Span("f", 2, 3, 2, 4)
    assert text.span(2, 5) == Span("f", 1, 5, 2, 4)


def test_inserted_text_is_blamed_where_it_is_written_or_else_where_it_is_named() -> None:
    source = _source("ARGS = lr=1 x\ngo $(ARGS) end")
    value = Assembly(source)
    value.copy(7, 13)
    assembly = Assembly(source)
    assembly.copy(14, 17)
    assembly.insert(value.text(), 17, 24)
    assembly.copy(24, 28)
    text = assembly.text()
    assert text.text == "go lr=1 x end"
    assert text.place(3, 7) == (7, 11)
    assert text.place(0, 9) == (14, 24)
    assert text.place(8, 13) == (17, 28)


def test_a_hole_keeps_what_is_unknown() -> None:
    source = _source("a ${{ x }} b")
    assembly = Assembly(source)
    assembly.copy(0, 2)
    unknown = Unknown("why", source.span(2, 10))
    assembly.hole(unknown, 2, 10)
    assembly.copy(10, 12)
    text = assembly.text()
    assert text.text == f"a {HOLE} b"
    assert dict(text.holes) == {2: unknown}
    assert text.place(2, 3) == (2, 10)


@given(st.text("ab \n", min_size=1, max_size=40), st.data())
def test_cut_out_pieces_map_back_to_their_characters(text: str, data: st.DataObject) -> None:
    source = _source(text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    assembly = Assembly(source)
    kept: list[int] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        assembly.copy(start, end)
        kept += range(start, end)
    mapped = assembly.text()
    for offset, place in enumerate(kept):
        assert mapped.place(offset, offset + 1) == (place, place + 1)
        assert mapped.text[offset] == text[place]
