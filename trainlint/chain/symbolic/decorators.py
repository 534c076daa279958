"""A decorated function in, what is really called by its name out."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine, Site
from trainlint.facts.symbols import Code, Opaque, Symbol
from trainlint.parse.python.scope import qualified

#: Decorators of libraries behind which a call does what the function does, by the last part of the name.
_TRANSPARENT = {
    *("no_grad", "inference_mode", "enable_grad", "set_grad_enabled", "autocast", "custom_fwd", "custom_bwd"),
    *("wraps", "lru_cache", "cache", "staticmethod", "classmethod", "property", "cached_property", "setter"),
    *("contextmanager", "asynccontextmanager", "abstractmethod", "override", "final", "overload", "compile"),
    *(
        "script",
        "export",
        "ignore",
        "unused",
        "disable",
        "record",
        "rank_zero_only",
        "typechecked",
        "beartype",
    ),
    *("jaxtyped", "command", "group", "option", "argument", "callback", "pass_context", "wrap", "profile"),
    *("field_validator", "model_validator", "validator", "root_validator", "computed_field", "remote"),
    *("deprecated", "singledispatch", "total_ordering", "record_function", "register_buffer"),
}
_HYDRA = {"hydra.main", "hydra.experimental.main"}


def decorated(machine: Machine, code: Code, site: Site) -> tuple[Symbol, Opaque | None]:
    """What a name stands for once its decorators were applied, and the doubt that an unknown one leaves."""
    assert not isinstance(code.node, (ast.ClassDef, ast.Lambda))
    raw: Symbol = replace(code, bare=True)
    doubt: Opaque | None = None
    for mark in reversed(code.node.decorator_list):
        name = qualified(code.module, mark.func if isinstance(mark, ast.Call) else mark)
        if name in _HYDRA or name.rpartition(".")[2] in _TRANSPARENT:
            continue
        decorator = machine.value(mark, _home(code, site))
        if isinstance(decorator, Code) and not isinstance(decorator.node, ast.ClassDef):
            raw = _applied(machine, decorator, raw, site)
        else:
            doubt = Opaque(
                f"what `@{ast.unparse(mark)}` makes of `{code.name}` is not known", site.frame.span
            )
    return raw, doubt


def _home(code: Code, site: Site) -> Frame:
    """Where decorators are looked up: around the function."""
    outer = code.closure if isinstance(code.closure, Frame) else None
    home = Frame(code.module, site.frame.place, None, {}, outer, site.frame.depth, spans=site.frame.spans)
    home.statement = code.node
    return home


def _applied(machine: Machine, decorator: Code, function: Symbol, site: Site) -> Symbol:
    """What a decorator of the project gives back; a method is found by it without its object."""
    bound = function.bound if isinstance(function, Code) else None
    plain = replace(function, bound=None) if isinstance(function, Code) else function
    made = machine.call(decorator, Site(site.node, site.frame, (plain,), ()))
    if bound is not None and isinstance(made, Code):
        return replace(made, positional=(bound, *made.positional))
    return made
