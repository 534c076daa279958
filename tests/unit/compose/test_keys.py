"""Dotted keys against OmegaConf's own splitting and printing of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf._utils import split_key as omega_split

from tests.properties.effort import effort
from tests.unit.compose.support import tree
from trainlint.compose.keys import full_key, split_key


@effort(500)
@given(st.text(alphabet="ab.[]0-", max_size=8))
def test_keys_are_split_as_omegaconf_splits_them(text: str) -> None:
    assert list(split_key(text)) == omega_split(text)


def test_full_keys_are_printed_as_omegaconf_prints_them() -> None:
    text = "a: [{b: [[1]]}]\nc: {0: {d: 1}}\n"
    config = OmegaConf.create(text)
    assert full_key(tree(text), ("a", 0, "b", 0, 0)) == config.a[0].b[0]._get_full_key(0)
    assert full_key(tree(text), ("c", 0, "d")) == config.c[0]._get_full_key("d")
