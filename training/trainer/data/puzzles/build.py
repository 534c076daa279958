"""A kind of puzzle in, the arrays and the metadata of `train` and `val` out.

Embedding mode names each rule by an identifier; where rules differ, both splits have all rules and `val`
asks for pairs that `train` does not show. Encoder mode has no use for names: each example carries
demonstrations of its rule, and `val` has rules that `train` never sees. Where all puzzles follow one rule,
`val` has other puzzles in both modes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.data.puzzles.colours import Colours
from trainer.data.puzzles.group import BLANK_IDENTIFIER_ID, PAD_ID, Grid, Group, PuzzleKind
from trainer.data.puzzles.maze import Maze
from trainer.data.puzzles.metadata import Mode, PuzzleMetadata
from trainer.data.puzzles.sudoku import Sudoku
from trainer.errors import TrainerError

Arrays = dict[str, Grid]

#: How often a group may be drawn again because `val` has one of its pairs.
_ATTEMPTS = 1000


@dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """What to build and where."""

    output_dir: Path
    kind: str = "sudoku4"
    mode: Mode = Mode.embedding
    #: Cells a side, of mazes and maps of colours.
    side: int = 5
    #: Of maps of colours.
    colours: int = 10
    train_groups: int = 1000
    val_groups: int = 100
    #: Pairs of one group.
    pairs: int = 4
    #: Demonstrations of one example, in encoder mode.
    demonstrations: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no data set."""
        if self.kind not in KINDS:
            raise TrainerError(f"{self.kind!r} is no kind of puzzle: there are {', '.join(KINDS)}")
        for name in ("train_groups", "val_groups", "pairs", "demonstrations"):
            if getattr(self, name) < 1:
                raise TrainerError(f"{name} is {getattr(self, name)}: it must be at least 1")
        one_rule = KINDS[self.kind](self).one_rule
        if self.mode is Mode.embedding and not one_rule and self.pairs < 2:
            raise TrainerError("pairs is 1: val asks for the last pair of each rule, so train needs another")
        given = min(self.train_groups, self.val_groups) if one_rule else self.pairs
        if self.mode is Mode.encoder and self.demonstrations >= given:
            raise TrainerError(
                f"demonstrations is {self.demonstrations}: an example is shown with others than itself, and "
                f"there are {given} " + ("groups in the smallest split" if one_rule else "pairs of a rule")
            )


#: Each kind by its name.
KINDS: dict[str, Callable[[BuildConfig], PuzzleKind]] = {
    "sudoku4": lambda config: Sudoku(box=2, clues=7),
    "sudoku9": lambda config: Sudoku(box=3, clues=32),
    "maze": lambda config: Maze(side=config.side),
    "colours": lambda config: Colours(side=config.side, colours=config.colours),
}


def build(config: BuildConfig) -> None:
    """Write `train/` and `val/`. Raises TrainerError for what cannot be drawn."""
    rng = np.random.default_rng(config.seed)
    kind = KINDS[config.kind](config)
    for split, arrays in _SPLITS[config.mode](kind, config, rng).items():
        _write(config.output_dir / split, arrays, kind, config)


def _embedding(kind: PuzzleKind, config: BuildConfig, rng: np.random.Generator) -> dict[str, Arrays]:
    """Identifiers beside the pairs; number 0 is the blank one."""
    if kind.one_rule:
        train, val = _drawn(kind, config, rng)
        return {name: _pairs(groups, named=False) for name, groups in (("train", train), ("val", val))}
    groups = [kind.group(rng, config.pairs) for _ in range(config.train_groups)]
    shown = [Group(inputs=group.inputs[:-1], labels=group.labels[:-1]) for group in groups]
    asked = [
        Group(inputs=group.inputs[-1:], labels=group.labels[-1:]) for group in groups[: config.val_groups]
    ]
    return {"train": _pairs(shown, named=True), "val": _pairs(asked, named=True)}


def _encoder(kind: PuzzleKind, config: BuildConfig, rng: np.random.Generator) -> dict[str, Arrays]:
    """Demonstrations beside the pairs."""
    train, val = _drawn(kind, config, rng)
    return {
        name: _pairs(groups, named=False) | _demonstrations(groups, kind, config.demonstrations, rng)
        for name, groups in (("train", train), ("val", val))
    }


_SPLITS = {Mode.embedding: _embedding, Mode.encoder: _encoder}


def _drawn(
    kind: PuzzleKind, config: BuildConfig, rng: np.random.Generator
) -> tuple[list[Group], list[Group]]:
    """The groups of `train` and of `val`; no pair of `val` is one of `train`."""
    val = [kind.group(rng, config.pairs) for _ in range(config.val_groups)]
    asked = {pair for group in val for pair in _fingerprints(group)}
    train: list[Group] = []
    attempts = 0
    while len(train) < config.train_groups:
        group = kind.group(rng, config.pairs)
        if not asked.isdisjoint(_fingerprints(group)):
            attempts += 1
            if attempts > _ATTEMPTS:
                raise TrainerError(
                    f"{config.kind} has too few puzzles for {config.train_groups} groups of train beside "
                    f"{config.val_groups} of val: take fewer groups or a larger side"
                )
            continue
        train.append(group)
    return train, val


def _fingerprints(group: Group) -> list[bytes]:
    """Each pair: where rules differ, one question has several answers."""
    return [row.tobytes() for row in np.concatenate((group.inputs, group.labels), axis=1)]


def _pairs(groups: list[Group], *, named: bool) -> Arrays:
    """All pairs in a row, with the number of their group, and its name where it has one."""
    numbers = np.repeat(np.arange(len(groups)), [len(group.inputs) for group in groups])
    return {
        "inputs": np.concatenate([group.inputs for group in groups]),
        "labels": np.concatenate([group.labels for group in groups]),
        "group_indices": numbers,
        "puzzle_identifiers": numbers + 1 if named else np.full_like(numbers, BLANK_IDENTIFIER_ID),
    }


def _demonstrations(groups: list[Group], kind: PuzzleKind, room: int, rng: np.random.Generator) -> Arrays:
    """For each pair of each group: other pairs of its rule, and which of them are there.

    Where rules differ, a rule shows some pairs or all: tasks with few demonstrations are seen as well.
    """
    inputs, labels, masks = [], [], []
    for number, group in enumerate(groups):
        there = room if kind.one_rule else int(rng.integers(1, room + 1))
        for query in range(len(group.inputs)):
            shown = (
                [(groups[(number + step) % len(groups)], query) for step in range(1, room + 1)]
                if kind.one_rule
                else [(group, (query + step) % len(group.inputs)) for step in range(1, room + 1)]
            )
            mask = np.arange(room) < there
            inputs.append([other.inputs[pair] for other, pair in shown])
            labels.append([np.maximum(other.labels[pair], PAD_ID) for other, pair in shown])
            masks.append(mask)
    mask = np.stack(masks)
    return {
        "demo_inputs": np.where(mask[:, :, None], np.array(inputs), PAD_ID),
        "demo_labels": np.where(mask[:, :, None], np.array(labels), PAD_ID),
        "demo_mask": mask.astype(np.int64),
    }


def _write(folder: Path, arrays: Arrays, kind: PuzzleKind, config: BuildConfig) -> None:
    """The arrays, then the metadata: a split that has it is whole."""
    groups = int(arrays["group_indices"][-1]) + 1
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array.astype(np.int16 if array.max() < 2**15 else np.int32))
    PuzzleMetadata(
        kind=config.kind,
        mode=config.mode.value,
        vocab_size=kind.vocab_size,
        seq_len=kind.seq_len,
        num_demonstrations=config.demonstrations if config.mode is Mode.encoder else 0,
        num_puzzle_identifiers=1 if kind.one_rule or config.mode is Mode.encoder else config.train_groups + 1,
        total_groups=groups,
        mean_puzzle_examples=len(arrays["inputs"]) / groups,
        seed=config.seed,
    ).write(folder)
