"""The model families with the numbers that shape them."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.errors import TrainerError


@dataclass(kw_only=True)
class ArchConfig:
    """What all families have: a name."""

    name: str = ""


@dataclass(kw_only=True)
class BigramConfig(ArchConfig):
    """The baseline: the next token follows from the last one alone."""

    name: str = "bigram"


@dataclass(kw_only=True)
class GPTConfig(ArchConfig):
    """A decoder-only transformer from scratch, in the shape of GPT-2."""

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

    name: str = "gpt2"
    #: A name of the hub, or a local folder with the model and its tokenizer.
    pretrained: str = "gpt2"
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        _refuse_dropout(self.dropout)


def _refuse_dropout(dropout: float) -> None:
    if not 0.0 <= dropout < 1.0:
        raise TrainerError(f"arch.dropout is {dropout}: it must lie in [0, 1)")


#: Every family by its name.
ARCHITECTURES: dict[str, type[ArchConfig]] = {"bigram": BigramConfig, "gpt": GPTConfig, "gpt2": GPT2Config}
