"""A method call on something that is not the project's own object in, its result out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from trainlint.chain.symbolic.assignment import put, write
from trainlint.chain.symbolic.command_lines import ARGUMENTS, parsed
from trainlint.chain.symbolic.escapes import called_back, escape
from trainlint.chain.symbolic.holdings import settings_in
from trainlint.chain.symbolic.library import PREPARES
from trainlint.chain.symbolic.machine import Machine, Site
from trainlint.chain.symbolic.members import entry_of
from trainlint.chain.symbolic.objects import outside_bases
from trainlint.chain.symbolic.settings import fetch, literal
from trainlint.facts.behaviour import Access, Read
from trainlint.facts.symbols import (
    Absence,
    Changing,
    Choice,
    Code,
    Constant,
    External,
    Instance,
    Made,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)

#: Methods of modules and tensors that give the object itself.
_ITSELF = {
    *(
        "to",
        "cuda",
        "cpu",
        "train",
        "eval",
        "half",
        "float",
        "bfloat16",
        "double",
        "requires_grad_",
        "compile",
    ),
    *("share_memory", "apply", "type", "module", "unwrap_model", "prepare_model", "contiguous"),
}
#: Methods that change a list or dictionary.
_CHANGES = {
    "update",
    "pop",
    "setdefault",
    "clear",
    "extend",
    "remove",
    "sort",
    "reverse",
    "popitem",
    "discard",
}
#: Methods of a model's class that make an object of a mapping.
_VALIDATES = {"model_validate", "parse_obj", "from_dict"}
#: Items of a list that are kept apart.
_LONGEST = 40
#: Methods of texts that can be computed.
_TEXT = {
    *("split", "rsplit", "partition", "rpartition", "strip", "lstrip", "rstrip", "lower", "upper", "title"),
    *("startswith", "endswith", "replace", "removeprefix", "removesuffix", "join", "format", "capitalize"),
    *("isdigit", "is_integer", "find", "count", "index"),
}


def call_method(machine: Machine, callee: Operation, site: Site) -> Symbol:
    """`owner.name(…)`."""
    owner, named = callee.operands
    name = str(literal(named))
    if isinstance(owner, Code) and name in _VALIDATES and len(site.positional) == 1 and not site.keywords:
        return machine.call(owner, Site(site.node, site.frame, (), (("**", site.positional[0]),)))
    owner = _given(owner) if name in _SETTING else owner
    if isinstance(owner, Setting):
        return _of_setting(machine, owner, name, site)
    if (
        name == "update"
        and isinstance(owner, Operation)
        and isinstance(next(iter(owner.operands), None), Instance)
    ):
        write(machine, owner.operands[0], Opaque("a computed name", site.span), owner, site.frame)
    if isinstance(owner, Instance):
        return _of_instance(machine, owner, name, site)
    if isinstance(owner, Table):
        return _of_table(machine, owner, name, site)
    if isinstance(owner, Changing) and isinstance(owner.before, Sequence):
        owner = owner.before
    if isinstance(owner, Sequence):
        return _of_sequence(machine, owner, name, site)
    arguments = parsed(machine, owner, name, site) if isinstance(owner, Made) else None
    if arguments is not None:
        return arguments
    if name in _TEXT and isinstance(owner, (Constant, Operation, Runtime)) and not site.keywords:
        return Operation(f"str.{name}", (owner, *site.positional), site.span)
    if name in PREPARES and isinstance(owner, Made):
        return PREPARES[name](machine, site)
    if name == "item" and not site.positional:
        return owner
    escape(machine, site, f"{_shown(owner)}.{name}")
    return Made(f"{_shown(owner)}.{name}", site.positional, site.keywords, site.span, owner)


def _given(owner: Symbol) -> Symbol:
    """`config.get("callbacks")`, of which a method is called: it is there then."""
    given = owner.operands[0] if isinstance(owner, Operation) and owner.name == "default" else owner
    return given if isinstance(given, Setting) else owner


def _shown(owner: Symbol) -> str:
    """What an object is called in the name of its methods."""
    if isinstance(owner, (Made, External)):
        return owner.name
    return "?"


def _of_instance(machine: Machine, owner: Instance, name: str, site: Site) -> Symbol:
    """A method that a library's base class gives an object of the project."""
    if name == "save_hyperparameters":
        _remember_arguments(machine, owner, site)
    if name in ("train", "eval"):
        given = site.positional[0] if site.positional else Constant(name == "train")
        machine.set_attribute(owner, "training", given if name == "train" else Constant(False))
        return owner
    if name in _ITSELF:
        if name == "apply" and site.first is not None:
            called_back(machine, site.first, site, f"{owner.node.name}.apply")
        return owner
    if name.startswith("parse_") and _is_parser(machine, owner):
        return ARGUMENTS
    escape(machine, site, f"{owner.node.name}.{name}")
    return Made(f"{owner.node.name}.{name}", site.positional, site.keywords, site.span, owner)


def _remember_arguments(machine: Machine, owner: Instance, site: Site) -> None:
    """`self.save_hyperparameters()`: the arguments of `__init__` are `self.hparams` from here on."""
    given = site.first
    if not isinstance(given, Setting):
        held = tuple(
            (Constant(name), value) for name, value in site.frame.variables.items() if value is not owner
        )
        given = Table(held, open=True, span=site.span)
    machine.set_attribute(owner, "hparams", given)


def _is_parser(machine: Machine, owner: Instance) -> bool:
    """Whether an object is of a class that is an argument parser."""
    return any(name.endswith("ArgumentParser") for name in outside_bases(machine, owner.module, owner.node))


def _of_table(machine: Machine, owner: Table, name: str, site: Site) -> Symbol:
    if name == "get" and site.positional:
        key = site.positional[0]
        default = site.positional[1] if len(site.positional) > 1 else Constant(None)
        found = entry_of(owner, key) if isinstance(key, Constant) else None
        return found if found is not None else Operation("get", (owner, key, default), site.span)
    if name in _CHANGES:
        put(machine, owner, "*", site.opaque(f"`{name}` changes the dictionary"))
    if name == "copy":
        return Choice(site.opaque("what was changed in a copy is not known"), owner, site.opaque("a copy"))
    if name in ("keys", "values", "items") and not owner.touched:
        keys = tuple(key if name == "keys" else value for key, value in owner.entries)
        return Sequence(keys, open=owner.open) if name != "items" else Operation("items", (owner,), site.span)
    escape(machine, site, f"dict.{name}")
    return Made(f"dict.{name}", site.positional, site.keywords, site.span, owner)


def _of_sequence(machine: Machine, owner: Sequence, name: str, site: Site) -> Symbol:
    """`items.append(x)` and whatever else changes a list."""
    if name in ("append", "add", "insert", "appendleft") and site.positional:
        once = not machine.loops and not machine.muted
        place = f"*{site.node.lineno}.{site.node.col_offset}"
        slot = str(len(owner.items) + len(owner.written)) if once else place
        if len(owner.written) < _LONGEST:
            put(machine, owner, slot, site.positional[-1])
        owner.touched.add(slot)
        return Constant(None)
    if name in _CHANGES:
        put(machine, owner, "*", site.opaque(f"`{name}` changes the list"))
    escape(machine, site, f"list.{name}")
    return Made(f"list.{name}", site.positional, site.keywords, site.span, owner)


def _of_setting(machine: Machine, owner: Setting, name: str, site: Site) -> Symbol:
    """A method of the config, or of a text in it."""
    handler = _SETTING.get(name)
    if handler is not None:
        return handler(machine, owner, site)
    if name in _TEXT and not site.keywords:
        return Operation(f"str.{name}", (owner, *site.positional), site.span)
    machine.record(Read(site.frame.place, owner, owner, Access.WHOLE, site.span, name))
    return Made(f"config.{name}", site.positional, site.keywords, site.span, owner)


def _copy(machine: Machine, owner: Setting, site: Site) -> Symbol:
    return replace(owner, copied=True, plain=True)


def _dumped(machine: Machine, owner: Setting, site: Site) -> Symbol:
    """`model_dump()`: a dictionary of the fields, with their defaults."""
    return replace(owner, copied=True, plain=True, made=None, exact=owner.exact and not site.keywords)


def _updated(machine: Machine, owner: Setting, site: Site) -> Symbol:
    """`model_copy(update={…})`, `update(…)`."""
    if not (isinstance(site.node.func, ast.Attribute) and site.node.func.attr == "model_copy"):
        machine.reshape(owner)
    for value in (*site.positional, *(value for _, value in site.keywords)):
        for setting in settings_in(value):
            machine.record(Read(site.frame.place, setting, setting, Access.WHOLE, site.span, "update"))
    owner = replace(owner, copied=True, doubtful=True, exact=False, absence=Absence.UNKNOWN)
    for value in (*site.positional, *(value for _, value in site.keywords)):
        called_back(machine, value, site, "update")
    return owner


def _get(machine: Machine, owner: Setting, site: Site) -> Symbol:
    """`config.get(key, default)`."""
    key = literal(site.argument(0, "key"))
    default = site.argument(1, "default_value") or site.keyword("default") or Constant(None)
    if not isinstance(key, str):
        machine.record(Read(site.frame.place, owner, owner, Access.WHOLE, site.span, "get"))
        return Opaque("a key that is computed", site.span)
    got = fetch(machine, owner, key, Access.DEFAULT, site.node, site.frame)
    return Operation("default", (got, default), site.span)


def _pop(machine: Machine, owner: Setting, site: Site) -> Symbol:
    key = literal(site.argument(0, "key"))
    if not isinstance(key, str):
        machine.record(Read(site.frame.place, owner, owner, Access.WHOLE, site.span, "pop"))
        return Opaque("a key that is computed", site.span)
    default = site.argument(1, "default")
    got = fetch(machine, owner, key, Access.GET if default is None else Access.DEFAULT, site.node, site.frame)
    machine.disturb((*owner.path, key))
    return got if default is None else Operation("default", (got, default), site.span)


def _setdefault(machine: Machine, owner: Setting, site: Site) -> Symbol:
    got = _get(machine, owner, site)
    key = literal(site.argument(0, "key"))
    machine.disturb((*owner.path, key) if isinstance(key, str) else owner.path)
    return got


def _items(machine: Machine, owner: Setting, site: Site) -> Symbol:
    machine.record(Read(site.frame.place, owner, owner, Access.WHOLE, site.span, "items"))
    return Operation("items", (owner,), site.span)


def _values(machine: Machine, owner: Setting, site: Site) -> Symbol:
    machine.record(Read(site.frame.place, owner, owner, Access.WHOLE, site.span, "values"))
    return Operation("values", (owner,), site.span)


def _keys(machine: Machine, owner: Setting, site: Site) -> Symbol:
    return Operation("keys", (owner,), site.span)


def _changes(machine: Machine, owner: Setting, site: Site) -> Symbol:
    machine.reshape(owner)
    return Opaque("what a change of the config gives", site.span)


_SETTING: dict[str, Callable[[Machine, Setting, Site], Symbol]] = {
    **dict.fromkeys(("copy", "deepcopy"), _copy),
    **dict.fromkeys(("model_dump", "dict", "to_dict"), _dumped),
    **dict.fromkeys(("update", "model_copy", "merge_with"), _updated),
    "get": _get,
    "pop": _pop,
    "setdefault": _setdefault,
    "items": _items,
    "values": _values,
    "keys": _keys,
    **dict.fromkeys(("clear", "append", "extend", "insert", "remove", "sort", "reverse"), _changes),
}
