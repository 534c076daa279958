"""A module and what is to be written into it in, the fix out; None where that would be no program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Edit, Fix
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.bound import blocks
from trainlint.parse.python.places import node_span
from trainlint.source import Span

#: What binds as tightly as a product does: it needs no brackets in front of `*` and `/`.
_TIGHT = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.UnaryOp)
_PRODUCTS = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


def place_in_text(module: ModuleFacts, node: ast.expr, text: ast.JoinedStr) -> Span | None:
    """Where an expression stands in an f-string; before Python 3.12 its node does not know."""
    source, around = module.source, node_span(module.source, text)
    written, first = text_of(module, around), source.offset(around.line, around.column)
    wanted, found = ast.dump(node), []
    for start in (place + 1 for place, letter in enumerate(written) if letter == "{"):
        for end in (place for place in range(start, len(written)) if written[place] in "}:!="):
            if _dumped(written[start:end]) == wanted:
                found.append((start, end))
                break
    return source.span(*(first + place for place in found[0])) if len(found) == 1 else None


def _dumped(text: str) -> str:
    try:
        return ast.dump(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return ""


def call_at(module: ModuleFacts, place: Span) -> ast.Call | None:
    """The call that stands at a place."""
    calls = (node for node in module.each(ast.Call) if node.lineno == place.line)
    return next((node for node in calls if node_span(module.source, node) == place), None)


def text_of(module: ModuleFacts, place: Span) -> str:
    """What is written at a place."""
    source = module.source
    start = source.offset(place.line, place.column)
    return source.text[start : source.offset(place.end_line, place.end_column)]


def is_bracketed(module: ModuleFacts, place: Span) -> bool:
    """Whether brackets stand around a place."""
    text, source = module.source.text, module.source
    start, end = source.offset(place.line, place.column), source.offset(place.end_line, place.end_column)
    return text[start - 1 : start] == "(" and text[end : end + 1] == ")"


def factor_text(node: ast.expr, text: str) -> str:
    """An expression as it is written, in brackets where a product would take it apart."""
    tight = isinstance(node, _TIGHT) or (isinstance(node, ast.BinOp) and isinstance(node.op, _PRODUCTS))
    return text if tight else f"({text})"


def statement_around(module: ModuleFacts, place: Span) -> ast.stmt | None:
    """The innermost statement that a place stands in."""
    found, block = None, module.tree.body
    while around := [each for each in block if each.lineno <= place.line <= (each.end_lineno or each.lineno)]:
        found = around[-1]
        block = [inner for statement in around for part in blocks(statement) for inner in part]
    return found


def nested(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a block, those of inner blocks too."""
    for statement in block:
        yield statement
        for inner in blocks(statement):
            yield from nested(inner)


def lines_before(module: ModuleFacts, statement: ast.stmt, lines: Sequence[str]) -> Fix | None:
    """The fix that puts lines in front of a statement."""
    indent = _indent(module, statement)
    if indent is None:
        return None
    place = node_span(module.source, statement)
    end = _line_end(module)
    text = "".join(f"{line}{end}{indent}" for line in lines)
    return checked(module, [Edit(Span.at(place.file, place.line, place.column), text)])


def lines_behind(module: ModuleFacts, statement: ast.stmt, lines: Sequence[str]) -> Fix | None:
    """The fix that puts lines behind a statement, which is the last one on its line."""
    indent, source = _indent(module, statement), module.source
    place = node_span(source, statement)
    last = source.line_text(place.end_line)
    rest = last[place.end_column - 1 :].strip()
    if indent is None or (rest and not rest.startswith("#")):
        return None
    text = "".join(f"{_line_end(module)}{indent}{line}" for line in lines)
    return checked(module, [Edit(Span.at(place.file, place.end_line, len(last) + 1), text)])


def _indent(module: ModuleFacts, statement: ast.stmt) -> str | None:
    """What stands in front of a statement; None where that is another one."""
    place = node_span(module.source, statement)
    before = module.source.line_text(place.line)[: place.column - 1]
    return before if not before.strip() else None


def _line_end(module: ModuleFacts) -> str:
    return "\r\n" if "\r\n" in module.source.text else "\n"


def checked(module: ModuleFacts, edits: Sequence[Edit]) -> Fix | None:
    """Edits as a fix that changes what a run does, where the module can still be parsed with them."""
    source = module.source
    if not source.is_whole:
        return None
    try:
        ast.parse(source.edited((edit.span, edit.text) for edit in edits))
    except (SyntaxError, ValueError):
        return None
    return Fix(tuple(edits), safe=False)
