"""`getattr` or `hasattr` and what it is given in, what it gives out; names that no module has are refused."""

from __future__ import annotations

from trainlint.chain.symbolic.holdings import settings_in
from trainlint.chain.symbolic.lookups import names_of, refuse_others
from trainlint.chain.symbolic.machine import Machine, Site
from trainlint.chain.symbolic.members import attribute
from trainlint.chain.symbolic.parts import reading, within
from trainlint.chain.symbolic.settings import exists, fetch, literal
from trainlint.facts.behaviour import Access, Read
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Constant,
    Element,
    External,
    Instance,
    Made,
    Opaque,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)


def get_attribute(machine: Machine, site: Site) -> Symbol:
    """`getattr(config, "a")`, `getattr(config, "a", default)`; names of objects and modules too."""
    if len(site.positional) < 2:
        return site.opaque("`getattr` of something unknown")
    whole, key = site.positional[0], literal(site.positional[1])
    default = site.positional[2] if len(site.positional) > 2 else None
    if isinstance(whole, Made) and whole.name == "importlib.import_module":
        return _dynamic(machine, site, whole)
    if not isinstance(key, str):
        if isinstance(whole, Setting):
            machine.record(Read(site.frame.place, whole, whole, Access.WHOLE, site.span, "getattr"))
        if isinstance(whole, External) and default is None and settings_in(site.positional[1]):
            _named(machine, site, whole)
        return Operation("getattr", site.positional, site.span)
    if isinstance(whole, Setting):
        access = Access.GET if default is None else Access.DEFAULT
        got = fetch(machine, whole, key, access, site.node, site.frame)
        return got if default is None else Operation("default", (got, default), site.span)
    found = attribute(machine, whole, key, site.node, site.frame)
    if default is None or not isinstance(found, Operation):
        return found
    return Operation("getattr", site.positional, site.span)


def _named(machine: Machine, site: Site, module: External) -> None:
    """`getattr(torch.optim, config.name)`: a name that the module does not have stops the run."""
    names, key = names_of(machine, module, site.frame), site.positional[1]
    if names is not None:
        shown = Operation(
            "format", (Constant(f"module '{module.name}' has no attribute '"), key, Constant("'"))
        )
        refuse_others(machine, key, names, site.node, site.frame, "AttributeError", shown)


def _dynamic(machine: Machine, site: Site, module: Made) -> Symbol:
    """`getattr(import_module(prefix + name), cls)`: what the config names there."""
    for text in (site.positional[1], *module.positional):
        for path in paths_in(text):
            if path in machine.targets:
                return machine.targets[path]
    return Operation("getattr", site.positional, site.span)


#: What a text is made of, or one of several texts.
_TEXTS = reading(without=(Made, Sequence, Table, Element, Changing))


def paths_in(symbol: Symbol) -> list[tuple[str, ...]]:
    """The keys of the config that a text is made of."""
    return [part.path for part in within(symbol, _TEXTS, 6) if isinstance(part, Setting)]


def has_attribute(machine: Machine, site: Site) -> Symbol:
    """`hasattr(config, "a")`, `hasattr(self, "a")`."""
    whole, key = site.argument(0, "obj"), site.argument(1, "name")
    if isinstance(whole, Setting) and isinstance(key, Constant):
        return exists(machine, whole, key, site.node, site.frame)
    if isinstance(whole, Instance) and isinstance(key, Constant):
        held = whole.attributes.get(str(key.value))
        if held is not None and not isinstance(held, (Opaque, Choice)):
            return Constant(True)
    return Operation("hasattr", site.positional, site.span)
