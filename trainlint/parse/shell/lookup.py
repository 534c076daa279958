"""The name of a parameter and the state of the shell in, the texts that it holds out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.state import BASH_OWN, Array, Shell, Text, Variable
from trainlint.record import record
from trainlint.regex import regex
from trainlint.source import Span

_TARGET = regex(r"([A-Za-z_]\w*|\d+|[@*#])(?:\[(@|\*|\d+)\])?\Z", re.ASCII)
#: Variables that every login has, so that a word to use instead of them is not used.
_ALWAYS_SET = regex(
    r"(BASH|BASH_VERSION|HOME|HOSTNAME|HOSTTYPE|IFS|LANG|LOGNAME|MACHTYPE|OLDPWD|OPTERR|OPTIND|OSTYPE|PATH|PS4"
    r"|PWD|SHELL|SHLVL|TERM|USER)\Z"
)


class Kind(Enum):
    """Whether a parameter is one text or several: `$@` keeps them apart, `$*` joins them."""

    ONE = "one"
    AT = "@"
    STAR = "*"


@record
class Values:
    """What a parameter stands for; `keys` are those of elements, `unordered` those of a map."""

    texts: tuple[Text, ...]
    kind: Kind = Kind.ONE
    keys: tuple[str, ...] = ()
    unordered: bool = False


@record
class Place:
    """The parameter that is looked up: its name, its subscript, how and where it is written."""

    name: str
    key: str | None
    written: str
    span: Span

    @property
    def kind(self) -> Kind:
        """Whether this names all elements or arguments."""
        if self.name in ("@", "*"):
            return Kind(self.name)
        return Kind(self.key) if self.key in ("@", "*") else Kind.ONE


def one(text: Text) -> Values:
    """A single text."""
    return Values((text,))


def not_known(unknown: Unknown, kind: Kind) -> Values:
    """A value that is not known, or any number of them."""
    return Values((Text((unknown,), (unknown.span,), kind is not Kind.ONE),), kind)


def unknown_of(text: Text) -> Unknown:
    """The first unknown part of a text that has one."""
    return next(part for part in text.parts if isinstance(part, Unknown))


def lookup(place: Place, shell: Shell) -> Values | Unknown | None:
    """What a parameter holds; None when nothing sets it."""
    name = place.name
    if name in ("@", "*") or name == "#" or name.isdigit():
        return _argument(place, shell)
    if name in "?$!-":
        return Unknown(f"`{place.written}` is known only to the running shell", place.span)
    variable = shell.variables.get(name)
    if variable is None and name == "PWD" and isinstance(shell.directory, Known):
        return one(Text.at(str(shell.directory.value), place.span))
    if BASH_OWN.match(name) or (variable is None and _ALWAYS_SET.match(name)):
        return of_environment(place)
    if variable is None:
        return None
    if place.key is None:
        return _placed(_plain(variable), place)
    return _placed(_element(place, variable, shell), place)


def _placed(found: Values | Unknown | None, place: Place) -> Values | Unknown | None:
    """Values that no text says (a counter that has been counted up) stand where they are used."""
    if not isinstance(found, Values) or all(span.file for text in found.texts for span in text.spans):
        return found
    texts = tuple(
        Text(text.parts, tuple(span if span.file else place.span for span in text.spans), text.splits)
        for text in found.texts
    )
    return replace(found, texts=texts)


def of_environment(place: Place) -> Unknown:
    """A value that only the environment says."""
    return Unknown(f"`{place.written}` is known only to the environment of the job", place.span)


def keys(place: Place, shell: Shell) -> Values:
    """The keys of an array: `${!name[@]}`."""
    variable = shell.variables.get(place.name)
    if isinstance(variable, Text):
        return Values((Text.at("0", place.span),), place.kind)
    elements = variable.elements if variable else None
    if variable and isinstance(elements, Mapping) and _certain(variable, elements):
        return Values(tuple(Text.at(key, place.span) for key in elements), place.kind)
    unknown = Unknown(f"`{place.written}` are keys in an order that only the shell knows", place.span)
    return not_known(unknown, place.kind)


def target(place: Place, shell: Shell) -> Place | Unknown:
    """The parameter whose name another one holds: `${!name}`."""
    found = lookup(place, shell)
    text = found.texts[0].known if isinstance(found, Values) and found.kind is Kind.ONE else None
    named = _TARGET.match(text) if text else None
    if named is None:
        return Unknown(f"`{place.written}` names a variable that is not known", place.span)
    return Place(named[1], named[2], place.written, place.span)


def _argument(place: Place, shell: Shell) -> Values | Unknown | None:
    """An argument of the script or function, all of them, or how many there are."""
    positional = shell.positional
    if place.name == "0":
        zero = shell.zero
        return _only_running(place) if isinstance(zero, Unknown) else one(zero)
    if isinstance(positional, Unknown):
        return None if place.name.isdigit() else _only_running(place)
    if place.name in ("@", "*"):
        return Values(positional, place.kind, tuple(map(str, range(1, len(positional) + 1))))
    if place.name == "#":
        if any(text.splits for text in positional):
            return _only_running(place)
        return one(Text.at(str(len(positional)), place.span))
    index = int(place.name[:6])
    if any(text.splits for text in positional[:index]):
        return _only_running(place)
    return one(positional[index - 1]) if index <= len(positional) else None


def _only_running(place: Place) -> Unknown:
    return Unknown(f"`{place.written}` is known only to the running shell", place.span)


def _plain(variable: Variable) -> Values | Unknown | None:
    """A variable without a subscript: of an array, the element 0."""
    if isinstance(variable, Text):
        return one(variable)
    if isinstance(variable.elements, Unknown):
        return variable.elements
    first = next(iter(variable.elements.values()), None)
    if first is not None and first.splits and not variable.associative:
        return unknown_of(first)
    found = variable.elements.get("0")
    return None if found is None else one(found)


def _element(place: Place, variable: Variable, shell: Shell) -> Values | Unknown | None:
    array = Array({"0": variable}) if isinstance(variable, Text) else variable
    elements = array.elements
    if isinstance(elements, Unknown):
        return elements
    if place.kind is not Kind.ONE:
        texts = tuple(elements.values())
        unordered = array.associative and len(texts) > 1
        return Values(texts, place.kind, tuple(elements), unordered) if texts else None
    key = place.key or ""
    if not array.associative:
        index = evaluate(key, shell)
        if index is None:
            return Unknown(f"which element `{place.written}` names is not known", place.span)
        return _indexed(place, elements, index)
    return one(elements[key]) if key in elements else None


def _indexed(place: Place, elements: Mapping[str, Text], index: int) -> Values | Unknown | None:
    texts = list(elements.items())
    if index < 0:
        last = texts[index:] if -index <= len(texts) else []
        dense = bool(last) and int(texts[-1][0]) - int(last[0][0]) == len(last) - 1
        if not dense or any(text.splits for _, text in last):
            return Unknown(f"which element `{place.written}` names is not known", place.span)
        return one(last[0][1])
    for key, text in texts:
        if text.splits:
            return Unknown(f"which element `{place.written}` names is not known", place.span)
        if int(key) == index:
            return one(text)
    return None


def _certain(array: Array, elements: Mapping[str, Text]) -> bool:
    """Whether the keys of an array, and their order, are certain."""
    return not any(text.splits for text in elements.values()) and not (
        array.associative and len(elements) > 1
    )
