"""One example on its way from a row of the file to labels, in lines for a person."""

from __future__ import annotations

from transformers import PreTrainedTokenizerBase

from trainer.sft.dataset import IGNORED, Prepared
from trainer.sft.template import messages_of


def shown_example(tokenizer: PreTrainedTokenizerBase, data: Prepared, wanted: int) -> list[str]:
    """Raw, formatted, tokenised and masked; the last example when there are fewer than `wanted` asks for."""
    index = min(wanted, len(data.examples) - 1)
    example = data.examples[index]
    return [
        f"=== Dataset example {index} of {len(data.examples)} ===",
        *(f"{message['role']}: {message['content']}" for message in messages_of(example.conversation)),
        "=== Formatted text ===",
        example.text,
        f"=== Tokenised input ({len(example.input_ids)} tokens) ===",
        _decoded(tokenizer, example.input_ids),
        "=== Masked labels (only answers) ===",
        "".join(
            " " if label == IGNORED else _decoded(tokenizer, [label]) for label in example.labels
        ).strip(),
    ]


def _decoded(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, clean_up_tokenization_spaces=False))
