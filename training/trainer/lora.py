"""Low-rank adapters into a model, and merged with its weights again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from torch import nn

from trainer.configuration.schema import LoraConfig
from trainer.errors import TrainerError

if TYPE_CHECKING:
    import peft

#: Ends of the names of the modules that get adapters when `lora.modules` is empty, by family.
_MODULES: dict[str, tuple[str, ...]] = {
    "bigram": ("table",),
    "gpt": ("qkv", "proj", "up", "down"),
    "gpt2": ("c_attn", "c_proj", "c_fc"),
    "trm": ("qkv", "proj", "gate_up", "down"),
    "etrm": ("qkv", "proj", "gate_up", "down"),
}
#: Families whose matrices are stored as (inputs, outputs).
_TRANSPOSED = frozenset({"gpt2"})


def peft_config(config: LoraConfig, **more: Any) -> peft.LoraConfig:
    """What `peft` is told of adapters; `more` are its own options for one kind of model."""
    import peft

    alpha: Any = config.alpha  # any number will do: it is divided by the rank
    return peft.LoraConfig(r=config.rank, lora_alpha=alpha, lora_dropout=config.dropout, **more)


def add_adapters(model: nn.Module, config: LoraConfig, family: str) -> None:
    """Put adapters into a model, in place; after that only they require gradients.

    An adapter starts as zero: the model computes what it computed. Raises TrainerError for modules that
    are not there, cannot have adapters, or share their weights.
    """
    # `peft` takes seconds to import: only runs that use it pay.
    import peft

    modules = tuple(config.modules) or _MODULES.get(family, ())
    if not modules:
        raise TrainerError(f"lora.modules is empty, and arch {family} has no list of its own: name modules")
    _refuse_shared(model, modules)
    try:
        peft.inject_adapter_in_model(
            peft_config(config, target_modules=list(modules), fan_in_fan_out=family in _TRANSPOSED),
            model,
        )
    except ValueError as error:
        ends = sorted(
            {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if _can_adapt(module)}
        )
        raise TrainerError(
            f"lora.modules {', '.join(modules)} cannot get adapters in arch {family}: {error}; "
            f"its matrices are {', '.join(ends)}"
        ) from error


def merge_adapters(model: nn.Module) -> None:
    """Add each adapter to the weight beside it and leave the plain module, in place."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    adapted = [(name, module) for name, module in model.named_modules() if isinstance(module, BaseTunerLayer)]
    for name, module in adapted:
        module.merge()
        model.set_submodule(name, module.get_base_layer())


def _refuse_shared(model: nn.Module, modules: tuple[str, ...]) -> None:
    """A merged adapter would change the module that shares the weight, which never computed with it."""
    uses = Counter(id(parameter) for _, parameter in model.named_parameters(remove_duplicate=False))
    for name, module in model.named_modules():
        if name.rsplit(".", 1)[-1] in modules and any(
            uses[id(parameter)] > 1 for parameter in module.parameters(recurse=False)
        ):
            raise TrainerError(
                f"lora.modules: {name} shares its weight with another module, so it can have no adapter"
            )


def _can_adapt(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear | nn.Embedding) or type(module).__name__ == "Conv1D"
