"""Parameters of two networks answer to each other by contents, name and order."""

from __future__ import annotations

from trainlint.facts.parity import Digest
from trainlint.parity.match import Matching, Parameter, match, plain


def parameter(place: int, name: str, crc: int, shape: tuple[int, ...] = (4, 4)) -> Parameter:
    return Parameter(place, name, Digest(shape, "torch.float32", crc, 1.0, 1.0, 1.0), trainable=True)


def names(found: Matching) -> dict[str, str]:
    return {ours.name: theirs.name for ours, theirs in found.pairs}


def test_contents_tell_renamed_parameters() -> None:
    ours = [parameter(0, "inner.weight", 11), parameter(1, "outer.weight", 22)]
    theirs = [parameter(0, "last.weight", 22), parameter(1, "first.weight", 11)]
    found = match(ours, theirs)
    assert names(found) == {"inner.weight": "first.weight", "outer.weight": "last.weight"}
    assert found.names == {0: "outer.weight", 1: "inner.weight"}


def test_equal_contents_are_told_apart_by_name() -> None:
    ours = [parameter(0, "a.bias", 0), parameter(1, "b.bias", 0)]
    theirs = [parameter(0, "b.bias", 0), parameter(1, "a.bias", 0)]
    assert names(match(ours, theirs)) == {"a.bias": "a.bias", "b.bias": "b.bias"}


def test_other_contents_keep_their_name() -> None:
    ours = [parameter(0, "a", 1), parameter(1, "b", 2)]
    theirs = [parameter(0, "b", 4), parameter(1, "a", 3)]
    assert names(match(ours, theirs)) == {"a": "a", "b": "b"}


def test_order_is_what_is_left() -> None:
    ours = [parameter(0, "a", 1), parameter(1, "b", 2)]
    theirs = [parameter(0, "x", 3), parameter(1, "y", 4)]
    assert names(match(ours, theirs)) == {"a": "x", "b": "y"}


def test_order_says_nothing_where_some_are_missing() -> None:
    ours = [parameter(0, "a", 1), parameter(1, "b", 2)]
    found = match(ours, [parameter(0, "x", 3)])
    assert found.pairs == ()
    assert found.unmatched == (("reference", "a"), ("reference", "b"), ("candidate", "x"))


def test_shapes_never_cross() -> None:
    found = match([parameter(0, "a", 1, (2, 3))], [parameter(0, "a", 1, (3, 2))])
    assert found.pairs == ()


def test_wrappers_leave_no_trace_in_names() -> None:
    assert plain("module._orig_mod.layers.0.weight") == "layers.0.weight"
    assert plain("modules.weight") == "modules.weight"
