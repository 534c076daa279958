"""Whole runs of fine-tuning on a tiny chat model: what learns, what is saved, what a resumed run does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from trainer.distributed import Ranks
from trainer.errors import TrainerError
from trainer.sft.arguments import refuse_other_gpu
from transformers import AutoModelForCausalLM

from tests.training.processes import train_ranks
from tests.training.runs import TRAINING, metrics, train_here
from tests.training.sft.chat import write_csv

#: Steps that depend on nothing but their number, so that runs of any length begin alike.
STEADY = ("optim.law=constant", "optim.warmup_ratio=0", "lora.dropout=0.1")


def overrides(chat: Path, data: Path, output: Path, *more: str) -> list[str]:
    return [
        *(f"arch.folder={chat}", f"data.path={data}", f"output_dir={output}"),
        *("data.columns.system=system", "data.columns.conversation=conversation"),
        *("data.batch_size=2", "data.block_size=96", "logging.tensorboard=false", "device.name=cpu"),
        *("evaluation.interval=100", "evaluation.iters=1", "log_interval=1", "lora.rank=2"),
        *more,
    ]


def checkpoints(output: Path) -> list[str]:
    return sorted(path.name for path in (output / "checkpoints").glob("checkpoint-*"))


def adapters(output: Path, step: int) -> dict[str, torch.Tensor]:
    return load_file(output / "checkpoints" / f"checkpoint-{step}" / "adapter_model.safetensors")


def decays(output: Path, step: int) -> list[float]:
    state = torch.load(output / "checkpoints" / f"checkpoint-{step}" / "optimizer.pt", weights_only=True)
    return [group["weight_decay"] for group in state["param_groups"]]


def assert_merged(chat: Path, exported: Path, own: dict[str, torch.Tensor]) -> None:
    """An export has the weights of the folder, with the adapters of a checkpoint added, alpha / rank = 8."""
    base, merged = (AutoModelForCausalLM.from_pretrained(path) for path in (chat, exported))
    name = "model.layers.0.self_attn.q_proj"
    update = own[f"base_model.model.{name}.lora_B.weight"] @ own[f"base_model.model.{name}.lora_A.weight"]
    expected = base.get_submodule(name).weight + 8.0 * update
    assert not torch.equal(merged.get_submodule(name).weight, base.get_submodule(name).weight)
    assert torch.allclose(merged.get_submodule(name).weight, expected, atol=1e-6)
    assert torch.equal(merged.lm_head.weight, base.lm_head.weight)


@pytest.fixture(scope="module")
def undisturbed(chat: Path, conversations: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five steps in one go, a checkpoint after each, two kept."""
    output = tmp_path_factory.mktemp("undisturbed")
    keep = ("checkpoint.interval=1", "checkpoint.keep_last=2", "sft.verbose=true", "sft.show_examples=true")
    train_here("cfg_sft", *overrides(chat, conversations, output, *STEADY, *keep, "steps=5"))
    return output


def test_checkpoints_are_limited_and_adapters_alone_are_saved(undisturbed: Path) -> None:
    assert checkpoints(undisturbed) == ["checkpoint-4", "checkpoint-5"]
    first, last = adapters(undisturbed, 4), adapters(undisturbed, 5)
    assert all("lora_" in name for name in last)
    assert len(last) == 2 * 7 * 2, "A and B of seven matrices in each of two layers; the head has none"
    assert all(not torch.equal(first[name], last[name]) for name in last)
    assert decays(undisturbed, 5) == [0.001]


def test_the_log_tells_memory_example_and_losses(undisturbed: Path) -> None:
    lines = (undisturbed / "train.log").read_text(encoding="utf-8").splitlines()
    for marker in ("Dataset example 17 of 18", "Formatted text", "Tokenised input", "Masked labels"):
        assert sum(line.startswith(f"=== {marker}") for line in lines) == 1
    memory = [line for line in lines if line.startswith("CPU: ")]
    assert len(memory) == 2, "before and after"
    assert 0.1 < float(memory[0].split()[1]) < float(memory[0].split()[5])
    assert "GPU: none is used, the run is on cpu" in lines
    found = metrics(undisturbed)
    assert sorted(found["loss"]) == [1, 2, 3, 4, 5]
    assert set(found["lr"].values()) == {2e-4}
    assert sorted(found["val/loss"]) == sorted(found["train/loss"]) == [0, 5]


def test_a_resumed_run_ends_where_the_undisturbed_one_does(
    undisturbed: Path, chat: Path, conversations: Path, tmp_path: Path
) -> None:
    same = overrides(chat, conversations, tmp_path, *STEADY)
    train_here("cfg_sft", *same, "steps=3", "checkpoint.interval=2")
    # A save that was killed, and one that the disk lost a part of.
    shutil.copytree(tmp_path / "checkpoints/checkpoint-3", tmp_path / "checkpoints/checkpoint-4")
    (tmp_path / "checkpoints/checkpoint-4/manifest.json").unlink()
    with (tmp_path / "checkpoints/checkpoint-3/adapter_model.safetensors").open("r+b") as stream:
        stream.truncate(100)
    train_here("cfg_sft", *same, "steps=5", "optim.weight_decay=0.001")
    log = (tmp_path / "resume.log").read_text(encoding="utf-8")
    assert "passed over: checkpoint" in log
    assert "checkpoint-4 has no manifest.json: its save did not end" in log
    assert "checkpoint-3 is damaged: adapter_model.safetensors is not as it was written" in log
    assert "checkpoint-2 at step 2" in log
    expected = adapters(undisturbed, 5)
    assert all(torch.equal(expected[name], tensor) for name, tensor in adapters(tmp_path, 5).items())
    # The log of a run, and of the same run resumed, tell the same numbers.
    assert metrics(tmp_path)["loss"] == metrics(undisturbed)["loss"]


def test_numbers_of_the_command_line_win_over_the_checkpoint(
    undisturbed: Path, chat: Path, conversations: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    shutil.copytree(undisturbed, output)
    more = (
        "optim.weight_decay=0.01",
        "optim.learning_rate=1e-3",
        "steps=6",
        f"export_dir={tmp_path / 'out'}",
    )
    train_here("cfg_sft", *overrides(chat, conversations, output, *STEADY, *more))
    assert decays(output, 6) == [0.01]
    assert metrics(output)["lr"][6] == 1e-3
    assert "optim.weight_decay: 0.001 (checkpoint) -> 0.01" in (output / "resume.log").read_text(
        encoding="utf-8"
    )
    assert_merged(chat, tmp_path / "out", adapters(output, 6))


def test_two_ranks_resumed_in_the_middle_end_as_the_whole_run(
    chat: Path, conversations: Path, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    more = (*STEADY, "optim.gradient_accumulation_steps=2", "checkpoint.interval=2", "steps=4")
    train_ranks(2, whole, "--config-name", "cfg_sft", *overrides(chat, conversations, whole, *more))
    shutil.copytree(whole, cut)
    shutil.rmtree(cut / "checkpoints" / "checkpoint-4")
    train_ranks(2, cut, "--config-name", "cfg_sft", *overrides(chat, conversations, cut, *more))
    assert "checkpoint-2 at step 2" in (cut / "resume.log").read_text(encoding="utf-8")
    expected = adapters(whole, 4)
    assert all(torch.equal(expected[name], tensor) for name, tensor in adapters(cut, 4).items())
    assert metrics(cut) == metrics(whole)
    # The first rank alone tells of the run.
    assert "iter 4: loss" in (whole / "rank_0.txt").read_text(encoding="utf-8")
    assert "loss" not in (whole / "rank_1.txt").read_text(encoding="utf-8")


def test_the_whole_model_is_trained_where_no_adapters_are_asked_for(
    chat: Path, conversations: Path, tmp_path: Path
) -> None:
    more = ("lora.enabled=false", "steps=1", "optim.gradient_accumulation_steps=2", "checkpoint.interval=7")
    train_here("cfg_sft", *overrides(chat, conversations, tmp_path, *more))
    trained = load_file(tmp_path / "checkpoints/checkpoint-1/model.safetensors")
    base = load_file(chat / "model.safetensors")
    assert trained.keys() == base.keys()
    assert not any(torch.equal(trained[name], base[name]) for name in base)
    assert decays(tmp_path, 1) == [0.001, 0.0], "vectors of norms do not decay"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["arch.folder=nosuch"], "arch.folder 'nosuch' is no local folder with a chat model"),
        (["lora.modules=[nosuch]"], "lora.modules cannot get adapters"),
        (["data=text", "data.path=x"], "task.kind is sft, but data.kind is text"),
        (["arch=gpt"], "task.kind is sft, but arch.name 'gpt' is no chat model"),
        (["ema_rate=0.9"], "ema_rate is set, but task sft has no use for it"),
        (["data.prefetch=3"], r"data\.prefetch is set, but task sft has no use"),
        (["device.loss_scale=8"], r"device\.loss_scale is set"),
        (["generation.tokens=3"], r"generation\.tokens is set"),
        (["data.tokenizer.name=x"], r"data\.tokenizer\.name is set"),
        (["sft.example=-1"], "sft.example is -1"),
        (["data.columns.answer=reply"], "there is no column reply"),
    ],
)
def test_what_cannot_be_fine_tuned_is_told(
    chat: Path, conversations: Path, tmp_path: Path, more: list[str], message: str
) -> None:
    given = overrides(chat, conversations, tmp_path)
    if more[0].startswith("arch"):
        given = [word for word in given if not word.startswith("arch.")]
    with pytest.raises(TrainerError, match=message):
        train_here("cfg_sft", *given, *more)


def test_what_only_fine_tuning_does_is_refused_elsewhere(conversations: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"sft\.verbose is set, but task\.kind is language"):
        train_here("cfg_gpt", f"data.path={conversations}", f"output_dir={tmp_path}", "sft.verbose=true")


def test_a_gpu_that_transformers_would_not_take_is_told() -> None:
    refuse_other_gpu(torch.device("cuda", 1), Ranks(rank=3, local_rank=1, world_size=4))
    refuse_other_gpu(torch.device("cpu"), Ranks())
    with pytest.raises(TrainerError, match="takes cuda:0 in this process: set CUDA_VISIBLE_DEVICES=1"):
        refuse_other_gpu(torch.device("cuda", 1), Ranks())


def test_a_loss_that_is_no_number_stops_the_run_and_saves_nothing(
    chat: Path, conversations: Path, tmp_path: Path
) -> None:
    more = ("optim.learning_rate=1e30", "optim.grad_clip=0", *STEADY, "steps=9", "checkpoint.interval=100")
    with pytest.raises(TrainerError, match="is no finite number; the last checkpoint is kept"):
        train_here("cfg_sft", *overrides(chat, conversations, tmp_path, *more, "lora.enabled=false"))
    assert checkpoints(tmp_path) == []


def test_a_full_disk_ends_the_run_and_leaves_earlier_checkpoints(
    undisturbed: Path, chat: Path, conversations: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    shutil.copytree(undisturbed, output)
    refusing = output / "checkpoints/checkpoint-6"
    refusing.mkdir()
    (refusing / "optimizer.pt").symlink_to("/dev/full")
    same = overrides(chat, conversations, output, *STEADY)
    with pytest.raises(
        TrainerError, match=r"of step 6 could not be written: .*; earlier checkpoints are whole"
    ):
        train_here("cfg_sft", *same, "steps=6")
    shutil.rmtree(refusing)
    train_here("cfg_sft", *same, "steps=5", f"export_dir={tmp_path / 'out'}")
    said = (output / "resume.log").read_text(encoding="utf-8")
    assert "checkpoint-5 is at the end of the run: nothing is left to do" in said
    assert_merged(chat, tmp_path / "out", adapters(output, 5))


def test_a_signal_saves_and_ends_the_run(chat: Path, conversations: Path, tmp_path: Path) -> None:
    log = tmp_path / "train.log"

    def stop_after_the_first_step() -> None:
        while not (log.exists() and "iter 1:" in log.read_text(encoding="utf-8")):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    asker = threading.Thread(target=stop_after_the_first_step, daemon=True)
    asker.start()
    train_here("cfg_sft", *overrides(chat, conversations, tmp_path, *STEADY, "steps=2000"))
    said = log.read_text(encoding="utf-8").splitlines()
    step = int(next(line for line in said if line.startswith("stopped by a signal after step")).split()[-1])
    assert 1 <= step < 2000
    assert said[-1].endswith(f"checkpoints/checkpoint-{step}")
    assert checkpoints(tmp_path) == [f"checkpoint-{step}"]


def finetune(*words: object, cwd: Path) -> Any:
    command = [sys.executable, TRAINING / "finetune.py", *words]
    return subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_command_line_of_scripts_is_understood(chat: Path, tmp_path: Path) -> None:
    data = write_csv(tmp_path / "a, b=c.csv")
    options = ("--max_steps", 2, "--weight_decay", 0.01, "--save_steps", 1, "--save_total_limit", 1)
    ended = finetune(
        *("--csv_file", data, "--model", chat, *options, "--show_examples", "--verbose"),
        *("device.name=cpu", "logging.tensorboard=false", "evaluation.iters=1"),
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr
    output = tmp_path / "outputs/sft"
    assert (checkpoints(output), decays(output, 2)) == (["checkpoint-2"], [0.01])
    assert "=== Masked labels" in ended.stdout
    assert "GiB resident of" in ended.stdout
