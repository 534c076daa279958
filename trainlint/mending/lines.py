"""A call that the candidate lost in, the fix that puts its line where its place is certain out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Fix
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.module import ModuleFacts
from trainlint.mending.edits import call_at, lines_before, lines_behind, statement_around, text_of
from trainlint.mending.names import is_parameter, root_of
from trainlint.parse.python.bound import blocks, is_bound
from trainlint.parse.python.places import node_span
from trainlint.source import Span

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def with_zero_grad(comparison: Comparison, lost: Effect) -> Fix | None:
    """The fix that sets the gradients to zero behind the step of the optimizer, where nothing else does."""
    steps = {effect.span: effect for effect in comparison.candidate.of(Kind.STEP)}
    if len(steps) != 1 or comparison.candidate.of(Kind.ZERO_GRAD):
        return None
    (step,) = steps.values()
    found = _called(comparison, step.span)
    if found is None or any(name not in ("object", "set_to_none", "times") for name, _ in lost.parts):
        return None
    module, statement, call = found
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    optimizer = call.args[0] if step.part("scaler") is not None and call.args else owner
    if not isinstance(optimizer, (ast.Name, ast.Attribute)):
        return None
    kept = lost.part("set_to_none")
    given = f"set_to_none={kept.value!r}" if kept is not None and isinstance(kept.value, bool) else ""
    named = text_of(module, node_span(module.source, optimizer))
    return lines_behind(module, statement, [f"{named}.zero_grad({given})"])


def with_switch(comparison: Comparison, lost: Effect) -> Fix | None:
    """The fix that switches the model around an evaluation which keeps the other switch of the two."""
    for pair in comparison.pairs_of(Kind.MODE):
        if pair.reference.inside == lost.inside and pair.reference.name != lost.name:
            found = _called(comparison, pair.candidate.span)
            if found is not None and isinstance(found[2].func, ast.Attribute):
                module, statement, _ = found
                owner = text_of(module, node_span(module.source, found[2].func.value))
                return _switched(comparison, module, statement, f"{owner}.{lost.name}()")
    return None


def _switched(comparison: Comparison, module: ModuleFacts, kept: ast.stmt, line: str) -> Fix | None:
    block, around = _block_of(module.tree, kept)
    number = block.index(kept) if kept in block else 0
    if line.endswith(".eval()"):
        before = [one for one in block[:number] if _evaluates(comparison, module, one)]
        bound = before and _is_bound(around, root_of(line), before[0].lineno)
        return lines_before(module, before[0], [line]) if bound else None
    behind = [one for one in block[number + 1 :] if _evaluates(comparison, module, one)]
    if not behind or any(isinstance(node, ast.Return) for node in ast.walk(behind[-1])):
        return None
    return lines_behind(module, behind[-1], [line])


def _called(comparison: Comparison, place: Span) -> tuple[ModuleFacts, ast.stmt, ast.Call] | None:
    """The call at a place of the candidate, if it is a statement of its own."""
    modules = {module.display: module for module in comparison.candidate.modules}
    module = modules.get(place.file)
    call = call_at(module, place) if module is not None else None
    if module is None or call is None:
        return None
    statement = statement_around(module, place)
    is_alone = isinstance(statement, ast.Expr) and statement.value is call
    return (module, statement, call) if statement is not None and is_alone else None


def _evaluates(comparison: Comparison, module: ModuleFacts, statement: ast.stmt) -> bool:
    """Whether the model is called without gradients in a statement, or in what it calls."""
    places = (
        place
        for effect in comparison.candidate.of(Kind.EVALUATION)
        for place in (*effect.calls, effect.span)
        if place.file == module.display
    )
    return any(statement.lineno <= place.line <= (statement.end_lineno or 0) for place in places)


def _block_of(tree: ast.Module, wanted: ast.stmt) -> tuple[Sequence[ast.stmt], ast.AST]:
    """The block that a statement stands in, and the function or module around it."""
    for around in (tree, *(node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS))):
        for block in _blocks(around.body):
            if wanted in block:
                return block, around
    return [], tree


def _blocks(block: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """A block and those inside of it, functions apart."""
    yield block
    for statement in block:
        if not isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            for inner in blocks(statement):
                yield from _blocks(inner)


def _is_bound(around: ast.AST, name: str, line: int) -> bool:
    """Whether a variable that code uses further down has its value at a line already."""
    if isinstance(around, _FUNCTIONS) and is_parameter(around, name):
        return True
    stored = (node for node in ast.walk(around) if isinstance(node, ast.Name) and node.id == name)
    if isinstance(around, _FUNCTIONS) and not any(isinstance(node.ctx, ast.Store) for node in stored):
        return True
    return is_bound(getattr(around, "body", []), name, line)
