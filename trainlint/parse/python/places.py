"""A syntax tree node and its source in, the span that people see out."""

from __future__ import annotations

import ast

from trainlint.facts.module import ImportFacts
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

_NAME = regex(r"\b(?:class|def)\s+(\w+)")

_FROM = regex(r"from\s+(\.[\s.]*[\w.]*|[\w.]+)(?=\s)")


def node_span(source: SourceFile, node: ast.AST) -> Span:
    """The span of a node; syntax trees count columns in UTF-8 bytes, spans in characters."""
    line = getattr(node, "lineno", 1)
    end_line = getattr(node, "end_lineno", None) or line
    start = _column(source, line, getattr(node, "col_offset", 0))
    end = _column(source, end_line, getattr(node, "end_col_offset", None) or 0)
    return source.stretch(line, start, end_line, end)


def name_span(source: SourceFile, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Span:
    """The span of the name in a `class` or `def` line."""
    start = _column(source, node.lineno, node.col_offset)
    found = _NAME.search(source.line_text(node.lineno), start - 1)
    if found is None:
        return source.stretch(node.lineno, start, node.lineno, start)
    return source.stretch(node.lineno, found.start(1) + 1, node.lineno, found.end(1) + 1)


def module_span(source: SourceFile, imported: ImportFacts) -> Span:
    """Where an import names its module; the imported name's place when that is on another line."""
    statement = imported.statement
    if imported.name is None or statement is None or not source.is_whole:
        return imported.span
    found = _FROM.match(source.line_text(statement.line), statement.column - 1)
    if found is None:
        return imported.span
    line, start, end = statement.line, found.start(1) + 1, found.end(1) + 1
    return Span(source.display, line, start, line, end)


def _column(source: SourceFile, line: int, byte_offset: int) -> int:
    if byte_offset == 0 or source.text.isascii():
        return byte_offset + 1
    head = source.line_text(line).encode("utf-8", "surrogatepass")[:byte_offset]
    return len(head.decode("utf-8", "ignore")) + 1
