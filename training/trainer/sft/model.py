"""A folder in, a chat model with its tokenizer out, ready to be trained whole or through adapters."""

from __future__ import annotations

from typing import Any

import torch
import transformers
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from trainer.configuration.arch import ChatConfig
from trainer.configuration.schema import LoraConfig, Precision
from trainer.device import parameter_dtype
from trainer.errors import TrainerError
from trainer.lora import peft_config


def enable_fast_training(
    arch: ChatConfig, precision: Precision, device: torch.device
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model and the tokenizer of a local folder, on the device, set up to train fast.

    That is: attention in one fused operation (torch's scaled dot product), no cache of keys and values, and
    parameters in fp32 (fp64 where the run is), so that a forward pass in bf16 or fp16 loses no small update.
    Nothing is downloaded. Raises TrainerError when the folder has no such model or no tokenizer of its own.
    """
    transformers.utils.logging.disable_progress_bar()
    known: dict[str, Any] = {"local_files_only": True}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(arch.folder, **known)
        model: Any = transformers.AutoModelForCausalLM.from_pretrained(
            arch.folder, dtype=parameter_dtype(precision), attn_implementation="sdpa", **known
        )
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(
            f"arch.folder {arch.folder!r} is no local folder with a chat model and its tokenizer: {error}"
        ) from error
    model.config.use_cache = False
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise TrainerError(
            f"arch.folder {arch.folder}: the tokenizer has {len(tokenizer)} tokens, the model knows {rows}"
        )
    _set_padding(tokenizer)
    return model.to(device), tokenizer


def _set_padding(tokenizer: PreTrainedTokenizerBase) -> None:
    """Batches need a token to fill up with; it has no label, so any will do."""
    if tokenizer.pad_token is None:
        if tokenizer.eos_token is None:
            raise TrainerError("the tokenizer has neither a pad_token nor an eos_token to fill batches with")
        tokenizer.pad_token = tokenizer.eos_token


def add_lora_adapters(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: LoraConfig
) -> PreTrainedModel:
    """The model with adapters, which alone require gradients; by default in all its linear layers.

    The head is left out. Raises TrainerError for modules that are not there, or cannot have adapters.
    """
    import peft

    try:
        adapted: Any = peft.get_peft_model(
            model,
            peft_config(
                config,
                task_type=peft.TaskType.CAUSAL_LM,
                target_modules=list(config.modules) or "all-linear",
            ),
        )
    except ValueError as error:
        raise TrainerError(f"lora.modules cannot get adapters in {model.name_or_path}: {error}") from error
    # What is generated later pads with the token that batches were padded with.
    adapted.config.pad_token_id = tokenizer.pad_token_id
    trained: PreTrainedModel = adapted
    return trained
