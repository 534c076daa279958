"""Adapters: alone trained, merged without a trace, refused where they cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from trainer.configuration.arch import GPT2Config, GPTConfig
from trainer.configuration.schema import LoraConfig, OptimConfig
from trainer.errors import TrainerError
from trainer.export import export_model
from trainer.lora import add_adapters
from trainer.models.build import build_model
from trainer.optimizer import build_optimizer
from trainer.tokenizers import BPETokenizer

from tests.training.runs import SMALL, SMALL_GPT, train_here, weights

SHAPE = GPTConfig(n_layer=2, n_head=2, n_embd=16)


def _gpt() -> nn.Module:
    torch.manual_seed(3)
    return build_model(SHAPE, vocab_size=20, block_size=8)


def _trained_adapters(model: nn.Module) -> None:
    """Give adapters values as after training: fresh ones add nothing."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.1)


def test_only_adapters_are_optimised() -> None:
    model = _gpt()
    add_adapters(model, LoraConfig(rank=2), "gpt")
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert trained == {name for name, _ in model.named_parameters() if "lora_" in name}
    optimised = {
        id(p) for group in build_optimizer(OptimConfig(), model).param_groups for p in group["params"]
    }
    assert optimised == {id(p) for name, p in model.named_parameters() if name in trained}


def test_rank_alpha_and_modules_are_those_asked_for() -> None:
    model = _gpt()
    add_adapters(model, LoraConfig(rank=3, alpha=12.0, modules=["qkv"]), "gpt")
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters() if "lora_" in name}
    assert shapes == {
        f"blocks.{block}.attention.qkv.lora_{part}.default.weight": shape
        for block in (0, 1)
        for part, shape in (("A", (3, 16)), ("B", (48, 3)))
    }
    tokens = torch.arange(8)[None]
    plain = _gpt()(tokens)
    assert torch.equal(model(tokens), plain), "a fresh adapter adds nothing"
    layer = model.get_submodule("blocks.0.attention.qkv")
    assert layer.scaling == {"default": 4.0}


def test_a_run_changes_adapters_and_leaves_the_base(text: Path, tmp_path: Path) -> None:
    same = ("cfg_gpt", *SMALL, *SMALL_GPT, f"data.path={text}", f"output_dir={tmp_path}", "lora.enabled=true")
    train_here(*same, "steps=1", "checkpoint.interval=1")
    train_here(*same, "steps=3", "checkpoint.interval=1")
    first, last = weights(tmp_path, 1), weights(tmp_path, 3)
    changed = {name for name in first if not torch.equal(first[name], last[name])}
    assert changed == {name for name in first if "lora_" in name}


def test_a_merged_export_computes_what_model_and_adapters_computed(tmp_path: Path) -> None:
    model = _gpt().eval()
    add_adapters(model, LoraConfig(rank=2), "gpt")
    _trained_adapters(model)
    tokens = torch.arange(8)[None]
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    expected = model(tokens)
    export_model(model, {"name": "gpt"}, {"block_size": 8}, BPETokenizer.of("abc", 300), tmp_path)

    plain = _gpt().eval()
    plain.load_state_dict(load_file(tmp_path / "weights.safetensors"), strict=False)
    assert torch.allclose(plain(tokens), expected, atol=1e-5)
    assert not torch.allclose(_gpt()(tokens), expected, atol=1e-3)
    assert json.loads((tmp_path / "model.json").read_text())["blueprint"] == {"block_size": 8}
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_the_export_of_a_gpt2_run_is_a_pretrained_folder(text: Path, gpt2: Path, tmp_path: Path) -> None:
    train_here(
        "cfg_gpt2",
        *SMALL,
        f"data.path={text}",
        f"arch.pretrained={gpt2}",
        "lora.enabled=true",
        "optim.learning_rate=0.1",
        "steps=3",
        f"output_dir={tmp_path / 'run'}",
        f"export_dir={tmp_path / 'merged'}",
    )
    tokens = torch.arange(8)[None]
    build = {"vocab_size": 300, "block_size": 8}
    merged = build_model(GPT2Config(pretrained=str(tmp_path / "merged")), **build).eval()
    base = build_model(GPT2Config(pretrained=str(gpt2)), **build).eval()
    assert not torch.allclose(merged(tokens), base(tokens), atol=1e-3)
    add_adapters(base, LoraConfig(), "gpt2")
    base.load_state_dict(weights(tmp_path / "run", 3), strict=False)
    assert torch.allclose(merged(tokens), base(tokens), atol=1e-5)
    assert BPETokenizer.pretrained(str(tmp_path / "merged")).vocab_size == 300


@pytest.mark.parametrize(
    ("modules", "family", "message"),
    [
        (["nosuch"], "gpt", r"nosuch cannot get adapters .* matrices are down, head, positions, proj, qkv"),
        (["norm_1"], "gpt", "norm_1 cannot get adapters"),
        (["head"], "gpt", "head shares its weight with another module"),
        (["tokens"], "gpt", "tokens shares its weight with another module"),
        ([], "mlp", r"lora\.modules is empty, and arch mlp has no list"),
    ],
)
def test_modules_that_cannot_have_adapters_are_refused(modules: list[str], family: str, message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        add_adapters(_gpt(), LoraConfig(modules=modules), family)
