"""Examples of data that nobody has seen: columns by their names, with what the code asks them for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainlint.diff.examples.stands import tokens_of
from trainlint.diff.examples.traces import UnclearError

#: So many examples are tried.
ROWS = 4
_TOKENS = ("input_ids", "labels", "token_ids", "tokens", "ids", "prompt_ids", "completion_ids")
_MASKS = ("attention_mask", "token_type_ids", "loss_mask", "completion_mask")
_TURNS = ("messages", "conversations", "conversation", "turns", "dialog", "dialogue", "chat")
_NUMBERS = ("label", "score", "idx", "id", "index", "length", "rating", "target", "stars")


def column(name: str, row: int, wanted: tuple[str, ...]) -> object:
    """The value of a column in one of the examples."""
    if name in _TOKENS:
        return tokens_of(_text("tokens", row, wanted))
    if name in _MASKS:
        return [1] * len(_text("tokens", row, wanted))
    if name in _TURNS:
        return [_turn(role, name, row) for role in ("system", "user", "assistant")]
    if name in _NUMBERS:
        return 7 + row
    return _text(name, row, wanted)


def _text(name: str, row: int, wanted: tuple[str, ...]) -> str:
    """A text: a plain one, one with all that is asked for, an empty one, and one with spaces and capitals."""
    if row == 0:
        return f"{name} one"
    if row == 1:
        return f"{name} two " + "".join(f"{text} {name} {number} " for number, text in enumerate(wanted))
    return "" if row == 2 else f"  {name}\nOf Four  \n"


def _turn(role: str, name: str, row: int) -> dict[str, str]:
    text = f"{role} of {name} {row}"
    origin = {"user": "human", "assistant": "gpt"}.get(role, role)
    return {"role": role, "content": text, "from": origin, "value": text}


class Example(dict[object, Any]):
    """One example: what was made of it, and whatever else is asked of it; `read` are those columns.

    Of several at once (`batched`) each column is a list.
    """

    def __init__(self, row: int, made: Mapping[str, object], wanted: tuple[str, ...], *, batched: bool):
        super().__init__()
        self.row, self.made, self.wanted, self.batched = row, made, wanted, batched
        self.read: set[str] = set()

    def __missing__(self, key: object) -> object:
        """A column that the code has not set itself."""
        if not isinstance(key, str):
            raise UnclearError
        if key in self.made:
            found = self.made[key]
        else:
            self.read.add(key)
            found = column(key, self.row, self.wanted)
        return [found] if self.batched else found
