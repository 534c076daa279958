"""The known arguments of a make function in, its result out; None where only the run of make knows it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping


def _stem(word: str, pattern: str) -> str | None:
    """What `%` stands for when a pattern matches a word."""
    head, percent, tail = pattern.partition("%")
    if not percent:
        return "" if word == pattern else None
    fits = len(word) >= len(head) + len(tail) and word.startswith(head) and word.endswith(tail)
    return word[len(head) : len(word) - len(tail)] if fits else None


def _patsubst(arguments: list[str]) -> str | None:
    if len(arguments) < 3:
        return None
    pattern, new, text = arguments[0].strip(), arguments[1].strip(), ",".join(arguments[2:])
    words = []
    for word in text.split():
        stem = _stem(word, pattern)
        plain = "%" not in pattern
        words.append(word if stem is None else new if plain else new.replace("%", stem, 1))
    return " ".join(words)


def _subst(arguments: list[str]) -> str | None:
    if len(arguments) < 3 or not arguments[0]:
        return None
    return ",".join(arguments[2:]).replace(arguments[0], arguments[1])


def _filtered(arguments: list[str], keep: bool) -> str | None:
    if len(arguments) < 2:
        return None
    patterns, words = arguments[0].split(), ",".join(arguments[1:]).split()
    matched = [any(_stem(word, pattern) is not None for pattern in patterns) for word in words]
    return " ".join(word for word, match in zip(words, matched, strict=True) if match is keep)


def _word(arguments: list[str]) -> str | None:
    if len(arguments) < 2 or not arguments[0].strip().isdecimal():
        return None
    number, words = int(arguments[0]), ",".join(arguments[1:]).split()
    return words[number - 1] if 1 <= number <= len(words) else ""


def _each(change: Callable[[str], str]) -> Callable[[list[str]], str | None]:
    return lambda arguments: " ".join(change(word) for word in ",".join(arguments).split())


def _folder(word: str) -> str:
    head, slash, _ = word.rpartition("/")
    return head + slash if slash else "./"


def _without_suffix(word: str) -> str:
    head, slash, name = word.rpartition("/")
    return head + slash + (name.rpartition(".")[0] if "." in name else name)


def _suffixes(arguments: list[str]) -> str | None:
    names = [word.rpartition("/")[2] for word in ",".join(arguments).split()]
    return " ".join("." + name.rpartition(".")[2] for name in names if "." in name)


def _joined(arguments: list[str]) -> str | None:
    if len(arguments) != 2:
        return None
    one, other = arguments[0].split(), arguments[1].split()
    longest = max(len(one), len(other))
    pairs = zip(one + [""] * (longest - len(one)), other + [""] * (longest - len(other)), strict=True)
    return " ".join(left + right for left, right in pairs)


def _chosen(arguments: list[str]) -> str | None:
    return next((argument for argument in arguments if argument), "")


def _last_if_all(arguments: list[str]) -> str | None:
    return arguments[-1] if all(arguments) else ""


def _if(arguments: list[str]) -> str | None:
    if len(arguments) < 2:
        return None
    return arguments[1] if arguments[0] else ",".join(arguments[2:])


def _affixed(arguments: list[str], before: bool) -> str | None:
    if len(arguments) < 2:
        return None
    affix, words = arguments[0], ",".join(arguments[1:]).split()
    return " ".join(affix + word if before else word + affix for word in words)


def _absolute(arguments: list[str]) -> str | None:
    words = ",".join(arguments).split()
    return " ".join(map(os.path.normpath, words)) if all(map(os.path.isabs, words)) else None


#: Functions with a value that the text decides. `shell`, `wildcard`, `call`, `eval` and the like do not.
FUNCTIONS: Mapping[str, Callable[[list[str]], str | None]] = {
    "abspath": _absolute,
    "addprefix": lambda arguments: _affixed(arguments, before=True),
    "addsuffix": lambda arguments: _affixed(arguments, before=False),
    "and": _last_if_all,
    "basename": _each(_without_suffix),
    "dir": _each(_folder),
    "filter": lambda arguments: _filtered(arguments, keep=True),
    "filter-out": lambda arguments: _filtered(arguments, keep=False),
    "firstword": lambda arguments: " ".join(",".join(arguments).split()[:1]),
    "if": _if,
    "join": _joined,
    "lastword": lambda arguments: " ".join(",".join(arguments).split()[-1:]),
    "notdir": _each(lambda word: word.rpartition("/")[2]),
    "or": _chosen,
    "patsubst": _patsubst,
    "sort": lambda arguments: " ".join(sorted(set(",".join(arguments).split()))),
    "strip": lambda arguments: " ".join(",".join(arguments).split()),
    "subst": _subst,
    "suffix": _suffixes,
    "word": _word,
    "words": lambda arguments: str(len(",".join(arguments).split())),
}
