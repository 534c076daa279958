"""The plain loop as a program: GPT-2 of `transformers` over batches and weights that were put aside.

`test_plain_loop.py` holds the trainer against what it gives, and that of `tests/diff` against its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
import transformers
from torch import Tensor

from . import plain

RECIPE = plain.Recipe(
    steps=20,
    accumulation=3,
    peak=3e-3,
    floor=6e-4,
    warmup=4,
    weight_decay=0.2,
    betas=(0.8, 0.97),
    eps=1e-8,
    clip=1.4,
)

Batch = dict[str, Tensor]


def gpt2(vocab_size: int) -> transformers.GPT2LMHeadModel:
    """An empty model; its attention is written out, not fused."""
    config = transformers.GPT2Config(
        vocab_size=vocab_size,
        n_positions=16,
        n_embd=16,
        n_layer=2,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
        attn_implementation="eager",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )
    return transformers.GPT2LMHeadModel(config)


def pairs(batches: Iterable[Batch]) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and targets of each batch."""
    for batch in batches:
        yield batch["inputs"], batch["targets"]


def main(folder: Path = Path()) -> list[tuple[Tensor, Tensor]]:
    """Train from `start.pt` on `batches.pt`; the loss and the gradient norm of each step."""
    start = torch.load(folder / "start.pt")
    model = gpt2(len(start["transformer.wte.weight"]))
    model.load_state_dict(start, strict=False)
    optimizer = plain.Library(plain.decaying(model, RECIPE.weight_decay), RECIPE)
    batches = pairs(torch.load(folder / "batches.pt"))
    done = []
    for step, found in enumerate(
        plain.train(model, lambda ids: model(ids).logits, batches, optimizer, RECIPE)
    ):
        print(f"iter {step + 1}: loss {found[0]:.4f}, grad norm {found[1]:.4f}")
        done.append(found)
    torch.save(model.state_dict(), folder / "end.pt")
    return done


if __name__ == "__main__":
    main()
