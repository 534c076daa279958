"""Statements of one function or module in, the values of its variables out, in the order of the run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from trainlint.chain.arguments.items import items_of, merged
from trainlint.chain.arguments.machine import Machine
from trainlint.chain.arguments.values import (
    Argv,
    Class,
    Closure,
    Constant,
    Instance,
    Loaded,
    Parser,
    Rest,
    Value,
)
from trainlint.facts.module import ModuleFacts
from trainlint.source import Span

_PASSES = 400


class Flow(Enum):
    """How a block of statements ends."""

    ON = "goes on"
    NEXT = "next pass of the loop"
    BREAK = "out of the loop"
    LEAVE = "out of the function"


class Evaluator(Protocol):
    """What a frame asks of the evaluator of expressions."""

    @property
    def machine(self) -> Machine:
        """The state of the run."""

    def value(self, node: ast.expr, frame: Frame) -> Value | None:
        """The value of an expression, with all that evaluating it does."""

    def define_class(self, node: ast.ClassDef, frame: Frame) -> Class:
        """The class of a `class` statement."""

    def changed(self, target: ast.expr, value: Value | None, frame: Frame) -> None:
        """An attribute or item is set; `value` is None for what is not known."""

    def leaves(self, node: ast.expr, frame: Frame) -> bool:
        """Whether an expression ends the program."""

    def span(self, node: ast.AST, frame: Frame) -> Span:
        """Where a node is written."""


@dataclass
class Frame:
    """One call of a function, the body of a class, or the code of a module."""

    module: ModuleFacts
    evaluator: Evaluator
    variables: dict[str, Value | None] = field(default_factory=dict)
    around: dict[str, Value | None] | None = None
    function: ast.AST | None = None
    owner: Class | None = None
    bound: Value | None = None
    depth: int = 0
    returned: list[Value | None] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    raised: int = 0

    @property
    def machine(self) -> Machine:
        """The state of the run."""
        return self.evaluator.machine

    def run_all(self, body: list[ast.stmt]) -> None:
        """Run a whole function or module; conditions that end with it are taken back."""
        self.run(body)
        self.machine.conditions -= self.raised
        self.raised = 0

    def run(self, body: list[ast.stmt]) -> Flow:
        """Run statements up to one that leaves."""
        for statement in body:
            flow = self.statement(statement)
            if flow is not Flow.ON:
                return flow
        return Flow.ON

    def statement(self, node: ast.stmt) -> Flow:
        """One statement with everything inside it."""
        self.machine.step()
        runner = _RUNNERS.get(type(node))
        if runner is not None:
            return runner(self, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluator.value(child, self)
        return Flow.ON

    def _expression(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Expr)
        self.evaluator.value(node.value, self)
        return Flow.LEAVE if self.evaluator.leaves(node.value, self) else Flow.ON

    def _function(self, node: ast.stmt) -> Flow:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for decorator in node.decorator_list:
            self.evaluator.value(decorator, self)
        around = {**(self.around or {}), **self.variables} if self.function is not None else None
        if self.function is not None and not isinstance(self.function, ast.ClassDef):
            self.variables[node.name] = Closure(self.module, node, around)
        else:
            self.variables[node.name] = Closure(self.module, node)
        return Flow.ON

    def _class(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.ClassDef)
        self.variables[node.name] = self.evaluator.define_class(node, self)
        return Flow.ON

    def _assign(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Assign)
        value = self.evaluator.value(node.value, self)
        for target in node.targets:
            self.assign(target, value)
        return Flow.ON

    def _annotated(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.AnnAssign)
        if node.value is not None:
            self.assign(node.target, self.evaluator.value(node.value, self))
        return Flow.ON

    def _augmented(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.AugAssign)
        loaded: ast.expr = ast.copy_location(ast.BinOp(_loaded(node.target), node.op, node.value), node)
        self.assign(node.target, self.evaluator.value(loaded, self))
        return Flow.ON

    def _delete(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Delete)
        for target in node.targets:
            self.assign(target, None)
        return Flow.ON

    def _global(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Global)
        self.shared |= set(node.names)
        return Flow.ON

    def _return(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Return)
        self.returned.append(self.evaluator.value(node.value, self) if node.value is not None else None)
        return Flow.LEAVE

    def _raise(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Raise)
        if node.exc is not None:
            self.evaluator.value(node.exc, self)
        return Flow.LEAVE

    def _if(self, node: ast.stmt) -> Flow:
        """The side that is known to run, or both, each on some runs only."""
        assert isinstance(node, ast.If)
        known = truth(self.evaluator.value(node.test, self))
        if known is not None:
            return self.run(node.body if known else node.orelse)
        before, uses = dict(self.variables), len(self.machine.uses)
        with self.machine.condition():
            first = self.run(node.body)
            taken, self.variables = self.variables, before
            second = self.run(node.orelse)
        self._join(taken, first, second)
        if first is second:
            return first
        loops = Flow.LEAVE not in (first, second)
        if loops or len(self.machine.uses) > uses or "argv" in ast.unparse(node.test):
            self._raise_condition()
        return Flow.ON

    def _join(self, taken: dict[str, Value | None], first: Flow, second: Flow) -> None:
        """The variables behind a branch: of a side that leaves, none."""
        if first is not Flow.ON and second is Flow.ON:
            return
        if second is not Flow.ON and first is Flow.ON:
            self._become(taken)
            return
        both = {**taken, **self.variables}
        for name, value in both.items():
            if name in taken and taken[name] is not value:
                both[name] = merged(taken, self.variables, name)
        self._become(both)

    def _become(self, variables: dict[str, Value | None]) -> None:
        self.variables = variables

    def _raise_condition(self) -> None:
        """What follows in this function happens on some runs only."""
        self.raised += 1
        self.machine.conditions += 1

    def _for(self, node: ast.stmt) -> Flow:
        assert isinstance(node, (ast.For, ast.AsyncFor))
        given = self.evaluator.value(node.iter, self)
        items = items_of(given)
        # Behind the parse, what the passes of a loop hold is of no concern.
        passed = self.machine.settled and not self.machine.concerns(self.module, node)
        if items is None or len(items) > _PASSES or passed:
            with self.machine.turn():
                self.assign(node.target, given if isinstance(given, Loaded) else None)
                self.run(node.body)
        else:
            for item in items:
                self.assign(node.target, item)
                flow = self.run(node.body)
                if flow in (Flow.BREAK, Flow.LEAVE):
                    return Flow.ON if flow is Flow.BREAK else flow
        return self.run(node.orelse)

    def _while(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.While)
        known = truth(self.evaluator.value(node.test, self))
        if known is False:
            return self.run(node.orelse)
        if known:
            flow = self.run(node.body)
            return flow if flow is Flow.LEAVE else Flow.ON
        with self.machine.condition():
            self.run(node.body)
        return self.run(node.orelse)

    def _try(self, node: ast.stmt) -> Flow:
        """The body as if nothing failed, then what catches a failure."""
        assert isinstance(node, ast.Try) or type(node).__name__ == "TryStar"
        body, handlers = getattr(node, "body"), getattr(node, "handlers")  # noqa: B009 - two classes
        before, uses = dict(self.variables), len(self.machine.uses)
        flow = self.run(body)
        if any(_catches_exit(handler) for handler in handlers):
            self.machine.weaken(uses)
        taken = dict(self.variables)
        for handler in handlers:
            self.variables = {**before, **({handler.name: None} if handler.name else {})}
            with self.machine.condition():
                caught = self.run(handler.body)
            if caught is Flow.ON:
                taken = {name: merged(taken, self.variables, name) for name in {**taken, **self.variables}}
        self._become(taken)
        if flow is Flow.ON:
            flow = self.run(getattr(node, "orelse"))  # noqa: B009 - two classes
        last = self.run(getattr(node, "finalbody"))  # noqa: B009 - two classes
        return last if last is not Flow.ON else flow

    def _with(self, node: ast.stmt) -> Flow:
        assert isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items:
            value = self.evaluator.value(item.context_expr, self)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        return self.run(node.body)

    def _match(self, node: ast.stmt) -> Flow:
        assert isinstance(node, ast.Match)
        self.evaluator.value(node.subject, self)
        for case in node.cases:
            before = dict(self.variables)
            with self.machine.condition():
                self.run(case.body)
            self._become(
                {name: merged(before, self.variables, name) for name in {**before, **self.variables}}
            )
        return Flow.ON

    def assign(self, target: ast.expr, value: Value | None) -> None:
        """Bind a name, unpack a sequence, or set an attribute or item."""
        if isinstance(target, ast.Name):
            self._bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, None)
        else:
            self.evaluator.changed(target, value, self)

    def _bind(self, name: str, value: Value | None) -> None:
        self.variables[name] = value
        if name in self.shared:
            self.evaluator.changed(ast.Name(name, ast.Store()), value, self)

    def _unpack(self, target: ast.Tuple | ast.List, value: Value | None) -> None:
        items = items_of(value)
        whole = items is not None and len(items) == len(target.elts)
        starred = any(isinstance(element, ast.Starred) for element in target.elts)
        for index, element in enumerate(target.elts):
            item = items[index] if items is not None and whole and not starred else None
            item = value if isinstance(value, Loaded) else item
            if isinstance(item, Rest) and isinstance(element, ast.Name) and not self._reads(element.id):
                self.machine.drop(item.use)
            self.assign(element, item)

    def _reads(self, name: str) -> bool:
        """Whether the function, or the module, ever reads a variable."""
        root = self.function if self.function is not None else self.module.tree
        return any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for node in ast.walk(root)
        )


def truth(value: Value | None) -> bool | None:
    """Whether a value counts as true, None when that is not known."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, (Parser, Instance, Closure, Class)):
        return True
    return None if not isinstance(value, Argv) or value.skip > 0 else True


def _loaded(node: ast.expr) -> ast.expr:
    """A target as an expression that reads it."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    return node


def _catches_exit(handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type is not None else "BaseException"
    return "SystemExit" in caught or "BaseException" in caught


_RUNNERS: dict[type[ast.stmt], Callable[[Frame, ast.stmt], Flow]] = {
    ast.Expr: Frame._expression,
    ast.FunctionDef: Frame._function,
    ast.AsyncFunctionDef: Frame._function,
    ast.ClassDef: Frame._class,
    ast.Assign: Frame._assign,
    ast.AnnAssign: Frame._annotated,
    ast.AugAssign: Frame._augmented,
    ast.Delete: Frame._delete,
    ast.Global: Frame._global,
    ast.Return: Frame._return,
    ast.Raise: Frame._raise,
    ast.If: Frame._if,
    ast.For: Frame._for,
    ast.AsyncFor: Frame._for,
    ast.While: Frame._while,
    ast.Try: Frame._try,
    ast.With: Frame._with,
    ast.AsyncWith: Frame._with,
    ast.Match: Frame._match,
    ast.Continue: lambda frame, node: Flow.NEXT,
    ast.Break: lambda frame, node: Flow.BREAK,
}
if hasattr(ast, "TryStar"):
    _RUNNERS[ast.TryStar] = Frame._try
