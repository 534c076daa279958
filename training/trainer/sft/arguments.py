"""The configuration of a run in, the same in the words of `trl` out."""

from __future__ import annotations

import torch
from torch.optim.lr_scheduler import LambdaLR
from trl.trainer.sft_config import SFTConfig

from trainer.configuration.schema import OptimConfig, Precision, RunConfig, checkpoint_folder
from trainer.distributed import Ranks, micro_steps_of_rank
from trainer.errors import TrainerError
from trainer.schedules import Clock, learning_rate


def sft_arguments(
    config: RunConfig, *, total: int, fresh: bool, ranks: Ranks, device: torch.device
) -> SFTConfig:
    """What `trl` is told: all it would decide by itself is set.

    `save_total_limit` stays empty: old checkpoints go when the new one is whole (`SftCheckpoints.seal`).
    """
    optim, precision = config.optim, config.device.precision
    arguments = SFTConfig(
        output_dir=str(checkpoint_folder(config.output_dir, config.checkpoint.dir)),
        max_steps=total,
        per_device_train_batch_size=config.data.batch_size,
        per_device_eval_batch_size=config.data.batch_size,
        gradient_accumulation_steps=micro_steps_of_rank(optim.gradient_accumulation_steps, ranks),
        learning_rate=optim.learning_rate,
        weight_decay=optim.weight_decay,
        max_grad_norm=optim.grad_clip,
        seed=config.seed,
        data_seed=config.seed,
        bf16=precision is Precision.bf16,
        fp16=precision is Precision.fp16,
        use_cpu=device.type == "cpu",
        torch_compile=config.device.compile,
        gradient_checkpointing=False,
        logging_steps=config.log_interval,
        logging_nan_inf_filter=False,
        eval_strategy="steps",
        eval_steps=config.evaluation.interval,
        eval_on_start=fresh,
        save_strategy="steps" if config.checkpoint.enabled else "no",
        save_steps=config.checkpoint.interval,
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
        ddp_find_unused_parameters=False,
        report_to="none",
        disable_tqdm=True,
    )
    # Other GPUs that this process sees are not its own: `transformers` would spread each batch over them.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def refuse_other_gpu(device: torch.device, ranks: Ranks) -> None:
    """Raise TrainerError for a GPU that `transformers` would not take: it counts from the first, by rank."""
    if device.type == "cuda" and device.index not in (None, ranks.local_rank):
        raise TrainerError(
            f"device.name is {device}, but task sft takes cuda:{ranks.local_rank} in this process: "
            f"set CUDA_VISIBLE_DEVICES={device.index}, and device.name=cuda"
        )


def law_of(optim: OptimConfig, optimizer: torch.optim.Optimizer, total: int) -> LambdaLR:
    """The learning rate of each step by the same law as everywhere, in the form that `transformers` takes."""
    return LambdaLR(
        optimizer,
        lambda step: learning_rate(optim, Clock(step=step, total_steps=total)) / optim.learning_rate,
    )
