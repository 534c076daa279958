"""Samples: what is drawn from, the cache, and the end of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from trainer.configuration.arch import BigramConfig, GPT2Config, GPTConfig
from trainer.configuration.schema import GenerationConfig
from trainer.errors import TrainerError
from trainer.generation import generate, pick
from trainer.models.build import build_model
from trainer.models.language_model import LanguageModel

CPU = torch.device("cpu")
LOGITS = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()


def _model(family: str, gpt2: Path) -> LanguageModel:
    torch.manual_seed(2)
    arch = {
        "bigram": BigramConfig(),
        "gpt": GPTConfig(n_layer=2, n_head=2, n_embd=16, dropout=0.5),
        "gpt2": GPT2Config(pretrained=str(gpt2), dropout=0.5),
    }[family]
    # In double precision no draw lies between what the two ways of computing give.
    return build_model(arch, vocab_size=300, block_size=16).double()


def _sample(
    model: LanguageModel, config: GenerationConfig, seed: int = 1, prompt: tuple[int, ...] = (5, 9, 2)
) -> list[int]:
    return generate(model, prompt, config, vocab_size=300, seed=seed, device=CPU)


@pytest.mark.parametrize("family", ["gpt", "gpt2"])
@pytest.mark.parametrize("length", [1, 3, 16, 20])
def test_the_tokens_are_the_same_without_the_cache(family: str, length: int, gpt2: Path) -> None:
    model = _model(family, gpt2)
    prompt = tuple(range(7, 7 + length))
    with_cache = _sample(model, GenerationConfig(tokens=24), prompt=prompt)
    without = _sample(model, GenerationConfig(tokens=24, cache=False), prompt=prompt)
    assert with_cache == without
    assert len(with_cache) == length + 24
    assert with_cache[:length] == list(prompt)


@pytest.mark.parametrize("family", ["gpt", "gpt2"])
def test_a_cache_gives_the_logits_of_reading_all_again(family: str, gpt2: Path) -> None:
    model = _model(family, gpt2).eval()
    tokens = torch.arange(30, 42)[None]
    cache = model.new_cache()
    read = [model.read(tokens[:, :5], cache)] + [
        model.read(tokens[:, n : n + 1], cache) for n in range(5, 12)
    ]
    assert torch.allclose(torch.cat(read, 1), model(tokens), atol=1e-12)


def test_the_cache_is_what_is_read_from(gpt2: Path) -> None:
    """Each step of a sample reads one token, as long as the context does not slide."""
    model = _model("gpt", gpt2)
    lengths: list[int] = []
    model.get_submodule("blocks.0").register_forward_pre_hook(
        lambda _, given: lengths.append(given[0].shape[1])
    )
    _sample(model, GenerationConfig(tokens=16))
    assert lengths == [3, *[1] * 13, 16, 16]


@pytest.mark.parametrize("family", ["bigram", "gpt", "gpt2"])
def test_a_sample_depends_on_its_seed_and_leaves_the_model_and_the_generators(
    family: str, gpt2: Path
) -> None:
    model = _model(family, gpt2).train()
    before = torch.get_rng_state()
    first = _sample(model, GenerationConfig(tokens=12), seed=1)
    assert _sample(model, GenerationConfig(tokens=12), seed=1) == first
    assert _sample(model, GenerationConfig(tokens=12), seed=2) != first
    assert torch.equal(torch.get_rng_state(), before)
    assert model.training


def _drawn(config: GenerationConfig, draws: int = 2000) -> dict[int, float]:
    generator = torch.Generator().manual_seed(0)
    found = [pick(LOGITS.clone(), config, generator) for _ in range(draws)]
    return {token: found.count(token) / draws for token in sorted(set(found))}


def test_temperature_0_takes_the_likeliest() -> None:
    assert _drawn(GenerationConfig(temperature=0.0), 5) == {0: 1.0}


@pytest.mark.parametrize(
    ("config", "shares"),
    [
        (GenerationConfig(), {0: 0.5, 1: 0.3, 2: 0.15, 3: 0.05}),
        # Shares to the power of 1 / temperature, scaled to 1.
        (GenerationConfig(temperature=0.5), {0: 0.685, 1: 0.247, 2: 0.062, 3: 0.007}),
        (GenerationConfig(top_k=2), {0: 0.625, 1: 0.375}),
        (GenerationConfig(top_k=9), {0: 0.5, 1: 0.3, 2: 0.15, 3: 0.05}),
        (GenerationConfig(top_p=0.5), {0: 1.0}),
        (GenerationConfig(top_p=0.6), {0: 0.625, 1: 0.375}),
        (GenerationConfig(top_p=0.01), {0: 1.0}),
        (GenerationConfig(top_k=3, top_p=0.9), {0: 0.526, 1: 0.316, 2: 0.158}),
    ],
)
def test_draws_have_the_shares_of_what_is_left_in(config: GenerationConfig, shares: dict[int, float]) -> None:
    assert _drawn(config) == pytest.approx(shares, abs=0.03)


def test_a_token_that_the_tokenizer_does_not_have_is_never_drawn(gpt2: Path) -> None:
    model = _model("gpt", gpt2)
    tokens = generate(model, [1], GenerationConfig(tokens=30), vocab_size=3, seed=0, device=CPU)
    assert max(tokens) < 3


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tokens": -1}, "tokens is -1"),
        ({"temperature": -0.1}, "must not be negative"),
        ({"top_k": 0}, "top_k is 0"),
        ({"top_p": 0.0}, "top_p is 0.0"),
        ({"top_p": 1.5}, "top_p is 1.5"),
    ],
)
def test_drawing_from_nothing_is_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        GenerationConfig(**values)  # type: ignore[arg-type]  # values of several types on purpose
