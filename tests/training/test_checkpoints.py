"""Checkpoints are whole or not there, whatever happens while they are written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from trainer.checkpointing import CheckpointStore
from trainer.errors import TrainerError
from trainer.state import save_checkpoint
from trainer.tokenizers import CharacterTokenizer

from tests.training.processes import ended, start
from tests.training.runs import SMALL, SMALL_GPT, assembled, metrics, story, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=8", "checkpoint.interval=2", "checkpoint.keep_last=2", "log_interval=1")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of eight steps; its folder has the text as well."""
    folder = tmp_path_factory.mktemp("trained")
    train_here("cfg_gpt", *SAME, f"data.path={story(folder / 'story.txt')}", f"output_dir={folder}")
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of that run, to be damaged."""
    return shutil.copytree(trained, tmp_path / "run")


def _resume(run: Path, *more: str) -> str:
    """Go on with a run; what it said."""
    log = run / "resume.log"
    log.unlink(missing_ok=True)
    train_here("cfg_gpt", *SAME, f"data.path={run / 'story.txt'}", f"output_dir={run}", *more)
    return log.read_text()


def _steps(run: Path) -> list[str]:
    return sorted(path.name for path in (run / "checkpoints").glob("step_*"))


def test_the_last_ones_and_the_best_are_kept_and_pointed_to(trained: Path) -> None:
    store = CheckpointStore(trained / "checkpoints", 2)
    best = store.pointed("best")
    assert store.pointed("latest") == trained / "checkpoints" / "step_00000008"
    assert best is not None
    assert set(_steps(trained)) == {"step_00000006", "step_00000008", best.name}
    assert not list((trained / "checkpoints").glob(".*"))


def test_the_best_is_kept_however_old_it_is(text: Path, tmp_path: Path) -> None:
    # Steps so large that the loss only rises after the first evaluations.
    same = (*SAME, f"data.path={text}", "optim.learning_rate=3", "optim.law=constant")
    train_here("cfg_gpt", *same, "evaluation.interval=1", "checkpoint.keep_last=1", f"output_dir={tmp_path}")
    losses = metrics(tmp_path)["val/loss"]
    best = min((step for step in losses if step), key=lambda step: losses[step])
    if losses[best] < losses[0]:
        assert _steps(tmp_path) == sorted({f"step_{best:08d}", "step_00000008"})
    else:
        assert _steps(tmp_path) == ["step_00000008"]


def test_the_state_loads_with_weights_only_and_names_the_code(trained: Path) -> None:
    state = torch.load(trained / "checkpoints/step_00000008/state.pt", weights_only=True)
    assert state["step"] == 8
    assert len(state["code"]) == 64
    assert state["config"]["optim"]["learning_rate"] > 0


def test_what_is_noted_in_a_checkpoint_is_there_after_a_resume_and_in_its_checkpoints(run: Path) -> None:
    store = CheckpointStore(run / "checkpoints", 2)
    said = _resume(run, "steps=9", "+checkpoint.metadata.revision=7", "+checkpoint.metadata.by=[ada,bob]")
    assert "checkpoint.metadata.revision: None (checkpoint) -> 7 (command line)" in said
    said = _resume(run, "steps=10", "+checkpoint.metadata.revision=8")
    assert "the checkpoint says: revision = 7, by = ['ada', 'bob']" in said
    assert store.load(run / "checkpoints/step_00000010").metadata == {"revision": 8, "by": ["ada", "bob"]}


def test_whoever_saves_may_note_more_and_a_run_that_goes_on_from_there_has_it(
    text: Path, tmp_path: Path
) -> None:
    same = (*SAME, f"data.path={text}", f"output_dir={tmp_path}", "+checkpoint.metadata={ticket:T1}")
    parts = assembled("cfg_gpt", *same)
    save_checkpoint(parts, best=False, extra_metadata={"reason": "before the first step"})
    parts.reporter.close()
    first, _ = parts.checkpoints.latest()
    assert first is not None
    assert first.metadata == {"ticket": "T1", "reason": "before the first step"}
    train_here("cfg_gpt", *same)
    last, _ = parts.checkpoints.latest()
    assert last is not None
    assert (last.step, last.metadata) == (8, first.metadata)


@pytest.mark.parametrize("file", ["weights.safetensors", "state.pt", "manifest.json"])
def test_a_truncated_checkpoint_is_passed_over_once_and_named(file: str, trained: Path, run: Path) -> None:
    damaged = run / "checkpoints" / "step_00000008" / file
    damaged.write_bytes(damaged.read_bytes()[:-20])
    said = _resume(run)
    assert said.count("passed over: checkpoint") == 1
    assert "step_00000008" in said.split("passed over", 1)[1].splitlines()[0]
    assert "resumed from" in said
    assert "at step 6" in said
    expected, found = weights(trained, 8), weights(run, 8)
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_a_foreign_folder_is_passed_over(run: Path) -> None:
    (run / "checkpoints" / "latest").unlink()
    foreign = run / "checkpoints" / "step_00000099"
    foreign.mkdir()
    torch.save({"model": {}}, foreign / "state.pt")
    said = _resume(run)
    assert "step_00000099 is none of this trainer" in said
    assert "at step 8" in said


@pytest.mark.parametrize("file", ["state.pt", "weights.safetensors"])
def test_a_damaged_checkpoint_that_is_asked_for_is_one_clear_error(file: str, run: Path) -> None:
    path = run / "checkpoints" / "step_00000008"
    (path / file).write_bytes(b"nothing")
    with pytest.raises(TrainerError, match=f"damaged: {file} is not as it was written"):
        _resume(run, f"checkpoint.path={path}")
    with pytest.raises(TrainerError, match="does not exist"):
        _resume(run, f"checkpoint.path={run / 'nowhere'}")


def test_what_a_killed_save_left_is_cleared_away_and_nothing_is_lost(run: Path) -> None:
    folder = run / "checkpoints"
    shutil.copytree(folder / "step_00000008", folder / ".step_00000010.part")
    (folder / ".latest.part").write_text("step_0")
    # Killed between the two renames of a step that is saved again.
    (folder / "step_00000008").rename(folder / ".step_00000008.old")
    said = _resume(run)
    assert "step_00000008 back" in said
    assert "at step 8" in said
    assert not list(folder.glob(".*"))


def test_checkpoints_of_a_run_that_was_replaced_are_not_taken_up(run: Path) -> None:
    same = (f"data.path={run / 'story.txt'}", f"output_dir={run}", "seed=7")
    train_here("cfg_gpt", *SAME, *same, "steps=4", "checkpoint.resume=never")
    assert "step_00000008" in _steps(run)
    assert "at step 4" in _resume(run, "seed=7")


def test_another_optimizer_state_is_refused_in_words(run: Path) -> None:
    path = run / "checkpoints" / "step_00000008"
    store = CheckpointStore(run / "checkpoints", 2)
    checkpoint = store.load(path)
    del checkpoint.state["optimizer"]["param_groups"][1]
    tokenizer = CharacterTokenizer.load(path / "tokenizer")
    store.save(8, checkpoint.weights, checkpoint.state, tokenizer, False)
    with pytest.raises(TrainerError, match=r"optimizer state of .* in 1 groups"):
        _resume(run, "steps=9")


def test_a_disk_that_is_full_while_saving_leaves_earlier_checkpoints_whole(run: Path) -> None:
    same = (*SAME, f"data.path={run / 'story.txt'}", f"output_dir={run}", "logging.tensorboard=false")
    sizes = {
        file: (run / "checkpoints" / "step_00000008" / file).stat().st_size
        for file in ("weights.safetensors", "state.pt")
    }
    before = {path.name: sorted(path.iterdir()) for path in (run / "checkpoints").glob("step_*")}
    # Neither fits; the weights do, the state does not.
    for largest in (sizes["weights.safetensors"] // 2, sizes["state.pt"] - 1000):
        process = start(
            run / "said.txt", {}, "--config-name", "cfg_gpt", *same, "steps=12", largest_file=largest
        )
        codes = ended([process])
        assert codes == [2], (run / "said.txt").read_text()
        said = (run / "said.txt").read_text()
        assert "step_00000010 could not be written" in said
        assert "earlier checkpoints are whole" in said
        assert "Traceback" not in said
        now = {path.name: sorted(path.iterdir()) for path in (run / "checkpoints").glob("step_*")}
        assert now == before
        assert not list((run / "checkpoints").glob(".*"))
    assert "at step 8" in _resume(run, "steps=12")
    assert "step_00000012" in _steps(run)


@pytest.mark.parametrize(
    "overrides",
    [
        ("optim.learning_rate=1e30", "optim.grad_clip=0"),
        ("optim.learning_rate=3e37", "optim.grad_clip=0"),
    ],
)
def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(
    overrides: tuple[str, ...], run: Path
) -> None:
    good = weights(run, 8)
    with pytest.raises(TrainerError, match=r"step \d+ .*finite number"):
        _resume(run, "steps=30", "optim.law=constant", *overrides)
    store = CheckpointStore(run / "checkpoints", 2)
    checkpoint, passed = store.latest()
    assert checkpoint is not None
    assert not passed
    assert all(torch.isfinite(value).all() for value in checkpoint.weights.values())
    assert checkpoint.step >= 8
    assert good.keys() == checkpoint.weights.keys()
