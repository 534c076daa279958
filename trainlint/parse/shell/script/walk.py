"""A block in, every statement in it out, the ones inside others included."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.parse.shell.script.syntax import (
    AndOr,
    Background,
    Block,
    Case,
    CountingFor,
    For,
    Function,
    Group,
    If,
    Loop,
    Negated,
    Node,
    Pipeline,
    Redirected,
    Subshell,
)


def parts(node: Node) -> Block:
    """The statements that stand directly inside one."""
    if isinstance(node, Negated | Redirected | Background | Function):
        return (node.body,)
    if isinstance(node, Pipeline):
        return node.parts
    if isinstance(node, AndOr):
        return (node.first, *(part for _, part in node.rest))
    if isinstance(node, Group | Subshell | For | CountingFor):
        return node.body
    if isinstance(node, If):
        return tuple(part for arm in node.arms for half in arm for part in half) + node.otherwise
    if isinstance(node, Loop):
        return (*node.condition, *node.body)
    if isinstance(node, Case):
        return tuple(part for arm in node.arms for part in arm.body)
    return ()


def walk(block: Block) -> Iterator[Node]:
    """Every statement, in the order of the text."""
    for node in block:
        yield node
        yield from walk(parts(node))
