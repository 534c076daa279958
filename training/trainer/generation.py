"""A model and the start of a text in, a sample of how it goes on out."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from trainer.configuration.schema import GenerationConfig
from trainer.models.language_model import LanguageModel


@torch.no_grad()
def generate(
    model: LanguageModel,
    prompt: Sequence[int],
    config: GenerationConfig,
    *,
    vocab_size: int,
    seed: int,
    device: torch.device,
) -> list[int]:
    """The prompt and `config.tokens` more, each drawn given those before; the same for the same seed.

    Past the model's block size the context slides. The model is in evaluation mode inside and as it was
    after; no generator that training uses is drawn from.
    """
    if not prompt:
        raise ValueError("a sample starts from one token at least")
    generator = torch.Generator().manual_seed(seed)
    reader = _Reader(model, device, config.cache)
    tokens = list(prompt)
    was_training = model.training
    model.eval()
    try:
        for _ in range(config.tokens):
            # A pretrained model can have rows that its tokenizer has no token for.
            logits = reader.after(tokens)[:vocab_size]
            tokens.append(pick(logits, config, generator))
    finally:
        model.train(was_training)
    return tokens


def pick(logits: Tensor, config: GenerationConfig, generator: torch.Generator) -> int:
    """One token from logits (V,): the likeliest at temperature 0, else a draw from those that are left in.

    `top_k` leaves the k likeliest in, `top_p` the fewest of the likeliest that together reach that share.
    """
    # On the CPU and in double precision, which not all devices have, the draw is the same everywhere.
    logits = logits.cpu().double()
    if config.temperature == 0.0:
        return int(logits.argmax())
    ranked, order = (logits / config.temperature).sort(descending=True, stable=True)
    if config.top_k is not None:
        ranked[config.top_k :] = -torch.inf
    shares = ranked.softmax(-1)
    if config.top_p is not None:
        # What is likelier already reaches the share: this one and all after it are out.
        shares[shares.cumsum(-1) - shares >= config.top_p] = 0.0
    return int(order[torch.multinomial(shares, 1, generator=generator)])


class _Reader:
    """Has a model read a text that grows by one token at a time."""

    def __init__(self, model: LanguageModel, device: torch.device, cached: bool) -> None:
        self._model = model
        self._device = device
        self._cache = model.new_cache() if cached else None

    def after(self, tokens: Sequence[int]) -> Tensor:
        """Logits (V,) of the token that follows."""
        limit = self._model.block_size
        if limit is not None and len(tokens) > limit:
            # Each token has another position now, so nothing that was kept holds.
            self._cache, tokens = None, tokens[-limit:]
        if self._cache is None:
            logits: Tensor = self._model(self._row(tokens))
        else:
            logits = self._model.read(self._row(tokens[self._cache.get_seq_length() :]), self._cache)
        return logits[0, -1]

    def _row(self, tokens: Sequence[int]) -> Tensor:
        return torch.tensor([list(tokens)], device=self._device)
