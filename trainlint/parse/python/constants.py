"""An expression in, the value that the text alone gives it out, Unknown where only a run knows it."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

from trainlint.facts.module import Definition, DefinitionKind, ModuleFacts, dotted_parts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.places import node_span
from trainlint.parse.python.roots import find_root
from trainlint.parse.python.scope import Scope, qualified

_DEPTH = 40
_PATHS = {"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"}
ROOT_FINDERS = {
    f"{package}.{function}"
    for package in ("rootutils", "pyrootutils")
    for function in ("setup_root", "find_root")
}
_PATH_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "os.path.abspath": os.path.abspath,
    "os.path.realpath": os.path.abspath,
    "os.path.normpath": os.path.normpath,
    "os.path.dirname": os.path.dirname,
    "os.path.basename": os.path.basename,
    "os.fspath": str,
    "str": str,
}
_TEXT_METHODS = {
    "replace",
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "removesuffix",
    "removeprefix",
    "join",
}


class _NotConstantError(Exception):
    """Only a run knows this; carries the reason."""


def fold(node: ast.expr, scope: Scope) -> Value[object]:
    """The value of an expression, with its place."""
    span = node_span(scope.module.source, node)
    try:
        return Known(_fold(node, scope, 0), span)
    except _NotConstantError as error:
        return Unknown(str(error), span)


def fold_scalar(node: ast.expr | None, scope: Scope) -> Known[object] | None:
    """A number, text, truth value or None that an expression is known to be."""
    value = fold(node, scope) if node is not None else None
    plain = isinstance(value, Known) and isinstance(value.value, (bool, int, float, str, type(None)))
    return value if plain and isinstance(value, Known) else None


def fold_text(node: ast.expr, scope: Scope) -> Value[str | None]:
    """The value as Hydra takes a path or a name: text, None, or Unknown."""
    value = fold(node, scope)
    if isinstance(value, Unknown):
        return value
    if isinstance(value.value, (str, Path)):
        return Known(str(value.value), value.span)
    if value.value is None:
        return Known(None, value.span)
    return Unknown(f"`{ast.unparse(node)}` is no text", value.span)


def _unknown(node: ast.expr, why: str = "is only known at run time") -> _NotConstantError:
    text = ast.unparse(node)
    return _NotConstantError(f"`{text if len(text) <= 60 else text[:57] + '...'}` {why}")


def _fold(node: ast.expr, scope: Scope, depth: int) -> object:
    if depth > _DEPTH:
        raise _unknown(node)
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_part(part, scope, depth) for part in node.values)
    if isinstance(node, ast.Name):
        return _name(node, scope, depth)
    if isinstance(node, ast.Attribute):
        return _attribute(node, scope, depth)
    if isinstance(node, ast.Call):
        return _call(node, scope, depth)
    if isinstance(node, ast.BinOp):
        return _operation(node, scope, depth)
    if isinstance(node, ast.Subscript):
        return _subscript(node, scope, depth)
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_fold(element, scope, depth + 1) for element in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.Dict):
        return _dictionary(node, scope, depth)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _fold(node.operand, scope, depth + 1)
        if isinstance(number, (int, float)):
            return -number
    raise _unknown(node)


def _text_part(part: ast.expr, scope: Scope, depth: int) -> str:
    if isinstance(part, ast.FormattedValue):
        value = _fold(part.value, scope, depth + 1)
        if part.format_spec is not None or part.conversion != -1:
            raise _unknown(part.value)
        return str(value)
    return str(_fold(part, scope, depth + 1))


def _dictionary(node: ast.Dict, scope: Scope, depth: int) -> dict[object, object]:
    result: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise _unknown(node)
        folded = _fold(key, scope, depth + 1)
        if isinstance(folded, (list, dict)):
            raise _unknown(key)
        result[folded] = _fold(value, scope, depth + 1)
    return result


def _name(node: ast.Name, scope: Scope, depth: int) -> object:
    if node.id in scope.locals:
        value = scope.locals[node.id]
        if value is None:
            raise _unknown(node)
        return _fold(value, scope, depth + 1)
    if node.id == "__file__":
        return str(scope.module.path)
    return _defined(node, [node.id], scope, depth)


def _defined(node: ast.expr, parts: list[str], scope: Scope, depth: int) -> object:
    """The value of a module-level name, of this module or an imported one."""
    definition = scope.module.definitions.get(parts[0])
    module: ModuleFacts = scope.module
    if len(parts) > 1 or definition is None or definition.kind is DefinitionKind.IMPORT:
        found = scope.lookup.definition(scope.module, ".".join(parts))
        if found is None:
            raise _unknown(node)
        module, definition = found
    value = _assigned_value(definition)
    if value is None:
        raise _unknown(node)
    return _fold(value, Scope(module, scope.lookup, {}, scope.directory), depth + 1)


def _assigned_value(definition: Definition) -> ast.expr | None:
    """What a variable is assigned in the one place that can assign it."""
    node = definition.node
    if definition.others or definition.kind is not DefinitionKind.VARIABLE:
        return None
    if isinstance(node, ast.Assign):
        simple = all(isinstance(target, ast.Name) for target in node.targets)
        return node.value if simple else None
    return node.value if isinstance(node, ast.AnnAssign) else None


def _attribute(node: ast.Attribute, scope: Scope, depth: int) -> object:
    parts = dotted_parts(node)
    if parts and parts[0] not in scope.locals:
        definition = scope.module.definitions.get(parts[0])
        if definition is not None and definition.kind is DefinitionKind.IMPORT:
            return _defined(node, parts, scope, depth)
    if isinstance(node.value, ast.Name) and _is_parsed_arguments(node.value, scope):
        raise _unknown(node, "comes from the command line")
    value = _fold(node.value, scope, depth + 1)
    if isinstance(value, Path) and node.attr in ("parent", "name", "stem", "parents"):
        return getattr(value, node.attr)
    raise _unknown(node)


def _is_parsed_arguments(node: ast.Name, scope: Scope) -> bool:
    value = scope.locals.get(node.id)
    if value is None:
        definition = scope.module.definitions.get(node.id)
        value = getattr(definition.node, "value", None) if definition is not None else None
    return isinstance(value, ast.Call) and "parse" in ast.unparse(value.func)


def _operation(node: ast.BinOp, scope: Scope, depth: int) -> object:
    left, right = _fold(node.left, scope, depth + 1), _fold(node.right, scope, depth + 1)
    if isinstance(node.op, ast.Add):
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(left, list) and isinstance(right, list):
            return left + right
    if isinstance(node.op, ast.Div) and isinstance(right, (str, Path)):
        if isinstance(left, Path):
            return left / right
        if isinstance(left, str) and isinstance(right, Path):
            return left / right
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        try:
            return left % right
        except (TypeError, ValueError, OverflowError):
            raise _unknown(node) from None
    raise _unknown(node)


def _subscript(node: ast.Subscript, scope: Scope, depth: int) -> object:
    if qualified(scope.module, node.value) == "os.environ":
        raise _NotConstantError(
            f"the environment variable {ast.unparse(node.slice)} is only known at run time"
        )
    value, index = _fold(node.value, scope, depth + 1), _fold(node.slice, scope, depth + 1)
    try:
        return value[index]  # type: ignore[index]  # the except below is the check
    except (TypeError, KeyError, IndexError):
        raise _unknown(node) from None


def _call(node: ast.Call, scope: Scope, depth: int) -> object:
    name = qualified(scope.module, node.func)
    if name in ("os.environ.get", "os.getenv"):
        shown = ast.unparse(node.args[0]) if node.args else "?"
        raise _NotConstantError(f"the environment variable {shown} is only known at run time")
    if name in ROOT_FINDERS:
        return _project_root(node, scope, depth)
    arguments = [_fold(argument, scope, depth + 1) for argument in node.args]
    if name in ("os.getcwd", "pathlib.Path.cwd") and scope.directory is not None:
        return scope.directory if name.endswith("cwd") and "Path" in name else str(scope.directory)
    texts = [str(argument) for argument in arguments if isinstance(argument, (str, Path))]
    if len(texts) == len(arguments) and texts:
        if name in _PATHS:
            return Path(*texts)
        if name == "os.path.join":
            return os.path.join(*texts)
        if name in _PATH_FUNCTIONS and len(texts) == 1:
            return _path_function(name, texts[0], scope)
    if isinstance(node.func, ast.Attribute):
        return _method(node, node.func, arguments, scope, depth)
    raise _unknown(node)


def _path_function(name: str, text: str, scope: Scope) -> str:
    if name in ("os.path.abspath", "os.path.realpath") and scope.directory is not None:
        text = os.path.join(scope.directory, text)
    return str(_PATH_FUNCTIONS[name](text))


def _method(
    node: ast.Call, function: ast.Attribute, arguments: list[object], scope: Scope, depth: int
) -> object:
    value = _fold(function.value, scope, depth + 1)
    name = function.attr
    texts = [str(argument) for argument in arguments if isinstance(argument, (str, Path))]
    if isinstance(value, Path):
        if name in ("resolve", "absolute"):
            return Path(os.path.normpath(os.path.join(scope.directory or "", value)))
        if name == "joinpath" and len(texts) == len(arguments):
            return value.joinpath(*texts)
        if name in ("as_posix", "__str__") and not arguments:
            return value.as_posix()
        if name in ("with_suffix", "with_name") and len(texts) == 1:
            return _try_method(node, value, name, texts)
    if isinstance(value, str) and name in _TEXT_METHODS:
        return _try_method(node, value, name, arguments)
    if isinstance(value, str) and name == "format":
        keywords = {word.arg: _fold(word.value, scope, depth + 1) for word in node.keywords if word.arg}
        try:
            return value.format(*arguments, **keywords)
        except (KeyError, IndexError, ValueError, AttributeError, TypeError):
            raise _unknown(node) from None
    raise _unknown(node)


def _try_method(node: ast.Call, value: object, name: str, arguments: list[object] | list[str]) -> object:
    try:
        return getattr(value, name)(*arguments)
    except (TypeError, ValueError):
        raise _unknown(node) from None


def _project_root(node: ast.Call, scope: Scope, depth: int) -> Path:
    """The folder that `rootutils` finds: the first ancestor that holds an indicator file."""
    given = {word.arg: word.value for word in node.keywords if word.arg}
    start = node.args[0] if node.args else given.get("search_from")
    indicator = node.args[1] if len(node.args) > 1 else given.get("indicator")
    if start is None:
        raise _unknown(node)
    place = _fold(start, scope, depth + 1)
    names = _fold(indicator, scope, depth + 1) if indicator is not None else None
    root = find_root(scope.lookup.files, str(place), names)
    if root is None:
        raise _unknown(node, "finds no project root")
    return root
