"""A parameter of a typer command in, the option or argument that typer makes of it out."""

from __future__ import annotations

import ast
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
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Known
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.arguments.click import ANY, BOOL, FLOAT, INT, UnreadError
from trainlint.parse.python.arguments.signature import Parameter
from trainlint.parse.python.constants import fold, fold_scalar
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified

_MAKERS = ("Option", "Argument")
_PLAIN = {
    TypeKind.INT: INT,
    TypeKind.FLOAT: FLOAT,
    TypeKind.STR: TEXT,
    TypeKind.BOOL: BOOL,
    TypeKind.PATH: TEXT,
}
_SKIPPED = ("Context", "CallbackParam")
#: Keywords with which typer does something of its own with the value.
_UNREAD = frozenset(("callback", "parser", "click_type"))
_FILLED = frozenset(("envvar", "prompt", "default_factory"))


def parameter(given: Parameter, reader: AnnotationReader) -> Argument | None:
    """The argument of a parameter, None for the context; raises UnreadError when it cannot be read."""
    if given.stars:
        raise UnreadError("a variable number of parameters")
    annotation, maker = _annotated(given.annotation, reader)
    default = given.default
    if isinstance(default, ast.Call) and _maker(default, reader) is not None:
        maker, default = default, _first(default)
    elif maker is not None and any(word.arg == "default" for word in maker.keywords):
        raise UnreadError("a default inside Annotated")
    if isinstance(default, ast.Constant) and default.value is ...:
        default = None
    if annotation is not None and qualified(reader.scope.module, annotation).rpartition(".")[2] in _SKIPPED:
        return None
    type_ = reader.read(annotation) if annotation is not None else TypeFacts(TypeKind.STR, "str")
    keywords = {word.arg: word.value for word in maker.keywords} if maker is not None else {}
    if None in keywords:
        raise UnreadError("a parameter")
    is_option = _maker(maker, reader) == "Option" if maker is not None else default is not None
    required: bool | None = default is None and "default_factory" not in keywords
    if keywords.keys() & _FILLED:
        required = None if required else False
    span = node_span(reader.scope.module.source, given.node)
    computed = keywords.keys() & (_FILLED | _UNREAD)
    stated = None if computed else fold_scalar(default, reader.scope)
    plain = Argument((), given.name, span, given.name.upper(), required=required, default=stated)
    if is_option:
        names = _names(maker, reader)
        made = _option(replace(plain, names=names), given.name, type_, keywords)
    else:
        made = _positional(plain, type_)
    return (
        replace(made, type=ANY, choices=None)
        if keywords.keys() & _UNREAD
        else _bounded(made, keywords, reader)
    )


def _annotated(node: ast.expr | None, reader: AnnotationReader) -> tuple[ast.expr | None, ast.Call | None]:
    """The type of `Annotated[type, typer.Option(...)]`, and the call."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return node, None
    if qualified(reader.scope.module, node.value).rpartition(".")[2] != "Annotated":
        return node, None
    first, *rest = node.slice.elts
    made = [extra for extra in rest if isinstance(extra, ast.Call) and _maker(extra, reader) is not None]
    return first, made[0] if made else None


def _maker(call: ast.Call, reader: AnnotationReader) -> str | None:
    package, _, last = qualified(reader.scope.module, call.func).rpartition(".")
    return last if package.partition(".")[0] == "typer" and last in _MAKERS else None


def _first(call: ast.Call) -> ast.expr | None:
    """The default of `x: int = typer.Option(3, "--x")`."""
    given = next((word.value for word in call.keywords if word.arg == "default"), None)
    return given if given is not None else call.args[0] if call.args else None


def _names(maker: ast.Call | None, reader: AnnotationReader) -> tuple[str, ...]:
    """The spellings that are declared."""
    if maker is None:
        return ()
    found: list[str] = []
    for node in maker.args:
        value = fold(node, reader.scope)
        if (
            isinstance(value, Known)
            and isinstance(value.value, str)
            and value.value.startswith(("-", "/", " /"))
        ):
            found.append(value.value)
    return tuple(found)


def _option(plain: Argument, name: str, type_: TypeFacts, keywords: dict[str | None, ast.expr]) -> Argument:
    dashed = name.replace("_", "-").lower()
    is_flag = type_.kind is TypeKind.BOOL and "is_flag" not in keywords
    declared = plain.names or ((f"--{dashed}/--no-{dashed}",) if is_flag else (f"--{dashed}",))
    names = tuple(part.strip() for text in declared for part in text.partition("/")[::2] if part.strip())
    made = replace(plain, names=names, display=max(declared[0].split("/"), key=len).strip())
    made = replace(made, display=next((entry for entry in names if entry.startswith("--")), names[0]))
    if "count" in keywords:
        return replace(made, action=ArgumentAction.COUNT, nargs=0)
    if is_flag:
        return replace(made, action=ArgumentAction.FLAG, nargs=0)
    if keywords.keys() & {"is_flag", "flag_value"}:
        return replace(made, nargs=OPTIONAL, type=ANY)
    return _typed(made, type_, as_list=False)


def _positional(plain: Argument, type_: TypeFacts) -> Argument:
    made = _typed(plain, type_, as_list=True)
    if made.nargs == ANY_NUMBER and made.required:
        return replace(made, nargs=ONE_OR_MORE)
    return made


def _typed(plain: Argument, type_: TypeFacts, *, as_list: bool) -> Argument:
    """The argument with the type that its annotation states; an option that is a list may be repeated."""
    if type_.kind is TypeKind.LIST:
        inner = type_.arguments[0] if type_.arguments else TypeFacts(TypeKind.STR, "str")
        made = _typed(plain, inner, as_list=as_list)
        return replace(made, nargs=ANY_NUMBER) if as_list else made
    if type_.kind is TypeKind.TUPLE:
        known = len(type_.arguments) if not any(entry.text == "..." for entry in type_.arguments) else 0
        if not known:
            raise UnreadError("a tuple")
        kinds = {_PLAIN.get(entry.kind, ANY) for entry in type_.arguments}
        return replace(plain, nargs=known, type=kinds.pop() if len(kinds) == 1 else ANY)
    if type_.kind in (TypeKind.ENUM, TypeKind.LITERAL):
        values = type_.values if type_.kind is TypeKind.ENUM else type_.choices
        if not values:
            return replace(plain, type=ANY)
        return replace(
            plain, type=ValueType(ValueKind.WORDS, "choice", tuple(str(value) for value in values))
        )
    return replace(plain, type=_PLAIN.get(type_.kind, ANY))


def _bounded(made: Argument, keywords: dict[str | None, ast.expr], reader: AnnotationReader) -> Argument:
    """The bounds of a number, and whether the case of a choice counts."""
    if "case_sensitive" in keywords and made.type.kind is ValueKind.WORDS:
        words = tuple(word.lower() for word in made.type.words)
        said = fold(keywords["case_sensitive"], reader.scope)
        if not isinstance(said, Known):
            return replace(made, type=ANY)
        return made if said.value else replace(made, type=replace(made.type, words=words, folds_case=True))
    if "clamp" in keywords or not keywords.keys() & {"min", "max"}:
        return made
    bounds: dict[str, float | None] = {}
    for name in ("min", "max"):
        value = fold(keywords[name], reader.scope) if name in keywords else None
        known = value.value if isinstance(value, Known) else None
        bounds[name] = known if isinstance(known, (int, float)) else None
    return replace(made, type=replace(made.type, minimum=bounds["min"], maximum=bounds["max"]))
