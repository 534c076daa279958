"""The rows of calls of libraries against the libraries as they are installed."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest
import torch

from trainlint.diff.library import ALIASES, METHODS, SIGNATURES, argument, canonical, signature

#: Rows that say what a default comes to, where the library has a stand-in for it.
MEANT = {
    ("torch.utils.data.DataLoader", "shuffle"): None,
    ("torch.utils.data.random_split", "generator"): torch.default_generator,
    # `torch.cuda.amp.autocast`, which is an alias, asks for no device.
    ("torch.autocast", "device_type"): inspect.Parameter.empty,
    ("torch.nn.TransformerEncoderLayer", "activation"): torch.nn.functional.relu,
    ("torch.nn.TransformerDecoderLayer", "activation"): torch.nn.functional.relu,
}
#: What C code reads by itself: nothing can be asked of it.
BUILT_IN = {"torch.randint"}


def parameters(name: str) -> dict[str, object]:
    """The parameters of something of a library, with their defaults (`...` where there is none)."""
    found = inspect.signature(pkgutil.resolve_name(name)).parameters.values()
    return {
        entry.name: ... if entry.default is entry.empty else entry.default
        for entry in found
        if entry.kind is not entry.VAR_KEYWORD
    }


@pytest.mark.parametrize("name", sorted(set(SIGNATURES) - BUILT_IN))
def test_rows_are_the_signatures_of_the_library(name: str) -> None:
    real = parameters(name)
    row = SIGNATURES[name]
    assert list(row) == list(real)[: len(row)]
    for key, default in row.items():
        meant = MEANT.get((name, key), default)
        wanted = ... if meant is inspect.Parameter.empty else meant
        assert real[key] == wanted, key


def test_what_cannot_be_asked_says_nothing_of_its_arguments() -> None:
    for name in BUILT_IN:
        assert SIGNATURES[name] == {}
        with pytest.raises(ValueError, match="no signature"):
            inspect.signature(pkgutil.resolve_name(name))


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_aliases_are_names_of_the_libraries(alias: str) -> None:
    name = canonical(alias)
    assert pkgutil.resolve_name(alias).__name__ in (pkgutil.resolve_name(name).__name__, "inference_mode")
    assert canonical(name) == name


METHODS_OF = {
    "zero_grad": "torch.optim.Optimizer.zero_grad",
    "backward": "torch.Tensor.backward",
    "load_state_dict": "torch.nn.Module.load_state_dict",
    "requires_grad_": "torch.nn.Module.requires_grad_",
    "train": "torch.nn.Module.train",
    "train_test_split": "datasets.Dataset.train_test_split",
    "shuffle": "datasets.Dataset.shuffle",
    "add_scalar": "torch.utils.tensorboard.SummaryWriter.add_scalar",
    "log": "wandb.sdk.wandb_run.Run.log",
    "apply_chat_template": "transformers.PreTrainedTokenizerBase.apply_chat_template",
    "map": "datasets.Dataset.map",
}


@pytest.mark.parametrize("name", sorted(METHODS))
def test_rows_of_methods(name: str) -> None:
    real = parameters(METHODS_OF[name])
    for key, default in METHODS[name].items():
        assert real[key] == default, key


@pytest.mark.parametrize("name", ["peft.LoraConfig", "transformers.BitsAndBytesConfig"])
def test_rows_of_settings(name: str) -> None:
    real = parameters(name)
    for key, default in signature(name).items():
        assert real[key] == default, key


def test_former_names_of_arguments() -> None:
    assert argument("transformers.AutoModelForCausalLM.from_pretrained", "torch_dtype") == "dtype"
    assert argument("trl.SFTConfig", "max_seq_length") == "max_length"
    assert argument("trl.SFTConfig", "max_length") == "max_length"
    assert argument("torch.nn.Linear", "tokenizer") == "tokenizer"


@pytest.mark.parametrize(
    "name", ["transformers.TrainingArguments", "trl.SFTConfig", "trl.DPOConfig", "trl.GRPOConfig"]
)
def test_rows_of_trainers(name: str) -> None:
    module, _, last = name.rpartition(".")
    made = getattr(importlib.import_module(module), last)
    real = {entry.name: entry.default for entry in dataclasses.fields(made)}
    row = signature(name)
    assert {"learning_rate", "weight_decay", "seed"} <= set(row)
    for key, default in row.items():
        if default is not ...:
            assert real[key] == default, key


def test_nothing_is_known_of_other_calls() -> None:
    assert signature("torch.nn.LSTM") == signature(".fit") == signature("") == {}
