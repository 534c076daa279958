"""A name of a module in, the function, class, variable or library name that it means out."""

from __future__ import annotations

import ast
import builtins

from trainlint.chain.names import Bound
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.loaded import as_left
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.module import Definition, DefinitionKind, ModuleFacts, nodes_of
from trainlint.facts.symbols import Code, Constant, External, Opaque, Symbol
from trainlint.parse.python.places import node_span

_BUILTINS = frozenset(dir(builtins))


def defined(machine: Machine, frame: Frame, dotted: str) -> Symbol:
    """What a dotted name means that is no variable of a function."""
    module = frame.module
    head = dotted.partition(".")[0]
    if head == "__name__":
        return Constant("__main__" if machine.loaded and module is machine.loaded[0] else "")
    is_module = machine.script is not None and module is machine.script.module and _is_taken(module, head)
    named = (machine.lookup.imported if is_module else machine.lookup.named)(module, dotted)
    if isinstance(named, Bound) and named.module.place.is_own:
        return _symbol(machine, named)
    if head in module.aliases:
        return External(".".join([module.aliases[head], *dotted.split(".")[1:]]))
    if head in _BUILTINS and head not in module.definitions:
        return External(dotted)
    return Opaque(f"`{dotted}` could not be followed", frame.span)


def _is_taken(module: ModuleFacts, name: str) -> bool:
    """Whether a script gives a variable the name of a module: until it does, the name means the module."""
    definition = module.definitions.get(name)
    kept = definition is None or definition.kind is not DefinitionKind.VARIABLE
    return not kept and any(imported.bound == name for imported in module.imports)


def is_rebound(machine: Machine, frame: Frame, name: str) -> bool:
    """Whether a variable has the name of the module that its value was made with: `model = model.Net()`."""
    script = machine.script
    if script is None or frame.module is not script.module or name not in script.variables:
        return False
    definition = frame.module.definitions.get(name)
    given = (definition, *definition.others) if definition is not None else ()
    return any(isinstance(entry.node, ast.Assign) and _reads(entry.node.value, name) for entry in given)


def _reads(value: ast.expr, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in nodes_of(value))


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
