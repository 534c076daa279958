"""A value that a module or class body sets in, the value as the loading of all modules leaves it out."""

from __future__ import annotations

import re

from trainlint.chain.symbolic.machine import Machine
from trainlint.chain.symbolic.registries import registered
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Instance, Opaque, Sequence, Symbol, Table
from trainlint.regex import regex

#: What may stand after a name without changing the dictionary or list behind it.
_CHANGES = "update|setdefault|pop|clear|append|extend|insert|register|add|__setitem__"
_ONLY_READ = rf"(?!\s*(?:\[[^\]\n]*\]\s*(?:[-+*/|]?=(?!=))|\.(?:{_CHANGES})\b))"
_READERS = regex(r"\b(?:len|list|sorted|tuple|set|dict|print|repr|str|join|iter|enumerate)$")


def as_left(machine: Machine, module: ModuleFacts, name: str, value: Symbol) -> Symbol:
    """The value; a dictionary or list that other code may fill is open, unless it is known what fills it."""
    if isinstance(value, Table) and not value.open and may_change(machine, module, name):
        return registered(machine, module, name, value) or Table(value.entries, open=True, span=value.span)
    if isinstance(value, Sequence) and not value.open and may_change(machine, module, name):
        return Sequence(value.items, open=True)
    if isinstance(value, Instance):
        _loosen(machine, module, name, value)
    return value


def _loosen(machine: Machine, module: ModuleFacts, name: str, made: Instance) -> None:
    """An object that a module makes as it is loaded: what else is done to it on the way is not followed."""
    texts = {module.source.text, *(entry.source.text for entry in machine.loaded)}
    for attribute, value in list(made.attributes.items()):
        if isinstance(value, Table):
            made.attributes[attribute] = Table(value.entries, open=True, span=value.span)
        elif isinstance(value, Sequence):
            made.attributes[attribute] = Sequence(value.items, open=True)
        elif any(
            re.search(rf"\b{re.escape(name)}\.{re.escape(attribute)}\s*[-+*/|]?=", text) for text in texts
        ):
            made.attributes[attribute] = Opaque(f"`{name}.{attribute}` is set again", made.span)


def may_change(machine: Machine, module: ModuleFacts, name: str) -> bool:
    """Whether the text of any loaded module may put something into a dictionary or list of this name."""
    plain = re.compile(rf"\b{re.escape(name)}\b(?!\s*:[^=\n]*=|\s*=(?!=))")
    read = re.compile(rf"\b{re.escape(name)}\b{_ONLY_READ}")
    passed = re.compile(rf"(?<!\bin )[(,=]\s*{re.escape(name)}\s*[,)]")
    texts = {module.source.text, *(entry.source.text for entry in machine.loaded)}
    for text in texts:
        if name not in text:
            continue
        if len(plain.findall(text)) > len([m for m in plain.finditer(text) if read.match(text, m.start())]):
            return True
        if any(not _harmless(text, found.start()) for found in passed.finditer(text)):
            return True
    return False


def _harmless(text: str, position: int) -> bool:
    """Whether a name is only given to a function that reads it: `len(NAMES)`, `sorted(NAMES)`."""
    return _READERS.search(text[:position]) is not None
