"""What a name stands for where a function is handed over in, the value to compute with out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trainlint.diff.examples import natives
from trainlint.diff.examples.stands import asked, attribute
from trainlint.diff.examples.traces import Function, Stand, Trace, UnclearError
from trainlint.facts.symbols import Code, Symbol
from trainlint.facts.terms import Sort, Term

if TYPE_CHECKING:
    from trainlint.diff.examples.interpreter import Run


def of_symbol(run: Run, symbol: Symbol) -> object:
    """The value of a symbol."""
    return of_code(run, symbol) if isinstance(symbol, Code) else of_term(run.term(symbol))


def of_code(run: Run, code: Code) -> Function:
    """A function of the project with the arguments that are fixed already."""
    node = code.node
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)) or code.bound is not None:
        raise UnclearError
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        raise UnclearError
    defaults = {name: Trace(of_symbol(run, symbol)) for name, symbol in code.defaults}
    return Function(
        node,
        code.module,
        positional=tuple(Trace(of_symbol(run, symbol)) for symbol in code.positional),
        keywords={name: Trace(of_symbol(run, symbol)) for name, symbol in code.keywords},
        defaults=defaults or run.inside(node, code.module),
    )


def of_term(term: Term) -> object:
    """The value of a term; settings have their defaults."""
    if term.sort is Sort.CONSTANT:
        return term.value
    if term.sort in (Sort.OPTION, Sort.ENVIRONMENT):
        return of_term(term.operands[0])
    if term.sort is Sort.LIST:
        return list(map(of_term, term.operands))
    if term.sort is Sort.TABLE and term.value is None:
        pairs = zip(term.operands[::2], term.operands[1::2], strict=True)
        return {natives.hashable(of_term(key)): of_term(held) for key, held in pairs}
    if term.sort is Sort.NAME:
        return Stand(str(term.value))
    if term.sort is Sort.CALL:
        return _called(term)
    return _operation(term)


def _called(term: Term) -> object:
    """What a call gives: of a method what stands for its answer, else something of a library."""
    name, owner = str(term.value), term.operands[0]
    if owner.sort is Sort.NOTHING:
        return Stand(name)
    given = [part.operands[0] for part in term.operands[1:] if str(part.value).isdigit()]
    named = {
        str(part.value): of_term(part.operands[0])
        for part in term.operands[1:]
        if not str(part.value).isdigit()
    }
    held, values = of_term(owner), list(map(of_term, given))
    method = name.removeprefix(".")
    if isinstance(held, Stand):
        return asked(method, tuple(values), named)
    if not natives.is_method(held, method):
        raise UnclearError
    return natives.method(held, method, values, named)


def _operation(term: Term) -> object:
    if term.sort is not Sort.OPERATION:
        raise UnclearError
    name = str(term.value)
    if name == "format":
        return "".join(str(of_term(part)) for part in term.operands)
    if name == "formatted" and term.operands[1].value == "":
        return of_term(term.operands[0])
    owner = of_term(term.operands[0])
    if name.startswith(".") and isinstance(owner, Stand):
        return attribute(owner, name[1:])
    if name == "[]" and isinstance(owner, Stand):
        return Stand(f"{owner.name}[{of_term(term.operands[1])!r}]")
    raise UnclearError
