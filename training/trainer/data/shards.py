"""Tokens in files that are mapped into memory: written once, never loaded whole.

A folder has `shards.json` (dtype, vocabulary, files with their numbers of tokens), the files themselves
(`.bin`: the numbers alone; `.npy`: with numpy's header) and the tokenizer. All files are one row of tokens.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from trainer.errors import TrainerError
from trainer.tokenizers import Tokenizer, load_tokenizer

FORMAT = 1
HEADER = "shards.json"
SUFFIXES = (".bin", ".npy")

Array = npt.NDArray[np.integer]


class MappedTokens:
    """The files of a folder as one row; a slice reads only the pages it lies on."""

    def __init__(self, parts: list[Array], names: list[str], vocab_size: int) -> None:
        self._parts = parts
        self._names = names
        self._vocab_size = vocab_size
        self._ends = list(accumulate(len(part) for part in parts))

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, wanted: slice) -> Array:
        """The tokens from `start` to `stop`, across files where they lie so.

        Raises TrainerError for a number beyond the vocabulary.
        """
        start, stop, _ = wanted.indices(len(self))
        found = []
        while start < stop:
            number = bisect_right(self._ends, start)
            offset = self._ends[number] - len(self._parts[number])
            piece = self._parts[number][start - offset : min(stop, self._ends[number]) - offset]
            if piece.max() >= self._vocab_size:
                raise TrainerError(
                    f"{self._names[number]} has token {piece.max()}, its vocabulary has {self._vocab_size}: "
                    "build the shards again"
                )
            found.append(piece)
            start += len(piece)
        return np.concatenate(found)


@dataclass(frozen=True)
class Shards:
    """What a folder of shards holds."""

    tokens: MappedTokens
    tokenizer: Tokenizer


def open_shards(folder: Path) -> Shards:
    """Map the shards of a folder. Raises TrainerError for what is missing, cut off or does not agree."""
    header = _header(folder)
    try:
        dtype, vocab_size = np.dtype(header["dtype"]), int(header["vocab_size"])
        files = [(folder / str(file["name"]), int(file["tokens"])) for file in header["files"]]
    except (KeyError, TypeError, ValueError) as error:
        raise TrainerError(f"{folder / HEADER} does not say what it must: {error}") from error
    if not files:
        raise TrainerError(f"{folder / HEADER} names no files")
    tokenizer = load_tokenizer(folder)
    if tokenizer.vocab_size != vocab_size:
        raise TrainerError(
            f"{folder / HEADER} has a vocabulary of {vocab_size}, the tokenizer beside it one of "
            f"{tokenizer.vocab_size}: build the shards again"
        )
    parts = [_mapped(file, dtype, tokens) for file, tokens in files]
    return Shards(MappedTokens(parts, [str(file) for file, _ in files], vocab_size), tokenizer)


def write_shards(
    folder: Path, rows: Iterable[list[int]], tokenizer: Tokenizer, *, shard_tokens: int, suffix: str
) -> int:
    """Write rows of tokens one after the other into files of `shard_tokens`; how many tokens there are.

    The header comes last: a folder without one is not finished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HEADER).unlink(missing_ok=True)
    dtype = np.dtype(np.uint16 if tokenizer.vocab_size <= 1 << 16 else np.uint32)
    files: list[dict[str, Any]] = []
    rest = np.empty(0, dtype)
    for row in rows:
        rest = np.concatenate((rest, np.asarray(row, dtype)))
        while len(rest) >= shard_tokens:
            files.append(_written(folder, len(files), rest[:shard_tokens], suffix))
            rest = rest[shard_tokens:]
    if len(rest):
        files.append(_written(folder, len(files), rest, suffix))
    tokenizer.save(folder)
    header = {"format": FORMAT, "dtype": dtype.name, "vocab_size": tokenizer.vocab_size, "files": files}
    (folder / HEADER).write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    return sum(file["tokens"] for file in files)


def _written(folder: Path, number: int, tokens: Array, suffix: str) -> dict[str, Any]:
    file = folder / f"tokens_{number:05d}{suffix}"
    if suffix == ".npy":
        np.save(file, tokens)
    else:
        tokens.tofile(file)
    return {"name": file.name, "tokens": len(tokens)}


def _header(folder: Path) -> dict[str, Any]:
    try:
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise TrainerError(
            f"data.path {folder} has no {HEADER}: build one with training/dataset/build_shards.py"
        ) from error
    except (OSError, ValueError) as error:
        raise TrainerError(f"{folder / HEADER} cannot be read: {error}") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise TrainerError(f"{folder / HEADER} is not of format {FORMAT}: build the shards again")
    return header


def _mapped(file: Path, dtype: np.dtype[Any], tokens: int) -> Array:
    try:
        row = np.load(file, mmap_mode="r") if file.suffix == ".npy" else np.memmap(file, dtype, mode="r")
    except (OSError, ValueError) as error:
        raise TrainerError(f"{file} cannot be mapped: {error}") from error
    if row.dtype != dtype or row.shape != (tokens,):
        raise TrainerError(
            f"{file} has shape {row.shape} and dtype {row.dtype}, {HEADER} says ({tokens},) and {dtype}: "
            "it is cut off, or of another build"
        )
    return row
