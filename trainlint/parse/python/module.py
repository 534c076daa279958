"""One Python file's text in, its module-level names, imports and exports out."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import field
from typing import cast

from trainlint.facts.module import (
    Definition,
    DefinitionKind,
    Guard,
    ImportFacts,
    ModuleFacts,
    PythonProblem,
)
from trainlint.parse.python.dynamic import dynamic_names
from trainlint.parse.python.places import name_span, node_span
from trainlint.record import state
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

#: Which of two competing definitions is told about: a class says more than the fallback `None`.
_RANK = {
    DefinitionKind.CLASS: 3,
    DefinitionKind.FUNCTION: 3,
    DefinitionKind.IMPORT: 2,
    DefinitionKind.VARIABLE: 1,
}
#: What a function's body must hold to bring names into play outside of itself.
_REACHES_OUT = regex(r"\b(?:import|global)\b")
#: `except*` has a class of its own, with the same parts.
_TRIES = (ast.Try, *((ast.TryStar,) if hasattr(ast, "TryStar") else ()))
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
#: Syntax that only later versions of Python have, as it looks on the line of the error.
_NEWER_SYNTAX = regex(
    r"^\s*type\s+\w+\s*[\[=]|^\s*(async\s+)?(class|def)\s+\w+\s*\[|^\s*except\s*\*|^\s*except\s+[\w.]+\s*,"
    r"|\b[rR]?[fFtT][rR]?['\"]|\[\s*\*|^\s*lazy\s+(import|from)\b"
)


def read_module(source: SourceFile) -> ModuleFacts:
    """The facts of a module; one that cannot be parsed has a `problem` and no names."""
    tree = parse(source)
    if isinstance(tree, PythonProblem):
        empty = ast.Module(body=[], type_ignores=[])
        return ModuleFacts(source.path, source.display, source, empty, {}, (), None, None, False, tree)
    reader = _Reader(source)
    reader.block(tree.body, Guard.NONE)
    return ModuleFacts(
        path=source.path,
        display=source.display,
        source=source,
        tree=tree,
        definitions=reader.definitions,
        imports=tuple(reader.imports),
        exported=_exported(tree),
        dynamic="it defines `__getattr__`"
        if "__getattr__" in reader.definitions
        else dynamic_names(source, tree),
        has_main_guard=any(isinstance(node, ast.If) and is_main_guard(node.test) for node in tree.body),
    )


def parse(source: SourceFile) -> ast.Module | PythonProblem:
    """The syntax tree, or why there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.text)
    except SyntaxError as error:
        return _syntax_problem(source, error)
    except (RecursionError, MemoryError):
        return PythonProblem("the code is nested too deeply to be read", Span.at(source.display))
    except ValueError as error:
        return PythonProblem(str(error), Span.at(source.display))


def _syntax_problem(source: SourceFile, error: SyntaxError) -> PythonProblem:
    line = min(max(error.lineno or 1, 1), len(source.line_starts))
    column = max(error.offset or 1, 1)
    newer = _NEWER_SYNTAX.search(source.line_text(line)) is not None
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    message = f"{error.msg or 'invalid syntax'} (as {running} reads it)"
    return PythonProblem(message, source.stretch(line, column, line, column), newer)


def is_main_guard(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`, either way round, alone or with others."""
    if isinstance(test, ast.BoolOp):
        return any(is_main_guard(value) for value in test.values)
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.In))
    ):
        return False
    sides = (test.left, test.comparators[0])
    names = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return names and any("'__main__'" in ast.dump(side) for side in sides)


@state
class _Reader:
    """Walks statements, never expressions: names and imports are all it looks for."""

    source: SourceFile
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: list[ImportFacts] = field(default_factory=list)

    def block(self, body: list[ast.stmt], guard: Guard, *, scope: str = "module") -> None:
        for node in body:
            self.statement(node, guard, scope)

    def statement(self, node: ast.stmt, guard: Guard, scope: str) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.import_statement(node, guard, scope)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.define(node.name, DefinitionKind.FUNCTION, node, guard, scope)
            if self.matters(node):
                self.block(node.body, Guard.FUNCTION, scope="function")
        elif isinstance(node, ast.ClassDef):
            self.define(node.name, DefinitionKind.CLASS, node, guard, scope)
            self.block(node.body, guard, scope="class")
        elif isinstance(node, ast.If):
            self.if_statement(node, guard, scope)
        elif isinstance(node, _TRIES):
            self.try_statement(cast("ast.Try", node), guard, scope)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.with_statement(node, guard, scope)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self.loop(node, guard, scope)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                self.block(case.body, _under(guard, Guard.CONDITION), scope=scope)
        elif isinstance(node, ast.Global):
            for name in node.names:
                self.define(name, DefinitionKind.VARIABLE, node, Guard.CONDITION, "module")
        else:
            self.binding(node, guard, scope)

    def matters(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Whether a function's body may import something or bind a name of the module; most do not."""
        starts = self.source.line_starts
        end = node.end_lineno or node.lineno
        stop = starts[end] if end < len(starts) else len(self.source.text)
        return _REACHES_OUT.search(self.source.text, starts[node.lineno - 1], stop) is not None

    def import_statement(self, node: ast.Import | ast.ImportFrom, guard: Guard, scope: str) -> None:
        statement = node_span(self.source, node)
        for alias in node.names:
            span = node_span(self.source, alias)
            if isinstance(node, ast.Import):
                bound = alias.asname or alias.name.partition(".")[0]
                facts = ImportFacts(alias.name, 0, None, bound, guard, span, statement)
            else:
                bound = alias.asname or alias.name
                facts = ImportFacts(node.module or "", node.level, alias.name, bound, guard, span, statement)
            self.imports.append(facts)
            if alias.name != "*":
                self.define(bound, DefinitionKind.IMPORT, node, guard, scope)

    def if_statement(self, node: ast.If, guard: Guard, scope: str) -> None:
        """Each `elif` is an `if` in the `else` of the one before: a long row of them is gone along."""
        self.block(node.body, _if_guard(node.test, guard), scope=scope)
        inner = _under(guard, Guard.CONDITION)
        while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node = node.orelse[0]
            self.block(node.body, _if_guard(node.test, inner), scope=scope)
        self.block(node.orelse, inner, scope=scope)

    def try_statement(self, node: ast.Try, guard: Guard, scope: str) -> None:
        caught = Guard.TRY if any(_catches_import_error(handler) for handler in node.handlers) else guard
        self.block(node.body, _under(guard, caught), scope=scope)
        for handler in node.handlers:
            self.block(handler.body, _under(guard, Guard.CONDITION), scope=scope)
        self.block(node.orelse, _under(guard, caught), scope=scope)
        self.block(node.finalbody, guard, scope=scope)

    def with_statement(self, node: ast.With | ast.AsyncWith, guard: Guard, scope: str) -> None:
        suppressed = any("suppress" in ast.dump(item.context_expr) for item in node.items)
        for item in node.items:
            if item.optional_vars is not None:
                self.bind(item.optional_vars, node, guard, scope)
        self.block(node.body, _under(guard, Guard.TRY) if suppressed else guard, scope=scope)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While, guard: Guard, scope: str) -> None:
        inner = _under(guard, Guard.CONDITION)
        if not isinstance(node, ast.While):
            self.bind(node.target, node, inner, scope)
        self.block(node.body, inner, scope=scope)
        self.block(node.orelse, inner, scope=scope)

    def binding(self, node: ast.stmt, guard: Guard, scope: str) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, node, guard, scope)
        elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
            self.bind(node.target, node, guard, scope)
        elif isinstance(node, ast.Delete) and guard is Guard.NONE and scope == "module":
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.definitions.pop(target.id, None)
        elif type(node).__name__ == "TypeAlias":
            self.bind(getattr(node, "name"), node, guard, scope)  # noqa: B009 - absent from older stubs

    def bind(self, target: ast.expr, node: ast.stmt, guard: Guard, scope: str) -> None:
        if isinstance(target, ast.Name):
            self.define(target.id, DefinitionKind.VARIABLE, node, guard, scope)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self.bind(element, node, guard, scope)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, node, guard, scope)

    def define(self, name: str, kind: DefinitionKind, node: ast.stmt, guard: Guard, scope: str) -> None:
        if scope != "module" or guard is Guard.TYPE_CHECKING:
            return
        span = (
            name_span(self.source, node)
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            else node_span(self.source, node)
        )
        conditional = guard is not Guard.NONE
        new = Definition(name, kind, span, node, conditional)
        old = self.definitions.get(name)
        self.definitions[name] = _merge(old, new) if old is not None and conditional else new


def _merge(old: Definition, new: Definition) -> Definition:
    """Two definitions of which either may win at run time, the one that says more in front."""
    competing = (old, *old.others, new)
    first = max(competing, key=lambda entry: _RANK[entry.kind])
    others = tuple(entry for entry in competing if entry is not first)
    return Definition(first.name, first.kind, first.span, first.node, True, others)


def _under(outer: Guard, inner: Guard) -> Guard:
    """The guard inside two: an outer one that keeps the import from running at start stays."""
    return inner if outer in (Guard.NONE, Guard.MAIN) else outer


def _if_guard(test: ast.expr, outer: Guard) -> Guard:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    if name == "TYPE_CHECKING":
        return _under(outer, Guard.TYPE_CHECKING)
    if is_main_guard(test) and outer is Guard.NONE:
        return Guard.MAIN
    return _under(outer, Guard.CONDITION)


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", getattr(kind, "attr", "")) in _IMPORT_ERRORS for kind in types)


def _exported(tree: ast.Module) -> tuple[str, ...] | None:
    """`__all__` where it is written out, None where there is none or it is computed."""
    names: list[str] | None = None
    for node in tree.body:
        value = _all_value(node)
        if value is None:
            continue
        listed = _strings(value)
        if listed is None:
            return None
        names = [*names, *listed] if names is not None and not isinstance(node, ast.Assign) else listed
    return None if names is None else tuple(names)


def _all_value(node: ast.stmt) -> ast.expr | None:
    """What a statement puts into `__all__`, if it does."""
    if isinstance(node, ast.Assign):
        named = any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
        return node.value if named else None
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return node.value if isinstance(node.target, ast.Name) and node.target.id == "__all__" else None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        on_all = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "__all__"
        return call.args[0] if on_all and len(call.args) == 1 else None
    return None


def _strings(value: ast.expr) -> list[str] | None:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if not isinstance(value, (ast.List, ast.Tuple)):
        return None
    texts = [element.value for element in value.elts if isinstance(element, ast.Constant)]
    return [text for text in texts if isinstance(text, str)] if len(texts) == len(value.elts) else None
