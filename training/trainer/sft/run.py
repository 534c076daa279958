"""One run of supervised fine-tuning, read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, PrinterCallback

from trainer.assembly import build_reporter
from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import ChatConfig
from trainer.configuration.schema import RunConfig
from trainer.device import refuse_impossible
from trainer.distributed import Ranks, micro_steps_of_rank
from trainer.errors import TrainerError
from trainer.evaluation import SPLITS
from trainer.optimizer import build_optimizer
from trainer.reporting import Reporter, Silent
from trainer.rng import seed_everything
from trainer.schedules import outliving, total_steps
from trainer.sft.arguments import law_of, refuse_other_gpu, sft_arguments
from trainer.sft.checkpoints import SftCheckpoints
from trainer.sft.dataset import Prepared, prepare_dataset_from_csv
from trainer.sft.inspection import shown_example
from trainer.sft.memory import memory_after, memory_before
from trainer.sft.model import add_lora_adapters, enable_fast_training
from trainer.sft.template import get_chat_template
from trainer.sft.watching import Tuner, Watch
from trainer.signals import StopRequest
from trainer.tasks.language import within_context
from trainer.throughput import Factors


@dataclass(frozen=True, kw_only=True)
class Session:
    """Where and how one session of the run takes place."""

    config: RunConfig
    #: The resolved configuration as plain types, for the checkpoints.
    record: dict[str, Any]
    checkpoint: Checkpoint | None
    ranks: Ranks
    device: torch.device
    reporter: Reporter

    def say(self, lines: Iterable[str]) -> None:
        """Lines for a person."""
        for line in lines:
            self.reporter.say(line)


def train_sft(
    config: RunConfig,
    record: dict[str, Any],
    checkpoint: Checkpoint | None,
    ranks: Ranks,
    device: torch.device,
    said: list[str],
) -> bool:
    """Fine-tune as configured, from the start or from a checkpoint; False when a signal stopped it before."""
    start = checkpoint.step if checkpoint else 0
    reporter = build_reporter(config, record, start) if ranks.is_main else Silent()
    session = Session(
        config=config, record=record, checkpoint=checkpoint, ranks=ranks, device=device, reporter=reporter
    )
    try:
        session.say(said)
        refuse_impossible(config.device, device, ranks.world_size)
        refuse_other_gpu(device, ranks)
        return _tuned(session)
    finally:
        reporter.close()


def _tuned(session: Session) -> bool:
    """From the folder of the model to the last step and what it leaves."""
    config = session.config
    # All ranks start from the same weights: adapters are drawn.
    seed_everything(config.seed, 0)
    model, tokenizer = _model(config, session.device)
    data = _data(session, model, tokenizer)
    if config.sft.show_examples:
        session.say(shown_example(tokenizer, data["train"], config.sft.example))
    tuner = _tuner(session, model, tokenizer, data)
    if config.sft.verbose:
        session.say(memory_before(session.device))
    at_end = _train(tuner, session)
    if config.sft.verbose:
        session.say(memory_after(session.device))
    if at_end and config.export_dir is not None and session.ranks.is_main:
        _export(tuner, tokenizer, Path(config.export_dir))
        session.say([f"exported the model to {config.export_dir}"])
    return at_end


def _model(config: RunConfig, device: torch.device) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model, with adapters where they are asked for, and its tokenizer with a chat template."""
    if not isinstance(config.arch, ChatConfig):
        raise TrainerError(
            f"task.kind is sft, but arch.name {config.arch.name!r} is no chat model: arch=chat"
        )
    model, tokenizer = enable_fast_training(config.arch, config.device.precision, device)
    tokenizer = get_chat_template(tokenizer, config.sft.chat_template)
    if config.lora.enabled:
        model = add_lora_adapters(model, tokenizer, config.lora)
    return model, tokenizer


def _data(
    session: Session, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> dict[str, Prepared]:
    """The examples of each split, no longer than the model can read."""
    config = session.config
    size, notes = within_context(
        config.data.block_size, getattr(model.config, "max_position_embeddings", None)
    )
    session.say(notes)
    within = replace(config.data, block_size=size)
    data = {
        split: prepare_dataset_from_csv(tokenizer, Path(config.data.path), split, within) for split in SPLITS
    }
    for prepared in data.values():
        session.say(prepared.notes)
    factors = Factors(
        micro_steps=micro_steps_of_rank(config.optim.gradient_accumulation_steps, session.ranks),
        world_size=session.ranks.world_size,
        batch_size=config.data.batch_size,
        tokens_per_sample=size,
    )
    session.say([f"{factors}, at most"])
    return data


def _tuner(
    session: Session,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: dict[str, Prepared],
) -> Tuner:
    """The trainer of `trl` with our data, optimizer, law and callbacks."""
    config = session.config
    total = config.steps or _steps_of_epochs(config, len(data["train"].examples))
    arguments = sft_arguments(
        config, total=total, fresh=session.checkpoint is None, ranks=session.ranks, device=session.device
    )
    session.say(outliving(config, total))
    watch = _watch(session, total, Path(str(arguments.output_dir)))
    optimizer = build_optimizer(config.optim, model)
    measured = config.evaluation.iters * config.data.batch_size
    tuner = Tuner(
        model=model,
        args=arguments,
        train_dataset=data["train"].as_dataset(),
        eval_dataset={split: prepared.as_dataset(measured) for split, prepared in data.items()},
        processing_class=tokenizer,
        callbacks=[watch],
        optimizers=(optimizer, law_of(config.optim, optimizer, total)),
    )
    tuner.remove_callback(PrinterCallback)
    watch.tuner = tuner
    watch.stop.listen()
    return tuner


def _watch(session: Session, total: int, folder: Path) -> Watch:
    """What looks on while `trl` trains."""
    return Watch(
        optim=session.config.optim,
        total=total,
        record=session.record,
        ranks=session.ranks,
        reporter=session.reporter,
        checkpoints=SftCheckpoints(folder, session.config.checkpoint.keep_last),
        stop=StopRequest(),
    )


def _steps_of_epochs(config: RunConfig, samples: int) -> int:
    size = config.data.batch_size * config.optim.gradient_accumulation_steps
    return total_steps(config.epochs or 1, samples, size)


def _train(tuner: Tuner, session: Session) -> bool:
    """Do the steps that are left; whether the run is at its end."""
    total, checkpoint = tuner.args.max_steps, session.checkpoint
    if checkpoint is None:
        tuner.train()
    elif checkpoint.step >= total:
        session.say([f"{checkpoint.path} is at the end of the run: nothing is left to do"])
        tuner._load_from_checkpoint(str(checkpoint.path))
        return True
    else:
        session.say([f"resumed from {checkpoint.path} at step {checkpoint.step}"])
        tuner.train(resume_from_checkpoint=str(checkpoint.path))
    return bool(tuner.state.global_step >= total)


def _export(tuner: Tuner, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the trained model alone, adapters merged, as a folder that `arch.folder` takes."""
    model = tuner.accelerator.unwrap_model(tuner.model)
    if hasattr(model, "merge_and_unload"):
        model = model.merge_and_unload()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
