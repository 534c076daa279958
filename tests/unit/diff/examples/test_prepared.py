"""What two programs map their data with, and what comes of it."""

from pathlib import Path

import pytest

from tests.unit.diff.programs import side
from trainlint.diff.compare import compare
from trainlint.facts.comparison import Comparison

HEAD = """
from datasets import load_dataset
from transformers import AutoTokenizer, Trainer

tokenizer = AutoTokenizer.from_pretrained("tiny")
data = load_dataset("csv", data_files="a.csv", split="train")
"""
TAIL = "Trainer(None, train_dataset=data).train()\n"


def compared(root: Path, one: str, other: str, *, data: str = "a.csv") -> Comparison:
    """Two programs that differ in what they map their data with."""
    reference = side(root, {"one.py": HEAD + one + TAIL}, "one.py")
    candidate = side(root, {"two.py": HEAD.replace("a.csv", data) + other + TAIL}, "two.py")
    return compare(reference, candidate)


def lines(found: Comparison) -> list[tuple[str, int, int]]:
    """The columns that differ, with the line of each side behind the head."""
    before = HEAD.count("\n")
    return [(one.column, one.reference.line - before, one.candidate.line - before) for one in found.prepared]


JOINED = "def f(row):\n    end = '.'\n    return {'text': row['a'] + row['b'] + end}\ndata = data.map(f)\n"


@pytest.mark.parametrize(
    "other",
    [
        "data = data.map(lambda row: {'text': row['a'] + row['b'] + '.'})\n",
        "data = data.map(lambda r: {'text': [a + b + '.' for a, b in zip(r['a'], r['b'])]}, batched=True)\n",
        "data = data.map(lambda r: {'x': r['a'] + r['b']}).map(lambda r: {'text': f\"{r['x']}.\"})\n",
        "data = data.shuffle(seed=1)\ndata = data.map(lambda r, end: {'text': r['a'] + r['b'] + end}, "
        "fn_kwargs={'end': '.'})\n",
        "def f(row):\n    row['text'] = ''.join([row['a'], row['b'], '.'])\n    return row\n"
        "data = data.map(f)\n",
    ],
)
def test_the_same_in_other_words(tmp_path: Path, other: str) -> None:
    found = compared(tmp_path, JOINED, other)
    assert found.prepared == ()
    assert not [entry for entry in found.not_checked if "it makes" in entry.reason]


@pytest.mark.parametrize(
    ("other", "line"),
    [
        (JOINED.replace("'.'", "'!'"), 2),
        (JOINED.replace("row['a'] + row['b']", "row['b'] + row['a']"), 3),
        (JOINED.replace("row['b']", "row['b'].strip()"), 3),
        (JOINED.replace("row['a']", "row['a'].lower()"), 3),
    ],
)
def test_another_text_where_it_comes_from(tmp_path: Path, other: str, line: int) -> None:
    assert [(column, there) for column, _, there in lines(compared(tmp_path, JOINED, other))] == [
        ("text", line)
    ]


def test_a_column_that_is_no_longer_made(tmp_path: Path) -> None:
    found = compared(tmp_path, JOINED, "data = data.map(lambda row: {'a': row['a'] + '?'})\n")
    assert [(one.column, one.after) for one in found.prepared] == [("text", None)]


def test_other_data_may_have_other_columns(tmp_path: Path) -> None:
    other = JOINED.replace("row['b']", "row['c']")
    assert compared(tmp_path, JOINED, other).prepared
    found = compared(tmp_path, JOINED, other, data="b.csv")
    assert found.prepared == ()
    assert any("other columns" in entry.reason for entry in found.not_checked)


@pytest.mark.parametrize(
    "other",
    [
        JOINED.replace("end = '.'", "end = tokenizer.normalize('.')"),
        JOINED.replace("    return", "    while True:\n        pass\n    return"),
        JOINED.replace("    return", "    with open('x') as file:\n        end = file.read()\n    return"),
        JOINED.replace("'text': row['a']", "'text': row['a'][99] + row['a']"),
        JOINED.replace("'.'", "tokenizer.eos_token"),
    ],
)
def test_what_is_not_certain_is_not_checked(tmp_path: Path, other: str) -> None:
    found = compared(tmp_path, JOINED, other)
    assert found.prepared == ()
    assert any("is not compared" in entry.reason for entry in found.not_checked)
