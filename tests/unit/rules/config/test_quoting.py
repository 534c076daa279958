"""The quoting that trainlint recommends says the same to a POSIX shell and to Hydra."""

from __future__ import annotations

import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlint.rules.config.quoting import is_balanced, is_key, quoted_override

VALUES = st.text(alphabet=st.sampled_from("ab1 =,[]{}()'\"\\/.-:#*$&"), max_size=12).filter(
    lambda value: "${" not in value
)


@given(VALUES)
@settings(max_examples=300, deadline=None)
def test_the_recommended_word_reaches_hydra_as_the_string(value: str) -> None:
    (word,) = shlex.split(quoted_override("a.b", value))
    (override,) = OverridesParser.create().parse_overrides([word])
    assert override.key_or_group == "a.b"
    assert override.value() == value


@pytest.mark.parametrize(
    ("value", "balanced"), [("[1,2]", True), ("[1,2", False), ("1]", False), ("{a:[1}]", False), ("", True)]
)
def test_is_balanced(value: str, balanced: bool) -> None:
    assert is_balanced(value) is balanced


@pytest.mark.parametrize(
    ("text", "key"), [("a.b", True), ("+a/b@c.d", True), ("a b", False), ("", False), ("a[0]", False)]
)
def test_is_key(text: str, key: bool) -> None:
    assert is_key(text) is key
