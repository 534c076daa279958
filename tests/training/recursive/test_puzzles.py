"""Puzzles are what they claim to be, and batches of them a function of seed and number."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from trainer.data.puzzles.batches import PuzzleBatches, read_split
from trainer.data.puzzles.build import BuildConfig, build
from trainer.data.puzzles.colours import Colours
from trainer.data.puzzles.group import IGNORE_LABEL_ID
from trainer.data.puzzles.maze import FREE, GOAL, START, WALL, WAY, Maze
from trainer.data.puzzles.metadata import Mode
from trainer.data.puzzles.sudoku import Sudoku, solutions
from trainer.errors import TrainerError
from trainer.schedules import steps_per_epoch, total_steps

from tests.training.runs import TRAINING, puzzles


@pytest.mark.parametrize(("box", "clues"), [(2, 6), (3, 40)])
def test_a_sudoku_has_its_answer_as_its_only_solution(box: int, clues: int) -> None:
    kind = Sudoku(box=box, clues=clues)
    group = kind.group(np.random.default_rng(3), 3)
    side = box**2
    for question, answer in zip(group.inputs - 1, group.labels - 1, strict=True):
        grid, solved = question.reshape(side, side), answer.reshape(side, side)
        assert ((grid == 0) | (grid == solved)).all()
        (only,) = solutions(grid, box, limit=2)
        assert (only == solved).all()
        lines = [*solved, *solved.T]
        boxes = [
            solved[r : r + box, c : c + box].ravel() for r in range(0, side, box) for c in range(0, side, box)
        ]
        assert all(sorted(unit) == list(range(1, side + 1)) for unit in lines + boxes)
    assert len({row.tobytes() for row in group.inputs}) == 3
    # Symmetries leave as many clues as there were.
    assert len({int((row > 1).sum()) for row in group.inputs}) == 1


def test_a_grid_with_two_solutions_is_known() -> None:
    assert len(solutions(np.zeros((4, 4), dtype=np.int64), 2, limit=300)) == 288


def test_the_way_of_a_maze_leads_from_start_to_goal() -> None:
    group = Maze(side=9).group(np.random.default_rng(0), 4)
    for question, answer in zip(group.inputs, group.labels, strict=True):
        maze, marked = question.reshape(9, 9), answer.reshape(9, 9)
        assert ((maze == marked) | ((maze == FREE) & (marked == WAY))).all()
        assert (maze == START).sum() == (maze == GOAL).sum() == 1
        on_way = np.isin(marked, (START, GOAL, WAY))
        padded = np.pad(on_way, 1)
        around = padded[:-2, 1:-1] * 1 + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
        # One neighbour on the way at both ends, two in between: a single path, and nothing beside it.
        assert (around[np.isin(marked, (START, GOAL))] == 1).all()
        assert (around[marked == WAY] == 2).all()
        assert (marked[maze == WALL] == WALL).all()


def test_a_map_of_colours_follows_one_rule_in_all_its_pairs() -> None:
    group = Colours(side=4, colours=10).group(np.random.default_rng(5), 6)
    inside = group.inputs > 0
    assert (inside == (group.labels != IGNORE_LABEL_ID)).all()
    # As many cells of each colour as of the one that it becomes: the change of colours is a permutation.
    for question, answer in zip(group.inputs, group.labels, strict=True):
        counts = (np.bincount(row[row > 0], minlength=11)[1:] for row in (question, answer))
        assert sorted(next(counts)) == sorted(next(counts))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", ["sudoku4", "maze", "colours"])
def test_no_question_of_val_is_one_of_train(kind: str, mode: Mode, tmp_path: Path) -> None:
    puzzles(tmp_path, kind, mode, side=5)
    rows = [
        {row.tobytes() for row in read_split(tmp_path / name, mode)[1]["inputs"]} for name in ("train", "val")
    ]
    assert not rows[0] & rows[1]


def test_embedding_mode_asks_for_other_pairs_of_the_rules_that_it_names(tmp_path: Path) -> None:
    puzzles(tmp_path, "colours", Mode.embedding, side=3, pairs=4)
    (train, shown), (val, asked) = (read_split(tmp_path / name, Mode.embedding) for name in ("train", "val"))
    assert (train.total_groups, train.mean_puzzle_examples, train.samples) == (12, 3.0, 36.0)
    assert (val.total_groups, val.mean_puzzle_examples) == (6, 1.0)
    assert set(asked["puzzle_identifiers"]) < set(shown["puzzle_identifiers"]) == set(range(1, 13))
    assert train.num_puzzle_identifiers == 13


def test_encoder_mode_shows_other_pairs_of_the_same_rule(tmp_path: Path) -> None:
    puzzles(tmp_path, "colours", Mode.encoder, side=3, pairs=4, demonstrations=3)
    metadata, arrays = read_split(tmp_path / "train", Mode.encoder)
    assert (metadata.num_demonstrations, metadata.samples) == (3, 48.0)
    assert set(arrays["demo_mask"].sum(1)) == {1, 2, 3}
    for group in range(12):
        rows = range(4 * group, 4 * group + 4)
        own = {arrays["inputs"][row].tobytes() for row in rows}
        for row in rows:
            there = arrays["demo_mask"][row] == 1
            shown = {demo.tobytes() for demo in arrays["demo_inputs"][row][there]}
            assert shown <= own - {arrays["inputs"][row].tobytes()}
            assert (arrays["demo_inputs"][row][~there] == 0).all()


def test_where_all_follow_one_rule_demonstrations_are_of_other_puzzles(tmp_path: Path) -> None:
    puzzles(tmp_path, "sudoku4", Mode.encoder, pairs=2, demonstrations=2)
    _, arrays = read_split(tmp_path / "train", Mode.encoder)
    for row, demonstrations in enumerate(arrays["demo_inputs"]):
        group = {arrays["inputs"][other].tobytes() for other in (row // 2 * 2, row // 2 * 2 + 1)}
        assert not group & {demo.tobytes() for demo in demonstrations}


def test_the_same_seed_builds_the_same_and_another_one_another(tmp_path: Path) -> None:
    found = [
        (
            puzzles(tmp_path / name, "maze", Mode.embedding, side=5, seed=seed) / "train/inputs.npy"
        ).read_bytes()
        for name, seed in (("one", 1), ("again", 1), ("other", 2))
    ]
    assert found[0] == found[1] != found[2]


@pytest.fixture
def source() -> PuzzleBatches:
    return PuzzleBatches({"inputs": np.arange(10)[:, None]}, seed=7)


def test_every_epoch_has_each_example_once_in_an_order_of_its_own(source: PuzzleBatches) -> None:
    stream = torch.cat([source.batch(index, 4)["inputs"] for index in range(5)]).flatten().tolist()
    assert sorted(stream[:10]) == sorted(stream[10:]) == list(range(10))
    assert stream[:10] != stream[10:] != sorted(stream[10:])


def test_a_batch_is_a_function_of_seed_and_number(source: PuzzleBatches) -> None:
    later = PuzzleBatches(source.arrays, seed=7).batch(3, 4)
    assert all(torch.equal(later[name], value) for name, value in source.batch(3, 4).items())
    assert later["draws"].shape == (4, 3)
    assert not torch.equal(later["draws"], source.batch(4, 4)["draws"])
    other = PuzzleBatches(source.arrays, seed=8).batch(3, 4)
    assert not torch.equal(later["inputs"], other["inputs"])


def test_steps_of_an_epoch_are_floored_before_they_are_multiplied(tmp_path: Path) -> None:
    puzzles(tmp_path, "maze", Mode.embedding, side=5, pairs=3)
    metadata, _ = read_split(tmp_path / "train", Mode.embedding)
    assert metadata.samples == 36
    assert steps_per_epoch(metadata.samples, 10) == 3
    assert total_steps(10, metadata.samples, 10) == 30


REFUSED = {
    "'chess' is no kind of puzzle: there are sudoku4": {"kind": "chess"},
    "a maze of side 6 cannot be drawn": {"kind": "maze", "side": 6},
    "shows no rule": {"kind": "colours", "side": 1},
    "val_groups is 0": {"val_groups": 0},
    "pairs is 1: val asks for the last pair": {"kind": "colours", "pairs": 1},
    "there are 4 pairs of a rule": {"kind": "colours", "mode": Mode.encoder, "demonstrations": 4},
    "there are 2 groups in the smallest split": {"mode": Mode.encoder, "val_groups": 2},
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_makes_no_data_set_is_refused_in_words(said: str, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=said):
        BuildConfig(output_dir=tmp_path, **REFUSED[said])


def test_more_puzzles_than_there_are_is_refused_in_words(tmp_path: Path) -> None:
    config = BuildConfig(output_dir=tmp_path, kind="maze", side=5, train_groups=1500, val_groups=300)
    with pytest.raises(TrainerError, match="maze has too few puzzles"):
        build(config)


def test_files_that_contradict_each_other_are_refused_in_words(tmp_path: Path) -> None:
    folder = puzzles(tmp_path, "sudoku4", Mode.embedding) / "train"
    with pytest.raises(TrainerError, match=r"built in embedding mode, the model needs encoder mode"):
        read_split(folder, Mode.encoder)
    np.save(folder / "labels.npy", np.load(folder / "labels.npy")[:-1])
    with pytest.raises(TrainerError, match=r"labels.npy has shape \(47, 16\), the metadata say \(48, 16\)"):
        read_split(folder, Mode.embedding)
    np.save(folder / "labels.npy", np.full((48, 16), 6))
    with pytest.raises(TrainerError, match=r"has the number 6, the metadata allow numbers below 6"):
        read_split(folder, Mode.embedding)
    (folder / "labels.npy").write_bytes(b"no array")
    with pytest.raises(TrainerError, match=r"labels.npy cannot be read"):
        read_split(folder, Mode.embedding)
    (folder / "dataset.json").write_text("{}")
    with pytest.raises(TrainerError, match="does not describe puzzles"):
        read_split(folder, Mode.embedding)
    (folder / "dataset.json").unlink()
    with pytest.raises(TrainerError, match=r"has no puzzles: dataset.json is missing .*/build_puzzles.py"):
        read_split(folder, Mode.embedding)


def test_the_script_builds_and_says_what_it_cannot(tmp_path: Path) -> None:
    def build_puzzles(*arguments: str) -> subprocess.CompletedProcess[str]:
        script = TRAINING / "dataset" / "build_puzzles.py"
        return subprocess.run(
            [sys.executable, str(script), "--output-dir", str(tmp_path), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    made = build_puzzles(
        "--kind", "maze", "--side", "5", "--mode", "encoder", "--train-groups", "4", "--val-groups", "4"
    )
    assert (made.returncode, made.stderr) == (0, "")
    metadata = json.loads((tmp_path / "train" / "dataset.json").read_text())
    assert metadata["mode"] == "encoder"
    assert (metadata["vocab_size"], metadata["seq_len"], metadata["total_groups"]) == (6, 25, 4)
    refused = build_puzzles("--kind", "maze", "--side", "4")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: a maze of side 4 cannot be drawn")
