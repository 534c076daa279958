"""Texts with values in them, by f-strings, `format`, `%` and `+`."""

from __future__ import annotations

from tests.unit.diff.programs import values_held

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

test_two_ways_to_write_a_value = values_held(SAME, OTHER)
