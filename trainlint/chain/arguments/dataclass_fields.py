"""A dataclass or an object of one in, its fields as the program that makes options of them sees them out."""

from __future__ import annotations

import builtins

from trainlint.chain.arguments.classes import field_reader
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import (
    Class,
    Constant,
    Described,
    Instance,
    Items,
    Library,
    Pairs,
    Value,
)
from trainlint.facts.value import Known
from trainlint.parse.python.arguments.fields import DataField, FieldSet
from trainlint.parse.python.scope import qualified

_MISSING = Library("dataclasses.MISSING")
_PLAIN = (str, int, float, bool, bytes, type(None))


def fields_of(site: Site) -> Value | None:
    """`dataclasses.fields(Config)`: objects with the name, the type and the default of each field."""
    found = _fields(site)
    return Items(tuple(_described(entry) for entry in found.fields)) if found is not None else None


def as_pairs(site: Site) -> Value | None:
    """`vars(Config())` and `dataclasses.asdict(Config())`, where nothing but its fields is set on it."""
    made = site.positional[0] if site.positional else None
    found = _fields(site)
    if not isinstance(made, Instance) or found is None:
        return None
    pairs: dict[object, Value | None] = {entry.name: _default(entry) for entry in found.fields}
    given = made.attributes
    if given.keys() - pairs.keys() or any(
        value == _MISSING and name not in given for name, value in pairs.items()
    ):
        return None
    pairs.update(given)
    return Pairs(pairs, site.span)


def _fields(site: Site) -> FieldSet | None:
    """The fields of the class, or of the object's class; None where there may be others."""
    given = site.positional[0] if len(site.positional) == 1 and not site.named else None
    owner = given.owner if isinstance(given, Instance) else given
    if not isinstance(owner, Class):
        return None
    found = field_reader(site.frame.machine.program).read(owner.module, owner.node)
    return found if found is not None and found.open is None else None


def _described(entry: DataField) -> Described:
    kind: Value | None = None
    if entry.module is not None and entry.annotation is not None:
        name = qualified(entry.module, entry.annotation)
        kind = Library(name) if hasattr(builtins, name) else None
    named = Constant(entry.name, entry.span)
    return Described({"name": named, "type": kind, "default": _default(entry)})


def _default(entry: DataField) -> Value | None:
    """What a field has when nothing is given; a list is made by a factory, and no default of the field."""
    if entry.default is None:
        return _MISSING
    plain = isinstance(entry.default, Known) and isinstance(entry.default.value, _PLAIN)
    return Constant(entry.default.value, entry.default.span) if plain else None
