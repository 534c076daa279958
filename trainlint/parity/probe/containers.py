"""A value that holds tensors in, the same with each tensor replaced by another out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from torch import Tensor


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The value in the same containers, each tensor changed."""
    if isinstance(value, Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(mapped(entry, change) for entry in value)
    if isinstance(value, dict):
        return {key: mapped(entry, change) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.init]
        return replace(value, **{name: mapped(getattr(value, name), change) for name in names})
    return value
