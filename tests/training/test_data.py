"""Texts, conversations and shards: the same tokens from each, and clear words for what is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from trainer.configuration.data import ColumnsConfig
from trainer.data.arithmetic import draw_arithmetic
from trainer.data.conversations import Conversation, Turn, as_text, read_conversations
from trainer.data.shards import MappedTokens, open_shards, write_shards
from trainer.data.tokens import split
from trainer.errors import TrainerError
from trainer.tokenizers import BPETokenizer, CharacterTokenizer

from tests.training.runs import SMALL, SMALL_GPT, TRAINING, metrics, train_here

TEXT = "abcdefghij" * 10


def _build(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TRAINING / "dataset" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_run_learns_the_same_from_a_text_a_csv_and_shards_of_it(tmp_path: Path) -> None:
    text, table, shards = tmp_path / "a.txt", tmp_path / "a.csv", tmp_path / "shards"
    for path in (text, table):
        assert _build("build_text.py", "--output", str(path), "--count", "150").returncode == 0
    built = _build(
        "build_shards.py", "--input", str(text), "--output-dir", str(shards), "--shard-tokens", "1000"
    )
    assert built.stdout == f"{shards}: {len(text.read_text()):,} tokens\n"
    assert len(list(shards.glob("*.bin"))) > 3
    losses: list[dict[str, dict[int, float]]] = []
    for data in (f"data.path={text}", f"data.path={table}", f"data.path={shards}"):
        output = tmp_path / "runs" / str(len(losses))
        kind = ("text", "conversations", "shards")[len(losses)]
        train_here("cfg_gpt", f"data={kind}", *SMALL, *SMALL_GPT, data, "steps=4", f"output_dir={output}")
        losses.append(metrics(output))
    assert losses[0] == losses[1] == losses[2]


def test_arithmetic_is_right_and_the_same_for_the_same_seed() -> None:
    conversations = draw_arithmetic(50, 20, 3)
    assert conversations == draw_arithmetic(50, 20, 3)
    assert conversations != draw_arithmetic(50, 20, 4)
    for conversation in conversations:
        (turn,) = conversation.turns
        a, sign, b = turn.question.removeprefix("What is ").removesuffix("?").split()
        expected = {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[sign]
        assert turn.answer == str(expected)


def test_conversations_have_turns_and_instructions(tmp_path: Path) -> None:
    path = tmp_path / "talks.csv"
    path.write_text(
        '\ufeffid,ask,reply,role\n1,"Hi, there",Hello,Be kind\n1,"two\nlines",ok,ignored\n\n2,Bye,So long,\n',
        encoding="utf-8",
    )
    columns = ColumnsConfig(question="ask", answer="reply", system="role", conversation="id")
    found = read_conversations(path, columns)
    assert found == [
        Conversation("Be kind", (Turn("Hi, there", "Hello"), Turn("two\nlines", "ok"))),
        Conversation("", (Turn("Bye", "So long"),)),
    ]
    assert as_text(found) == (
        "SYSTEM: Be kind\nQUESTION: Hi, there\nANSWER: Hello\nQUESTION: two\nlines\nANSWER: ok\n\n"
        "QUESTION: Bye\nANSWER: So long\n\n"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", r"bad\.csv:1: there is no column question; the columns are a, b"),
        ("question,answer\n", "has a line of column names and no rows"),
        ('question,answer\n"1\n2",x\n3\n', r"bad\.csv:4: the row has 1 fields, the first line names 2"),
        ("question,answer\n1,2,3\n", r"bad\.csv:2: the row has 3 fields"),
        ("question,answer\n1,2\n3, \n", r"bad\.csv:3: column answer is empty"),
        ('question,answer\n1,2\n"3,4\n', r"bad\.csv:3: unexpected end of data"),
        ("", "is empty"),
    ],
)
def test_a_bad_row_is_told_with_file_and_line(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        read_conversations(path, ColumnsConfig())


@pytest.mark.parametrize("suffix", [".bin", ".npy"])
def test_shards_are_mapped_and_read_across_files(suffix: str, tmp_path: Path) -> None:
    tokenizer = CharacterTokenizer.of(TEXT)
    rows = [tokenizer.encode(TEXT[:33]), tokenizer.encode(TEXT[33:])]
    assert write_shards(tmp_path, rows, tokenizer, shard_tokens=7, suffix=suffix) == 100
    tokens = open_shards(tmp_path).tokens
    assert all(isinstance(part, np.memmap) for part in tokens._parts)
    assert len(tokens) == 100
    whole = tokenizer.encode(TEXT)
    for start, stop in ((0, 100), (5, 9), (6, 30), (98, 100), (13, 14)):
        assert tokens[start:stop].tolist() == whole[start:stop]
    parts = split(tokens, 0.1)
    assert parts["val"][0:4].tolist() == whole[90:94]
    assert parts["train"][88:95].tolist() == whole[88:90]


def test_the_bytes_on_disk_are_the_smallest_that_hold_the_vocabulary(tmp_path: Path) -> None:
    write_shards(tmp_path, [[1, 2, 3]], CharacterTokenizer.of(TEXT), shard_tokens=10, suffix=".bin")
    assert (tmp_path / "tokens_00000.bin").stat().st_size == 6
    many = CharacterTokenizer([str(number) for number in range((1 << 16) + 1)])
    write_shards(tmp_path, [[1, 1 << 16]], many, shard_tokens=10, suffix=".bin")
    assert (tmp_path / "tokens_00000.bin").stat().st_size == 8


def _break_header(folder: Path, **changes: object) -> None:
    header = json.loads((folder / "shards.json").read_text())
    (folder / "shards.json").write_text(json.dumps(header | changes))


def _cut(folder: Path) -> None:
    (folder / "tokens_00000.bin").write_bytes(b"\0\0")


def _give_other_tokenizer(folder: Path) -> None:
    CharacterTokenizer.of("abc").save(folder)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda folder: (folder / "shards.json").unlink(), "has no shards.json"),
        (lambda folder: (folder / "shards.json").write_text("{"), "cannot be read"),
        (lambda folder: _break_header(folder, format=2), "not of format 1"),
        (lambda folder: _break_header(folder, dtype="text"), "does not say what it must"),
        (lambda folder: _break_header(folder, files=[]), "names no files"),
        (lambda folder: _break_header(folder, dtype="int32"), "cut off, or of another build"),
        (lambda folder: (folder / "tokens_00001.bin").unlink(), r"tokens_00001\.bin cannot be mapped"),
        (_cut, r"tokens_00000\.bin has shape \(1,\) .*says \(60,\)"),
        (_give_other_tokenizer, "vocabulary of 10, the tokenizer beside it one of 3"),
    ],
)
def test_broken_shards_are_refused(harm: object, message: str, tmp_path: Path) -> None:
    tokenizer = CharacterTokenizer.of(TEXT)
    write_shards(tmp_path, [tokenizer.encode(TEXT)], tokenizer, shard_tokens=60, suffix=".bin")
    assert callable(harm)
    harm(tmp_path)
    with pytest.raises(TrainerError, match=message):
        open_shards(tmp_path)


def test_a_token_beyond_the_vocabulary_is_found_when_it_is_read() -> None:
    tokens = MappedTokens([np.array([1, 2]), np.array([3, 9])], ["a.bin", "b.bin"], 9)
    assert tokens[0:3].tolist() == [1, 2, 3]
    with pytest.raises(TrainerError, match=r"b\.bin has token 9, its vocabulary has 9"):
        tokens[1:4]


def test_shards_of_another_vocabulary_than_the_models_are_refused(
    text: Path, gpt2: Path, tmp_path: Path
) -> None:
    content = text.read_text()
    tokenizer = BPETokenizer.of(content, 280)
    write_shards(tmp_path / "s", [tokenizer.encode(content)], tokenizer, shard_tokens=500, suffix=".npy")
    same = ("data=shards", *SMALL, f"data.path={tmp_path / 's'}", "steps=2", f"output_dir={tmp_path / 'run'}")
    with pytest.raises(
        TrainerError, match=r"another vocabulary \(280 tokens\) than the model \(300 tokens\)"
    ):
        train_here("cfg_gpt2", *same, f"arch.pretrained={gpt2}")
    train_here("cfg_bigram", *same)
    other = BPETokenizer.of(content[:1500], 280)
    write_shards(tmp_path / "s", [other.encode(content)], other, shard_tokens=500, suffix=".npy")
    with pytest.raises(TrainerError, match="another vocabulary"):
        train_here("cfg_bigram", *same, "steps=4")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("data.path={tmp}/none.txt",), r"none\.txt does not exist .*build_text\.py --output"),
        (("data.path={tmp}",), "is a folder; one file is needed"),
        (("data.path={tmp}/empty.txt",), r"empty\.txt is empty"),
        (("data.path={tmp}/short.txt",), r"the train split has \d+ tokens, one window"),
        (("data.path={tmp}/binary.txt",), "is no UTF-8 text"),
        (("data.path={tmp}/short.txt", "data.kind=puzzles"), "puzzles has no text"),
        (("data=shards", "data.path={tmp}", "data.tokenizer.kind=bpe"), "shards bring the tokenizer"),
        (("data.path={tmp}/short.txt", "data.val_fraction=1"), r"data\.val_fraction is 1\.0"),
    ],
)
def test_data_that_give_no_batches_are_refused(
    overrides: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "short.txt").write_text("too short")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainerError, match=message):
        train_here(
            "cfg_bigram",
            *(part.format(tmp=tmp_path) for part in overrides),
            f"output_dir={tmp_path / 'run'}",
        )
