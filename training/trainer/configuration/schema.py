"""The values that a run needs, each with its unit; combinations that cannot train are refused in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from trainer.configuration.arch import ArchConfig, GPT2Config
from trainer.configuration.data import DataConfig, Tokenization
from trainer.configuration.limits import at_least
from trainer.configuration.operations import OperationConfig
from trainer.configuration.sft import SftConfig, refuse_beside_sft, refuse_sft_elsewhere
from trainer.errors import TrainerError


class Precision(Enum):
    """The dtype of the forward pass; parameters and optimizer state stay in their own."""

    fp32 = "fp32"
    fp64 = "fp64"
    bf16 = "bf16"
    fp16 = "fp16"


class Law(Enum):
    """How the learning rate goes from its peak to its floor."""

    cosine = "cosine"
    linear = "linear"
    constant = "constant"


class TaskKind(Enum):
    """What a run learns."""

    language = "language"
    puzzles = "puzzles"
    sft = "sft"


class Distribution(Enum):
    """How several ranks share a model: each has it whole, or each has a part of it."""

    ddp = "ddp"
    fsdp = "fsdp"


class Resume(Enum):
    """Whether a run goes on from the checkpoints that lie in its folder."""

    auto = "auto"
    never = "never"
    required = "required"


@dataclass(kw_only=True)
class TaskConfig:
    """What a run learns."""

    kind: TaskKind = TaskKind.language


@dataclass(kw_only=True)
class OptimConfig:
    """AdamW and the law of its learning rate."""

    learning_rate: float = 1e-3
    #: The floor of the learning rate as a share of its peak.
    min_lr_ratio: float = 0.1
    law: Law = Law.cosine
    #: The share of the run in which the learning rate rises.
    warmup_ratio: float = 0.05
    #: The same in optimizer steps; wins over the ratio where it is given.
    warmup_steps: int | None = None
    betas: tuple[float, float] = (0.9, 0.95)
    eps: float = 1e-8
    weight_decay: float = 0.1
    #: The largest norm of all gradients together; 0 switches clipping off.
    grad_clip: float = 1.0
    #: Micro-steps of one optimizer step over all ranks together.
    gradient_accumulation_steps: int = 1

    def __post_init__(self) -> None:
        """Refuse what does not descend."""
        at_least("optim.gradient_accumulation_steps", self.gradient_accumulation_steps, 1)
        if self.learning_rate <= 0:
            raise TrainerError(f"optim.learning_rate is {self.learning_rate}: it must be above 0")
        if self.warmup_steps is not None:
            at_least("optim.warmup_steps", self.warmup_steps, 0)
        for name, ratio in (("min_lr_ratio", self.min_lr_ratio), ("warmup_ratio", self.warmup_ratio)):
            if not 0.0 <= ratio <= 1.0:
                raise TrainerError(
                    f"optim.{name} is {ratio}: it is a share of the run or of the peak, 0 to 1"
                )
        if self.weight_decay < 0 or self.grad_clip < 0:
            raise TrainerError("optim.weight_decay and optim.grad_clip must not be negative")


@dataclass(kw_only=True)
class LoraConfig:
    """Low-rank adapters; only they are trained."""

    enabled: bool = False
    rank: int = 8
    #: The update is scaled by alpha / rank.
    alpha: float = 16.0
    dropout: float = 0.0
    #: Ends of the names of the modules that get an adapter; empty takes the family's own list.
    modules: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse an adapter of no size."""
        at_least("lora.rank", self.rank, 1)
        if not 0.0 <= self.dropout < 1.0:
            raise TrainerError(f"lora.dropout is {self.dropout}: it must lie in [0, 1)")


@dataclass(kw_only=True)
class CheckpointConfig:
    """When a run is saved, and what it goes on from."""

    enabled: bool = True
    #: Optimizer steps between two checkpoints; the last step is always saved.
    interval: int = 100
    keep_last: int = 3
    resume: Resume = Resume.auto
    #: One checkpoint to go on from, wherever it lies; wins over `resume`.
    path: str | None = None
    #: Where checkpoints go; empty takes `checkpoints` in the run's `output_dir`.
    dir: str | None = None
    #: Whatever is to be found in the checkpoints again: plain values by name. A resumed run has those of its
    #: checkpoint.
    metadata: dict[str, Any] = field(default_factory=dict)
    #: The step that the variable RESUME_STEPS was counted from, by the session that did so.
    extended_from: int | None = None

    def __post_init__(self) -> None:
        """Refuse to keep nothing."""
        at_least("checkpoint.interval", self.interval, 1)
        at_least("checkpoint.keep_last", self.keep_last, 1)


@dataclass(kw_only=True)
class EvaluationConfig:
    """When the run is measured, and on how much."""

    #: Optimizer steps between two evaluations; the last step is always evaluated.
    interval: int = 50
    #: Batches of each split over all ranks together.
    iters: int = 20

    def __post_init__(self) -> None:
        """Refuse a mean over nothing."""
        at_least("evaluation.interval", self.interval, 1)
        at_least("evaluation.iters", self.iters, 1)


@dataclass(kw_only=True)
class LoggingConfig:
    """Where the numbers of a run go beside the console and `metrics.csv`."""

    tensorboard: bool = True
    #: A project of Weights & Biases; empty sends nothing there.
    wandb_project: str | None = None
    #: Optimizer steps between two looks at weights and attention, beside the training; empty looks never.
    analysis_interval: int | None = None

    def __post_init__(self) -> None:
        """Refuse an interval of nothing."""
        if self.analysis_interval is not None:
            at_least("logging.analysis_interval", self.analysis_interval, 1)


@dataclass(kw_only=True)
class GenerationConfig:
    """The sample that a run of a language model ends with."""

    #: How many tokens; 0 writes no sample.
    tokens: int = 100
    #: Flattens (above 1) or sharpens the choice; 0 takes the likeliest token.
    temperature: float = 1.0
    #: Draw among this many of the likeliest; empty: among all.
    top_k: int | None = None
    #: Draw among the fewest of the likeliest that have this share together; empty: among all.
    top_p: float | None = None
    #: What the sample goes on from; empty takes `QUESTION: ` for GPT-2 and token 0 for models from scratch.
    prompt: str | None = None
    #: Keep keys and values of what was read; the tokens are the same without.
    cache: bool = True

    def __post_init__(self) -> None:
        """Refuse to draw from nothing."""
        at_least("generation.tokens", self.tokens, 0)
        if self.temperature < 0.0:
            raise TrainerError(f"generation.temperature is {self.temperature}: it must not be negative")
        if self.top_k is not None:
            at_least("generation.top_k", self.top_k, 1)
        if self.top_p is not None and not 0.0 < self.top_p <= 1.0:
            raise TrainerError(f"generation.top_p is {self.top_p}: it is a share, above 0 and at most 1")


@dataclass(kw_only=True)
class DeviceConfig:
    """Where and with which numbers the run computes."""

    #: `auto`, or a device of torch such as `cuda`, `cuda:1`, `mps`, `cpu`.
    name: str = "auto"
    precision: Precision = Precision.fp32
    #: Let matrix products of fp32 use TF32 on GPUs that have it.
    tf32: bool = False
    #: What fp16 multiplies losses with at first; halved at each overflow, doubled after 2000 good steps.
    loss_scale: float = 65536.0
    compile: bool = False
    deterministic: bool = False


@dataclass(kw_only=True)
class DistributedConfig:
    """How the processes of torchrun work together; nothing of it matters to one process alone."""

    kind: Distribution = Distribution.ddp
    #: How long a rank waits for another before it gives up. Rank 0 may need it to save a checkpoint.
    timeout_seconds: float = 600.0

    def __post_init__(self) -> None:
        """Refuse not to wait at all."""
        if self.timeout_seconds <= 0:
            raise TrainerError(f"distributed.timeout_seconds is {self.timeout_seconds}: it must be above 0")


@dataclass(kw_only=True)
class RunConfig:
    """One training run, whole."""

    #: Seeds initial weights, batches and dropout; each rank adds its own offset to the last.
    seed: int = 1337
    #: Optimizer steps of the whole run; of a run that counts epochs, leave it empty.
    steps: int | None = None
    epochs: int | None = None
    #: Optimizer steps between two lines of the log.
    log_interval: int = 10
    #: Everything that the run writes goes here.
    output_dir: str = "outputs/run"
    #: Where the lines of the log go; empty takes `output_dir`.
    log_dir: str | None = None
    #: Keep a copy of all that the console shows in `output_dir`, in a file named by model, data and steps.
    console_to_file: bool = False
    #: The share of the old weights in the moving average after each step; empty keeps none.
    ema_rate: float | None = None
    #: Modules of the model that are not trained, until an operation unfreezes them.
    freeze: list[str] = field(default_factory=list)
    #: Changes that a validation loss or a step sets off.
    operations: list[OperationConfig] = field(default_factory=list)
    #: A folder that gets the trained model alone at the end, adapters merged; empty writes none.
    export_dir: str | None = None
    task: TaskConfig = field(default_factory=TaskConfig)
    arch: ArchConfig = MISSING
    data: DataConfig = field(default_factory=DataConfig)
    optim: OptimConfig = field(default_factory=OptimConfig)
    lora: LoraConfig = field(default_factory=LoraConfig)
    device: DeviceConfig = field(default_factory=DeviceConfig)
    distributed: DistributedConfig = field(default_factory=DistributedConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    generation: GenerationConfig = field(default_factory=GenerationConfig)
    checkpoint: CheckpointConfig = field(default_factory=CheckpointConfig)
    logging: LoggingConfig = field(default_factory=LoggingConfig)
    sft: SftConfig = field(default_factory=SftConfig)

    def absolute_steps(self) -> dict[str, tuple[int, str]]:
        """What is given in optimizer steps, by its key, with the key of the ratio in its place."""
        warmup = self.optim.warmup_steps
        own = {} if warmup is None else {"optim.warmup_steps": (warmup, "optim.warmup_ratio")}
        return {**own, **self.arch.absolute_steps()}

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if (self.steps is None) == (self.epochs is None):
            raise TrainerError("give either steps or epochs, not both and not neither")
        at_least("steps" if self.epochs is None else "epochs", self.steps or self.epochs or 0, 1)
        at_least("seed", self.seed, 0)
        at_least("log_interval", self.log_interval, 1)
        if self.ema_rate is not None and not 0.0 <= self.ema_rate < 1.0:
            raise TrainerError(f"ema_rate is {self.ema_rate}: it must lie in [0, 1)")
        self._refuse_frozen()
        if self.distributed.kind is Distribution.fsdp:
            self._refuse_beside_fsdp()
        if self.task.kind is TaskKind.sft:
            refuse_beside_sft(self)
        else:
            refuse_sft_elsewhere(self)
        kind = self.data.tokenizer.kind
        if isinstance(self.arch, GPT2Config) and kind not in (Tokenization.auto, Tokenization.gpt2):
            raise TrainerError(
                f"data.tokenizer.kind is {kind.value}, but arch gpt2 knows the tokens of its own tokenizer "
                "alone: leave data.tokenizer.kind at auto, or train arch gpt from scratch"
            )

    def _refuse_frozen(self) -> None:
        """Modules that are not trained must be known as such."""
        if self.lora.enabled and self.freeze:
            raise TrainerError("lora.enabled trains adapters alone: there is nothing for freeze to name")
        for operation in self.operations:
            if unknown := sorted(set(operation.modules) - set(self.freeze)):
                raise TrainerError(f"operations: unfreeze names {unknown[0]!r}, which freeze does not")

    def _refuse_beside_fsdp(self) -> None:
        """What needs the whole model, or all gradients, on one rank."""
        if self.device.precision is Precision.fp16:
            raise TrainerError(
                "distributed.kind fsdp does not go with device.precision fp16: the scaler would see "
                "the overflows of one rank alone; use bf16"
            )
        if self.logging.analysis_interval is not None:
            raise TrainerError(
                "logging.analysis_interval looks at the whole model on one rank, which distributed.kind fsdp "
                "has on none: leave it empty"
            )
        if self.export_dir is not None:
            raise TrainerError(
                "export_dir is set, but distributed.kind is fsdp, where no rank has the whole model: "
                "export by a run on one process that goes on from the last checkpoint"
            )


def checkpoint_folder(output_dir: str, folder: str | None) -> Path:
    """Where the checkpoints of a run lie, given `output_dir` and `checkpoint.dir`."""
    return Path(output_dir) / "checkpoints" if folder is None else Path(folder)
