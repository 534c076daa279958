"""Generated expressions: what is said of two terms against what Python computes for both.

An expression is a tree of tuples, from which both a term and a value are made. Divisions are by powers of
two, so that the numbers are exact.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.effort import effort
from trainlint.diff.terms import Terms
from trainlint.diff.values import Judge, Verdict
from trainlint.facts.terms import Sort, Term

Tree = tuple[object, ...]
Values = Mapping[str, object]

DEFAULTS: dict[str, object] = {"a": 3, "b": 8, "x": 0.5, "on": False, "mode": "fast"}
NUMBERS = (-2, -1, 0, 1, 2, 3, 5, 10, 0.5)
_BINARY: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "min": min,
    "max": max,
}


def value(tree: Tree, values: Values) -> object:
    """What Python makes of an expression."""
    name, *parts = tree
    if name == "number":
        return parts[0]
    if name in ("option", "fact"):
        return values[str(parts[0])]
    if name == "step":
        return values["step"]
    if name == "is":
        return values["mode"] == parts[0]
    trees = [part for part in parts if isinstance(part, tuple)]
    if name == "if":
        return value(trees[1] if value(trees[0], values) else trees[2], values)
    if name == "and":
        return all(value(part, values) for part in trees)
    if name == "or":
        return any(value(part, values) for part in trees)
    computed = [value(part, values) for part in trees]
    return not computed[0] if name == "not" else _BINARY[str(name)](*computed)


def term(terms: Terms, tree: Tree) -> Term:
    """The term of an expression."""
    name, *parts = tree
    if name == "number":
        return terms.constant(parts[0])
    if name == "option":
        return terms.make(Sort.OPTION, parts[0], terms.constant(DEFAULTS[str(parts[0])]))
    if name == "fact":
        return terms.make(Sort.FACT, parts[0])
    if name == "step":
        return terms.make(Sort.COUNTER, 1, terms.constant(0), terms.constant(1))
    if name == "is":
        return terms.operation("==", term(terms, ("option", "mode")), terms.constant(parts[0]))
    made = [term(terms, part) for part in parts if isinstance(part, tuple)]
    return terms.choice(*made) if name == "if" else terms.operation(str(name), *made)


def _leaf(*tree: object) -> st.SearchStrategy[Tree]:
    return st.just(tree)


LEAVES = st.one_of(
    st.sampled_from(NUMBERS).map(lambda number: ("number", number)),
    st.sampled_from(["a", "b", "x"]).map(lambda name: ("option", name)),
    _leaf("fact", "world size"),
    _leaf("fact", "rank"),
    _leaf("step"),
)
TESTS = st.one_of(
    _leaf("option", "on"),
    st.sampled_from(["fast", "slow", "exact"]).map(lambda text: ("is", text)),
    _leaf("fact", "distributed"),
)


@st.composite
def numbers(draw: st.DrawFn, depth: int = 3) -> Tree:
    """An expression of a number."""
    kind = (
        draw(st.sampled_from(["leaf", "+", "-", "*", "/", "//", "%", "min", "max", "if"]))
        if depth
        else "leaf"
    )
    if kind == "leaf":
        return draw(LEAVES)
    if kind == "/":
        return (kind, draw(numbers(depth - 1)), ("number", draw(st.sampled_from([2, 4, 0.5]))))
    if kind in ("//", "%"):
        return (kind, draw(numbers(depth - 1)), draw(st.sampled_from([("number", 3), ("number", 4)])))
    if kind == "if":
        return (kind, draw(truths(depth - 1)), draw(numbers(depth - 1)), draw(numbers(depth - 1)))
    return (kind, draw(numbers(depth - 1)), draw(numbers(depth - 1)))


@st.composite
def truths(draw: st.DrawFn, depth: int = 3) -> Tree:
    """An expression that is true or false."""
    kinds = ["leaf", "and", "or", "not", "compared", "if"]
    kind = draw(st.sampled_from(kinds)) if depth else "leaf"
    if kind == "leaf":
        return draw(TESTS)
    if kind == "compared":
        name = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
        return (name, draw(numbers(depth - 1)), draw(numbers(depth - 1)))
    if kind == "not":
        return (kind, draw(truths(depth - 1)))
    count = 3 if kind == "if" else 2
    return (kind, *(draw(truths(depth - 1)) for _ in range(count)))


def alike(draw: st.DrawFn, tree: Tree) -> Tree:
    """The same expression written in another way."""
    name, *parts = tree
    inner = [alike(draw, part) if isinstance(part, tuple) else part for part in parts]
    same: Tree = (name, *inner)
    if not draw(st.booleans()):
        return same
    first, *rest = inner or [None]
    if name in ("+", "*", "and", "or", "==", "!=", "min", "max"):
        return (name, *reversed(inner))
    turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    if name in turned:
        return (turned[str(name)], *reversed(inner))
    if name == "-":
        return ("+", first, ("*", ("number", -1), *rest))
    if name == "/":
        return ("*", first, ("/", ("number", 1), *rest))
    if name == "if":
        return ("if", ("not", first), *reversed(rest))
    return ("not", ("not", same)) if name in ("not", "is") else same


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Tree, Tree, bool]:
    """Two expressions, and whether they are the same one written in two ways."""
    made = draw(st.sampled_from([numbers, truths]))
    one = draw(made())
    how = draw(st.sampled_from(["alike", "changed", "any"]))
    if how == "alike":
        return one, alike(draw, one), True
    return one, changed(draw, one) if how == "changed" else draw(made()), False


def changed(draw: st.DrawFn, tree: Tree) -> Tree:
    """An expression with one of its leaves or operators changed."""
    name, *parts = tree
    below = [index for index, part in enumerate(parts) if isinstance(part, tuple)]
    if below and draw(st.booleans()):
        index = draw(st.sampled_from(below))
        inner = parts[index]
        assert isinstance(inner, tuple)
        return (name, *parts[:index], changed(draw, inner), *parts[index + 1 :])
    if name in ("number", "option", "step") and parts != ["on"]:
        return draw(LEAVES)
    others = {"<": "<=", "<=": "<", "and": "or", "or": "and", "+": "-", "min": "max", "//": "/"}
    if name in others:
        return (others[str(name)], *parts)
    return ("not", tree) if name in ("is", "not") else tree


def _mentioned(tree: Tree) -> Iterator[float]:
    for part in tree:
        if isinstance(part, tuple):
            yield from _mentioned(part)
        elif tree[0] == "number" and isinstance(part, (int, float)):
            yield part


def assignments() -> Iterator[Values]:
    """Many runs: options, processes, steps."""
    launches = ((1, 0), (2, 0), (2, 1), (4, 3), (8, 5))
    for a, b, x, on, mode in product(
        (3, 0, 6, 1), (8, 0, 11), (0.5, 2.0), (False, True), ("fast", "slow", "exact")
    ):
        for world, rank in launches:
            for step in (0, 1, 2, 5, 9, 40):
                chosen = {"a": a, "b": b, "x": x, "on": on, "mode": mode, "step": step}
                yield chosen | {"world size": world, "rank": rank, "distributed": world > 1}


EVERY = tuple(assignments())


def differs(one: Tree, other: Tree) -> bool:
    """Whether there is a run in which the two are not the same."""
    return any(_differ_in(one, other, values) for values in EVERY)


def _differ_in(one: Tree, other: Tree, values: Values) -> bool:
    try:
        return value(one, values) != value(other, values)
    except ZeroDivisionError:
        return False


SHARED = frozenset(f"{Sort.OPTION.value} {name}" for name in DEFAULTS)


def verdict(one: Tree, other: Tree) -> Verdict:
    terms = Terms()
    return Judge(terms, shared=SHARED).judge(term(terms, one), term(terms, other)).verdict


@settings(effort(150))
@given(pairs())
def test_two_expressions_are_called_different_only_where_python_says_so(
    pair: tuple[Tree, Tree, bool],
) -> None:
    one, other, meant_alike = pair
    if verdict(one, other) is Verdict.DIFFERENT:
        assert not meant_alike
        assert differs(one, other)


@settings(effort(150))
@given(pairs())
def test_an_expression_written_in_two_ways_is_the_same(pair: tuple[Tree, Tree, bool]) -> None:
    one, other, meant_alike = pair
    if meant_alike and not _fails(one):
        assert verdict(one, other) is Verdict.SAME


def _fails(tree: Tree) -> bool:
    """Whether a run ends in a division by zero."""
    try:
        return value(tree, EVERY[0]) is None
    except ZeroDivisionError:
        return True
