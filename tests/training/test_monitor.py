"""What a person sees of a run, and what is looked at beside it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch
from trainer.analysis import BackgroundAnalysis, Results, Snapshot, analyse, take_snapshot
from trainer.configuration.arch import GPTConfig
from trainer.models.gpt import GPT
from trainer.throughput import Factors, flops_per_token

from tests.training.offline import offline_runs
from tests.training.processes import ended, start
from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights


@pytest.fixture
def gpt() -> GPT:
    torch.manual_seed(0)
    return GPT(GPTConfig(n_layer=2, n_head=2, n_embd=8), vocab_size=11, block_size=6)


def test_a_run_writes_its_log_its_numbers_and_its_picture(text: Path, tmp_path: Path) -> None:
    same = (*SMALL, *SMALL_GPT, f"data.path={text}", "steps=4", "log_interval=1", f"output_dir={tmp_path}")
    train_here("cfg_gpt", *same, "logging.tensorboard=true", "optim.gradient_accumulation_steps=2")
    log = (tmp_path / "train.log").read_text()
    assert "tokens per iteration will be: 128 (2 micro-steps x 1 ranks x batch 4 x 16 tokens)" in log
    assert "step 4: train loss" in log
    assert "tokens/s, ETA 0:00:00" in log
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert list((tmp_path / "tensorboard").glob("events.*"))
    assert metrics(tmp_path)["loss"].keys() == {1, 2, 3, 4}


def test_weights_and_biases_gets_all_numbers_of_fresh_and_resumed_sessions_without_a_network(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    output = tmp_path / "shared"
    same = (*SMALL, *SMALL_GPT, f"data.path={text}", "log_interval=1", f"output_dir={output}")
    train_here("cfg_gpt", *same, "logging.wandb_project=sums", "steps=4")
    train_here("cfg_gpt", *same, "logging.wandb_project=sums", "steps=6")
    (fresh, resumed) = offline_runs(output)
    # The second session goes on with the run of the first.
    assert fresh[:2] == resumed[:2] == ("shared", "sums")
    assert (sorted(fresh[2]), sorted(resumed[2])) == ([0, 1, 2, 3, 4], [5, 6])
    rows = fresh[2] | resumed[2]
    assert {"train/loss", "val/loss", "loss", "lr"} <= rows[4].keys()
    assert {
        name: {step: row[name] for step, row in rows.items() if name in row} for name in metrics(output)
    } == metrics(output)


def test_weights_and_biases_without_a_key_is_refused_in_words(text: Path, tmp_path: Path) -> None:
    # No key, no file with one, nobody to ask: it does not get as far as the network.
    environ = {"WANDB_MODE": "online", "WANDB_API_KEY": "", "HOME": str(tmp_path), "NETRC": "/nowhere"}
    same = (*SMALL, f"data.path={text}", f"output_dir={tmp_path}", "logging.wandb_project=sums")
    process = start(tmp_path / "said.txt", environ, "--config-name", "cfg_gpt", *same)
    assert ended([process]) == [2]
    (line,) = re.findall("^error: .*$", (tmp_path / "said.txt").read_text(), re.MULTILINE)
    assert "logging.wandb_project is set, but Weights & Biases did not start: No API key" in line
    assert "WANDB_MODE=offline" in line


def test_the_analysis_changes_nothing_and_tells_what_it_found(text: Path, tmp_path: Path) -> None:
    same = (*SMALL, *SMALL_GPT, "arch.dropout=0.1", f"data.path={text}", "steps=4")
    train_here("cfg_gpt", *same, f"output_dir={tmp_path / 'plain'}")
    train_here("cfg_gpt", *same, f"output_dir={tmp_path / 'watched'}", "logging.analysis_interval=2")
    plain, watched = weights(tmp_path / "plain", 4), weights(tmp_path / "watched", 4)
    assert all(torch.equal(plain[name], watched[name]) for name in plain)
    log = (tmp_path / "watched" / "train.log").read_text()
    assert "analysis of step 2: embeddings sparsity" in log
    assert "attention entropy" in log


def test_entropy_of_attention_that_looks_everywhere_alike(gpt: GPT) -> None:
    for block in gpt.blocks:
        torch.nn.init.zeros_(block.attention.qkv.weight)
    found = analyse(take_snapshot(1, gpt, {"inputs": torch.zeros(2, 6, dtype=torch.int64)}))
    expected = sum(math.log(seen) for seen in range(1, 7)) / 6
    assert found["attention"]["entropy"] == pytest.approx(expected, rel=1e-5)
    assert 0.0 < found["geometry"]["embeddings"]["global_sparsity"] < 0.1


def test_attention_weights_are_those_of_the_forward_pass(gpt: GPT) -> None:
    attention = gpt.blocks[0].attention.eval()
    x = torch.randn(3, 5, 8)
    values = attention.qkv(x).split(8, -1)[2].view(3, 5, 2, 4).transpose(1, 2)
    y = (attention.probabilities(x) @ values).transpose(1, 2).reshape(3, 5, 8)
    assert torch.allclose(attention.proj(y), attention(x), atol=1e-6)


def test_a_failing_analysis_is_told_and_stops_nothing(gpt: GPT) -> None:
    def fail(snapshot: Snapshot) -> Results:
        raise ValueError(f"no geometry at {snapshot.step}")

    background = BackgroundAnalysis(fail)
    background.submit(take_snapshot(3, gpt, {}))
    assert background.close() == ["analysis of step 3 failed: ValueError: no geometry at 3"]


def test_one_analysis_at_a_time(gpt: GPT) -> None:
    background = BackgroundAnalysis(lambda snapshot: {"geometry": {"embeddings": {}, "weights": {}}})
    background.submit(take_snapshot(1, gpt, {}))
    background.submit(take_snapshot(2, gpt, {}))
    assert [line.split(":")[0] for line in background.close()] == ["analysis of step 1"]


def test_flops_of_a_token() -> None:
    gpt = GPT(GPTConfig(n_layer=2, n_head=2, n_embd=8), vocab_size=11, block_size=6)
    parameters = sum(p.numel() for p in gpt.parameters()) - 6 * 8
    assert flops_per_token(gpt, 6) == 6 * parameters + 12 * 2 * 8 * 6


def test_tokens_of_an_iteration_are_the_product_of_all_factors() -> None:
    assert Factors(micro_steps=3, world_size=2, batch_size=5, tokens_per_sample=7).tokens_per_iteration == 210
