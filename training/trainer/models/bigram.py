"""The baseline: a table of the next token's logits by the last token."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.models.language_model import LanguageModel


class Bigram(LanguageModel):
    """Logits (batch, time, vocabulary) from tokens (batch, time); knows one token of the past."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.normal_(self.table.weight, std=0.02)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the token after each."""
        logits: Tensor = self.table(tokens)
        return logits
