from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainlint.report.excerpt import excerpt
from trainlint.report.layout import cells


def drawn(line: str, start: int, end: int, width: int = 60) -> str:
    part = excerpt(line, start, end, width)
    return part.text + "\n" + " " * part.mark_at + "^" * part.mark_width


def test_a_short_line_is_shown_whole_without_its_indentation() -> None:
    assert drawn("    lr: 1e-4", 8, 12) == "lr: 1e-4\n    ^^^^"


def test_an_empty_span_gets_one_mark() -> None:
    assert drawn("lr: 1", 5, 5) == "lr: 1\n     ^"


def test_a_long_line_is_cut_at_a_word_in_front_and_at_the_width_behind() -> None:
    line = "torchrun train.py " + " ".join(f"key_{index}=1" for index in range(20))
    start = line.index("key_9=")
    assert drawn(line, start, start + 5) == (
        "… key_6=1 key_7=1 key_8=1 key_9=1 key_10=1 key_11=1 key_12 …\n                          ^^^^^"
    )


def test_the_start_of_a_long_line_has_no_cut_in_front() -> None:
    assert drawn("x" * 70, 0, 3, 20) == "xxxxxxxxxxxxxxxx …\n^^^"


def test_room_that_the_end_of_a_line_leaves_shows_what_stands_in_front() -> None:
    line = " ".join(f"key_{index}=1" for index in range(20))
    assert drawn(line, line.index("key_19="), len(line), 40) == (
        "… key_16=1 key_17=1 key_18=1 key_19=1\n                             ^^^^^^^^"
    )


def test_the_end_of_a_long_line_has_no_cut_behind() -> None:
    assert drawn("a" * 70 + " bc", 71, 73, 20) == "… bc\n  ^^"


def test_one_word_longer_than_the_width() -> None:
    part = excerpt("a" * 500, 250, 400, 60)
    assert part.text == "… " + "a" * 56 + " …"
    assert part.mark_at + part.mark_width <= 60


def test_wide_characters_and_tabs_take_their_columns() -> None:
    assert drawn("日本: x", 4, 5) == "日本: x\n      ^"
    assert drawn("a\tb", 2, 3) == "a    b\n     ^"


def test_combining_characters_take_none() -> None:
    assert drawn("e\u0301: x", 4, 5) == "e\u0301: x\n   ^"


def test_what_a_terminal_would_act_on_is_escaped() -> None:
    assert drawn("a\x1b[31mb", 6, 7) == "a\\x1b[31mb\n         ^"


def test_a_span_behind_the_line() -> None:
    assert drawn("ab", 7, 9) == "ab\n  ^"


@given(
    line=st.text(st.characters(exclude_characters="\n\r"), max_size=150),
    start=st.integers(0, 160),
    length=st.integers(0, 40),
    width=st.integers(20, 100),
)
def test_nothing_goes_over_the_edge(line: str, start: int, length: int, width: int) -> None:
    part = excerpt(line, start, start + length, width)
    assert cells(part.text) <= width
    assert part.mark_width >= 1
    assert part.mark_at + part.mark_width <= width + 1
