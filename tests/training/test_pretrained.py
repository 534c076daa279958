"""GPT-2 from a folder: what it is trained on, what it refuses, what a checkpoint of it needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from trainer.configuration.arch import GPT2Config
from trainer.errors import TrainerError
from trainer.models.build import build_model
from trainer.tokenizers import BPETokenizer, load_tokenizer

from tests.training.runs import SMALL, metrics, train_here, weights


def test_a_block_beyond_the_model_is_capped_and_said(text: Path, gpt2: Path, tmp_path: Path) -> None:
    train_here(
        "cfg_gpt2",
        *SMALL,
        f"data.path={text}",
        f"arch.pretrained={gpt2}",
        "data.block_size=64",
        "steps=2",
        f"output_dir={tmp_path}",
    )
    log = (tmp_path / "train.log").read_text()
    assert "data.block_size 64 is beyond the model's maximum: capped to 16" in log


def test_a_run_starts_from_the_pretrained_weights_and_brings_the_tokenizer(
    text: Path, gpt2: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    same = (*SMALL, f"data.path={text}", f"arch.pretrained={gpt2}", "steps=1", "optim.learning_rate=1e-12")
    train_here("cfg_gpt2", *same, f"output_dir={tmp_path}")
    before, after = load_file(gpt2 / "model.safetensors"), weights(tmp_path, 1)
    assert torch.allclose(before["transformer.wte.weight"], after["lm.transformer.wte.weight"], atol=1e-9)
    saved = load_tokenizer(tmp_path / "checkpoints" / "step_00000001" / "tokenizer")
    assert saved.serialised() == BPETokenizer.load(gpt2).serialised()


def test_a_checkpoint_needs_its_pretrained_folder_no_longer(text: Path, gpt2: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(gpt2, tmp_path / "gpt2")
    same = (*SMALL, f"data.path={text}", f"arch.pretrained={folder}", f"output_dir={tmp_path / 'run'}")
    train_here("cfg_gpt2", *same, "steps=2")
    shutil.rmtree(folder)
    train_here("cfg_gpt2", *same, "steps=4")
    assert 4 in metrics(tmp_path / "run")["val/loss"]


def test_what_is_no_gpt2_is_refused(gpt2: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="neither a local folder with a model nor"):
        build_model(GPT2Config(pretrained=str(tmp_path)), vocab_size=300, block_size=8)
    other = shutil.copytree(gpt2, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))
    with pytest.raises(TrainerError, match="is a llama model"):
        build_model(GPT2Config(pretrained=str(other)), vocab_size=300, block_size=8)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(gpt2: Path) -> None:
    with pytest.raises(TrainerError, match=r"tokenizer has 301 tokens, the pretrained model .* knows 300"):
        build_model(GPT2Config(pretrained=str(gpt2)), vocab_size=301, block_size=8)


def test_characters_for_a_pretrained_model_are_refused(text: Path, gpt2: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="arch gpt2 knows the tokens of its own tokenizer alone"):
        train_here(
            "cfg_gpt2",
            f"data.path={text}",
            f"arch.pretrained={gpt2}",
            "data.tokenizer.kind=character",
            f"output_dir={tmp_path}",
        )
