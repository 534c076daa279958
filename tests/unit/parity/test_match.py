"""Parameters of two networks answer to each other by contents, name, gradient and order, also in pieces."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise

import pytest

from trainlint.facts.parity import Digest
from trainlint.parity.links import Matching, Parameter, by_place, joint_name, plain
from trainlint.parity.match import match
from trainlint.parity.pieces import combined, whole


def digest(values: Sequence[float], shape: tuple[int, ...], *, kept: bool = True) -> Digest:
    contents = struct.pack(f"<{len(values)}f", *values)
    norm, total, largest = sum(v * v for v in values) ** 0.5, sum(values), max(map(abs, values))
    return Digest(
        shape, "torch.float32", zlib.crc32(contents), norm, total, largest, contents if kept else None
    )


def numbers(seed: int, count: int) -> list[float]:
    return [((seed * 7919 + place * 104729) % 1009 - 504) / 256 for place in range(count)]


def parameter(place: int, name: str, seed: int, shape: tuple[int, ...] = (4, 4)) -> Parameter:
    count = shape[0] * (shape[1] if len(shape) > 1 else 1)
    values = numbers(seed, count) if seed else [0.0] * count
    return Parameter(place, name, digest(values, shape, kept=False), trainable=True)


def holding(place: int, name: str, rows: list[list[float]], *, kept: bool = True) -> Parameter:
    values = [value for row in rows for value in row]
    return Parameter(place, name, digest(values, (len(rows), len(rows[0])), kept=kept), trainable=True)


def names(found: Matching, ours: Sequence[Parameter], theirs: Sequence[Parameter]) -> dict[str, str]:
    one, other = by_place(ours), by_place(theirs)
    return {
        joint_name([one[place].name for place in link.reference.parts]): joint_name(
            [other[place].name for place in link.candidate.parts]
        )
        for link in found.links
    }


def matched(ours: Sequence[Parameter], theirs: Sequence[Parameter]) -> dict[str, str]:
    return names(match(ours, theirs), ours, theirs)


def same(found: Matching, ours: Sequence[Parameter], theirs: Sequence[Parameter]) -> bool:
    """Whether all that is linked holds the same in the forms that were found."""
    one, other = by_place(ours), by_place(theirs)
    return all(
        whole(these, link.reference, these) == whole(those, link.candidate, those)
        for link in found.links
        for these in [[one[place].digest for place in link.reference.parts]]
        for those in [[other[place].digest for place in link.candidate.parts]]
    )


def test_contents_tell_renamed_parameters() -> None:
    ours = [parameter(0, "inner.weight", 11), parameter(1, "outer.weight", 22)]
    theirs = [parameter(0, "last.weight", 22), parameter(1, "first.weight", 11)]
    assert matched(ours, theirs) == {"inner.weight": "first.weight", "outer.weight": "last.weight"}
    assert {form.parts: form.name for form in match(ours, theirs).theirs} == {
        (1,): "inner.weight",
        (0,): "outer.weight",
    }


def test_the_same_names_on_both_sides_mean_the_same_whatever_they_hold() -> None:
    ours = [parameter(0, "first", 1), parameter(1, "second", 2)]
    theirs = [parameter(0, "second", 1), parameter(1, "first", 2)]
    assert matched(ours, theirs) == {"first": "first", "second": "second"}


def test_a_name_that_has_moved_on_is_not_believed() -> None:
    ours = [parameter(0, "net.0.weight", 1), parameter(1, "net.2.weight", 2)]
    theirs = [parameter(0, "net.2.weight", 1), parameter(1, "net.4.weight", 2)]
    assert matched(ours, theirs) == {"net.0.weight": "net.2.weight", "net.2.weight": "net.4.weight"}


def test_equal_contents_are_told_apart_by_name() -> None:
    ours = [parameter(0, "a.bias", 0), parameter(1, "b.bias", 0)]
    theirs = [parameter(0, "b.bias", 0), parameter(1, "a.bias", 0)]
    assert matched(ours, theirs) == {"a.bias": "a.bias", "b.bias": "b.bias"}


def test_a_bias_goes_with_the_weight_beside_it() -> None:
    ours = [
        parameter(place, f"{name}.{last}", seed * (last == "weight"), shape)
        for place, (name, last, seed, shape) in enumerate(
            [
                ("a", "weight", 1, (4, 4)),
                ("a", "bias", 1, (4,)),
                ("b", "weight", 2, (4, 4)),
                ("b", "bias", 2, (4,)),
            ]
        )
    ]
    theirs = [
        parameter(place, f"{name}.{last}", seed * (last == "weight"), shape)
        for place, (name, last, seed, shape) in enumerate(
            [
                ("x", "weight", 2, (4, 4)),
                ("x", "bias", 2, (4,)),
                ("y", "weight", 1, (4, 4)),
                ("y", "bias", 1, (4,)),
            ]
        )
    ]
    assert matched(ours, theirs) == {
        "a.weight": "y.weight",
        "a.bias": "y.bias",
        "b.weight": "x.weight",
        "b.bias": "x.bias",
    }


def test_the_first_gradients_tell_apart_what_begins_alike() -> None:
    def with_gradient(place: int, name: str, norm: float) -> Parameter:
        gradient = Digest((4,), "torch.float32", int(norm * 1e9), norm, norm, norm)
        return Parameter(
            place, name, parameter(place, name, 0, (4,)).digest, trainable=True, gradient=gradient
        )

    ours = [with_gradient(0, "norm_one", 1.0), with_gradient(1, "norm_two", 2.0)]
    theirs = [with_gradient(0, "x", 2.0 + 1e-6), with_gradient(1, "y", 1.0 - 1e-6)]
    assert matched(ours, theirs) == {"norm_one": "y", "norm_two": "x"}


def test_likeness_of_names_within_a_layer() -> None:
    ours = [parameter(0, "blocks.0.attention.out", 1), parameter(1, "blocks.0.feed.down", 2)]
    theirs = [parameter(0, "layers.0.feed.down_proj", 3), parameter(1, "layers.0.attention.out_proj", 4)]
    assert matched(ours, theirs) == {
        "blocks.0.attention.out": "layers.0.attention.out_proj",
        "blocks.0.feed.down": "layers.0.feed.down_proj",
    }


def test_order_is_what_is_left() -> None:
    ours = [parameter(0, "a.1", 1), parameter(1, "b.2", 2)]
    theirs = [parameter(0, "x.3", 3), parameter(1, "y.4", 4)]
    assert matched(ours, theirs) == {"a.1": "x.3", "b.2": "y.4"}


def test_order_says_nothing_where_some_are_missing() -> None:
    ours = [parameter(0, "a.1", 1), parameter(1, "b.2", 2)]
    found = match(ours, [parameter(0, "x.3", 3)])
    assert found.links == ()
    assert found.unmatched == (("reference", "a.1"), ("reference", "b.2"), ("candidate", "x.3"))


def test_a_copy_of_what_is_tied_elsewhere_is_said_to_be_one() -> None:
    ours = [parameter(0, "embedding.weight", 5)]
    theirs = [parameter(0, "embedding.weight", 5), parameter(1, "head.weight", 5)]
    found = match(ours, theirs)
    assert names(found, ours, theirs) == {"embedding.weight": "embedding.weight"}
    ((side, told),) = found.unmatched
    assert (side, told.startswith("head.weight (begins as a copy of embedding.weight")) == ("candidate", True)


def test_a_tied_parameter_answers_to_each_of_its_names() -> None:
    ours = [Parameter(0, "wte.weight", parameter(0, "", 1).digest, trainable=True, aliases=("head.weight",))]
    theirs = [Parameter(0, "head.weight", parameter(0, "", 2).digest, trainable=True)]
    assert matched([*ours, parameter(1, "z.1", 8)], theirs) == {"wte.weight": "head.weight"}


@pytest.mark.parametrize("kept", [True, False])
def test_one_matrix_is_three(kept: bool) -> None:
    rows = [numbers(3 + place, 4) for place in range(12)]
    ours = [holding(0, "attn.qkv.weight", rows, kept=kept), parameter(1, "attn.qkv.bias", 0, (12,))]
    theirs = [
        parameter(7, "attn.q.bias", 0, (4,)),
        parameter(8, "attn.k.bias", 0, (4,)),
        parameter(9, "attn.v.bias", 0, (4,)),
    ]
    theirs += [
        holding(place, f"attn.{name}.weight", rows[4 * n : 4 * n + 4], kept=kept)
        for place, n, name in [(3, 2, "v"), (4, 0, "q"), (5, 1, "k")]
    ]
    found = match(ours, theirs)
    assert found.unmatched == ()
    assert names(found, ours, theirs) == {
        "attn.qkv.weight": "attn.{q,k,v}.weight",
        "attn.qkv.bias": "attn.{q,k,v}.bias",
    }
    assert same(found, ours, theirs)
    back = match(theirs, ours)
    assert names(back, theirs, ours) == {
        "attn.{q,k,v}.weight": "attn.qkv.weight",
        "attn.{q,k,v}.bias": "attn.qkv.bias",
    }
    assert same(back, theirs, ours)


def test_one_matrix_is_three_by_name_where_nothing_is_the_same() -> None:
    ours = [parameter(layer, f"h.{layer}.attn.c_attn.weight", 1 + layer, (12, 4)) for layer in range(2)]
    theirs = [
        parameter(10 * layer + place, f"blocks.{layer}.attention.{name}.weight", 20 + 10 * layer + place)
        for layer in range(2)
        for place, name in enumerate(["v_proj", "q_proj", "k_proj", "o_proj"])
    ]
    found = match(
        [*ours, parameter(5, "h.0.attn.c_proj.weight", 7), parameter(6, "h.1.attn.c_proj.weight", 8)], theirs
    )
    assert {form.parts for form in found.theirs} == {(1, 2, 0), (11, 12, 10), (3,), (13,)}
    assert found.unmatched == ()


def test_rows_that_are_ordered_by_head_are_proved_by_contents() -> None:
    heads, size = 2, 3
    parts = [[numbers(20 * part + row, 4) for row in range(heads * size)] for part in range(3)]
    rows = [
        parts[part][head * size + row] for head in range(heads) for part in range(3) for row in range(size)
    ]
    ours = [holding(0, "a.qkv.weight", rows), parameter(1, "a.qkv.bias", 0, (18,))]
    theirs = [holding(n, f"b.{name}.weight", parts[n]) for n, name in enumerate("qkv")]
    theirs += [parameter(3 + n, f"b.{name}.bias", 0, (6,)) for n, name in enumerate("qkv")]
    for one, other in ((ours, theirs), (theirs, ours)):
        found = match(one, other)
        assert found.unmatched == ()
        assert same(found, one, other)
    by_name = {form.name: form for form in match(ours, theirs).ours}
    assert by_name["a.qkv.bias"].rows == by_name["a.qkv.weight"].rows != ()


def test_a_matrix_that_lies_the_other_way_round() -> None:
    rows = [numbers(30 + place, 4) for place in range(4)]
    ours = [holding(0, "c_proj.weight", rows)]
    theirs = [holding(0, "c_proj.weight", [list(column) for column in zip(*rows, strict=True)])]
    found = match(ours, theirs)
    assert same(found, ours, theirs)
    wide = [parameter(0, "c_fc.weight", 4, (4, 8))], [parameter(0, "c_fc.weight", 5, (8, 4))]
    (link,) = match(*wide).links
    assert (link.reference.is_turned, link.candidate.is_turned) == (False, True)


def test_three_turned_matrices_are_one() -> None:
    parts = [[numbers(40 + 7 * part + row, 4) for row in range(4)] for part in range(3)]
    wide = [[value for part in parts for value in [line[row] for line in part]] for row in range(4)]
    ours = [holding(0, "c_attn.weight", wide)]
    theirs = [
        holding(n, f"attn.{name}.weight", part)
        for n, (name, part) in enumerate(zip("qkv", parts, strict=True))
    ]
    found = match(ours, theirs)
    assert found.unmatched == ()
    assert same(found, ours, theirs)
    assert found.links[0].reference.is_turned


def test_shapes_that_nothing_joins_never_cross() -> None:
    found = match([parameter(0, "a", 1, (2, 3))], [parameter(0, "a", 1, (3, 3))])
    assert found.links == ()


def test_wrappers_leave_no_trace_in_names() -> None:
    assert plain("module._orig_mod.layers.0.weight") == "layers.0.weight"
    assert plain("modules.weight") == "modules.weight"


def test_the_checksum_of_parts_is_that_of_the_whole() -> None:
    texts = [b"", b"a", bytes(range(256)) * 33, b"\0" * 1000]
    for one, other in pairwise([*texts, *texts[::-1]]):
        assert combined(zlib.crc32(one), zlib.crc32(other), len(other)) == zlib.crc32(one + other)
