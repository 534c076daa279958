"""Environment variables: each on a fresh and on a resumed run, their precedence, what they refuse."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from trainer.checkpointing import Checkpoint
from trainer.configuration.environment import RESUME_STEPS, TEST_MODE, VARIABLES
from trainer.configuration.load import (
    Loaded,
    load_config_fresh_from_env,
    load_config_from_checkpoint,
    session_value,
)
from trainer.errors import TrainerError

from tests.training.runs import SMALL, SMALL_GPT, TRAINING, composed, metrics, train_here

#: Each variable: the config it is tried on, its text, the value of its key, and what a resumed run says of
#: it: the value as well, or an error when the checkpoint was trained with another.
CASES: dict[str, tuple[str, str, object, str | None]] = {
    "MODEL_TYPE": ("cfg_gpt", "bigram", "bigram", r"arch\.name is bigram, but the checkpoint .* with gpt"),
    "GPT2_MODEL_NAME": ("cfg_gpt2", "distilgpt2", "distilgpt2", r"arch\.pretrained is distilgpt2"),
    "N_EMBD": ("cfg_gpt", "64", 64, r"arch\.n_embd is 64, but the checkpoint .* with 128"),
    "N_HEAD": ("cfg_gpt", "2", 2, r"arch\.n_head is 2"),
    "N_LAYER": ("cfg_gpt", "1", 1, r"arch\.n_layer is 1"),
    "DROPOUT": ("cfg_gpt", "0.25", 0.25, None),
    "USE_LORA": ("cfg_gpt", "true", True, r"lora\.enabled is True"),
    "TRAINING_DATA_SOURCE": ("cfg_gpt", "other.txt", "other.txt", None),
    "BATCH_SIZE": ("cfg_gpt", "7", 7, None),
    "BLOCK_SIZE": ("cfg_gpt", "24", 24, None),
    "TOKENIZATION_METHOD": ("cfg_gpt", "custom_bpe", "bpe", r"data\.tokenizer\.kind is bpe.*character"),
    "CUSTOM_VOCAB_SIZE": ("cfg_gpt", "400", 400, None),
    "TRAINING_STEPS": ("cfg_gpt", "321", 321, None),
    "LEARNING_RATE": ("cfg_gpt", "2e-4", 2e-4, None),
    "CHECKPOINT_PATH": ("cfg_gpt", "runs/a/step_00000010", "runs/a/step_00000010", None),
    "ENABLE_CHECKPOINTS": ("cfg_gpt", "no", False, None),
    "CHECKPOINT_INTERVAL": ("cfg_gpt", "17", 17, None),
    "CHECKPOINT_DIR": ("cfg_gpt", "elsewhere", "elsewhere", None),
    "OUTPUT_DIR": ("cfg_gpt", "out", "out", None),
    "LOG_DIR": ("cfg_gpt", "logs", "logs", None),
    "ENABLE_OUTPUT_TO_FILE": ("cfg_gpt", "1", True, None),
    "DEVICE": ("cfg_gpt", "cpu", "cpu", None),
}


def fresh(config: str, environ: Mapping[str, str], *overrides: str) -> Loaded:
    explicit = [override.split("=", 1)[0] for override in overrides]
    return load_config_fresh_from_env(composed(config, *overrides), environ, explicit)


def saved(config: str, *overrides: str, step: int = 200) -> Checkpoint:
    """A checkpoint of which only the configuration matters."""
    record = fresh(config, {}, *overrides).record
    return Checkpoint(path=Path("runs/a/step"), step=step, weights={}, state={"config": record, "step": step})


def resumed(checkpoint: Checkpoint, environ: Mapping[str, str], config: str, *overrides: str) -> Loaded:
    explicit = [override.split("=", 1)[0] for override in overrides]
    return load_config_from_checkpoint(composed(config, *overrides), checkpoint, environ, explicit)


def value(loaded: Loaded, key: str) -> Any:
    return OmegaConf.select(OmegaConf.create(loaded.record), key)


def test_each_variable_has_a_case() -> None:
    assert CASES.keys() == VARIABLES.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_fresh_run_takes_the_variable_and_says_so(name: str) -> None:
    config, text, expected, _ = CASES[name]
    key = VARIABLES[name].key
    before = value(fresh(config, {}), key)
    loaded = fresh(config, {name: text})
    assert value(loaded, key) == expected != before
    assert f"{key}: {before} (config files) -> {expected} (environment: {name})" in loaded.notes
    assert fresh(config, {name: " "}).notes == ()


@pytest.mark.parametrize("name", CASES)
def test_a_resumed_run_takes_the_variable_or_refuses_it(name: str) -> None:
    config, text, expected, refused = CASES[name]
    checkpoint = saved(config)
    key = VARIABLES[name].key
    if refused is not None:
        with pytest.raises(TrainerError, match=refused):
            resumed(checkpoint, {name: text}, config)
    else:
        loaded_before, loaded = resumed(checkpoint, {}, config), resumed(checkpoint, {name: text}, config)
        assert value(loaded, key) == expected
        # Where a session reads and writes is no matter of the checkpoint.
        session = key in ("output_dir", "log_dir", "console_to_file", "checkpoint.path", "checkpoint.dir")
        origin = "config files" if session else "checkpoint"
        before = value(loaded_before, key)
        assert f"{key}: {before} ({origin}) -> {expected} (environment: {name})" in loaded.notes


def test_the_command_line_wins_over_the_environment_and_both_over_the_checkpoint() -> None:
    checkpoint = saved("cfg_gpt", "optim.learning_rate=0.5", "data.batch_size=5", "optim.grad_clip=5")
    loaded = resumed(
        checkpoint,
        {"LEARNING_RATE": "0.25", "BATCH_SIZE": "3"},
        "cfg_gpt",
        "optim.learning_rate=0.125",
    )
    assert loaded.config.optim.learning_rate == 0.125
    assert loaded.config.data.batch_size == 3
    assert loaded.config.optim.grad_clip == 5.0
    assert set(loaded.notes) == {
        "optim.learning_rate: 0.5 (checkpoint) -> 0.125 (command line)",
        "data.batch_size: 5 (checkpoint) -> 3 (environment: BATCH_SIZE)",
        "optim.grad_clip: 1.0 (config files) -> 5.0 (checkpoint)",
    }


def test_a_group_on_the_command_line_wins_as_a_whole() -> None:
    loaded = resumed(saved("cfg_gpt", "data.batch_size=5"), {"BLOCK_SIZE": "8"}, "cfg_gpt", "data=shards")
    assert loaded.config.data.kind.value == "shards"
    assert (loaded.config.data.batch_size, loaded.config.data.block_size) == (12, 64)
    assert "data.kind: text (checkpoint) -> shards (command line)" in loaded.notes


def test_a_family_is_the_checkpoints_when_nobody_asks_for_one() -> None:
    loaded = resumed(saved("cfg_bigram"), {}, "cfg_gpt")
    assert loaded.config.arch.name == "bigram"
    assert "arch.name: gpt (config files) -> bigram (checkpoint)" in loaded.notes


@pytest.mark.parametrize(
    ("config", "family"), [("cfg_gpt", "gpt"), ("cfg_bigram", "bigram"), ("cfg_gpt2", "gpt")]
)
def test_from_scratch_is_the_family_of_the_config_or_else_gpt(config: str, family: str) -> None:
    assert fresh(config, {"MODEL_TYPE": "from_scratch"}).config.arch.name == family


def test_from_scratch_goes_on_with_the_family_of_the_checkpoint() -> None:
    assert (
        resumed(saved("cfg_bigram"), {"MODEL_TYPE": "from_scratch"}, "cfg_gpt").config.arch.name == "bigram"
    )


def test_gpt2_as_model_type_takes_the_variables_of_gpt2() -> None:
    loaded = fresh("cfg_gpt", {"MODEL_TYPE": "gpt2", "GPT2_MODEL_NAME": "local/dir", "N_EMBD": "8"})
    assert value(loaded, "arch") == {"name": "gpt2", "pretrained": "local/dir", "dropout": 0.1}
    assert "N_EMBD is not used: arch gpt2 has no n_embd" in loaded.notes


def test_test_mode_is_small_and_weaker_than_other_variables() -> None:
    loaded = fresh("cfg_gpt", {TEST_MODE: "true", "BATCH_SIZE": "6"}, "steps=9")
    config = loaded.config
    assert (config.steps, config.data.batch_size, config.data.block_size) == (9, 6, 32)
    assert (value(loaded, "arch.n_layer"), value(loaded, "arch.n_embd")) == (2, 32)
    assert "data.block_size: 64 (config files) -> 32 (environment: TEST_MODE)" in loaded.notes
    assert fresh("cfg_bigram", {TEST_MODE: "1"}).config.steps == 20
    assert fresh("cfg_gpt", {TEST_MODE: "false"}).notes == ()


def test_test_mode_leaves_shape_and_length_of_a_checkpoint_alone() -> None:
    config = resumed(saved("cfg_gpt"), {TEST_MODE: "true"}, "cfg_gpt").config
    assert (config.steps, config.data.block_size, config.data.batch_size) == (200, 64, 4)


def test_resume_steps_count_from_the_checkpoint() -> None:
    loaded = resumed(saved("cfg_gpt"), {RESUME_STEPS: "300", "TRAINING_STEPS": "77"}, "cfg_gpt")
    assert loaded.config.steps == 500
    assert "steps: 200 (checkpoint) -> 500 (environment: RESUME_STEPS 300 after step 200)" in loaded.notes
    assert resumed(saved("cfg_gpt"), {RESUME_STEPS: "300"}, "cfg_gpt", "steps=250").config.steps == 250
    assert fresh("cfg_gpt", {RESUME_STEPS: "300"}).notes == (
        "RESUME_STEPS is not used: this run starts at step 0",
    )


def test_a_restart_on_the_way_does_not_count_resume_steps_again() -> None:
    environ = {RESUME_STEPS: "300"}
    extended = resumed(saved("cfg_gpt"), environ, "cfg_gpt").record
    cut = Checkpoint(path=Path("runs/a/step"), step=350, weights={}, state={"config": extended, "step": 350})
    again = resumed(cut, environ, "cfg_gpt")
    assert again.config.steps == 500
    assert "RESUME_STEPS is counted from step 200, as it was before: the run ends at step 500" in again.notes
    # And however often it is cut short.
    third = replace(cut, step=499, state={"config": again.record, "step": 499})
    assert resumed(third, environ, "cfg_gpt").config.steps == 500
    # At its end, with another number, or from a checkpoint that is named, it is asked for anew.
    ended = replace(cut, step=500, state={"config": again.record, "step": 500})
    assert resumed(ended, environ, "cfg_gpt").config.steps == 800
    assert resumed(cut, {RESUME_STEPS: "10"}, "cfg_gpt").config.steps == 360
    assert resumed(cut, {**environ, "CHECKPOINT_PATH": "runs/a/step"}, "cfg_gpt").config.steps == 650


def test_a_run_that_is_killed_with_resume_steps_set_ends_where_it_was_to_end(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = ("cfg_bigram", *SMALL, f"data.path={text}", f"output_dir={tmp_path}", "checkpoint.interval=1")
    same = (*same, "checkpoint.keep_last=99")
    train_here(*same, "steps=4")
    monkeypatch.setenv(RESUME_STEPS, "6")
    train_here(*same)
    for path in (tmp_path / "checkpoints").glob("step_*"):
        if path.name > "step_00000007":
            shutil.rmtree(path)
    train_here(*same)
    assert sorted(metrics(tmp_path)["val/loss"])[-1] == 10
    assert (tmp_path / "resume.log").read_text().count("resumed from") == 2


def test_steps_take_the_place_of_epochs_and_the_reverse() -> None:
    by_epochs = ("cfg_gpt", "steps=null", "epochs=3")
    assert fresh("cfg_gpt", {"TRAINING_STEPS": "5"}, "steps=null", "epochs=3").config.epochs == 3
    config = resumed(saved(*by_epochs), {"TRAINING_STEPS": "5"}, "cfg_gpt").config
    assert (config.steps, config.epochs) == (5, None)
    config = resumed(saved(*by_epochs), {}, "cfg_gpt", "steps=9").config
    assert (config.steps, config.epochs) == (9, None)


def test_where_a_session_writes_is_its_own_and_not_the_checkpoints() -> None:
    checkpoint = saved("cfg_gpt", "output_dir=old", "export_dir=old/export", "checkpoint.dir=old/kept")
    config = resumed(checkpoint, {}, "cfg_gpt").config
    assert (config.output_dir, config.export_dir, config.checkpoint.dir) == ("outputs/gpt", None, None)
    given = composed("cfg_gpt", "output_dir=new")
    assert session_value(given, {"OUTPUT_DIR": "env"}, [], "output_dir") == "env"
    assert session_value(given, {"OUTPUT_DIR": "env"}, ["output_dir"], "output_dir") == "new"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"MODEL_TYPE": "gpt5"}, r"arch\.name 'gpt5' is no model family: there are bigram, .*from_scratch"),
        ({"BATCH_SIZE": "many"}, "environment variable BATCH_SIZE cannot be read"),
        ({"USE_LORA": "perhaps"}, "USE_LORA cannot be read: 'perhaps' is neither true nor false"),
        ({"TOKENIZATION_METHOD": "words"}, "'words' is none of character, gpt2, bpe"),
        ({"TRAINING_STEPS": "0"}, "0 steps are no run"),
        ({"RESUME_STEPS": "-3"}, "RESUME_STEPS cannot be read: -3 steps are no run"),
        ({"N_HEAD": "3"}, "n_embd 128 does not divide by arch.n_head 3"),
        ({"BLOCK_SIZE": "0"}, r"data\.block_size is 0"),
    ],
)
def test_what_cannot_be_is_refused(environ: dict[str, str], message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        fresh("cfg_gpt", environ)


def test_a_checkpoint_with_other_adapters_is_refused() -> None:
    checkpoint = saved("cfg_gpt", "lora.enabled=true")
    with pytest.raises(TrainerError, match=r"lora\.rank is 4, but the checkpoint .* with 8"):
        resumed(checkpoint, {}, "cfg_gpt", "lora.rank=4")
    with pytest.raises(TrainerError, match=r"lora\.enabled is False"):
        resumed(checkpoint, {"USE_LORA": "0"}, "cfg_gpt")


def test_a_run_goes_on_from_a_named_checkpoint_as_the_environment_says(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = ("cfg_gpt", *SMALL, *SMALL_GPT, f"data.path={text}", "log_interval=1", "checkpoint.interval=4")
    monkeypatch.setenv("OUTPUT_DIR", str(tmp_path / "first"))
    monkeypatch.setenv("TRAINING_STEPS", "8")
    train_here(*same)
    monkeypatch.setenv("OUTPUT_DIR", str(tmp_path / "second"))
    monkeypatch.setenv("LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.setenv("CHECKPOINT_DIR", str(tmp_path / "kept"))
    monkeypatch.setenv("CHECKPOINT_PATH", str(tmp_path / "first" / "checkpoints" / "step_00000004"))
    monkeypatch.setenv("RESUME_STEPS", "5")
    monkeypatch.setenv("LEARNING_RATE", "0.5")
    monkeypatch.setenv("BATCH_SIZE", "2")
    monkeypatch.setenv("ENABLE_OUTPUT_TO_FILE", "true")
    train_here("cfg_gpt", "device.name=cpu")

    log = (tmp_path / "logs" / "resume.log").read_text()
    assert "steps: 8 (checkpoint) -> 9 (environment: RESUME_STEPS 5 after step 4)" in log
    assert "resumed from" in log
    found = metrics(tmp_path / "second")
    assert sorted(found["loss"]) == [5, 6, 7, 8, 9]
    assert found["lr"][5] > 0.2
    assert (tmp_path / "kept" / "step_00000009").is_dir()
    assert not (tmp_path / "second" / "checkpoints").exists()
    copy = tmp_path / "second" / "gpt_story_9_steps_resumed_from_4.txt"
    assert copy.read_text() == log


def test_a_run_that_goes_back_to_an_earlier_step_keeps_what_it_saves(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = ("cfg_bigram", *SMALL, f"data.path={text}", f"output_dir={tmp_path}", "evaluation.interval=100")
    train_here(*same, "steps=8", "checkpoint.interval=2")
    kept = tmp_path / "checkpoints"
    assert {path.name for path in kept.glob("step_*")} >= {"step_00000004", "step_00000006", "step_00000008"}
    monkeypatch.setenv("CHECKPOINT_PATH", str(kept / "step_00000004"))
    monkeypatch.setenv("RESUME_STEPS", "1")
    train_here(*same, "checkpoint.keep_last=1")
    assert (kept / "step_00000005").is_dir()
    monkeypatch.delenv("CHECKPOINT_PATH")
    train_here(*same)
    assert f"resumed from {kept / 'step_00000005'} at step 5" in (tmp_path / "resume.log").read_text()


def test_the_documentation_has_each_variable_with_its_key() -> None:
    page = (TRAINING.parent / "docs" / "trainer.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (\S+) \|", page, re.MULTILINE))
    expected = {name: f"`{variable.key}`" for name, variable in VARIABLES.items()}
    assert rows == {**expected, RESUME_STEPS: "`steps`", TEST_MODE: "several"}


def test_the_places_that_the_documentation_names_are_there() -> None:
    page = (TRAINING.parent / "docs" / "trainer.md").read_text(encoding="utf-8")
    table = page.split("## Where things are")[1]
    for path in re.findall(r"`([\w/]+\.py)`", table):
        assert (TRAINING / "trainer" / path).is_file() or (TRAINING.parent / path).is_file(), path
    code = "".join(path.read_text() for path in TRAINING.rglob("*.py"))
    for name in re.findall(r"\.py`: ((?:`[\w.]+`(?:, )?)+)", table):
        for part in re.findall(r"[\w.]+", name):
            assert re.search(rf"(def|class) {part.rsplit('.', 1)[-1]}\b|^{part}\b", code, re.MULTILINE), part
