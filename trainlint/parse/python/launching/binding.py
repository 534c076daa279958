"""The target of an assignment and a value in, the names and entries that it sets out."""

from __future__ import annotations

import ast

from trainlint.parse.python.launching.containers import elements_of
from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.members import store
from trainlint.parse.python.launching.values import Rest, Value


def bind_target(target: ast.expr, found: Value, frame: Frame) -> None:
    """Assign to names; a sequence of the wrong length is an error of the program."""
    if isinstance(target, ast.Name):
        frame.bind(target.id, found)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(target, found, frame)
    elif isinstance(target, ast.Starred):
        bind_target(target.value, found, frame)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        store(target, found, frame)


def _unpack(target: ast.Tuple | ast.List, found: Value, frame: Frame) -> None:
    elements = elements_of(found, target, frame)
    starred = any(isinstance(element, ast.Starred) for element in target.elts)
    if starred or any(isinstance(element, Rest) for element in elements):
        for element in target.elts:
            bind_target(element, frame.opaque(element), frame)
        return
    if len(elements) != len(target.elts):
        few = len(elements) < len(target.elts)
        kind = "not enough" if few else "too many"
        message = f"has {len(elements)} elements where {len(target.elts)} are unpacked"
        raise frame.run.raised(
            "ValueError",
            message,
            found.span,
            f"ValueError: {kind} values to unpack (expected {len(target.elts)}",
        )
    for element, part in zip(target.elts, elements, strict=True):
        assert not isinstance(part, Rest)
        bind_target(element, part, frame)
