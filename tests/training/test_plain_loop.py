"""The trainer does, step by step, what a plain loop over another implementation of the model does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers
from torch import Tensor, nn
from trainer.loop import train
from trainer.run import Run

from tests.training import plain, plain_run
from tests.training.runs import SMALL_GPT, assembled, metrics

RECIPE = plain_run.RECIPE
STEPS = RECIPE.steps
SAME = (
    *("data.batch_size=4", "data.block_size=16", "evaluation.iters=1", "logging.tensorboard=false"),
    *("generation.tokens=0", "checkpoint.enabled=false", "log_interval=1", f"steps={STEPS}"),
    *("optim.gradient_accumulation_steps=3", "optim.learning_rate=3e-3", "optim.min_lr_ratio=0.2"),
    *("optim.warmup_steps=4", "optim.weight_decay=0.2", "optim.betas=[0.8,0.97]", "optim.grad_clip=1.4"),
    "arch.dropout=0.0",
)
#: How far losses and gradient norms (relative) and weights (absolute) may lie apart. Adam moves the bias of
#: attention's keys, whose gradient is nothing but rounding, as far as rounding says: about 4e-6 in fp32,
#: where all other weights agree to 1e-7.
NOISE = {torch.float32: (1e-6, 1e-5), torch.float64: (1e-10, 1e-10)}

NO_DROPOUT = dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0)

State = dict[str, Tensor]


def translated(ours: State) -> State:
    """Weights of our GPT under the names of `transformers`, whose linear layers are transposed."""
    names = {"norm_1": "ln_1", "norm_2": "ln_2", "up": "mlp.c_fc", "down": "mlp.c_proj"}
    names |= {"attention.qkv": "attn.c_attn", "attention.proj": "attn.c_proj"}
    outer = {"tokens": "wte", "positions": "wpe", "norm": "ln_f"}
    found: State = {}
    for name, value in ours.items():
        place, kind = name.rsplit(".", 1)
        if place == "head":
            # The embedding once more.
            continue
        if place in outer:
            found[f"transformer.{outer[place]}.{kind}"] = value
        else:
            _, layer, part = place.split(".", 2)
            linear = kind == "weight" and not part.startswith("norm")
            found[f"transformer.h.{layer}.{names[part]}.{kind}"] = value.T if linear else value
    return found


def batches(run: Run) -> list[plain_run.Batch]:
    """What the run will train on."""
    return [run.batches.source.batch(index, 4) for index in range(STEPS * RECIPE.accumulation)]


def assert_trained_alike(run: Run, other: nn.Module, translate: Callable[[State], State]) -> None:
    """Train both from the same weights: each loss, each gradient norm and each weight at the end is equal."""
    dtype = next(run.model.parameters()).dtype
    start = {name: value.clone() for name, value in translate(run.model.state_dict()).items()}
    missing, unexpected = other.load_state_dict(start, strict=False)
    assert set(missing) <= {"lm_head.weight"}
    assert unexpected == []
    other.to(dtype)
    optimizer = plain.WrittenOut(plain.decaying(other, RECIPE.weight_decay), RECIPE)
    pairs = plain_run.pairs(batches(run))
    done = list(plain.train(other, lambda tokens: other(tokens).logits, pairs, optimizer, RECIPE))
    assert train(run, start_step=0, n_steps=STEPS)

    of_numbers, of_weights = NOISE[dtype]
    found = metrics(Path(run.config.output_dir))
    for step, (loss, norm) in enumerate(done, start=1):
        assert found["loss"][step] == pytest.approx(float(loss), rel=of_numbers, abs=0), step
        assert found["grad_norm"][step] == pytest.approx(float(norm), rel=of_numbers, abs=0), step
    norms = [float(norm) for _, norm in done]
    assert min(norms) < RECIPE.clip < max(norms), norms
    expected = other.state_dict()
    for name, weight in translate(run.model.state_dict()).items():
        assert (weight - start[name]).abs().max() > 1e-3
        assert (weight - expected[name]).abs().max() < of_weights, name


@pytest.mark.parametrize("precision", ["fp32", "fp64"])
def test_our_gpt_trains_as_gpt2_of_transformers_does_in_a_plain_loop(
    precision: str, text: Path, tmp_path: Path
) -> None:
    run = assembled(
        "cfg_gpt",
        *SAME,
        *SMALL_GPT,
        f"data.path={text}",
        f"output_dir={tmp_path}",
        f"device.precision={precision}",
    )
    assert_trained_alike(run, plain_run.gpt2(run.model.tokens.num_embeddings), translated)


@pytest.mark.parametrize("precision", ["fp32", "fp64"])
def test_gpt2_trains_as_in_a_plain_loop(precision: str, gpt2: Path, text: Path, tmp_path: Path) -> None:
    run = assembled(
        "cfg_gpt2",
        *SAME,
        f"arch.pretrained={gpt2}",
        f"data.path={text}",
        f"output_dir={tmp_path}",
        f"device.precision={precision}",
    )
    other = transformers.GPT2LMHeadModel.from_pretrained(gpt2, attn_implementation="eager", **NO_DROPOUT)
    assert_trained_alike(run, other, lambda ours: {name.removeprefix("lm."): v for name, v in ours.items()})


def test_the_plain_loop_as_a_program_gives_the_losses_of_the_trainer(text: Path, tmp_path: Path) -> None:
    run = assembled(
        "cfg_gpt", *SAME, *SMALL_GPT, f"data.path={text}", f"output_dir={tmp_path}", "device.precision=fp32"
    )
    start = {name: value.clone() for name, value in translated(run.model.state_dict()).items()}
    torch.save(start, tmp_path / "start.pt")
    torch.save(batches(run), tmp_path / "batches.pt")
    done = plain_run.main(tmp_path)
    assert train(run, start_step=0, n_steps=STEPS)
    found = metrics(tmp_path)
    for step, (loss, norm) in enumerate(done, start=1):
        assert found["loss"][step] == pytest.approx(float(loss), rel=1e-5, abs=0), step
        assert found["grad_norm"][step] == pytest.approx(float(norm), rel=1e-4, abs=0), step
