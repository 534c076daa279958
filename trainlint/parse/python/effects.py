"""A module in, what running it changes around it out: resolvers, environment variables, `sys.path`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path

from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.calls import argument
from trainlint.parse.python.constants import ROOT_FINDERS, fold, fold_text
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Scope, qualified
from trainlint.record import record, state
from trainlint.regex import regex
from trainlint.source import Span

_HINT = regex(
    r"register_\w*resolver|environ\w*\s*\[[^\]]*\]\s*=[^=]|environ\w*\.(setdefault|update)|putenv|sys\.path|addsitedir"
    r"|setup_root|\bpath\.(append|insert|extend)|register_resolver"
)
#: Texts of which at least one stands in whatever the hint finds: looked for a hundred times faster.
_SURE = ("resolver", "environ", "putenv", "sys.path", "addsitedir", "setup_root", "path.")
_RESOLVERS = (
    "OmegaConf.register_new_resolver",
    "OmegaConf.register_resolver",
    "OmegaConf.legacy_register_resolver",
)


@record
class AddedPath:
    """A folder that the code puts on `sys.path`, in front of the others or behind them."""

    folder: Value[Path]
    in_front: bool


@state
class Effects:
    """What one module does to the process; `opaque_resolvers` says that a resolver's name is computed."""

    resolvers: set[str] = field(default_factory=set)
    opaque_resolvers: bool = False
    environment: dict[str, Value[str]] = field(default_factory=dict)
    paths: list[AddedPath] = field(default_factory=list)


def module_effects(scope: Scope) -> Effects:
    """The effects of all code of a module, functions included: which of them run is not asked."""
    effects = Effects()
    text = scope.module.source.text
    if not any(sure in text for sure in _SURE) or not _HINT.search(text):
        return effects
    for node in scope.module.nodes:
        if isinstance(node, ast.Call):
            _call(node, scope, effects)
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            _assignment(node, scope, effects)
    return effects


def _call(call: ast.Call, scope: Scope, effects: Effects) -> None:
    name = qualified(scope.module, call.func)
    if name.endswith(_RESOLVERS):
        given = argument(call, "name", 0)
        value = fold(given, scope) if given is not None else None
        if isinstance(value, Known) and isinstance(value.value, str):
            effects.resolvers.add(value.value)
        else:
            effects.opaque_resolvers = True
    elif name in _CALLS:
        _CALLS[name](call, scope, effects)
    elif name in ROOT_FINDERS and name.endswith("setup_root"):
        _setup_root(call, scope, effects)


def _append_path(call: ast.Call, scope: Scope, effects: Effects) -> None:
    for given in call.args[:1]:
        effects.paths.append(AddedPath(_folder(given, scope), False))


def _insert_path(call: ast.Call, scope: Scope, effects: Effects) -> None:
    for given in call.args[1:2]:
        effects.paths.append(AddedPath(_folder(given, scope), True))


def _extend_path(call: ast.Call, scope: Scope, effects: Effects) -> None:
    for given in call.args[:1]:
        effects.paths += _folders(given, scope, in_front=False)


def _set_default(call: ast.Call, scope: Scope, effects: Effects) -> None:
    name = fold(call.args[0], scope) if call.args else None
    if isinstance(name, Known) and isinstance(name.value, str):
        reason = "the script sets it only where the environment does not"
        effects.environment.setdefault(name.value, Unknown(reason, node_span(scope.module.source, call)))


def _put(call: ast.Call, scope: Scope, effects: Effects) -> None:
    if len(call.args) == 2:
        _set(call.args[0], call.args[1], scope, effects)


def _update(call: ast.Call, scope: Scope, effects: Effects) -> None:
    for given in call.args:
        if isinstance(given, ast.Dict):
            for key, value in zip(given.keys, given.values, strict=True):
                if key is not None:
                    _set(key, value, scope, effects)
    for word in call.keywords:
        if word.arg is not None:
            _set(ast.Constant(word.arg), word.value, scope, effects)


def _setup_root(call: ast.Call, scope: Scope, effects: Effects) -> None:
    """`rootutils.setup_root`: the root goes on the import path, and into PROJECT_ROOT unless told not to."""
    root = fold_text(call, scope)
    if _switch(call, "pythonpath", 3, default=False):
        effects.paths.append(AddedPath(_folder(call, scope), True))
    if _switch(call, "project_root_env_var", 2, default=True):
        known = isinstance(root, Known) and root.value is not None
        text = Known(str(root.value), root.span) if known else _no_folder(root, root.span)
        effects.environment["PROJECT_ROOT"] = text


def _switch(call: ast.Call, name: str, position: int, *, default: bool) -> bool:
    given = argument(call, name, position)
    return bool(given.value) if isinstance(given, ast.Constant) else default


_CALLS: Mapping[str, Callable[[ast.Call, Scope, Effects], None]] = {
    "sys.path.append": _append_path,
    "sys.path.insert": _insert_path,
    "sys.path.extend": _extend_path,
    "site.addsitedir": _append_path,
    "os.environ.setdefault": _set_default,
    "os.environ.update": _update,
    "os.putenv": _put,
}


def _assignment(node: ast.Assign | ast.AugAssign, scope: Scope, effects: Effects) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Subscript) and qualified(scope.module, target.value) == "os.environ":
            _set(target.slice, node.value, scope, effects)
        elif qualified(scope.module, target) == "sys.path":
            effects.paths += _path_expression(node.value, scope)
        elif isinstance(target, ast.Subscript) and qualified(scope.module, target.value) == "sys.path":
            effects.paths += _folders(node.value, scope, in_front=True)


def _path_expression(node: ast.expr, scope: Scope) -> list[AddedPath]:
    """`[a] + sys.path`, `sys.path + [b]`, or the list that is added to it."""
    if isinstance(node, ast.BinOp):
        before = [] if qualified(scope.module, node.left) == "sys.path" else [(node.left, True)]
        after = [] if qualified(scope.module, node.right) == "sys.path" else [(node.right, False)]
        return [path for side, front in (*before, *after) for path in _folders(side, scope, in_front=front)]
    return _folders(node, scope, in_front=False)


def _folders(node: ast.expr, scope: Scope, *, in_front: bool) -> list[AddedPath]:
    if isinstance(node, (ast.List, ast.Tuple)):
        return [AddedPath(_folder(element, scope), in_front) for element in node.elts]
    return [AddedPath(_no_folder(None, node_span(scope.module.source, node)), in_front)]


def _folder(node: ast.expr, scope: Scope) -> Value[Path]:
    text = fold_text(node, scope)
    if isinstance(text, Unknown) or text.value is None:
        return _no_folder(text, text.span)
    if scope.directory is None and not Path(text.value).is_absolute():
        return Unknown("the working directory is not known", text.span)
    return Known(Path(scope.directory or "", text.value), text.span)


def _no_folder(value: object, span: Span) -> Unknown:
    return (
        value
        if isinstance(value, Unknown)
        else Unknown("`sys.path` is changed in a way only a run knows", span)
    )


def _set(name: ast.expr, value: ast.expr, scope: Scope, effects: Effects) -> None:
    key = fold(name, scope)
    if isinstance(key, Unknown) or not isinstance(key.value, str):
        return
    text = fold(value, scope)
    span = node_span(scope.module.source, value)
    if isinstance(text, Known) and isinstance(text.value, str):
        effects.environment[key.value] = Known(text.value, span)
    else:
        reason = text.reason if isinstance(text, Unknown) else f"`{ast.unparse(value)}` is no text"
        effects.environment[key.value] = Unknown(reason, span)
