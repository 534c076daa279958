"""A script in, every call that it makes from its start on out: read from syntax trees, nothing is run.

Functions and classes of the project are entered where they are called, functions that a library is handed
where it is handed them. Both sides of a condition are followed, in the order of the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from trainlint.chain.called import mentioned
from trainlint.chain.callees import (
    Bound,
    Class,
    Frame,
    Function,
    Module,
    Object,
    Project,
    Thing,
    bound_to,
    called_name,
    method,
    parameters,
    thing_of,
    value_of,
)
from trainlint.facts.calls import CallArgument, CallFacts, CallsFacts
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Unknown
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import local_assignments

_MOST = 20_000
_DEPTH = 40


def script_calls(script: ScriptFacts) -> CallsFacts:
    """All calls of a script in order."""
    project = Project.of(script)
    walk = _Walk(project)
    start = next(frame for frame in project.frames.values() if frame.module is script.module)
    complete = True
    try:
        walk.module(start)
    except RecursionError:
        # Code that a program wrote: expressions nested by the thousand.
        complete = False
    called, changed = mentioned(project)
    return CallsFacts(tuple(walk.calls), called, complete and len(walk.calls) < _MOST, changed)


@dataclass
class _Walk:
    """The calls met so far; `entered` holds functions with whether that was certain."""

    project: Project
    calls: list[CallFacts] = field(default_factory=list)
    doubts: int = 0
    depth: int = 0
    entered: dict[ast.AST, bool] = field(default_factory=dict)
    loaded: set[Frame] = field(default_factory=set)

    def module(self, frame: Frame) -> None:
        """The statements of a module, once."""
        if frame not in self.loaded:
            self.loaded.add(frame)
            self._block(frame.module.tree.body, frame)

    def _block(self, body: Sequence[ast.stmt], frame: Frame) -> None:
        for statement in body:
            if len(self.calls) >= _MOST:
                return
            self._statement(statement, frame)

    def _statement(self, node: ast.stmt, frame: Frame) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._expressions(node.decorator_list, frame)
            if frame.outer is not None:
                frame.names[node.name] = self._bound(Function(node, frame, f"{frame.name}.{node.name}"), node)
        elif isinstance(node, ast.ClassDef):
            self._expressions(node.decorator_list, frame)
            if frame.outer is not None:
                frame.names[node.name] = self._bound(Class(node, frame), node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, frame)
        elif isinstance(node, ast.If):
            self._if(node, frame)
        elif isinstance(node, ast.Try):
            self._try(node, frame)
        elif isinstance(node, ast.Match):
            self._expressions([node.subject], frame)
            for case in node.cases:
                with self._doubted():
                    self._block(case.body, frame)
        else:
            self._expressions(list(_parts(node)), frame)
            self._assign(node, frame)
            for name in ("body", "orelse"):
                self._block(getattr(node, name, ()), frame)

    def _bound(self, thing: Thing, node: ast.AST) -> Bound:
        frame = getattr(thing, "frame")  # noqa: B009  # only things of the project are bound here
        return Bound(thing, Unknown("it is computed", node_span(frame.module.source, node)))

    def _if(self, node: ast.If, frame: Frame) -> None:
        self._expressions([node.test], frame)
        if _is_main_guard(node.test):
            self._block(node.body, frame)
            return
        for body in (node.body, node.orelse):
            with self._doubted():
                self._block(body, frame)

    def _try(self, node: ast.Try, frame: Frame) -> None:
        self._block(node.body, frame)
        for handler in node.handlers:
            with self._doubted():
                self._block(handler.body, frame)
        self._block(node.orelse, frame)
        self._block(node.finalbody, frame)

    @contextmanager
    def _doubted(self) -> Iterator[None]:
        self.doubts += 1
        try:
            yield
        finally:
            self.doubts -= 1

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        """Load the modules of the project, and bind the names where that is not done for the module."""
        prefix = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            full = f"{prefix}.{alias.name}" if prefix.strip(".") else f"{prefix}{alias.name}"
            for name in (prefix, full) if prefix else (full,):
                found = self.project.imported(frame, name) if name.strip(".") else None
                if isinstance(found, Module):
                    self.module(found.frame)
            if frame.outer is not None:
                bound = alias.asname or alias.name.partition(".")[0]
                named = full if prefix or alias.asname else bound
                thing = self.project.imported(frame, named)
                frame.names[bound] = Bound(
                    thing, Unknown("it is imported", node_span(frame.module.source, node))
                )

    def _assign(self, node: ast.stmt, frame: Frame) -> None:
        value = getattr(node, "value", None)
        if isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign) or value is None:
            return
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        bound = bound_to(value, frame)
        if self.doubts:
            place = node_span(frame.module.source, value)
            bound = Bound(bound.thing, Unknown("it is set under a condition", place))
        for target in targets:
            if isinstance(target, ast.Name):
                frame.names[target.id] = bound
            elif isinstance(target, ast.Tuple | ast.List):
                self._unpack(target, value, bound, frame)

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr, bound: Bound, frame: Frame) -> None:
        """Names bound to the parts of a value; the parts of what a library gave are its own too."""
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        for index, element in enumerate(target.elts):
            if isinstance(element, ast.Name):
                own = bound_to(parts[index], frame) if len(parts) == len(target.elts) else None
                unknown = Unknown("it is computed", node_span(frame.module.source, element))
                frame.names[element.id] = own or Bound(bound.thing, unknown)

    def _expressions(self, nodes: Sequence[ast.AST], frame: Frame) -> None:
        """Calls inside expressions, arguments before the call that takes them."""
        for node in nodes:
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, ast.IfExp):
                self._expressions([node.test], frame)
                with self._doubted():
                    self._expressions([node.body, node.orelse], frame)
                continue
            self._expressions(list(ast.iter_child_nodes(node)), frame)
            if isinstance(node, ast.Call):
                self._call(node, frame)

    def _call(self, node: ast.Call, frame: Frame) -> None:
        if len(self.calls) >= _MOST:
            return
        source = frame.module.source
        arguments = [
            *((str(index), part) for index, part in enumerate(node.args)),
            *((entry.arg or "**", entry.value) for entry in node.keywords),
        ]
        self.calls.append(
            CallFacts(
                called_name(node.func, frame),
                tuple(CallArgument(name, *value_of(part, frame)) for name, part in arguments),
                not self.doubts,
                node_span(source, node.func),
            )
        )
        callee = thing_of(node.func, frame)
        if isinstance(callee, Class):
            made = method(callee, "__init__")
            callee = None if made is None else Function(made.node, made.frame, made.name, Object(callee))
            if callee is None:
                return
        callee = callee or self._only_method(node.func)
        if isinstance(callee, Function):
            self._enter(callee, node, frame)
            return
        for _, part in arguments:
            handed = thing_of(part, frame)
            if isinstance(handed, Function):
                self._enter(handed, None, frame)

    def _only_method(self, func: ast.expr) -> Thing | None:
        """The method of this name where the project has one only."""
        found = self.project.methods.get(func.attr, []) if isinstance(func, ast.Attribute) else []
        return found[0] if len({entry.node for entry in found}) == 1 else None

    def _enter(self, function: Function, call: ast.Call | None, frame: Frame) -> None:
        """Follow a function once, and once more where the first time was in doubt and this is not."""
        before = self.entered.get(function.node)
        if before or (before is False and self.doubts) or self.depth >= _DEPTH:
            return
        self.entered[function.node] = not self.doubts
        inner = Frame(function.frame.module, function.frame.name, self.project, function.frame)
        if not isinstance(function.node, ast.Lambda):
            inner.local = frozenset(local_assignments(function.node))
        names = parameters(function.node)
        if function.owner is not None and names:
            own = Unknown("it is an object", node_span(function.frame.module.source, function.node))
            inner.names[names[0]] = Bound(function.owner, own)
            names = names[1:]
        if call is not None:
            given = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]
            inner.names |= {name: bound_to(value, frame) for name, value in given if name is not None}
        self.depth += 1
        if isinstance(function.node, ast.Lambda):
            self._expressions([function.node.body], inner)
        else:
            self._block(function.node.body, inner)
        self.depth -= 1


def _parts(node: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, without the statements in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.excepthandler):
            yield child


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )
