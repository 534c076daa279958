"""A list or dictionary and what is asked of it in, its term out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainlint.facts.symbols import Choice, Constant, Element, Operation, Sequence, Symbol, Table
from trainlint.facts.terms import Sort, Term

if TYPE_CHECKING:
    from trainlint.diff.normal import Normal
    from trainlint.diff.terms import Terms


def item(run: Normal, symbol: Operation) -> Term:
    """`owner[key]`, as far as what is in the owner is known."""
    owner, key = symbol.operands
    if isinstance(owner, Choice):
        then, other = (
            run.term(Operation("[]", (side, key), symbol.span)) for side in (owner.then, owner.other)
        )
        return run.terms.choice(run.term(owner.test), then, other)
    if isinstance(owner, Element) and isinstance(key, Constant):
        found = _of_pair(run, owner, key.value)
        if found is not None:
            return found
    place = run.term(key)
    if isinstance(owner, Table):
        found = _entry(run, owner, key, place)
        if found is not None:
            return found
    if isinstance(owner, Sequence) and isinstance(key, Constant) and not owner.open and not owner.touched:
        index = key.value
        if isinstance(index, int) and -len(owner.items) <= index < len(owner.items):
            return run.term(owner.items[index])
    return run.terms.make(Sort.OPERATION, "[]", run.term(owner), place)


def _entry(run: Normal, table: Table, key: Symbol, place: Term) -> Term | None:
    """What a dictionary holds at a key that is known."""
    if not isinstance(key, Constant):
        return None
    written = table.written.get(repr(key.value))
    if written is not None:
        return run.term(written)
    each = _of_each(table, key)
    if each is not None:
        return run.terms.make(Sort.OPERATION, "[]", run.term(each), place)
    held = next((run.term(value) for name, value in table.entries if run.term(name) is place), None)
    if "*" not in table.touched:
        return held if repr(key.value) not in table.touched else None
    stored = table.written.get("*")
    if stored is None:
        return None
    item = run.terms.make(Sort.OPERATION, "[]", run.term(stored), place)
    doubt = run.terms.unknown("which keys of a dictionary are changed is not known")
    return item if held is None else run.terms.choice(doubt, item, held)


def _of_each(table: Table, key: Constant) -> Symbol | None:
    """What a dictionary that is made of a list holds for each key: `{split: loss(split) for split in …}`."""
    if len(table.entries) != 1 or table.touched:
        return None
    name, value = table.entries[0]
    of = name.of if isinstance(name, Element) else None
    return value if isinstance(of, Sequence) and key in of.items and not of.touched else None


def _of_pair(run: Normal, element: Element, index: object) -> Term | None:
    """One of the two parts of what `enumerate` and `zip` give."""
    of = element.of
    if not isinstance(of, Operation) or not isinstance(index, int):
        return None
    if of.name == "enumerate" and index == 0:
        start = run.term(of.operands[1]) if len(of.operands) > 1 else run.terms.constant(0)
        return run.carried.counter(run.terms, element.span, start, run.terms.constant(1))
    if of.name == "enumerate" and index == 1:
        return run.term(Element(of.operands[0], element.span))
    if of.name == "zip" and index < len(of.operands):
        return run.term(Element(of.operands[index], element.span))
    return None


def sequence(run: Normal, symbol: Symbol) -> Term:
    """A list that was written out; of one that code adds to, each of its items."""
    assert isinstance(symbol, Sequence)
    whole = _copied(run, symbol)
    if whole is not None:
        return whole
    items = run.all(symbol.items)
    if symbol.open or symbol.touched:
        more = tuple(run.term(value) for value in symbol.written.values())
        tests = run.terms.logic("and", run.all(symbol.tests))
        asked = (run.terms.make(Sort.OPERATION, "where", tests),) if symbol.tests else ()
        return run.terms.make(Sort.OPERATION, "each", *dict.fromkeys((*items, *more)), *asked)
    return run.terms.make(Sort.LIST, None, *items)


def _copied(run: Normal, symbol: Sequence) -> Term | None:
    """`list(items)`, `[*items]` of a list that was written out: that list."""
    only = symbol.items[0] if len(symbol.items) == 1 and symbol.open and not symbol.touched else None
    if not isinstance(only, Element) or symbol.tests:
        return None
    of = run.term(only.of)
    return of if of.sort is Sort.LIST else None


def unordered(run: Normal, term: Term) -> Term:
    """A list of names whose order does not matter."""
    plain = term.sort is Sort.LIST and all(item.sort is Sort.CONSTANT for item in term.operands)
    return run.terms.make(Sort.LIST, None, *run.terms.ordered(set(term.operands))) if plain else term


def table(run: Normal, symbol: Symbol) -> Term:
    """A dictionary that was written out, with what was put into it."""
    assert isinstance(symbol, Table)
    pairs = {id(run.term(key)): (run.term(key), run.term(value)) for key, value in symbol.entries}
    by_text = {repr(key.value): key for key, _ in pairs.values() if key.sort is Sort.CONSTANT}
    for slot, value in symbol.written.items():
        key = by_text.get(slot)
        key = key or (run.terms.nothing if slot == "*" else run.terms.constant(slot.strip("'\"")))
        pairs[id(key)] = (key, run.term(value))
    order = run.terms.ordered(key for key, _ in pairs.values())
    return run.terms.make(
        Sort.TABLE, "open" if symbol.open else None, *(part for key in order for part in pairs[id(key)])
    )


def iterated(terms: Terms, items: Term) -> Term:
    """What a loop goes over: of a dictionary its keys."""
    keys = items.operands[::2]
    if items.sort is Sort.TABLE and items.value is None and terms.nothing not in keys:
        return terms.make(Sort.LIST, None, *keys)
    return items
