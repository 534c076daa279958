"""A file that says which parameters are which: its lines, and what is said of one that cannot be followed."""

from __future__ import annotations

import pytest

from tests.unit.parity.test_match import parameter
from trainlint.parity.links import Parameter
from trainlint.parity.mapping import Given, MappingError, links_of, read_mapping
from trainlint.parity.match import match

TEXT = """\
# reference: candidate
embed.weight: tok.weight
"head.weight": 'lm.weight'   # tied elsewhere

attn.qkv.weight: [attn.q.weight, attn.k.weight, attn.v.weight]
a.gate, a.up: a.gate_up
"""


def test_lines_and_comments() -> None:
    assert read_mapping(TEXT, "names.txt") == (
        Given("names.txt:2", ("embed.weight",), ("tok.weight",)),
        Given("names.txt:3", ("head.weight",), ("lm.weight",)),
        Given("names.txt:5", ("attn.qkv.weight",), ("attn.q.weight", "attn.k.weight", "attn.v.weight")),
        Given("names.txt:6", ("a.gate", "a.up"), ("a.gate_up",)),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one two", "names.txt:1: write `reference name: candidate name`, not `one two`"),
        ("a:", "names.txt:1: write `reference name"),
        ("\n: b", "names.txt:2: write `reference name"),
        ("a: b\nc: b", "names.txt:2: `b` of the candidate stands at names.txt:1 already"),
    ],
)
def test_a_line_that_says_nothing(text: str, said: str) -> None:
    with pytest.raises(MappingError) as raised:
        read_mapping(text, "names.txt")
    assert str(raised.value).startswith(said)


OURS = [parameter(0, "first.weight", 1), parameter(1, "wide", 2, (12, 4)), parameter(2, "flat", 3, (4, 8))]
THEIRS = [
    parameter(0, "x", 1),
    parameter(1, "second.weight", 4),
    *(parameter(2 + n, name, 5 + n) for n, name in enumerate("qkv")),
    parameter(5, "turned", 9, (8, 4)),
]


def found(text: str, ours: list[Parameter], theirs: list[Parameter]) -> dict[str, tuple[int, ...]]:
    links = links_of(read_mapping(text, "names.txt"), ours, theirs)
    return {form.name: form.parts for form in match(ours, theirs, links).theirs}


def test_what_is_given_comes_before_what_contents_say() -> None:
    assert found("", OURS, THEIRS)["first.weight"] == (0,)
    assert found("first.weight: second.weight", OURS, THEIRS)["first.weight"] == (1,)


def test_parts_and_matrices_that_lie_the_other_way_round() -> None:
    links = links_of(read_mapping("wide: q, k, v\nflat: turned", "names.txt"), OURS, THEIRS)
    assert [link.candidate.parts for link in links] == [(2, 3, 4), (5,)]
    assert [link.candidate.is_turned for link in links] == [False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "frist.weight: x",
            "the reference trains no parameter `frist.weight`; the nearest is `first.weight`",
        ),
        ("first.weight: nowhere_at_all", "the candidate trains no parameter `nowhere_at_all`"),
        ("wide: q, k", "[12, 4] of the reference cannot be [4, 4] and [4, 4] of the candidate"),
    ],
)
def test_a_line_that_fits_nothing(text: str, said: str) -> None:
    with pytest.raises(MappingError) as raised:
        found(text, OURS, THEIRS)
    assert str(raised.value) == f"names.txt:1: {said}"
