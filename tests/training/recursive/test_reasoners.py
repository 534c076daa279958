"""What a reasoner takes from step to step, and what its gradients reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from trainer.act import Carry
from trainer.configuration.arch import EncoderKind, Encoding
from trainer.models.recursive.reasoner import ETRM

from tests.training.recursive.tiny import batch, etrm, trm


@contextmanager
def _rows_encoded(model: ETRM) -> Iterator[list[int]]:
    """How many rows each call of the encoder has."""
    seen: list[int] = []
    hook = model.encoder.register_forward_pre_hook(lambda module, given: seen.append(len(given[0])))
    try:
        yield seen
    finally:
        hook.remove()


def _halted(carry: Carry, *rows: bool) -> Carry:
    return replace(carry, halted=torch.tensor(rows))


def _gradient(module: nn.Module) -> float:
    return sum(float(p.grad.abs().sum()) for p in module.parameters() if p.grad is not None)


def test_halted_rows_start_on_the_batch_and_others_go_on_as_if_nothing_had_been() -> None:
    model = trm()
    first, second = batch(3, seed=1), batch(3, seed=2)
    carry, _ = model(first, None, 1)
    after, (mixed,) = model(second, _halted(carry, False, True, False), 1)
    _, (fresh,) = model(second, None, 1)
    _, (_, gone_on) = model(first, None, 2)

    assert after.steps.tolist() == [2, 1, 2]
    assert torch.equal(after.puzzles["labels"][1], second["labels"][1])
    assert torch.equal(after.puzzles["labels"][::2], first["labels"][::2])
    torch.testing.assert_close(mixed.logits[1], fresh.logits[1])
    torch.testing.assert_close(mixed.logits[::2], gone_on.logits[::2])


def test_steps_one_by_one_are_steps_in_one_go() -> None:
    model = trm()
    data = batch(2)
    carry: Carry | None = None
    answers = []
    for _ in range(3):
        carry, (answer,) = model(data, carry, 1)
        answers.append(answer.logits)
    _, together = model(data, None, 3)
    assert all(torch.equal(a, b.logits) for a, b in zip(answers, together, strict=True))


def test_no_state_carries_a_graph_into_the_next_step() -> None:
    carry, _ = etrm(Encoding.cached)(batch(2), None, 2)
    kept = [carry.latents.high, carry.latents.low, carry.context]
    assert not any(tensor.requires_grad for tensor in kept if tensor is not None)


def test_gradients_flow_through_the_last_high_cycle_alone() -> None:
    model = trm()
    calls = []
    model.core.network.register_forward_hook(lambda module, given, out: calls.append(out.requires_grad))
    model(batch(2), None, 1)
    # Two high cycles of two low refinements and one of the answer each.
    assert calls == [False] * 3 + [True] * 3


def test_under_bf16_every_weight_has_the_gradient_of_the_last_cycle() -> None:
    model, data = trm(), batch(4)

    def gradients() -> dict[str, Tensor]:
        model.zero_grad()
        _, (answer,) = model(data, None, 1)
        (answer.logits.float().square().mean() + answer.q_halt.float().mean()).backward()
        return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}

    exact = gradients()
    with torch.autocast("cpu", torch.bfloat16):
        rough = gradients()
    assert rough.keys() == exact.keys() == dict(model.named_parameters()).keys()
    for name, gradient in exact.items():
        assert float((rough[name] - gradient).norm()) <= 0.1 * float(gradient.norm()), name


def test_puzzles_of_one_inputs_differ_by_their_vectors_once_these_are_learned() -> None:
    model = trm()
    data = batch(2)
    data["inputs"][1], data["puzzle_identifiers"] = data["inputs"][0], torch.tensor([1, 2])
    _, (answer,) = model(data, None, 1)
    assert torch.equal(answer.logits[0], answer.logits[1])
    nn.init.normal_(model.puzzle_embedding.weight)
    _, (answer,) = model(data, None, 1)
    assert not torch.allclose(answer.logits[0], answer.logits[1])


@pytest.mark.parametrize("encoder", EncoderKind)
def test_demonstrations_that_are_masked_have_no_influence_and_their_order_none(encoder: EncoderKind) -> None:
    model = etrm(Encoding.every_step, encoder)
    data = batch(2)
    data["demo_mask"][:, 2] = 0
    keys = model.puzzle_keys
    plain = model.encoder(*(data[key] for key in keys))
    other = {key: data[key].clone() for key in keys}
    other["demo_inputs"][:, 2], other["demo_labels"][:, 2] = 0, 0
    torch.testing.assert_close(model.encoder(*(other[key] for key in keys)), plain)
    turned = {key: data[key][:, [1, 0, 2]] for key in keys}
    torch.testing.assert_close(model.encoder(*(turned[key] for key in keys)), plain)
    other["demo_labels"][:, 1] = (other["demo_labels"][:, 1] + 1) % 5
    assert not torch.allclose(model.encoder(*(other[key] for key in keys)), plain)


def test_an_encoder_that_is_asked_at_every_step_sees_and_learns_at_every_step() -> None:
    model = etrm(Encoding.every_step)
    with _rows_encoded(model) as seen:
        carry, _ = model(batch(3, seed=1), None, 1)
        _, (answer,) = model(batch(3, seed=2), _halted(carry, False, False, False), 1)
        answer.logits.square().sum().backward()
    assert seen == [3, 3]
    assert carry.context is None
    assert _gradient(model.encoder) > 0


def test_a_cached_encoder_sees_each_puzzle_once_and_learns_where_it_starts() -> None:
    model = etrm(Encoding.cached)
    with _rows_encoded(model) as seen:
        carry, _ = model(batch(3, seed=1), None, 1)
        after, (answer,) = model(batch(3, seed=2), _halted(carry, False, True, False), 1)
    assert seen == [3, 1]
    assert carry.context is not None
    assert after.context is not None
    assert torch.equal(after.context[::2], carry.context[::2])

    answer.logits[::2].square().sum().backward(retain_graph=True)
    assert _gradient(model.encoder) == 0
    answer.logits[1].square().sum().backward()
    assert _gradient(model.encoder) > 0


def test_a_cached_encoder_has_a_gradient_of_0_when_no_row_starts() -> None:
    model = etrm(Encoding.cached, EncoderKind.hybrid)
    carry, _ = model(batch(2), None, 1)
    _, (answer,) = model(batch(2), _halted(carry, False, False), 1)
    (answer.logits.square().sum() + answer.q_halt.sum()).backward()
    gradients = [parameter.grad for parameter in model.parameters()]
    # None would leave other ranks waiting for this one.
    assert all(gradient is not None for gradient in gradients)
    assert _gradient(model.encoder) == 0


def test_in_one_go_a_cached_encoder_is_asked_once_and_learns_from_all_steps() -> None:
    cached, again = etrm(Encoding.cached), etrm(Encoding.every_step)
    found = []
    for model in (cached, again):
        with _rows_encoded(model) as seen:
            _, answers = model(batch(2), None, 3)
        sum(answer.logits.square().sum() for answer in answers).backward()
        found.append((seen, [p.grad for p in model.encoder.parameters()]))
    (once, exact), (thrice, expected) = found
    assert (once, thrice) == ([2], [2, 2, 2])
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in zip(exact, expected, strict=True))


def test_a_carry_of_another_encoding_is_gone_on_with() -> None:
    carry, _ = etrm(Encoding.every_step)(batch(2), None, 1)
    cached = etrm(Encoding.cached)
    after, (answer,) = cached(batch(2, seed=2), carry, 1)
    _, (_, expected) = cached(batch(2), None, 2)
    assert after.context is not None
    torch.testing.assert_close(answer.logits, expected.logits)
