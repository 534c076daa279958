"""What is looked up in lists, dictionaries and objects."""

from __future__ import annotations

from tests.unit.diff.programs import values_held

SAME = [
    (
        "value = [1, 2, 3][1]",
        "value = 2",
    ),
    (
        "value = {'a': 1, 'b': 2}['b']",
        "value = 2",
    ),
    (
        "a, b = 3, 4\nvalue = b",
        "value = 4",
    ),
    (
        "value = dict(a=7)['a']",
        "value = 7",
    ),
    (
        "value = [5, 6][-1]",
        "value = 6",
    ),
    (
        "d = {'a': 1}\nd['a'] = 9\nvalue = d['a']",
        "value = 9",
    ),
]
OTHER = [
    (
        "value = [1, 2, 3][1]",
        "value = [1, 2, 3][0]",
    ),
    (
        "value = {'a': 1, 'b': 2}['b']",
        "value = {'a': 1, 'b': 2}['a']",
    ),
    (
        "d = {'a': 1}\nd['a'] = 9\nvalue = d['a']",
        "value = 1",
    ),
]

test_two_ways_to_write_a_value = values_held(SAME, OTHER)
