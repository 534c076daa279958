"""The search path and config paths in, configs with their parsed defaults lists out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from trainlint.compose.elements import Entry
from trainlint.compose.entries import ListTrouble, hidden_list, read_entries, schema_entries
from trainlint.compose.hydra_node import HERE
from trainlint.compose.merge import instantiate
from trainlint.compose.search import ConfigFile, Located, Source
from trainlint.compose.specials import Specials, find_specials
from trainlint.facts.config import ConfigNode, Inclusion, InclusionKind
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Unknown
from trainlint.facts.yaml import ConfigText
from trainlint.record import record, state
from trainlint.source import Span, Unreadable


@record
class LoadedConfig:
    """One config that was found; `file` and `text` are None for one that stands in the ConfigStore.

    `unreadable` says why a file gave no text; `troubles` are what Hydra refuses of its defaults list, and
    `hidden` why that list cannot be known.
    """

    path: str
    source: Source
    file: str | None
    text: ConfigText | None
    stored: StoredConfig | None
    header: str | None
    entries: tuple[Entry, ...]
    troubles: tuple[ListTrouble, ...] = ()
    unreadable: str | None = None
    hidden: Unknown | None = None

    @property
    def place(self) -> Span:
        """Where the config stands."""
        if self.file is not None:
            return Span.at(self.file)
        return self.stored.span if self.stored is not None else HERE


Reader = Callable[[ConfigFile], "ConfigText | Unreadable"]


@state
class Repository:
    """All configs that a launch can reach; each is read once."""

    sources: tuple[Source, ...]
    read: Reader
    legacy: bool
    specials: Specials = field(default_factory=find_specials)
    _loaded: dict[str, LoadedConfig | None] = field(default_factory=dict)
    _options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _groups: dict[str, bool] = field(default_factory=dict)
    _instances: dict[tuple[str, Inclusion], ConfigNode] = field(default_factory=dict)

    @property
    def doubt(self) -> Unknown | None:
        """Why a config that is not found may exist all the same."""
        return next((source.doubt for source in self.sources if source.doubt), None)

    @property
    def searched(self) -> tuple[str, ...]:
        """The search path as people know it, without Hydra's own ends."""
        return tuple(source.text for source in self.sources if source.role not in ("hydra", "schema"))

    def load(self, path: str) -> LoadedConfig | None:
        """The config at a path, from the first place that has it."""
        if path not in self._loaded:
            self._loaded[path] = self._find(path)
        return self._loaded[path]

    def remember(self, path: str, config: LoadedConfig | None) -> None:
        """Take a config, or its absence, as found."""
        self._loaded[path] = config

    def has_group(self, path: str) -> bool:
        """Whether any place has the group."""
        known = self._groups.get(path)
        if known is None:
            known = self._groups[path] = any(source.has_group(path) for source in self.sources)
        return known

    def options(self, group: str) -> tuple[str, ...]:
        """The names a group can be set to, from all places."""
        known = self._options.get(group)
        if known is None:
            names = {name for source in self.sources for name in source.options(group)}
            known = self._options[group] = tuple(sorted(names))
        return known

    def instance(self, config: LoadedConfig, text: ConfigText, inclusion: Inclusion) -> ConfigNode:
        """The config's text as nodes that came in by `inclusion`; made once where launches can share them."""
        node = text.body if text.sequence is None else text.sequence
        if _is_of_one_launch(inclusion):
            return instantiate(node, inclusion)
        known = self._instances.get((config.path, inclusion))
        if known is None:
            known = self._instances[config.path, inclusion] = instantiate(node, inclusion)
            self.specials.learn(known)
        return known

    def schema_of(self, config: LoadedConfig) -> StoredConfig | None:
        """The structured config of the same path, against which Hydra checks a file."""
        for source in self.sources:
            if source.role == "schema" and source is not config.source:
                located = source.find(config.path)
                return located if isinstance(located, StoredConfig) else None
        return None

    def _find(self, path: str) -> LoadedConfig | None:
        for source in self.sources:
            located = source.find(path)
            if located is not None:
                return self._open(path, source, located)
        return None

    def _open(self, path: str, source: Source, located: Located) -> LoadedConfig:
        if isinstance(located, StoredConfig):
            package = located.package
            header = None if isinstance(package, Unknown) else package.value
            listed = schema_entries(located.schema, path, self.legacy) if located.schema else ((), ())
            hidden = hidden_list(located.schema) if located.schema else None
            return LoadedConfig(path, source, None, None, located, header, *listed, hidden=hidden)
        text = self.read(located)
        if isinstance(text, Unreadable):
            return LoadedConfig(path, source, text.display, None, None, None, (), unreadable=text.reason)
        header = text.package[0] if text.package else None
        entries, troubles = read_entries(text, path, self.legacy)
        return LoadedConfig(path, source, text.file, text, None, header, entries, troubles)


def _is_of_one_launch(inclusion: Inclusion) -> bool:
    step: Inclusion | None = inclusion
    while step is not None:
        if step.kind is InclusionKind.OVERRIDE:
            return True
        step = step.parent
    return False
