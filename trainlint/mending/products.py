"""A product of the candidate that lacks factors of the reference in, the fix that puts them in out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.diagnostic import Edit, Fix
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.module import ModuleFacts
from trainlint.facts.terms import Term
from trainlint.mending.edits import (
    call_at,
    checked,
    factor_text,
    is_bracketed,
    lines_before,
    place_in_text,
    statement_around,
    text_of,
)
from trainlint.mending.missing import are_measured_alike, missing_factors
from trainlint.parse.python.places import node_span
from trainlint.source import Span

#: Expressions that give the number that is shown, and not a text of it.
_NUMBERS = (ast.BinOp, ast.Name, ast.Attribute, ast.Subscript)


def with_missing_factors(comparison: Comparison, pair: Pair, mine: Term, theirs: Term) -> Fix | None:
    """The fix that makes a logged value the product that it is in the reference."""
    scopes, place = comparison.scopes.get(pair.candidate.order, ()), pair.candidate.made
    level = next((number for number, scope in enumerate(scopes) if scope.place == place), None)
    if place is None or level is None or not are_measured_alike(mine, theirs):
        return None
    module = scopes[level].module
    node, where = _computed(comparison.candidate, pair.candidate, module, place, theirs)
    put = missing_factors(scopes, level, mine, theirs, place)
    if where is None or not put or not isinstance(node, _NUMBERS):
        return None
    return checked(module, [Edit(where, f"{factor_text(node, text_of(module, where))}{put}")])


def _computed(
    program: Program, effect: Effect, module: ModuleFacts, place: Span, value: Term
) -> tuple[ast.expr | None, Span | None]:
    """The expression that computes a logged value: what a variable is given, or what a text shows."""
    statement = statement_around(module, place)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        is_it = node_span(module.source, statement) in program.written.get(value, ())
        return statement.value, node_span(module.source, statement.value) if is_it else None
    texts = list(_texts(statement)) if statement is not None else []
    if len(texts) != 1 or place != effect.span:
        return None, None
    # Each value of the text is one effect, in order.
    beside = [one for one in program.of(Kind.LOG) if (one.span, one.calls) == (effect.span, effect.calls)]
    shown = [part.value for part in texts[0].values if isinstance(part, ast.FormattedValue)]
    if len(shown) != len(beside):
        return None, None
    node = shown[beside.index(effect)]
    return node, place_in_text(module, node, texts[0])


def _texts(statement: ast.stmt) -> Iterator[ast.JoinedStr]:
    """The f-strings of a statement; how a value is formatted is one inside of another."""
    values = [node for node in ast.walk(statement) if isinstance(node, ast.FormattedValue)]
    layouts = [value.format_spec for value in values]
    for node in ast.walk(statement):
        if isinstance(node, ast.JoinedStr) and node not in layouts:
            yield node


def with_loss_scaled(comparison: Comparison, pair: Pair, found: Difference) -> Fix | None:
    """The fix that scales the loss as the reference does before its backward pass."""
    scopes, mine, theirs = comparison.scopes.get(pair.candidate.order, ()), found.reference, found.candidate
    if not scopes or mine is None or theirs is None or not are_measured_alike(mine, theirs):
        return None
    module, place = scopes[-1].module, pair.candidate.span
    put = missing_factors(scopes, len(scopes) - 1, mine, theirs, place)
    call = call_at(module, place)
    if not put or call is None or not isinstance(call.func, ast.Attribute):
        return None
    loss = _scaled(call, call.func)
    written = factor_text(loss, text_of(module, node_span(module.source, loss)))
    statement = statement_around(module, place)
    if isinstance(loss, ast.Name) and statement is not None and _is_shown(comparison, theirs):
        return lines_before(module, statement, [f"{loss.id} = {loss.id}{put}"])
    where = node_span(module.source, loss)
    bare = loss is call.func.value and not is_bracketed(module, where)
    return checked(module, [Edit(where, f"({written}{put})" if bare else f"{written}{put}")])


def _scaled(call: ast.Call, called: ast.Attribute) -> ast.expr:
    """What a backward pass is of, also in `scaler.scale(loss).backward()` and `engine.backward(loss)`."""
    if call.args:
        return call.args[0]
    owner = called.value
    if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute) and owner.func.attr == "scale":
        return owner.args[0] if owner.args else owner
    return owner


def _is_shown(comparison: Comparison, loss: Term) -> bool:
    """Whether a value is logged that is computed from a loss, and differs as the loss does."""
    for pair in comparison.pairs_of(Kind.LOG):
        found = pair.difference("value")
        if (
            found is not None
            and found.candidate is not None
            and set(loss.factors) <= set(found.candidate.walk())
        ):
            return True
    return False
