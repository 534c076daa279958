"""A term in, the short text that stands for it in messages out."""

from __future__ import annotations

from collections.abc import Iterable

from trainlint.facts.terms import Sort, Term

_LENGTH = 80
_DEPTH = 4
#: So much of a long text is shown before and behind a place in it.
_BEFORE, _BEHIND = 30, 40
_NAMES = {"<": "<", "<=": "<=", "==": "==", "!=": "!=", "//": "//", "%": "%", "is": "is", "is not": "is not"}
_JOINED = {"+": " + ", "*": " * ", "and": " and ", "or": " or "}


def spelled(term: Term | None) -> str:
    """What a value is computed from, in at most 80 characters; settings go by their names."""
    text = "nothing" if term is None else _spell(term, _DEPTH)
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1].rstrip() + "…"


def text_of(term: Term | None) -> str | None:
    """The text that a value is, also where it is the default of a setting."""
    if term is not None and term.sort is Sort.OPTION:
        term = term.operands[0]
    is_text = term is not None and term.sort is Sort.CONSTANT and isinstance(term.value, str)
    return str(term.value) if is_text and term is not None else None


def excerpts(one: str, other: str) -> tuple[str, str]:
    """Two texts as they are around the first place where they differ."""
    pairs = zip(one, other, strict=False)
    place = next(
        (index for index, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other))
    )
    return _excerpt(one, place), _excerpt(other, place)


def _excerpt(text: str, place: int) -> str:
    first, last = max(0, place - _BEFORE), place + _BEHIND
    return ("…" if first else "") + repr(text[first:last])[1:-1] + ("…" if last < len(text) else "")


def listed(names: Iterable[str]) -> str:
    """`a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def _spell(term: Term, depth: int) -> str:
    if term.sort is Sort.CONSTANT:
        return repr(term.value)
    if term.sort in (Sort.OPTION, Sort.ENVIRONMENT, Sort.FACT, Sort.NAME, Sort.FUNCTION, Sort.OBJECT):
        return str(term.value)
    if term.sort is Sort.COUNTER:
        start = term.operands[0]
        return f"(step + {start.value})" if start.sort is Sort.CONSTANT and start.value else "step"
    if depth == 0 or term.sort is Sort.UNKNOWN:
        return "…"
    inner = [_spell(operand, depth - 1) for operand in term.operands]
    if term.sort is Sort.CALL:
        return _called(term, inner)
    if term.sort is Sort.ARGUMENT:
        return inner[0] if str(term.value).isdigit() else f"{term.value}={inner[0]}"
    if term.sort is Sort.OPERATION:
        return _operation(term, inner)
    if term.sort is Sort.LIST:
        return f"[{', '.join(inner)}]"
    return inner[0] if term.sort is Sort.CARRIED and inner else "…"


def _called(term: Term, inner: list[str]) -> str:
    owner = "" if term.operands[0].sort is Sort.NOTHING else inner[0]
    return f"{owner}{term.value}({', '.join(inner[1:])})"


def _operation(term: Term, inner: list[str]) -> str:
    name = str(term.value)
    if name == "+":
        return _summed(inner)
    if name in _JOINED:
        return _JOINED[name].join(_bracketed(term.operands[place], text) for place, text in enumerate(inner))
    if name in _NAMES and len(inner) == 2:
        left, right = (_bracketed(term.operands[place], text) for place, text in enumerate(inner))
        return f"{left} {_NAMES[name]} {right}"
    if name == "[]":
        return f"{inner[0]}[{inner[1]}]"
    if name == "not":
        return f"not {_bracketed(term.operands[0], inner[0])}"
    if term.is_shared:
        return inner[1]
    if name == "if":
        return f"{inner[1]} if {inner[0]} else {inner[2]}"
    if name == "**":
        return f"1 / {inner[0]}" if inner[1] == "-1" else f"{inner[0]} ** {inner[1]}"
    return inner[0] if name == "item" else f"{name}({', '.join(inner)})"


def _summed(inner: list[str]) -> str:
    text = " + ".join(sorted(inner, key=lambda part: part.startswith("-")))
    return text.replace("+ -1 * ", "- ").replace("+ -", "- ")


def _bracketed(term: Term, text: str) -> str:
    compound = term.sort is Sort.OPERATION and term.value in (*_JOINED, *_NAMES, "if")
    return f"({text})" if compound else text
