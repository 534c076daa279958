"""The quick reading of interpolations is the grammar's reading."""

from __future__ import annotations

import pytest

from trainlint.parse.interpolation import by_grammar, simple

TEXTS = [
    "${a}",
    "${a.b}/x_${c}",
    "${oc.env:HOME}",
    "outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}",
    "${now:%Y%m%d_%H%M%S}",
    "${f:%,a%b,/x.y-z}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_quick_way_agrees_with_the_grammar(text: str) -> None:
    assert simple(text) is not None
    assert simple(text) == by_grammar(text)
