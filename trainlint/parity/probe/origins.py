"""Modules as a program makes them in; the line that made what owns a parameter out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch

from .patches import before
from .sites import site


class Origins:
    """Where each module was made. Copies and what is read from a file are made nowhere."""

    def __init__(self) -> None:
        # A module that is gone may leave its number to another, which then has its own line.
        self._lines: dict[int, str] = {}
        before(torch.nn.Module, "__init__", self._made)

    def _made(self, module: torch.nn.Module, *_: Any, **__: Any) -> None:
        self._lines[id(module)] = site()

    def of(self, roots: Iterable[torch.nn.Module], names: Iterable[str]) -> list[str]:
        """The lines of parameters by their names; of what was made nowhere, that of what it belongs to."""
        modules: dict[str, torch.nn.Module] = {}
        for root in roots:
            for name, part in root.named_modules():
                modules.setdefault(name, part)
        return [self._line(modules, name) if name else "" for name in names]

    def _line(self, modules: Mapping[str, torch.nn.Module], name: str) -> str:
        while name:
            name = name.rpartition(".")[0]
            part = modules.get(name)
            line = self._lines.get(id(part)) if part is not None else None
            if line:
                return line
        return ""
