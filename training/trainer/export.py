"""A trained model out of its run: weights alone, adapters merged, with its tokenizer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from safetensors.torch import save_file
from torch import nn

from trainer.lora import merge_adapters
from trainer.tokenizers import Tokenizer
from trainer.weights import weights_of


@runtime_checkable
class _Exporting(Protocol):
    """A model with a format of its own."""

    def export(self, folder: Path) -> None:
        """Write the model."""


def export_model(
    model: nn.Module,
    arch: dict[str, Any],
    blueprint: dict[str, Any],
    tokenizer: Tokenizer | None,
    folder: Path,
) -> None:
    """Write a model for use; the one in training stays as it is.

    GPT-2 becomes a folder for `from_pretrained` (and for `arch.pretrained`); other families become
    `weights.safetensors` and `model.json`, which tells their architecture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    merged = copy.deepcopy(model)
    merge_adapters(merged)
    if isinstance(merged, _Exporting):
        merged.export(folder)
    else:
        tensors = {name: tensor.contiguous() for name, tensor in weights_of(merged).items()}
        save_file(tensors, folder / "weights.safetensors")
        text = json.dumps({"arch": arch, "blueprint": blueprint}, indent=1)
        (folder / "model.json").write_text(text, encoding="utf-8")
    if tokenizer is not None:
        tokenizer.save(folder)
