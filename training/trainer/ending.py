"""A run that is at its end in, what it leaves out: a sample, the model alone, and how its losses changed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from torch.distributed.tensor import DTensor

from trainer.device import autocast
from trainer.export import export_model
from trainer.generation import generate
from trainer.models.language_model import LanguageModel
from trainer.run import Run


def finish(run: Run) -> None:
    """Say how the losses changed, write a sample, and export the model where that is asked for."""
    if run.progress.losses:
        run.reporter.say(loss_summary(run.progress.losses))
    if (text := sample(run)) is not None:
        run.reporter.say(f"sample after step {run.progress.step}:\n{text}")
    if run.config.export_dir is not None and run.ranks.is_main:
        folder = Path(run.config.export_dir)
        with _averaged(run):
            export_model(run.model, run.record["arch"], run.blueprint, run.tokenizer, folder)
        run.reporter.say(f"exported the model to {folder}")


def sample(run: Run) -> str | None:
    """The prompt and how a language model goes on; None for a run that samples nothing.

    All ranks draw the same: a model that is split among them needs each for every token.
    """
    model, tokenizer, config = run.model, run.tokenizer, run.config.generation
    if not (config.tokens and run.prompt and tokenizer and isinstance(model, LanguageModel)):
        return None
    if any(isinstance(parameter, DTensor) for parameter in model.parameters()):
        # The pieces of a split model come together in `forward` alone.
        config = replace(config, cache=False)
    with _averaged(run), autocast(run.config.device.precision, run.device):
        ids = generate(
            model,
            run.prompt,
            config,
            vocab_size=tokenizer.vocab_size,
            seed=run.config.seed,
            device=run.device,
        )
    return tokenizer.decode(ids)


def _averaged(run: Run) -> AbstractContextManager[None]:
    """The weights that are measured: their average, where one is kept."""
    return nullcontext() if run.average is None else run.average.swapped_in(run.model)


def loss_summary(losses: list[tuple[int, dict[str, float]]]) -> str:
    """The first and the last measured loss of each split, and their difference."""
    (first_step, first), (last_step, last) = losses[0], losses[-1]
    deltas = (
        f"{split} loss {first[split]:.4f} -> {last[split]:.4f} ({last[split] - first[split]:+.4f})"
        for split in first
    )
    return f"from step {first_step} to {last_step}: {', '.join(deltas)}"
