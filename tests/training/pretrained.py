"""A GPT-2 in a folder, as one downloads it: tiny, with random weights, and with its tokenizer."""

from __future__ import annotations

from pathlib import Path

import torch
from trainer.tokenizers import BPETokenizer


def tiny_gpt2(folder: Path, text: str, *, positions: int = 16) -> Path:
    """Two layers, two heads, 16 wide; a vocabulary of 300 tokens that the text has taught."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    tokenizer = BPETokenizer.of(text, 300)
    torch.manual_seed(5)
    config = transformers.GPT2Config(
        vocab_size=300,
        n_positions=positions,
        n_embd=16,
        n_layer=2,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    transformers.GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer.save(folder)
    return folder
