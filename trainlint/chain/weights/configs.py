"""The path of a checkpoint in, the config that it carries beside it or inside it out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.facts.checkpoint import Stored, StoredList, StoredTable, StoredValue, tensors
from trainlint.facts.yaml import YamlList, YamlMap, YamlNode
from trainlint.parse.yaml import read_config
from trainlint.record import record
from trainlint.source import Files, SourceFile, Span

#: A config is never larger.
_LARGEST = 1_000_000
#: So many files beside a checkpoint are looked at.
_MOST = 12


@record
class OwnConfig:
    """What a checkpoint was trained with: values and their places by dotted keys."""

    file: str
    values: Mapping[str, object]
    places: Mapping[str, Span]

    def find(self, key: str) -> str | None:
        """The key that means the same there: the same one, or the last parts of it at the top."""
        parts = key.split(".")
        for start in range(len(parts)):
            shorter = ".".join(parts[start:])
            if shorter in self.values:
                return shorter
        return None


@dataclass
class OwnConfigs:
    """Reads the configs of checkpoints, each file once."""

    files: Files
    _read: dict[Path, OwnConfig | None] = field(default_factory=dict)

    def of(self, path: str, root: Stored | None, keys: list[str]) -> OwnConfig | None:
        """The config that knows most of some keys; None when none knows any."""
        best: OwnConfig | None = None
        known = 0
        for config in (*self._beside(path), *_inside(path, root)):
            count = sum(config.find(key) is not None for key in keys)
            if count > known:
                best, known = config, count
        return best

    def _beside(self, path: str) -> Iterator[OwnConfig]:
        folder = Path(path if self.files.is_dir(Path(path)) else os.path.dirname(path))
        for place in (folder, folder / ".hydra", folder.parent / ".hydra", folder.parent):
            names = [name for name in self.files.entries(place) if name.endswith((".yaml", ".yml", ".json"))]
            for name in names[:_MOST]:
                found = self._config(place / name)
                if found is not None:
                    yield found

    def _config(self, path: Path) -> OwnConfig | None:
        if path not in self._read:
            small = (self.files.size(path) or 0) <= _LARGEST and not path.name.endswith(".index.json")
            source = self.files.peek(path) if small else None
            self._read[path] = _parsed(source) if source is not None else None
        return self._read[path]


def _parsed(source: SourceFile) -> OwnConfig | None:
    text = read_config(source)
    values: dict[str, object] = {}
    places: dict[str, Span] = {}
    for key, value, span in _leaves(text.body, ""):
        values[key], places[key] = value, span
    return OwnConfig(source.display, values, places) if values else None


def _leaves(node: YamlNode, path: str) -> Iterator[tuple[str, object, Span]]:
    if isinstance(node, YamlMap):
        for entry in node.entries:
            yield from _leaves(entry.node, f"{path}.{entry.key!s}" if path else str(entry.key))
    elif isinstance(node, YamlList):
        for index, item in enumerate(node.items):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, node.value, node.span


def _inside(path: str, root: Stored | None) -> Iterator[OwnConfig]:
    """Tables of plain values that are saved beside the weights."""
    if not isinstance(root, StoredTable):
        return
    for entry in root.entries.values():
        if isinstance(entry, StoredTable) and not any(tensors(entry)):
            values = dict(_stored_leaves(entry, ""))
            if values:
                place = Span.at(path)
                yield OwnConfig(path, values, dict.fromkeys(values, place))


def _stored_leaves(stored: Stored, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(stored, StoredTable):
        for key, entry in stored.entries.items():
            yield from _stored_leaves(entry, f"{path}.{key}" if path else str(key))
    elif isinstance(stored, StoredList):
        for index, item in enumerate(stored.items):
            yield from _stored_leaves(item, f"{path}.{index}")
    elif isinstance(stored, StoredValue):
        yield path, stored.value
