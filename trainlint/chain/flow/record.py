"""Events of following the config in, schema uses and loaders out."""

from __future__ import annotations

import dataclasses
from dataclasses import field

from trainlint.chain.flow.values import Config, Joined, Piece, Text
from trainlint.facts.schema import SchemaFacts, SchemaUse
from trainlint.facts.script import LoaderFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import state
from trainlint.source import Span


@state
class Record:
    """What was seen so far; `changed` are the places of the config that code wrote to."""

    uses: list[SchemaUse] = field(default_factory=list)
    loaders: dict[tuple[str, str, Span], LoaderFacts] = field(default_factory=dict)
    changed: set[tuple[str, ...]] = field(default_factory=set)

    def build(self, schema: SchemaFacts, config: Config, supplied: frozenset[str], span: Span) -> None:
        """A schema was built from a part of the config."""
        if "*" in config.path:
            return
        depth = len(config.path)
        written = {path[depth] for path in self.changed if len(path) > depth and path[:depth] == config.path}
        exact = config.exact and schema.complete and "*" not in written
        names = supplied | config.supplied | written
        use = SchemaUse(schema, config.path, frozenset(names), exact, span, config.plain)
        if use not in self.uses:
            self.uses.append(use)

    def write(self, config: Config, key: str) -> None:
        """The code writes to, or deletes, a key of the config; "*" when it cannot be told which."""
        self.changed.add((*config.path, key))

    def load(self, name: Joined, function: str, place: Span) -> None:
        """A module is imported whose name comes out of the config."""
        piece = name.parts[-1] if name.parts else None
        if not isinstance(piece, Piece) or piece.index != 0:
            return
        before = name.parts[:-1]
        texts = [part.text for part in before if isinstance(part, Text)]
        unknown = Unknown("the module's prefix is only known at run time", place)
        prefix: Value[str] = Known("".join(texts), place) if len(texts) == len(before) else unknown
        self.add_loader(function, prefix, piece.separator, piece.path, place)

    def add_loader(
        self, function: str, prefix: Value[str], separator: str, path: tuple[str, ...], place: Span
    ) -> None:
        """A key of the config reaches a loader; a second one that reads it in the same way adds nothing."""
        shown = prefix.value if isinstance(prefix, Known) else "?"
        alike = [facts for name, facts in self.loaders.items() if name[:2] == (shown, separator)]
        if any(path in facts.keys for facts in alike):
            return
        key = (shown, separator, place)
        known = self.loaders.get(key)
        if known is None:
            self.loaders[key] = LoaderFacts(function, prefix, separator, (path,), place)
        else:
            self.loaders[key] = dataclasses.replace(known, keys=(*known.keys, path))
