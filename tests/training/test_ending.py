"""What a run leaves at its end: how its losses changed, a sample, and a copy of what it said."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from trainer.configuration.load import load_config_fresh_from_env
from trainer.configuration.schema import RunConfig
from trainer.ending import loss_summary
from trainer.errors import TrainerError
from trainer.output import (
    TeeOutput,
    generate_output_filename,
    get_data_source_name,
    get_model_name,
    write_output_file,
)

from tests.training.runs import SMALL, SMALL_GPT, composed, metrics, train_here, weights


def _config(config: str, *overrides: str) -> RunConfig:
    explicit = [override.split("=", 1)[0] for override in overrides]
    return load_config_fresh_from_env(composed(config, *overrides), {}, explicit).config


def test_the_summary_has_start_end_and_difference() -> None:
    losses = [
        (200, {"train": 2.0, "val": 2.5}),
        (300, {"train": 9.0, "val": 9.0}),
        (500, {"train": 1.5, "val": 2.75}),
    ]
    assert loss_summary(losses) == (
        "from step 200 to 500: train loss 2.0000 -> 1.5000 (-0.5000), val loss 2.5000 -> 2.7500 (+0.2500)"
    )


def test_fresh_and_resumed_runs_start_and_end_where_they_should_and_have_their_own_logs(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = (
        "cfg_gpt",
        *SMALL,
        *SMALL_GPT,
        f"data.path={text}",
        f"output_dir={tmp_path}",
        "console_to_file=true",
    )
    train_here(*same, "steps=4")
    monkeypatch.setenv("RESUME_STEPS", "6")
    train_here(*same)

    fresh, resumed = (tmp_path / "train.log").read_text(), (tmp_path / "resume.log").read_text()
    assert re.search(r"from step 0 to 4: train loss \S+ -> \S+ \([-+]\d", fresh)
    assert re.search(r"from step 4 to 10: train loss", resumed)
    told = [int(step) for step in re.findall(r"^step (\d+): train loss", resumed, re.MULTILINE)]
    assert told == [4, 8, 10]
    # What the first session measured at step 4 is what the second finds there.
    (line,) = re.findall(r"^step 4: train loss.*$", resumed, re.MULTILINE)
    assert line in fresh
    assert sorted(metrics(tmp_path)["val/loss"]) == [0, 4, 8, 10]
    assert (tmp_path / "gpt_story_4_steps.txt").read_text() == fresh
    assert (tmp_path / "gpt_story_10_steps_resumed_from_4.txt").read_text() == resumed


def test_a_model_from_scratch_samples_from_the_zero_context(text: Path, tmp_path: Path) -> None:
    same = ("cfg_gpt", *SMALL, *SMALL_GPT, f"data.path={text}", "steps=1", "generation.tokens=9")
    train_here(*same, f"output_dir={tmp_path}")
    (sample,) = re.findall(r"^sample after step 1:\n(.*)", (tmp_path / "train.log").read_text(), re.M | re.S)
    zero = min(text.read_text())
    assert sample.startswith(zero)
    assert len(sample.removesuffix("\n")) in (9, 10)


def test_gpt2_samples_from_a_question_and_any_model_from_the_prompt_that_is_given(
    text: Path, gpt2: Path, tmp_path: Path
) -> None:
    same = (*SMALL, f"data.path={text}", "steps=1")
    train_here("cfg_gpt2", *same, f"arch.pretrained={gpt2}", f"output_dir={tmp_path / 'gpt2'}")
    assert "sample after step 1:\nQUESTION: " in (tmp_path / "gpt2" / "train.log").read_text()
    train_here("cfg_bigram", *same, "generation.prompt='7 + '", f"output_dir={tmp_path / 'bigram'}")
    assert "sample after step 1:\n7 + " in (tmp_path / "bigram" / "train.log").read_text()
    train_here("cfg_bigram", *same, "generation.tokens=0", f"output_dir={tmp_path / 'none'}")
    assert "sample after" not in (tmp_path / "none" / "train.log").read_text()


def test_a_prompt_that_the_tokenizer_does_not_know_stops_the_run_before_it_trains(
    text: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainerError, match="'☃'"):
        train_here(
            "cfg_bigram", f"data.path={text}", "generation.prompt='☃'", "steps=1", f"output_dir={tmp_path}"
        )


def test_files_are_named_by_model_data_and_steps() -> None:
    config = _config("cfg_gpt2", "arch.pretrained=models/distil", "lora.enabled=true", "data.path=a/b.c.txt")
    assert get_model_name(config) == "gpt2_distil_lora"
    assert get_data_source_name(config.data.path) == "b.c"
    assert get_data_source_name("datasets/shards/") == "shards"
    assert generate_output_filename(config, 0) == "gpt2_distil_lora_b.c_200_steps.txt"
    epochs = _config("cfg_gpt2", "steps=null", "epochs=3", "data.path=x")
    assert generate_output_filename(epochs, 7) == "gpt2_x_3_epochs_resumed_from_7.txt"


def test_what_is_printed_is_shown_and_kept_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deep" / "copy.txt"
    with write_output_file(path):
        print("one", flush=True)
        assert path.read_text() == "one\n"
        print("two")
    print("three")
    assert path.read_text() == "one\ntwo\n"
    assert capsys.readouterr().out == "one\ntwo\nthree\n"
    shown, kept = io.StringIO(), io.StringIO()
    tee = TeeOutput(shown, kept)
    assert tee.write("text") == 4
    assert (shown.getvalue(), kept.getvalue()) == ("text", "text")
    assert not tee.isatty()


def test_a_finished_run_exports_the_average_that_it_measured(text: Path, tmp_path: Path) -> None:
    same = ("cfg_bigram", *SMALL, f"data.path={text}", "steps=3", "ema_rate=0.5", f"output_dir={tmp_path}")
    train_here(*same)
    # Nothing is left to train: the run says where it stands and exports.
    train_here(*same, f"export_dir={tmp_path / 'export'}")
    assert "nothing is left to train: the run has 3 steps" in (tmp_path / "resume.log").read_text()
    state = torch.load(tmp_path / "checkpoints" / "step_00000003" / "state.pt", weights_only=True)
    exported = load_file(tmp_path / "export" / "weights.safetensors")
    assert torch.equal(exported["table.weight"], state["average"]["table.weight"])
    assert not torch.equal(exported["table.weight"], weights(tmp_path, 3)["table.weight"])


def test_an_export_of_a_split_model_is_refused() -> None:
    with pytest.raises(TrainerError, match=r"export_dir is set, but distributed\.kind is fsdp"):
        _config("cfg_gpt", "distributed.kind=fsdp", "export_dir=x")
