"""A chat model in a folder, as one downloads it: tiny, with random weights, and with its tokenizer."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerFast

#: As many chat models have it: a token at each end of a message, and no marks around what is generated.
CHATML = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SPECIAL = ("<|im_start|>", "<|im_end|>", "<|pad|>")

#: What is trained on: two turns under an instruction, and single turns.
CONVERSATIONS = [
    ("a", "Be brief.", "What is 1 + 2?", "3"),
    ("a", "Be brief.", "And twice that?", "It is 6."),
    *((f"t{n}", "", f"What is {n} + {n}?", f"The sum is {2 * n}.") for n in range(19)),
]


def tokenizer_of(text: str, *, template: str | None = CHATML) -> PreTrainedTokenizerFast:
    """A byte-level BPE of 320 tokens that the text has taught."""
    import tokenizers
    import transformers

    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=list(SPECIAL),
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(text.splitlines(keepends=True), trainer)
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token="<|im_end|>",
        pad_token="<|pad|>",
        additional_special_tokens=["<|im_start|>"],
    )
    made.chat_template = template
    return made


def write_csv(path: Path, rows: Iterable[tuple[str, ...]] = tuple(CONVERSATIONS)) -> Path:
    """A CSV with a line of names."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("conversation", "system", "question", "answer"), *rows])
    return path


def tiny_chat_model(folder: Path) -> Path:
    """A Llama of two layers, two heads, 16 wide."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    tokenizer = tokenizer_of(" ".join(" ".join(row) for row in CONVERSATIONS))
    torch.manual_seed(5)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=128,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
