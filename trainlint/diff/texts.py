"""The parts of a text in, the text in normal form out: f-strings, `%` and `format` are the same."""

from __future__ import annotations

from string import Formatter

from trainlint.diff.terms import Terms
from trainlint.facts.terms import Sort, Term


def joined_text(terms: Terms, parts: tuple[Term, ...]) -> Term:
    """A text of several parts: neighbouring constants are one."""
    joined: list[Term] = []
    for part in parts:
        inner = part.operands if part.sort is Sort.OPERATION and part.value == "format" else (part,)
        for one in inner:
            last = joined[-1] if joined else None
            if last is not None and _plain(last) and _plain(one):
                joined[-1] = terms.constant(str(last.value) + str(one.value))
            else:
                joined.append(one)
    if len(joined) == 1 and _plain(joined[0]):
        return joined[0]
    return terms.make(Sort.OPERATION, "format", *joined)


def _plain(term: Term) -> bool:
    return term.sort is Sort.CONSTANT and isinstance(term.value, str)


def str_format(terms: Terms, text: Term, given: tuple[Term, ...]) -> Term:
    """`"loss {:.4f}".format(loss)` as the f-string it stands for."""
    parts: list[Term] = []
    count = 0
    try:
        pieces = list(Formatter().parse(str(text.value)))
    except ValueError:
        return terms.make(Sort.OPERATION, "str.format", text, *given)
    for literal, name, layout, _ in pieces:
        parts += [terms.constant(literal)] if literal else []
        if name is None:
            continue
        index = int(name) if name.isdigit() else count
        count += 1
        if index >= len(given) or (name and not name.isdigit()):
            return terms.make(Sort.OPERATION, "str.format", text, *given)
        value = given[index]
        shown = terms.make(Sort.OPERATION, "formatted", value, terms.constant(layout or ""))
        parts.append(shown if layout else value)
    return joined_text(terms, tuple(parts))


def percent(terms: Terms, text: Term, given: Term) -> Term:
    """`"loss %.4f" % loss` as the f-string it stands for."""
    values = given.operands if given.sort is Sort.LIST else (given,)
    if text.sort is not Sort.CONSTANT:
        return terms.make(Sort.OPERATION, "%", text, *values)
    parts, rest, used = list[Term](), str(text.value), 0
    while "%" in rest:
        before, _, rest = rest.partition("%")
        layout = ""
        while rest and rest[0] in "0123456789.+-# ":
            layout, rest = layout + rest[0], rest[1:]
        kind, rest = rest[:1], rest[1:]
        if kind == "%":
            parts.append(terms.constant(before + "%"))
            continue
        parts += [terms.constant(before)] if before else []
        if used >= len(values):
            break
        shape = terms.constant(layout + kind)
        value = values[used]
        parts.append(value if kind == "s" else terms.make(Sort.OPERATION, "formatted", value, shape))
        used += 1
    parts += [terms.constant(rest)] if rest else []
    return joined_text(terms, tuple(parts))
