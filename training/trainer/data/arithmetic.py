"""A seed in, questions and answers of arithmetic out: small data that a model can learn."""

from __future__ import annotations

import random
from collections.abc import Callable

from trainer.data.conversations import Conversation, Turn

#: Operations by their sign.
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


def draw_arithmetic(count: int, largest: int, seed: int) -> list[Conversation]:
    """`count` questions over numbers from 0 to `largest`, the same for the same seed."""
    draw = random.Random(seed)
    return [Conversation("", (_turn(draw, largest),)) for _ in range(count)]


def _turn(draw: random.Random, largest: int) -> Turn:
    sign = draw.choice(list(_OPERATIONS))
    a, b = draw.randint(0, largest), draw.randint(0, largest)
    return Turn(f"What is {a} {sign} {b}?", str(_OPERATIONS[sign](a, b)))
