"""Texts with values in them, by f-strings, `format`, `%` and `+`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import is_other, is_same

NAME = "name = os.environ.get('NAME', 'a')\n"
SAME = [
    (
        NAME + "value = f'run {name}!'",
        NAME + "value = 'run {}!'.format(name)",
    ),
    (
        NAME + "value = f'run {name}'",
        NAME + "value = 'run %s' % name",
    ),
    (
        NAME + "value = f'run {name}'",
        NAME + "value = 'run ' + name",
    ),
    (
        "value = f'{3} of {4}'",
        "value = '{} of {}'.format(3, 4)",
    ),
]
OTHER = [
    (
        NAME + "value = f'run {name}'",
        NAME + "value = f'job {name}'",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_a_value(one: str, other: str, tmp_path: Path) -> None:
    assert is_same(tmp_path, one, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_values(one: str, other: str, tmp_path: Path) -> None:
    assert is_other(tmp_path, one, other)
