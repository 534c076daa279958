"""Base classes of the frameworks in, what is known of them without reading their large sources out."""

from __future__ import annotations

from trainlint.facts.signature import SignatureFacts
from trainlint.source import Span

_NOWHERE = Span.at("")


#: They refuse whatever they are given, as `object` does.
_MODULE = SignatureFacts("Module.__init__", _NOWHERE)
_DATA_MODULE = SignatureFacts("LightningDataModule.__init__", _NOWHERE)


def _anything(owner: str) -> SignatureFacts:
    """It passes on what it is given, and its bases differ from release to release."""
    unsure = f"what `{owner}` does with the arguments passed to it is not read"
    return SignatureFacts(f"{owner}.__init__", _NOWHERE, (), True, True, unsure=unsure)


#: Bases whose constructors are made from the fields of a class.
PYDANTIC = frozenset(("pydantic.BaseModel", "pydantic.main.BaseModel"))
NAMED_TUPLES = frozenset(("typing.NamedTuple", "typing_extensions.NamedTuple"))
TYPED_DICTS = frozenset(("typing.TypedDict", "typing_extensions.TypedDict"))
#: Neither of these nor their bases have a `__new__` or a metaclass that looks at arguments, and none has an
#: `__init__` of its own.
_BARE = (
    "object",
    "abc.ABC",
    "typing.Generic",
    "typing_extensions.Generic",
    "torch.utils.data.Dataset",
    "torch.utils.data.dataset.Dataset",
    "torch.utils.data.IterableDataset",
    "torch.utils.data.dataset.IterableDataset",
)
#: The same, with an `__init__` that takes no arguments, or any.
FRAMEWORK: dict[str, SignatureFacts | None] = {
    **dict.fromkeys((*_BARE, *PYDANTIC, *NAMED_TUPLES, *TYPED_DICTS)),
    **dict.fromkeys(("typing.Protocol", "typing_extensions.Protocol"), _anything("Protocol")),
    **dict.fromkeys(
        ("torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module"), _MODULE
    ),
}
_LIGHTNING = ("lightning", "lightning.pytorch", "pytorch_lightning")
for _package in _LIGHTNING:
    FRAMEWORK |= {
        f"{_package}.LightningModule": _anything("LightningModule"),
        f"{_package}.core.LightningModule": _anything("LightningModule"),
        f"{_package}.LightningDataModule": _DATA_MODULE,
        f"{_package}.core.LightningDataModule": _DATA_MODULE,
        f"{_package}.Callback": None,
        f"{_package}.callbacks.Callback": None,
        f"{_package}.callbacks.callback.Callback": None,
    }

#: Decorators of libraries that leave what a function or class takes as it is.
KEEPERS = frozenset(
    (
        "staticmethod",
        "classmethod",
        "abc.abstractmethod",
        "abstractmethod",
        "typing.final",
        "typing.override",
        "typing_extensions.override",
        "typing_extensions.final",
        "typing.runtime_checkable",
        "typing.no_type_check",
        "functools.total_ordering",
        "functools.lru_cache",
        "functools.cache",
        "functools.wraps",
        "contextlib.contextmanager",
        "torch.no_grad",
        "torch.enable_grad",
        "torch.inference_mode",
        "torch.autograd.no_grad",
        "torch.jit.export",
        "torch.jit.ignore",
        "torch.jit.unused",
        "torch.jit.interface",
        "torch.compiler.disable",
        "torch._dynamo.disable",
        "lightning.pytorch.utilities.rank_zero_only",
        "lightning.pytorch.utilities.rank_zero.rank_zero_only",
        "lightning_utilities.core.rank_zero.rank_zero_only",
        "pytorch_lightning.utilities.rank_zero_only",
        "pytorch_lightning.utilities.rank_zero.rank_zero_only",
    )
)
#: Decorators that keep the names and fill in what is not given: they take it out of the environment.
FILLERS = frozenset(
    f"{package}.utilities.argparse._defaults_from_env_vars"
    for package in ("lightning.pytorch", "pytorch_lightning")
)
