"""A function in, its parameters in order with their annotations and defaults out."""

from __future__ import annotations

import ast

from trainlint.parse.python.scope import Function
from trainlint.record import record


@record
class Parameter:
    """One parameter; `default` is None when there is none, `stars` is 1 for `*args` and 2 for `**kwargs`."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None
    node: ast.arg
    keyword_only: bool = False
    stars: int = 0


def parameters(function: Function, *, skip_first: bool = False) -> list[Parameter]:
    """The parameters of a function; `skip_first` leaves `self` out."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [*([None] * (len(plain) - len(given.defaults))), *given.defaults]
    found = [
        Parameter(arg.arg, arg.annotation, value, arg) for arg, value in zip(plain, defaults, strict=True)
    ]
    if given.vararg is not None:
        found.append(Parameter(given.vararg.arg, given.vararg.annotation, None, given.vararg, stars=1))
    for arg, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(Parameter(arg.arg, arg.annotation, value, arg, keyword_only=True))
    if given.kwarg is not None:
        found.append(Parameter(given.kwarg.arg, given.kwarg.annotation, None, given.kwarg, stars=2))
    return found[1:] if skip_first else found
