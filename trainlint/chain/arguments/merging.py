"""Mappings of the command line and of files in, the one that they are put together to out, on record."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import Constant, Loaded, Pairs, Parsed, Value
from trainlint.facts.arguments import COMMAND_LINE, FILE, Merge
from trainlint.source import Span


def source_of(value: Value | None) -> str | None:
    """Where settings come from, None for what is neither the command line nor a file."""
    if isinstance(value, Parsed):
        return COMMAND_LINE
    return FILE if isinstance(value, Loaded) or (isinstance(value, Pairs) and value.of_file) else None


def merged(machine: Machine, values: Sequence[Value | None], span: Span) -> Value | None:
    """A mapping out of several, the later over the earlier; None where all of them are known key by key."""
    sources = [source for value in values if (source := source_of(value)) is not None]
    if len(set(sources)) > 1:
        machine.merges.append(Merge(sources[-1], span, machine.conditions == machine.turns))
    if any(isinstance(value, Parsed) for value in values):
        return Parsed()
    return Loaded() if any(isinstance(value, Loaded) for value in values) else None


def call(name: str, site: Site) -> Value | None:
    """A function of a library that puts settings together, or gives those that it is given."""
    given, machine = site.positional, site.frame.machine
    if name == "collections.ChainMap":
        return merged(machine, given[::-1], site.span)
    if name in ("omegaconf.OmegaConf.merge", "setattr"):
        return merged(machine, [value for value in given if not isinstance(value, Constant)], site.span)
    same = name in ("vars", "dict") and len(given) == 1 and isinstance(given[0], (Parsed, Loaded))
    return given[0] if same else None


def method(owner: Value | None, name: str, site: Site) -> Value | None:
    """A method of a mapping that puts another into it, or gives the same mapping back."""
    if name == "update" and site.positional:
        return merged(site.frame.machine, [owner, site.positional[0]], site.span)
    if name == "items" and isinstance(owner, Pairs) and owner.of_file and site.frame.machine.settled:
        # Behind the parse only that they are a file's is of concern, not which they are.
        return Loaded()
    return owner if name in ("items", "copy") and isinstance(owner, (Parsed, Loaded)) else None
