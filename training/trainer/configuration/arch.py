"""The model families with the numbers that shape them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from trainer.errors import TrainerError


@dataclass(kw_only=True)
class ArchConfig:
    """What all families have: a name."""

    #: Fields that shape the weights or how they are read: no checkpoint goes on with others.
    shape: ClassVar[frozenset[str]] = frozenset()

    name: str = ""

    def absolute_steps(self) -> dict[str, tuple[int, str]]:
        """What is given in optimizer steps, by its key, with the key of the ratio in its place."""
        return {}


@dataclass(kw_only=True)
class BigramConfig(ArchConfig):
    """The baseline: the next token follows from the last one alone."""

    name: str = "bigram"


@dataclass(kw_only=True)
class GPTConfig(ArchConfig):
    """A decoder-only transformer from scratch, in the shape of GPT-2."""

    shape: ClassVar[frozenset[str]] = frozenset({"n_layer", "n_head", "n_embd", "bias"})

    name: str = "gpt"
    n_layer: int = 4
    n_head: int = 4
    n_embd: int = 128
    dropout: float = 0.0
    #: Whether linear layers and norms have a bias.
    bias: bool = True

    def __post_init__(self) -> None:
        """Refuse heads that do not share the width evenly."""
        if self.n_embd % self.n_head:
            raise TrainerError(
                f"arch.n_embd {self.n_embd} does not divide by arch.n_head {self.n_head}: "
                "each head takes an equal share of the width"
            )
        _refuse_dropout(self.dropout)


@dataclass(kw_only=True)
class GPT2Config(ArchConfig):
    """GPT-2 with pretrained weights, through `transformers`."""

    shape: ClassVar[frozenset[str]] = frozenset({"pretrained"})

    name: str = "gpt2"
    #: A name of the hub, or a local folder with the model and its tokenizer.
    pretrained: str = "gpt2"
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        _refuse_dropout(self.dropout)


@dataclass(kw_only=True)
class ChatConfig(ArchConfig):
    """A chat model of any family that `transformers` knows, to be fine-tuned (`task=sft`)."""

    shape: ClassVar[frozenset[str]] = frozenset({"folder"})

    name: str = "chat"
    #: A local folder with the model and its tokenizer.
    folder: str = "models/chat"


def _refuse_dropout(dropout: float) -> None:
    if not 0.0 <= dropout < 1.0:
        raise TrainerError(f"arch.dropout is {dropout}: it must lie in [0, 1)")


class AnnealingLaw(Enum):
    """How a value goes from where it starts to where it ends."""

    linear = "linear"
    cosine = "cosine"
    exponential = "exponential"


@dataclass(kw_only=True)
class AnnealingConfig:
    """A value that changes over the first part of a run, and stays."""

    start: float = 0.0
    end: float = 0.0
    law: AnnealingLaw = AnnealingLaw.linear
    #: The share of the run after which it stays at `end`.
    ratio: float = 1.0
    #: The same in optimizer steps; wins over the ratio where it is given.
    steps: int | None = None

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0.0 < self.ratio <= 1.0:
            raise TrainerError(f"an annealing ratio is {self.ratio}: it is a share of the run, in (0, 1]")
        if self.steps is not None and self.steps < 1:
            raise TrainerError(f"an annealing takes {self.steps} steps: it must be at least 1")

    @property
    def used(self) -> bool:
        """Whether it ever is anything but 0."""
        return self.start != 0.0 or self.end != 0.0


class Halting(Enum):
    """When a reasoner stops thinking about a puzzle."""

    #: When its halting head says so; others of the batch go on with theirs.
    dynamic = "dynamic"
    #: After `halt_max_steps` steps, all in one micro-step.
    fixed = "fixed"


class CellLoss(Enum):
    """What the cross entropy of cells is taken under."""

    stablemax = "stablemax"
    softmax = "softmax"


@dataclass(kw_only=True)
class RecursiveConfig(ArchConfig):
    """A recursive reasoner with adaptive computation time."""

    shape: ClassVar[frozenset[str]] = frozenset(
        {"hidden_size", "num_heads", "expansion", "n_layer", "H_cycles", "L_cycles", "context_len"}
    )

    hidden_size: int = 64
    num_heads: int = 4
    #: The perceptron's width as a multiple of the hidden size, before a third goes to its gate.
    expansion: float = 4.0
    #: Blocks of the one network.
    n_layer: int = 1
    #: Refinements of the answer in one step; gradients flow through the last.
    H_cycles: int = 2
    #: Refinements of the reasoning before each of the answer.
    L_cycles: int = 2
    #: Places before the cells that say which rule they follow.
    context_len: int = 2
    loss: CellLoss = CellLoss.stablemax
    #: The weight of the halting head's loss.
    q_halt_weight: float = 0.5
    halting: Halting = Halting.dynamic
    #: Steps of a puzzle: at most in dynamic halting, exactly in fixed halting and in evaluations.
    halt_max_steps: int = 8
    #: The share of the run before the halting head is asked.
    halt_warmup_ratio: float = 0.0
    #: The same in optimizer steps; wins over the ratio where it is given.
    halt_warmup_steps: int | None = None
    #: How likely a row must think on for a random number of steps.
    exploration: AnnealingConfig = field(default_factory=AnnealingConfig)
    #: The spread of the noise on the halting head's decision.
    temperature: AnnealingConfig = field(default_factory=AnnealingConfig)
    #: The weight of the likelihood to go on, in the loss.
    step_penalty: AnnealingConfig = field(default_factory=AnnealingConfig)

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit and halting that cannot be."""
        for name in ("hidden_size", "num_heads", "n_layer", "H_cycles", "L_cycles", "context_len"):
            _positive(name, getattr(self, name))
        _positive("halt_max_steps", self.halt_max_steps)
        if self.hidden_size % self.num_heads:
            raise TrainerError(
                f"arch.hidden_size {self.hidden_size} does not divide by arch.num_heads {self.num_heads}: "
                "each head takes an equal share of the width"
            )
        for name in ("q_halt_weight", "expansion"):
            if getattr(self, name) <= 0:
                raise TrainerError(f"arch.{name} is {getattr(self, name)}: it must be above 0")
        self._refuse_halting()

    def absolute_steps(self) -> dict[str, tuple[int, str]]:
        """Halting's warm-up and what anneals, where they are given in steps."""
        given = {"halt_warmup_steps": (self.halt_warmup_steps, "halt_warmup_ratio")}
        for name in ("exploration", "temperature", "step_penalty"):
            given[f"{name}.steps"] = (getattr(self, name).steps, f"{name}.ratio")
        return {
            f"arch.{key}": (steps, f"arch.{ratio}")
            for key, (steps, ratio) in given.items()
            if steps is not None
        }

    def _refuse_halting(self) -> None:
        shares = {
            "halt_warmup_ratio": [self.halt_warmup_ratio],
            "exploration": [self.exploration.start, self.exploration.end],
        }
        for name, values in shares.items():
            if not all(0.0 <= value <= 1.0 for value in values):
                raise TrainerError(f"arch.{name} leaves [0, 1]: it is a share of the run, or a likelihood")
        for name, annealing in (("temperature", self.temperature), ("step_penalty", self.step_penalty)):
            if min(annealing.start, annealing.end) < 0:
                raise TrainerError(f"arch.{name} is below 0: neither noise nor a penalty can be")
        if self.halting is Halting.dynamic and self.halt_max_steps == 1:
            raise TrainerError(
                "arch.halting is dynamic, but arch.halt_max_steps is 1, which leaves nothing to decide: "
                "allow more steps, or set arch.halting=fixed"
            )
        waits = self.halt_warmup_ratio > 0 or bool(self.halt_warmup_steps)
        explored = self.exploration.used or self.temperature.used or waits
        if self.halting is Halting.fixed and explored:
            raise TrainerError(
                "arch.halting is fixed, where nobody decides when to halt: arch.exploration, "
                "arch.temperature and arch.halt_warmup_ratio must be 0, as they are in arch=trm_fixed and "
                "arch=etrm_fixed"
            )


@dataclass(kw_only=True)
class TRMConfig(RecursiveConfig):
    """A recursive reasoner that has a learned vector for each rule."""

    name: str = "trm"


class EncoderKind(Enum):
    """How demonstrations become a rule."""

    #: Each by itself, then their mean.
    standard = "standard"
    #: They look at each other, and each place of the context asks them.
    hybrid = "hybrid"


class Encoding(Enum):
    """How often demonstrations are encoded."""

    #: At every step: each step teaches the encoder.
    every_step = "every_step"
    #: When a row starts on a puzzle; kept in the carry.
    cached = "cached"


@dataclass(kw_only=True)
class ETRMConfig(RecursiveConfig):
    """A recursive reasoner that reads each rule from demonstrations."""

    shape: ClassVar[frozenset[str]] = RecursiveConfig.shape | {
        "encoder",
        "encoder_layers",
        "encoder_set_layers",
    }

    name: str = "etrm"
    encoder: EncoderKind = EncoderKind.standard
    encoding: Encoding = Encoding.every_step
    #: Blocks that read one demonstration.
    encoder_layers: int = 1
    #: Blocks in which demonstrations look at each other, in a hybrid encoder.
    encoder_set_layers: int = 0

    def __post_init__(self) -> None:
        """Refuse an encoder that its layers contradict."""
        super().__post_init__()
        _positive("encoder_layers", self.encoder_layers)
        if self.encoder is EncoderKind.hybrid and self.encoder_set_layers < 1:
            raise TrainerError(
                f"arch.encoder is hybrid, but arch.encoder_set_layers is {self.encoder_set_layers}: "
                "demonstrations need at least one block to look at each other in"
            )
        if self.encoder is EncoderKind.standard and self.encoder_set_layers != 0:
            raise TrainerError(
                f"arch.encoder_set_layers is {self.encoder_set_layers}, but arch.encoder is standard, where "
                "demonstrations do not look at each other: set it to 0, or arch.encoder=hybrid"
            )


def _positive(name: str, value: int) -> None:
    if value < 1:
        raise TrainerError(f"arch.{name} is {value}: it must be at least 1")


#: Every family by its name.
ARCHITECTURES: dict[str, type[ArchConfig]] = {
    "bigram": BigramConfig,
    "gpt": GPTConfig,
    "gpt2": GPT2Config,
    "chat": ChatConfig,
    "trm": TRMConfig,
    "etrm": ETRMConfig,
}
