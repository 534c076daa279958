"""What the trainers of libraries are told about the time of a run: which argument plays which role.

Read from transformers 4.44 to 5.23, trl 1.16 and Lightning 2.6: `training_args.py` and `trainer.py`
(`get_warmup_steps`, `set_initial_training_values`), `trainer_callback.py` (`DefaultFlowCallback`),
`optimization.py` (`get_scheduler`); `trainer/trainer.py`, `loops/` and `callbacks/model_checkpoint.py`.
"""

from __future__ import annotations

from enum import Enum

from trainlint.facts.schedule import Amount, Interval, Schedule, Unit
from trainlint.facts.symbols import Symbol
from trainlint.record import record


@record
class Run:
    """A run that a trainer makes: how many steps it takes, and what changes and happens with them.

    `moved` are the schedulers that the trainer moves on, with how often it does so.
    """

    total: Amount
    schedules: tuple[Schedule, ...] = ()
    intervals: tuple[Interval, ...] = ()
    moved: tuple[tuple[Symbol, Amount, Unit], ...] = ()


class Role(Enum):
    """What an argument of a trainer decides."""

    STEPS = "how many steps of the optimizer a run takes"
    EPOCHS = "how often it goes over its data"
    WARMUP = "how many steps the learning rate rises, or, below 1, for which part of the run"
    WARMUP_PART = "for which part of the run the learning rate rises, where no number of steps is given"
    SCHEDULER = "how the learning rate changes"
    ACCUMULATION = "after how many batches the optimizer steps"
    BATCH = "the size of the batch of one rank"
    DROPS_LAST = "whether a last batch that is not full is left out"
    EVALUATED_EVERY = "after how many steps, or batches, it is evaluated"
    EVALUATED_WHEN = "whether steps or epochs decide that"
    EVALUATED_FROM = "before which step or epoch it is not evaluated"
    EVALUATED_FIRST = "whether it is evaluated before its first step"
    EPOCHS_BETWEEN = "after how many epochs it is evaluated"
    SAVED_EVERY = "after how many steps it is saved"
    TRIED_ONLY = "whether only a few batches are tried"
    TIME = "how long a run may take"


@record
class Argument:
    """The names that an argument has had, its position and what it is where it is not given."""

    names: tuple[str, ...]
    default: object = None
    position: int | None = None


TRAINING_ARGUMENTS = {
    Role.STEPS: Argument(("max_steps",), -1),
    Role.EPOCHS: Argument(("num_train_epochs",), 3),
    Role.WARMUP: Argument(("warmup_steps",), 0),
    Role.WARMUP_PART: Argument(("warmup_ratio",), 0),
    Role.SCHEDULER: Argument(("lr_scheduler_type",), "linear"),
    Role.ACCUMULATION: Argument(("gradient_accumulation_steps",), 1),
    Role.BATCH: Argument(("per_device_train_batch_size",), 8),
    Role.DROPS_LAST: Argument(("dataloader_drop_last",), False),
    Role.EVALUATED_EVERY: Argument(("eval_steps",)),
    Role.EVALUATED_WHEN: Argument(("eval_strategy", "evaluation_strategy"), "no"),
    Role.EVALUATED_FROM: Argument(("eval_delay",), 0),
    Role.EVALUATED_FIRST: Argument(("eval_on_start",), False),
}
#: Classes of arguments and their packages. Trainers that make their own data as they go (PPO) count
#: otherwise and are left out.
TRANSFORMERS = ("transformers", "trl", "sentence_transformers")
ARGUMENTS = {
    *("TrainingArguments", "Seq2SeqTrainingArguments", "SentenceTransformerTrainingArguments"),
    *(f"{method}Config" for method in ("SFT", "DPO", "GRPO", "KTO", "ORPO", "CPO", "BCO", "GKD", "RLOO")),
    *("RewardConfig", "PRMConfig", "DistillationConfig", "OnlineDPOConfig", "NashMDConfig", "XPOConfig"),
}
#: What a trainer is given, by name or position.
ARGUMENTS_OF_TRAINER = Argument(("args",), position=1)
DATA_OF_TRAINER = Argument(("train_dataset",), position=3)
OPTIMIZERS_OF_TRAINER = Argument(("optimizers",))
#: Trainers whose steps an epoch are the batches of the data set that they are given.
WHOLE_DATA = {"Trainer", "Seq2SeqTrainer"}
#: Methods of a trainer of the project's own that take a part of the time into their own hands.
SCHEDULES_ITSELF = {"create_scheduler", "create_optimizer_and_scheduler", "get_scheduler"}
LOADS_ITSELF = {"get_train_dataloader", "_get_train_sampler", "get_train_sampler"}
RUNS_ITSELF = {"train", "_inner_training_loop", "inner_training_loop"}

#: Names of `lr_scheduler_type`: those that rise first, and among them those that fall until the end.
FALLING = {
    *("linear", "cosine", "cosine_with_restarts", "polynomial", "cosine_with_min_lr"),
    "cosine_warmup_with_min_lr",
}
RISING = {*FALLING, "constant_with_warmup", "inverse_sqrt", "warmup_stable_decay"}

LIGHTNING = ("pytorch_lightning", "lightning")
TRAINER = {
    Role.STEPS: Argument(("max_steps",), -1),
    Role.EPOCHS: Argument(("max_epochs",)),
    Role.ACCUMULATION: Argument(("accumulate_grad_batches",), 1),
    Role.EVALUATED_EVERY: Argument(("val_check_interval",), 1.0),
    Role.EPOCHS_BETWEEN: Argument(("check_val_every_n_epoch",), 1),
    Role.TRIED_ONLY: Argument(("fast_dev_run",), False),
    Role.TIME: Argument(("max_time",)),
}
#: What ends a run of Lightning early where it is given.
CUTS = (Role.TRIED_ONLY, Role.TIME)
CHECKPOINT = {
    Role.SAVED_EVERY: Argument(("every_n_train_steps",)),
    Role.EPOCHS_BETWEEN: Argument(("every_n_epochs",)),
}
#: How many epochs Lightning takes where nobody says how long a run is.
EPOCHS_OF_LIGHTNING = 1000
