"""AdamW over what is trained, and what of it decays."""

from __future__ import annotations

import torch
from torch import nn
from trainer.configuration.arch import GPTConfig
from trainer.configuration.schema import OptimConfig
from trainer.models.gpt import GPT
from trainer.optimizer import build_optimizer, load_optimizer


def gpt() -> GPT:
    torch.manual_seed(0)
    return GPT(GPTConfig(n_layer=1, n_head=2, n_embd=8), vocab_size=11, block_size=6)


def names(model: nn.Module, group: dict[str, list[nn.Parameter]]) -> set[str]:
    held = {id(parameter) for parameter in group["params"]}
    return {name for name, parameter in model.named_parameters() if id(parameter) in held}


def test_matrices_decay_and_biases_and_norms_do_not() -> None:
    model = gpt()
    decaying, still = build_optimizer(OptimConfig(weight_decay=0.3), model).param_groups
    assert (decaying["weight_decay"], still["weight_decay"]) == (0.3, 0.0)
    assert names(model, still) == {
        name for name, _ in model.named_parameters() if name.endswith("bias") or "norm" in name
    }
    assert names(model, decaying) | names(model, still) == {name for name, _ in model.named_parameters()}
    # Without gradients nothing but decay moves a weight.
    optimizer = build_optimizer(OptimConfig(weight_decay=0.3, learning_rate=0.1), model)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    for name, parameter in model.named_parameters():
        kept = 1.0 - 0.1 * 0.3 if name in names(model, decaying) else 1.0
        assert torch.allclose(parameter, before[name] * kept, atol=1e-7), name


def test_only_what_is_trained_is_optimised_and_in_one_pass() -> None:
    model = gpt()
    model.blocks.requires_grad_(False)
    optimizer = build_optimizer(OptimConfig(), model)
    assert optimizer.defaults["fused"] is True
    held = sum(len(group["params"]) for group in optimizer.param_groups)
    assert held == sum(parameter.requires_grad for parameter in model.parameters()) == 4


def test_moments_come_from_a_checkpoint_and_numbers_from_the_configuration() -> None:
    model = gpt()
    first = build_optimizer(OptimConfig(weight_decay=0.3, betas=(0.5, 0.6)), model)
    model(torch.zeros(1, 3, dtype=torch.int64)).sum().backward()
    first.step()
    second = build_optimizer(OptimConfig(weight_decay=0.1, betas=(0.7, 0.8)), model)
    load_optimizer(second, first.state_dict())
    assert [(group["weight_decay"], tuple(group["betas"])) for group in second.param_groups] == [
        (0.1, (0.7, 0.8)),
        (0.0, (0.7, 0.8)),
    ]
    for parameter in model.parameters():
        assert torch.equal(first.state[parameter]["exp_avg"], second.state[parameter]["exp_avg"])
