"""Code that handles arguments and known values in, what running it would do out: for plain code only.

Evaluated are texts, numbers, comparisons and the like; whatever else the code does, it is given up.
"""

from __future__ import annotations

import ast
import operator
import os.path
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainlint.chain.arguments.arithmetic import arithmetic

_STEPS = 4000
_TEXT = frozenset(
    ("split", "rsplit", "partition", "rpartition", "startswith", "endswith", "strip", "lstrip", "rstrip")
) | frozenset(("lower", "upper", "replace", "removeprefix", "removesuffix", "isdigit", "lstrip", "find"))
_TYPES = {kind.__name__: kind for kind in (str, int, float, bool, list, tuple, dict)}
_OF_TEXT: Mapping[str, Callable[[str], object]] = {
    "ast.literal_eval": ast.literal_eval,
    **{kind.__name__: kind for kind in (int, float, str, bool)},
    "len": len,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_RAISED = {"ValueError": ValueError, "SyntaxError": SyntaxError, "KeyError": KeyError, "TypeError": TypeError}


class GivenUpError(Exception):
    """The code does something that is not evaluated."""


class RefusedError(Exception):
    """The code stops the program; the text is what Python prints."""


class LoopControlError(Exception):
    """`continue` or `break`."""

    def __init__(self, *, ends: bool) -> None:
        super().__init__()
        self.ends = ends


@dataclass(frozen=True)
class Opaque:
    """A value that only the run knows, of a type that is known or not."""

    kind: type | None = None


@dataclass(frozen=True)
class Named:
    """Something by its full name: `ast.literal_eval`, `sys`."""

    name: str


@dataclass(frozen=True)
class OpenFile:
    """A file of the disk, or its text; which of the two does not matter here."""

    path: str


class Globals:
    """`globals()`."""


@dataclass
class Concrete:
    """Runs code with `variables` as its globals and `arguments` behind the script's name.

    `execute` runs a file over the globals; `asked` are the names that the code looked up in them.
    """

    variables: dict[str, object]
    arguments: list[str]
    execute: Callable[[str], None]
    exists: Callable[[str], bool]
    asked: list[tuple[str, bool]] = field(default_factory=list)
    steps: int = 0

    def run(self, body: list[ast.stmt]) -> None:
        """Run statements; raises RefusedError where they end the program."""
        for node in body:
            self.steps += 1
            runner = _STATEMENTS.get(type(node))
            if runner is None or self.steps > _STEPS:
                raise GivenUpError(f"`{ast.unparse(node)[:40]}` is not followed")
            runner(self, node)

    def _import(self, node: Any) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                self.variables[alias.asname or alias.name] = Named(f"{node.module}.{alias.name}")
            else:
                self.variables[alias.asname or alias.name.partition(".")[0]] = Named(alias.name)

    def _for(self, node: Any) -> None:
        items = self.value(node.iter)
        if not isinstance(items, (list, tuple)) or node.orelse:
            raise GivenUpError("a loop over what is not known")
        for item in items:
            self._assign_to(node.target, item)
            try:
                self.run(node.body)
            except LoopControlError as control:
                if control.ends:
                    break

    def _if(self, node: Any) -> None:
        self.run(node.body if self.truth(node.test) else node.orelse)

    def _assign(self, node: Any) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self._assign_to(target, value)

    def _assign_to(self, target: ast.expr, value: object) -> None:
        if isinstance(target, ast.Name):
            self.variables[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (tuple, list)):
            if len(value) != len(target.elts):
                problem = "not enough" if len(value) < len(target.elts) else "too many"
                raise RefusedError(f"ValueError: {problem} values to unpack (expected {len(target.elts)})")
            for element, item in zip(target.elts, value, strict=True):
                self._assign_to(element, item)
        elif isinstance(target, ast.Subscript) and isinstance(self.value(target.value), Globals):
            name = self.value(target.slice)
            if not isinstance(name, str):
                raise GivenUpError("a global is set whose name is not known")
            self.variables[name] = value
        else:
            raise GivenUpError(f"`{ast.unparse(target)}` is set")

    def _expression(self, node: Any) -> None:
        self.value(node.value)

    def _assert(self, node: Any) -> None:
        if not self.truth(node.test):
            said = f": {self._shown(node.msg)}" if node.msg is not None else ""
            raise RefusedError(f"AssertionError{said}")

    def _raise(self, node: Any) -> None:
        made = node.exc
        if isinstance(made, ast.Call) and made.args:
            raise RefusedError(f"{ast.unparse(made.func)}: {self._shown(made.args[0])}")
        raise RefusedError(ast.unparse(made) if made is not None else "an error")

    def _shown(self, node: ast.expr) -> str:
        try:
            return str(self.value(node))
        except GivenUpError:
            return ast.unparse(node)

    def _try(self, node: Any) -> None:
        if node.orelse or node.finalbody:
            raise GivenUpError("`try` with more than handlers")
        kept = dict(self.variables)
        try:
            self.run(node.body)
        except (ValueError, SyntaxError, KeyError, TypeError) as error:
            handler = next((entry for entry in node.handlers if _catches(entry, error)), None)
            if handler is None:
                raise RefusedError(f"{type(error).__name__}: {error}") from None
            self.variables.update({**kept, **({handler.name: Opaque()} if handler.name else {})})
            self.run(handler.body)

    def _with(self, node: Any) -> None:
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self._assign_to(item.optional_vars, value)
        self.run(node.body)

    def _continue(self, node: Any) -> None:
        raise LoopControlError(ends=isinstance(node, ast.Break))

    def _pass(self, node: Any) -> None:
        pass

    def truth(self, node: ast.expr) -> bool:
        """Whether a test holds."""
        value = self.value(node)
        if isinstance(value, (Opaque, Named, OpenFile)):
            raise GivenUpError(f"`{ast.unparse(node)}` is not known")
        return bool(value)

    def value(self, node: ast.expr) -> object:
        """The value of an expression."""
        reader = _EXPRESSIONS.get(type(node))
        if reader is None:
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        return reader(self, node)

    def _constant(self, node: Any) -> object:
        return node.value

    def _name(self, node: Any) -> object:
        return self.variables[node.id] if node.id in self.variables else Named(node.id)

    def _attribute(self, node: Any) -> object:
        owner = self.value(node.value)
        if not isinstance(owner, Named):
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        if owner.name == "sys" and node.attr == "argv":
            return ["script", *self.arguments]
        return Named(f"{owner.name}.{node.attr}")

    def _subscript(self, node: Any) -> object:
        owner = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [self._bound(part) for part in (node.slice.lower, node.slice.upper, node.slice.step)]
            if isinstance(owner, (str, list, tuple)):
                return owner[slice(*bounds)]
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        key = self.value(node.slice)
        if isinstance(owner, Globals) and isinstance(key, str):
            return self.variables.get(key, Opaque())
        if not isinstance(owner, (str, list, tuple)) or not isinstance(key, int):
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        try:
            return owner[key]
        except IndexError:
            raise RefusedError("IndexError: list index out of range") from None

    def _bound(self, node: ast.expr | None) -> int | None:
        value = self.value(node) if node is not None else None
        if value is not None and not isinstance(value, int):
            raise GivenUpError("a slice that is not known")
        return value

    def _joined(self, node: Any) -> object:
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        return "".join(self._shown(part) for part in parts)

    def _operation(self, node: Any) -> object:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        number = arithmetic(node.op, left, right)
        if number is not None:
            return number
        raise GivenUpError(f"`{ast.unparse(node)}` is not followed")

    def _either(self, node: Any) -> object:
        stops = isinstance(node.op, ast.Or)
        value = False
        for side in node.values:
            value = self.truth(side)
            if value is stops:
                break
        return value

    def _not(self, node: Any) -> object:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand)
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
            return -value
        raise GivenUpError(f"`{ast.unparse(node)}` is not followed")

    def _compare(self, node: Any) -> object:
        if len(node.ops) != 1:
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        left, right, kind = self.value(node.left), self.value(node.comparators[0]), type(node.ops[0])
        if kind in (ast.In, ast.NotIn):
            return self._contains(left, right, node) is (kind is ast.In)
        if any(isinstance(side, Opaque) for side in (left, right)):
            raise GivenUpError(f"`{ast.unparse(node)}` is not known")
        return _COMPARED[kind](left, right)

    def _contains(self, left: object, right: object, node: ast.expr) -> bool:
        if isinstance(right, Globals) and isinstance(left, str):
            self.asked.append((left, left in self.variables))
            return left in self.variables
        if isinstance(right, str) and isinstance(left, str):
            return left in right
        if isinstance(right, (list, tuple)) and not isinstance(left, Opaque):
            return left in right
        raise GivenUpError(f"`{ast.unparse(node)}` is not known")

    def _sequence(self, node: Any) -> object:
        items = [self.value(element) for element in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items

    def _call(self, node: Any) -> object:
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value)
            if isinstance(owner, str) and node.func.attr in _TEXT:
                return getattr(owner, node.func.attr)(*self._arguments(node))
            if isinstance(owner, OpenFile) and node.func.attr in ("read", "read_text", "close"):
                return owner
            if isinstance(owner, Globals) and node.func.attr in ("keys", "copy"):
                return owner
            return self._function(self.value(node.func), node)
        return self._function(self.value(node.func), node)

    def _arguments(self, node: ast.Call) -> list[object]:
        if node.keywords or any(isinstance(given, ast.Starred) for given in node.args):
            raise GivenUpError(f"`{ast.unparse(node)}` is not followed")
        return [self.value(given) for given in node.args]

    def _function(self, callee: object, node: ast.Call) -> object:
        name = callee.name if isinstance(callee, Named) else getattr(callee, "__name__", "")
        if name == "print":
            return None
        if name == "globals":
            return Globals()
        given = self._arguments(node) if name not in ("open",) else [self.value(node.args[0])]
        if name in ("open", "pathlib.Path") and given and isinstance(given[0], str):
            if not self.exists(given[0]):
                raise RefusedError(f"FileNotFoundError: [Errno 2] No such file or directory: {given[0]!r}")
            return OpenFile(given[0])
        if name == "exec" and given and isinstance(given[0], OpenFile):
            self.execute(given[0].path)
            return None
        if name == "compile" and given and isinstance(given[0], OpenFile):
            return given[0]
        return _builtin(name, given, node)


def _builtin(name: str, given: list[object], node: ast.Call) -> object:
    if len(given) == 1 and name == "type":
        value = given[0]
        kind = value.kind if isinstance(value, Opaque) else type(value)
        if kind is None:
            raise GivenUpError("the type of a value is not known")
        return kind
    if any(isinstance(value, (Opaque, Named, OpenFile, Globals)) for value in given[:1]):
        raise GivenUpError(f"`{ast.unparse(node)}` is not known")
    if len(given) == 1 and isinstance(given[0], str) and name in _OF_TEXT:
        return _OF_TEXT[name](given[0])
    parts = [value for value in given if isinstance(value, str)]
    if name == "os.path.join" and given and len(parts) == len(given):
        return os.path.join(*parts)
    if name == "isinstance" and len(given) == 2:
        kinds = given[1] if isinstance(given[1], tuple) else (given[1],)
        types = [_TYPES.get(kind.name) if isinstance(kind, Named) else kind for kind in kinds]
        if all(isinstance(kind, type) for kind in types):
            return isinstance(given[0], tuple(kind for kind in types if isinstance(kind, type)))
    raise GivenUpError(f"`{ast.unparse(node)}` is not followed")


def _catches(handler: ast.ExceptHandler, error: Exception) -> bool:
    if handler.type is None:
        return True
    nodes = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [ast.unparse(node) for node in nodes]
    return any(name in ("Exception", "BaseException") or isinstance(error, _kind(name)) for name in names)


def _kind(name: str) -> type[Exception] | tuple[()]:
    return _RAISED.get(name, ())


_STATEMENTS: dict[type[ast.stmt], Callable[[Concrete, Any], None]] = {
    ast.Import: Concrete._import,
    ast.ImportFrom: Concrete._import,
    ast.For: Concrete._for,
    ast.If: Concrete._if,
    ast.Assign: Concrete._assign,
    ast.Expr: Concrete._expression,
    ast.Assert: Concrete._assert,
    ast.Raise: Concrete._raise,
    ast.Try: Concrete._try,
    ast.With: Concrete._with,
    ast.Continue: Concrete._continue,
    ast.Break: Concrete._continue,
    ast.Pass: Concrete._pass,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[[Concrete, Any], object]] = {
    ast.Constant: Concrete._constant,
    ast.Name: Concrete._name,
    ast.Attribute: Concrete._attribute,
    ast.Subscript: Concrete._subscript,
    ast.JoinedStr: Concrete._joined,
    ast.BinOp: Concrete._operation,
    ast.BoolOp: Concrete._either,
    ast.UnaryOp: Concrete._not,
    ast.Compare: Concrete._compare,
    ast.Tuple: Concrete._sequence,
    ast.List: Concrete._sequence,
    ast.Call: Concrete._call,
}
