"""What a person sees of a run, and what is looked at beside it."""

from __future__ import annotations

import contextlib
import math
import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from trainer.act_loss import loss_head
from trainer.analysis import (
    BackgroundAnalysis,
    Results,
    Snapshot,
    analyse,
    analysis_done,
    attention_weights,
    take_snapshot,
)
from trainer.configuration.arch import GPT2Config, GPTConfig, TRMConfig
from trainer.data.batches import Batch
from trainer.models.bigram import Bigram
from trainer.models.gpt import GPT
from trainer.models.gpt2 import GPT2
from trainer.models.recursive.reasoner import TRM
from trainer.objective import NextToken
from trainer.throughput import Factors, flops_per_token

from tests.training.offline import offline_runs
from tests.training.processes import ended, start
from tests.training.runs import SMALL, SMALL_GPT, SMALL_REASONER, TRAINING, metrics, train_here, weights

#: What a model of 11 tokens may be asked about.
ZEROS = {name: torch.zeros(2, 6, dtype=torch.int64) for name in ("inputs", "targets")}


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
    # wandb names the files of a session by the second in which it began.
    time.sleep(1.1)
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


def test_a_terminal_has_a_line_that_follows_the_run(text: Path, tmp_path: Path) -> None:
    same = (*SMALL, *SMALL_GPT, f"data.path={text}", f"output_dir={tmp_path}", "steps=40", "log_interval=1")
    main, terminal = pty.openpty()
    command = [sys.executable, str(TRAINING / "train.py"), "--config-name", "cfg_gpt", *same]
    process = subprocess.Popen(
        command, stdout=terminal, env={**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    )
    os.close(terminal)
    shown = b""
    # Reading fails when nobody has the terminal open any more.
    with contextlib.suppress(OSError):
        while part := os.read(main, 1 << 16):
            shown += part
    assert process.wait(60) == 0
    bar = re.findall(r"loss [\d.]+, lr [\d.e-]+, [\d,]+ tokens/s, ETA [\d:]+ .*?(\d+)/40", shown.decode())
    assert len(set(bar)) > 1
    assert max(map(int, bar)) <= 40
    # It is gone in the end, and never in the log.
    assert "━" in shown.decode()
    assert "━" not in (tmp_path / "train.log").read_text()


@pytest.mark.parametrize("family", ["gpt", "gpt2", "trm", "etrm"])
def test_the_analysis_changes_nothing_and_tells_what_it_found(
    family: str, text: Path, gpt2: Path, sudoku: Path, colours: Path, tmp_path: Path
) -> None:
    given = {
        "gpt": (*SMALL_GPT, "arch.dropout=0.1", f"data.path={text}"),
        "gpt2": (f"arch.pretrained={gpt2}", f"data.path={text}"),
        "trm": (*SMALL_REASONER, f"data.path={sudoku}", "epochs=null"),
        "etrm": (*SMALL_REASONER, f"data.path={colours}", "epochs=null"),
    }
    same = (*SMALL, *given[family], "steps=4")
    train_here(f"cfg_{family}", *same, f"output_dir={tmp_path / 'plain'}")
    train_here(f"cfg_{family}", *same, f"output_dir={tmp_path / 'watched'}", "logging.analysis_interval=2")
    plain, watched = weights(tmp_path / "plain", 4), weights(tmp_path / "watched", 4)
    assert all(torch.equal(plain[name], watched[name]) for name in plain)
    log = (tmp_path / "watched" / "train.log").read_text()
    (told,) = re.findall(r"analysis of step 2: embeddings sparsity .*; attention entropy (\S+)", log)
    assert 0.0 < float(told) < 10.0


def test_entropy_of_attention_that_looks_everywhere_alike(gpt: GPT) -> None:
    for block in gpt.blocks:
        torch.nn.init.zeros_(block.attention.qkv.weight)
    found = analyse(take_snapshot(1, gpt, NextToken(), ZEROS))
    expected = sum(math.log(seen) for seen in range(1, 7)) / 6
    assert found["attention"]["entropy"] == pytest.approx(expected, rel=1e-5)
    assert 0.0 < found["geometry"]["embeddings"]["global_sparsity"] < 0.1


def test_entropy_of_gpt2_is_that_of_the_attention_that_transformers_tells(gpt2: Path) -> None:
    model = GPT2.pretrained(GPT2Config(pretrained=str(gpt2))).eval()
    batch = {"inputs": torch.arange(20).view(2, 10), "targets": torch.arange(20).view(2, 10)}
    found = analyse(take_snapshot(1, model, NextToken(), batch))
    model.lm.set_attn_implementation("eager")
    with torch.no_grad():
        layers = model.lm(batch["inputs"], output_attentions=True).attentions
    expected = torch.stack([-torch.xlogy(p, p).sum(-1).mean() for p in layers]).mean()
    assert found["attention"]["entropy"] == pytest.approx(float(expected), rel=1e-5)


def test_entropy_of_a_reasoner_is_that_of_all_its_cycles() -> None:
    torch.manual_seed(0)
    config = TRMConfig(hidden_size=8, num_heads=2, halt_max_steps=2, H_cycles=2, L_cycles=2, context_len=2)
    model = TRM(config, vocab_size=5, seq_len=6, identifiers=3)
    attention = model.core.network.blocks[0].attention
    torch.nn.init.zeros_(attention.qkv.weight)
    batch = {name: torch.ones(2, 6, dtype=torch.int64) for name in ("inputs", "labels")}
    batch["puzzle_identifiers"] = torch.ones(2, dtype=torch.int64)
    found = analyse(take_snapshot(1, model, loss_head(config), batch))
    # Each of 2 + 6 places looks at all of them alike, in each of 2 x 2 x 3 passes.
    assert found["attention"]["entropy"] == pytest.approx(math.log(8), rel=1e-5)


def test_a_model_that_attends_to_nothing_has_no_entropy() -> None:
    assert "attention" not in analyse(take_snapshot(1, Bigram(11), NextToken(), ZEROS))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"is_causal": True},
        {"attn_mask": torch.tensor([[True, False, True, True]])},
        {"attn_mask": torch.tensor([[0.5, -torch.inf, 1.0, 0.0]]), "scale": 0.3},
        {"enable_gqa": True},
    ],
)
def test_attention_weights_are_those_of_torch(given: dict[str, Any]) -> None:
    torch.manual_seed(0)
    query, heads = torch.randn(3, 4, 4, 8), 2 if given.get("enable_gqa") else 4
    key, value = torch.randn(3, heads, 4, 8), torch.randn(3, heads, 4, 8)
    weighed = attention_weights(query, key, value, **given) @ value.repeat_interleave(4 // heads, 1)
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, value, **given)
    assert torch.allclose(weighed, expected, atol=1e-6)


def test_the_analysis_looks_at_nothing_of_other_threads(gpt: GPT) -> None:
    began, free = threading.Event(), threading.Event()

    class Slow(NextToken):
        def measure(self, model: torch.nn.Module, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
            began.set()
            assert free.wait(60)
            return super().measure(model, batch)

    background = BackgroundAnalysis()
    background.submit(take_snapshot(1, gpt, Slow(), ZEROS))
    assert began.wait(60)
    # What trains meanwhile attends to 3 tokens, and would change the mean.
    for _ in range(5):
        gpt(torch.zeros(1, 3, dtype=torch.int64))
    free.set()
    alone = analysis_done(1, analyse(take_snapshot(1, gpt, NextToken(), ZEROS)))
    assert background.close() == [alone]


def test_a_failing_analysis_is_told_and_stops_nothing(gpt: GPT) -> None:
    def fail(snapshot: Snapshot) -> Results:
        raise ValueError(f"no geometry at {snapshot.step}")

    background = BackgroundAnalysis(fail)
    background.submit(take_snapshot(3, gpt, NextToken(), {}))
    assert background.close() == ["analysis of step 3 failed: ValueError: no geometry at 3"]


def test_one_analysis_at_a_time(gpt: GPT) -> None:
    background = BackgroundAnalysis(lambda snapshot: {"geometry": {"embeddings": {}, "weights": {}}})
    background.submit(take_snapshot(1, gpt, NextToken(), {}))
    background.submit(take_snapshot(2, gpt, NextToken(), {}))
    assert [line.split(":")[0] for line in background.close()] == ["analysis of step 1"]


def test_flops_of_a_token(gpt2: Path) -> None:
    gpt = GPT(GPTConfig(n_layer=2, n_head=2, n_embd=8), vocab_size=11, block_size=6)
    blocks = 2 * (12 * 8 * 8 + 13 * 8) + 2 * 8
    assert flops_per_token(gpt, 6) == 6 * (11 * 8 + blocks) + 12 * 2 * 8 * 6
    # That of transformers, 16 wide and of 300 tokens, is counted alike; a table has no such count.
    pretrained = GPT2.pretrained(GPT2Config(pretrained=str(gpt2)))
    blocks = 2 * (12 * 16 * 16 + 13 * 16) + 2 * 16
    assert flops_per_token(pretrained, 6) == 6 * (300 * 16 + blocks) + 12 * 2 * 16 * 6
    assert flops_per_token(Bigram(11), 6) is None


def test_tokens_of_an_iteration_are_the_product_of_all_factors() -> None:
    assert Factors(micro_steps=3, world_size=2, batch_size=5, tokens_per_sample=7).tokens_per_iteration == 210
