"""What launches of one run share: config texts, search paths and compositions before their settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import field
from pathlib import Path
from typing import TypeVar

from trainlint.compose.base import Base
from trainlint.compose.repository import Repository
from trainlint.compose.search import ConfigFile
from trainlint.facts.yaml import ConfigText
from trainlint.parse.yaml import read_config
from trainlint.record import state
from trainlint.source import Unreadable

T = TypeVar("T")
#: Bases differ by launch where group choices do; older ones are made again when they are asked for.
MAX_BASES = 64


@state
class ComposeCache:
    """Everything that is the same for many launches; one instance a run."""

    texts: dict[Path, ConfigText | Unreadable] = field(default_factory=dict)
    repositories: dict[Hashable, Repository] = field(default_factory=dict)
    bases: OrderedDict[Hashable, Base] = field(default_factory=OrderedDict)

    def read(self, config: ConfigFile) -> ConfigText | Unreadable:
        """The facts of a config file, parsed once."""
        text = self.texts.get(config.path)
        if text is None:
            source = config.files.read(config.path)
            text = source if isinstance(source, Unreadable) else read_config(source)
            self.texts[config.path] = text
        return text

    def base(self, key: Hashable, make: Callable[[], Base]) -> Base:
        """The base under a key, made when it is not there."""
        base = self.bases.get(key)
        if base is None:
            base = self.bases[key] = make()
            if len(self.bases) > MAX_BASES:
                self.bases.popitem(last=False)
        else:
            self.bases.move_to_end(key)
        return base
