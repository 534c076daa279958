"""Values that are written in two ways, through functions, classes, choices and arithmetic."""

from __future__ import annotations

from tests.unit.diff.programs import values_held

N = "n = int(os.environ.get('N', 5))\n"
SAME = [
    (
        "def f(a, b=2):\n    return a * b\nvalue = f(3)",
        "value = 6",
    ),
    (
        "class A:\n    def __init__(self, a):\n        self.a = a\nvalue = A(4).a",
        "value = 4",
    ),
    (
        N + "value = n * 2 + 1",
        N + "value = 1 + n + n",
    ),
    (
        "value = os.environ.get('A') or 'b'",
        "value = os.environ.get('A', 'b')",
    ),
    (
        "import math\nvalue = math.pi",
        "value = 3.141592653589793",
    ),
    (
        "value = max(3, 4)",
        "value = 4",
    ),
    (
        N + "value = 3 if n > 4 else 4",
        N + "value = 4 if n <= 4 else 3",
    ),
    (
        "f = lambda x: x + 1\nvalue = f(1)",
        "value = 2",
    ),
]
OTHER = [
    (
        N + "value = 3 if n > 4 else 4",
        N + "value = 3 if n >= 4 else 4",
    ),
    (
        N + "value = 3 if n > 400 else 4",
        N + "value = 3 if n > 401 else 4",
    ),
    (
        N + "value = n",
        N + "value = n + 1",
    ),
]

test_two_ways_to_write_a_value = values_held(SAME, OTHER)
