"""A name of a module in, the function, class, variable or library name that it means out."""

from __future__ import annotations

import ast
import builtins

from trainlint.chain.names import Bound
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.loaded import as_left
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.module import Definition, DefinitionKind, ModuleFacts
from trainlint.facts.symbols import Code, Constant, External, Opaque, Symbol
from trainlint.parse.python.places import node_span

_BUILTINS = frozenset(dir(builtins))


def defined(machine: Machine, frame: Frame, dotted: str) -> Symbol:
    """What a dotted name means that is no variable of a function."""
    module = frame.module
    head = dotted.partition(".")[0]
    if head == "__name__":
        return Constant("__main__" if machine.loaded and module is machine.loaded[0] else "")
    named = machine.lookup.named(module, dotted)
    if isinstance(named, Bound) and named.module.place.is_own:
        return _symbol(machine, named)
    if head in module.aliases:
        return External(".".join([module.aliases[head], *dotted.split(".")[1:]]))
    if head in _BUILTINS and head not in module.definitions:
        return External(dotted)
    return Opaque(f"`{dotted}` could not be followed", frame.span)


def _symbol(machine: Machine, named: Bound) -> Symbol:
    definition, module = named.definition, named.facts
    node = definition.node
    if definition.kind in (DefinitionKind.FUNCTION, DefinitionKind.CLASS):
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        return Code(module, node)
    key = (str(module.path), definition.name)
    if key not in machine.modules:
        machine.modules[key] = Opaque(f"`{definition.name}` is defined by itself", definition.span)
        machine.modules[key] = _variable(machine, module, definition)
    return machine.modules[key]


def _variable(machine: Machine, module: ModuleFacts, definition: Definition) -> Symbol:
    """A variable of a module, as far as nothing changes it after it was set."""
    node = definition.node
    doubtful = definition.conditional or definition.others or module.dynamic is not None
    if doubtful or not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return Opaque(f"`{definition.name}` is set in more than one way", definition.span)
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if not isinstance(target, ast.Name):
        return Opaque(f"`{definition.name}` is unpacked", definition.span)
    frame = Frame(module, Place(None, Step.ENTRY, node_span(module.source, node)))
    frame.statement = node
    with machine.trial():
        value = machine.value(node.value, frame)
    return as_left(machine, module, definition.name, value)
