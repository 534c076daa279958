"""The Hydra entries of a script in, the schemas and modules that their config reaches out."""

from __future__ import annotations

from trainlint.chain.flow.follow import Follower
from trainlint.chain.flow.record import Record
from trainlint.chain.lookup import ModuleLookup
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import SchemaUse
from trainlint.facts.script import EntryKind, EntryPoint, LoaderFacts
from trainlint.parse.python.schema import SchemaReader
from trainlint.record import record


@record
class Followed:
    """What the configs of a script reach."""

    schema_uses: tuple[SchemaUse, ...]
    loaders: tuple[LoaderFacts, ...]


def follow_config(lookup: ModuleLookup, script: ModuleFacts, points: tuple[EntryPoint, ...]) -> Followed:
    """Follow every entry; schemas count only when all entries build them, since each has its own config."""
    schemas = SchemaReader(lookup)
    running = [point for point in points if point.entry.runs]
    records = [_follow(lookup, schemas, script, point) for point in running]
    if not records:
        return Followed((), ())
    composed = sum(point.entry.kind is EntryKind.COMPOSE for point in running)
    uses = (
        []
        if composed > 1
        else [use for use in records[0].uses if all(use in other.uses for other in records)]
    )
    loaders = dict.fromkeys(loader for record in records for loader in record.loaders.values())
    return Followed(tuple(uses), tuple(loaders))


def _follow(lookup: ModuleLookup, schemas: SchemaReader, script: ModuleFacts, point: EntryPoint) -> Record:
    """One entry: the function that Hydra calls, or the whole script when it composes by itself."""
    follower = Follower(lookup, schemas)
    if point.entry.kind is EntryKind.MAIN and point.function is not None:
        follower.run_entry(point.module, point.function)
    else:
        follower.run_script(script)
    return follower.record
