"""The text of a file on a page in, its bytes out; a checkpoint is described by the shapes of its tensors."""

from __future__ import annotations

import io
import json
from typing import Any


def encoded(text: str, form: str) -> bytes:
    """The text in an encoding; as `torch` a real file of `torch.save`, of JSON in which a list is a shape."""
    if form != "torch":
        return text.encode(form)
    import torch  # only pages that show a checkpoint need it

    target = io.BytesIO()
    torch.save(_state(json.loads(text), torch), target)
    return target.getvalue()


def _state(described: Any, torch: Any) -> Any:
    if isinstance(described, dict):
        return {key: _state(value, torch) for key, value in described.items()}
    return torch.zeros(described) if isinstance(described, list) else described
