"""A CSV of questions and answers in, conversations out."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trainer.configuration.data import ColumnsConfig
from trainer.data.text import read_text
from trainer.errors import TrainerError

#: What a question starts with in a text.
QUESTION = "QUESTION: "


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class Conversation:
    """Turns that belong together, under one instruction (empty when there is none)."""

    system: str
    turns: tuple[Turn, ...]


def read_conversations(path: Path, columns: ColumnsConfig) -> list[Conversation]:
    """The conversations of a CSV file whose first line names the columns.

    Each row is one turn; rows one after the other with the same `columns.conversation` are one conversation.
    Raises TrainerError, with file and line, for a row that is none.
    """
    found: list[Conversation] = []
    last: str | None = None
    for row in _rows(path, columns):
        turn = Turn(row[columns.question], row[columns.answer])
        key = row[columns.conversation] if columns.conversation else None
        if key is not None and key == last:
            found[-1] = Conversation(found[-1].system, (*found[-1].turns, turn))
        else:
            found.append(Conversation(row[columns.system] if columns.system else "", (turn,)))
        last = key
    if not found:
        raise TrainerError(f"data.path {path} has a line of column names and no rows")
    return found


def as_text(conversations: list[Conversation]) -> str:
    """Conversations as a language model reads them, an empty line after each."""
    return "".join(_text(conversation) + "\n" for conversation in conversations)


def _text(conversation: Conversation) -> str:
    system = f"SYSTEM: {conversation.system}\n" if conversation.system else ""
    return system + "".join(
        f"{QUESTION}{turn.question}\nANSWER: {turn.answer}\n" for turn in conversation.turns
    )


def _rows(path: Path, columns: ColumnsConfig) -> Iterator[dict[str, str]]:
    """Rows that have all columns that are asked for, none of them empty but the instruction."""
    # Some spreadsheets write a mark before the first column's name.
    text = read_text(path).removeprefix("\ufeff")
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = next(reader)
        _refuse_missing(path, names, columns)
        line = reader.line_num + 1
        for fields in reader:
            if fields:
                yield _row(f"{path}:{line}", names, fields, columns)
            line = reader.line_num + 1
    except csv.Error as error:
        raise TrainerError(f"{path}:{reader.line_num}: {error}") from error


def _row(place: str, names: list[str], fields: list[str], columns: ColumnsConfig) -> dict[str, str]:
    if len(fields) != len(names):
        raise TrainerError(
            f"{place}: the row has {len(fields)} fields, the first line names {len(names)}: "
            "put quotes around a field that has commas or line ends"
        )
    row = dict(zip(names, fields, strict=True))
    for name in (columns.question, columns.answer, columns.conversation):
        if name is not None and not row[name].strip():
            raise TrainerError(f"{place}: column {name} is empty")
    return row


def _refuse_missing(path: Path, names: list[str], columns: ColumnsConfig) -> None:
    asked = {
        "question": columns.question,
        "answer": columns.answer,
        "system": columns.system,
        "conversation": columns.conversation,
    }
    for key, name in asked.items():
        if name is not None and name not in names:
            raise TrainerError(
                f"{path}:1: there is no column {name}; the columns are {', '.join(names)}: "
                f"set data.columns.{key}"
            )
