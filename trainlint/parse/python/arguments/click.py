"""The decorators of a click command in, its options and arguments out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from trainlint.facts.arguments import (
    ANY_NUMBER,
    ONE_OR_MORE,
    OPTIONAL,
    TEXT,
    Argument,
    ArgumentAction,
    ValueKind,
    ValueType,
)
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.constants import fold, fold_scalar
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Scope, qualified
from trainlint.source import Span

ANY = ValueType(ValueKind.ANY, "value")
_TRUE_FALSE = ("1", "true", "t", "yes", "y", "on", "0", "false", "f", "no", "n", "off", "")
BOOL = ValueType(ValueKind.WORDS, "boolean", _TRUE_FALSE, folds_case=True)
INT, FLOAT = ValueType(ValueKind.INT, "integer"), ValueType(ValueKind.FLOAT, "float")
_PLAIN = {
    "int": INT,
    "float": FLOAT,
    "str": TEXT,
    "bool": BOOL,
    "INT": INT,
    "FLOAT": FLOAT,
    "STRING": TEXT,
    "BOOL": BOOL,
}
_RANGES = {"IntRange": INT, "FloatRange": FLOAT}
#: Keywords with which the value is more than what is written.
_COMPUTED = frozenset(
    ("envvar", "prompt", "default_factory", "callback", "multiple", "nargs", "flag_value", "default_map")
)
#: Keywords with which a missing option is no error.
_OTHER_SOURCES = ("envvar", "prompt", "default", "default_factory")


def option(call: ast.Call, scope: Scope) -> Argument:
    """The option of one `@click.option(...)`."""
    span = node_span(scope.module.source, call.args[0] if call.args else call)
    decls, given = _declared(call, scope), _keywords(call)
    if decls is None or given is None or "cls" in given:
        raise UnreadError("an option")
    primary, secondary, name = _spelled(decls)
    if not primary and not secondary:
        raise UnreadError("an option")
    dest = name or _dest(primary or secondary)
    long = max(primary or secondary, key=len)
    made = Argument(
        (*primary, *secondary),
        dest,
        span,
        long,
        required=_required(given, scope),
        default=_default(given, bool(secondary), span, scope),
    )
    if given.keys() & {"callback"}:
        made = replace(made, type=ANY)
    if _is_true(given.get("count"), scope):
        return replace(made, action=ArgumentAction.COUNT, nargs=0)
    if _is_flag(given, bool(secondary), scope):
        return replace(made, action=ArgumentAction.FLAG, nargs=0)
    count, kind, choices = _takes(given, scope)
    if made.type is ANY:
        kind, choices = ANY, None
    lacks_value = "flag_value" in given or _is_false(given.get("prompt_required"), scope)
    if _is_false(given.get("is_flag"), scope) and "default" not in given:
        lacks_value = True
    if lacks_value:
        count = OPTIONAL
    return replace(made, nargs=count, type=kind, choices=choices)


def _default(given: Mapping[str, ast.expr], negated: bool, span: Span, scope: Scope) -> Known[object] | None:
    """What the program gets when the option is not given, None where that is not settled here."""
    if given.keys() & _COMPUTED:
        return None
    if "default" in given:
        return fold_scalar(given["default"], scope)
    is_flag = "is_flag" in given or negated
    return Known(False if is_flag else 0 if "count" in given else None, span)


def positional(call: ast.Call, scope: Scope) -> Argument:
    """The argument of one `@click.argument(...)`."""
    span = node_span(scope.module.source, call.args[0] if call.args else call)
    decls, given = _declared(call, scope), _keywords(call)
    if not decls or given is None or "cls" in given:
        raise UnreadError("an argument")
    name = decls[0]
    count, kind, choices = _takes(given, scope)
    required: bool | None = True
    if "required" in given:
        required = _truth(given["required"], scope)
    elif "default" in given or count == ANY_NUMBER:
        required = False
    if "envvar" in given:
        required = None
    if count == ANY_NUMBER and required:
        count = ONE_OR_MORE
    if "callback" in given:
        kind, choices = ANY, None
    return Argument(
        (),
        name.lower().replace("-", "_"),
        span,
        name.upper(),
        nargs=count,
        type=kind,
        choices=choices,
        required=required,
        default=None if required else _default(given, False, span, scope),
    )


def switch(names: tuple[str, ...], action: ArgumentAction, call: ast.AST, scope: Scope) -> Argument:
    """An option that click makes itself: `--help`, `--version`."""
    span = node_span(scope.module.source, call)
    return Argument(names, names[0].lstrip("-").replace("-", "_"), span, names[0], action, 0)


class UnreadError(Exception):
    """A definition that cannot be read; the parser may have any options."""


def _declared(call: ast.Call, scope: Scope) -> list[str] | None:
    """The texts that name an option or argument."""
    given = [*call.args, *(word.value for word in call.keywords if word.arg == "param_decls")]
    found: list[str] = []
    for node in given:
        value = fold(node, scope) if not isinstance(node, ast.Starred) else None
        if not isinstance(value, Known):
            return None
        if isinstance(value.value, str):
            found.append(value.value)
        elif isinstance(value.value, (list, tuple)):
            found += [str(item) for item in value.value]
    return found


def _keywords(call: ast.Call) -> Mapping[str, ast.expr] | None:
    if any(word.arg is None for word in call.keywords):
        return None
    return {word.arg: word.value for word in call.keywords if word.arg is not None}


def _spelled(decls: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """The spellings that switch on, those that switch off, and the name of the parameter."""
    primary: list[str] = []
    secondary: list[str] = []
    name = None
    for decl in decls:
        if decl.isidentifier():
            name = decl
            continue
        first, separator, second = decl.partition(";" if decl[:1] == "/" else "/")
        if first.rstrip():
            primary.append(first.rstrip())
        if separator and second.lstrip():
            secondary.append(second.lstrip())
    return tuple(primary), tuple(secondary), name


def _dest(names: tuple[str, ...]) -> str:
    """The longest prefix wins, then the order: `-l --level` gives `level`."""
    first = max(names, key=lambda name: len(name) - len(name.lstrip("-+/")))
    return first.lstrip("-+/").replace("-", "_").lower()


def _is_flag(given: Mapping[str, ast.expr], negated: bool, scope: Scope) -> bool:
    if "is_flag" in given:
        said = _truth(given["is_flag"], scope)
        if said is None:
            raise UnreadError("a flag")
        return said
    return "flag_value" in given or negated


def _required(given: Mapping[str, ast.expr], scope: Scope) -> bool | None:
    if "required" not in given:
        return False
    said = _truth(given["required"], scope)
    return None if said and any(name in given for name in _OTHER_SOURCES) else said


def _takes(
    given: Mapping[str, ast.expr], scope: Scope
) -> tuple[int | str | Unknown | None, ValueType, tuple[object, ...] | None]:
    """How many values, of which type, out of which choices."""
    node = given.get("type")
    count: int | str | Unknown | None = None
    if "nargs" in given:
        value = fold(given["nargs"], scope)
        if not isinstance(value, Known) or not isinstance(value.value, int):
            raise UnreadError("a number of values")
        count = ANY_NUMBER if value.value < 0 else None if value.value == 1 else value.value
    if isinstance(node, ast.Tuple):
        kinds = {_type(element, scope)[0] for element in node.elts}
        return len(node.elts), kinds.pop() if len(kinds) == 1 else ANY, None
    if node is None:
        return _from_default(given, count, scope)
    kind, choices = _type(node, scope)
    return count, kind, choices


def _from_default(
    given: Mapping[str, ast.expr], count: int | str | Unknown | None, scope: Scope
) -> tuple[int | str | Unknown | None, ValueType, tuple[object, ...] | None]:
    """Without a type click takes that of the default."""
    node = given.get("default")
    if node is None:
        return count, TEXT, None
    value = fold(node, scope)
    if isinstance(value, Unknown):
        return count, ANY, None
    default = value.value
    if isinstance(default, (list, tuple)):
        return count, ANY, None
    for kind, type_ in ((bool, BOOL), (int, INT), (float, FLOAT)):
        if isinstance(default, kind):
            return count, type_, None
    return count, TEXT, None


def _type(node: ast.expr, scope: Scope) -> tuple[ValueType, tuple[object, ...] | None]:
    called = node.func if isinstance(node, ast.Call) else node
    name = qualified(scope.module, called).rpartition(".")[2]
    own = qualified(scope.module, called) in scope.module.definitions
    if not isinstance(node, ast.Call):
        return (ANY if own else _PLAIN.get(name, ANY)), None
    if name == "Choice":
        return _choice(node, scope), None
    if (
        name == "Path"
        and not own
        and not _keywords_of(node) & {"exists", "file_okay", "dir_okay", "readable"}
    ):
        return TEXT, None
    if name in _RANGES and not own:
        return _range(node, _RANGES[name], scope), None
    return ANY, None


def _keywords_of(node: ast.Call) -> set[str | None]:
    """The keywords of a call; all that could matter when there are positional arguments or `**`."""
    return {"exists"} if node.args else {word.arg or "exists" for word in node.keywords}


def _choice(node: ast.Call, scope: Scope) -> ValueType:
    given = {word.arg: word.value for word in node.keywords}
    listed = node.args[0] if node.args else given.get("choices")
    value = fold(listed, scope) if listed is not None else None
    if not isinstance(value, Known) or not isinstance(value.value, (list, tuple)):
        return ANY
    words = tuple(str(word) for word in value.value)
    sensitive = node.args[1] if len(node.args) > 1 else given.get("case_sensitive")
    folds = _is_false(sensitive, scope)
    if sensitive is not None and not folds and _truth(sensitive, scope) is None:
        return ANY
    return ValueType(
        ValueKind.WORDS, "choice", tuple(word.lower() for word in words) if folds else words, folds_case=folds
    )


def _range(node: ast.Call, kind: ValueType, scope: Scope) -> ValueType:
    given = {word.arg: word.value for word in node.keywords}
    bounds = dict(zip(("min", "max"), node.args, strict=False)) | given
    if any(name not in ("min", "max") for name in bounds):
        # an open end, or values that are moved into the range
        return kind
    values = {name: fold(bound, scope) for name, bound in bounds.items() if name}
    found: dict[str, float | None] = {}
    for name, value in values.items():
        if not isinstance(value, Known):
            return kind
        found[name] = value.value if isinstance(value.value, (int, float)) else None
    return replace(kind, minimum=found.get("min"), maximum=found.get("max"))


def _truth(node: ast.expr, scope: Scope) -> bool | None:
    value = fold(node, scope)
    return bool(value.value) if isinstance(value, Known) else None


def _is_true(node: ast.expr | None, scope: Scope) -> bool:
    return node is not None and _truth(node, scope) is True


def _is_false(node: ast.expr | None, scope: Scope) -> bool:
    return node is not None and _truth(node, scope) is False
