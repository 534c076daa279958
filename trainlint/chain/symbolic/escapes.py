"""A call of code that cannot be followed in, what of the config and the project goes in out."""

from __future__ import annotations

import ast
from functools import lru_cache

from trainlint.chain.symbolic.handed import names_of, takes_data
from trainlint.chain.symbolic.holdings import holdings
from trainlint.chain.symbolic.machine import Inside, Machine, Site
from trainlint.chain.symbolic.objects import classes, outside_bases
from trainlint.facts.behaviour import Access, Handed, Read, Step
from trainlint.facts.symbols import Code, Instance, Opaque, Symbol

#: Keep what they are given with the results of a run, by the last part of the name.
_RECORDS = {
    *("save", "dump", "safe_dump", "log_hyperparams", "save_hyperparameters", "log_params", "add_hparams"),
    *("log_config", "add_text"),
}
#: Only print or store what they are given, likewise.
_SHOWS = {
    *("print", "pprint", "info", "debug", "warning", "error", "log", "warn", "critical", "exception", "repr"),
    *("dumps", "broadcast_object_list", "to_yaml", "pretty", "rprint", "str", "write", "echo", "secho"),
}
_ASKS = (
    *("get_type", "is_missing", "is_config", "is_dict", "is_list", "is_struct", "is_readonly"),
    "is_interpolation",
)
_LOGGERS = {"wandb.init", "wandb.config.update", "swanlab.init", "mlflow.log_params", "trackio.init"}
_SHOWN_NAMES = {f"omegaconf.OmegaConf.{name}" for name in _ASKS}


def records(name: str) -> bool:
    """Whether a function keeps what it is given with the results of a run."""
    return name in _LOGGERS or name.rpartition(".")[2] in _RECORDS


def shows(name: str) -> bool:
    """Whether a function only prints or stores what it is given."""
    return records(name) or name in _SHOWN_NAMES or name.rpartition(".")[2] in _SHOWS


def escape(machine: Machine, site: Site, via: str) -> None:
    """The arguments go where nobody can follow: parts of the config, objects and functions of the project."""
    shown = shows(via)
    if shown and machine.muted:
        return
    access = Access.SHOWN if shown else Access.WHOLE
    for value in (*site.positional, *(value for _, value in site.keywords)):
        if isinstance(value, Code) and not shown:
            called_back(machine, value, site, via)
        held = holdings(machine.held, value)
        for setting in held.settings if not machine.muted else ():
            machine.record(Read(site.frame.place, setting, setting, access, site.span, via))
        if held.objects and not shown:
            _methods_called(machine, held.objects, site, via)


def called_back(machine: Machine, value: Symbol, site: Site, via: str) -> None:
    """What code that cannot be followed may call: functions and methods of objects that it is given."""
    if not isinstance(value, Code):
        _methods_called(machine, holdings(machine.held, value).objects, site, via)
    elif not isinstance(value.node, ast.ClassDef):
        _may_call(machine, value, site, via)


def _methods_called(machine: Machine, objects: tuple[Instance, ...], site: Site, via: str) -> None:
    seen = machine.tried_back if machine.muted else machine.called_back
    for instance in objects:
        if instance.node in seen or not outside_bases(machine, instance.module, instance.node):
            _seen_inside(machine, instance, site, via)
            continue
        seen.add(instance.node)
        for code in _hooks(machine, instance):
            # A method that another one has called was run with arguments already.
            if code.node not in machine.entered:
                _may_call(machine, code, site, via)


def _seen_inside(machine: Machine, instance: Instance, site: Site, via: str) -> None:
    """What an object holds whose methods are not looked at: others may read it."""
    for value in list(instance.attributes.values()) if not machine.muted else ():
        for setting in holdings(machine.held, value).settings:
            machine.record(Read(site.frame.place, setting, setting, Access.WHOLE, site.span, via))


def _hooks(machine: Machine, instance: Instance) -> list[Code]:
    """The methods that a library may call on an object of the project."""
    found: dict[str, Code] = {}
    for module, node in classes(machine, instance.module, instance.node):
        for statement in node.body:
            if (
                isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
                and statement.name != "__init__"
            ):
                found.setdefault(statement.name, Code(module, statement, instance))
    open_to_all = {name: code for name, code in found.items() if name[:1] != "_" or name[:2] == "__"}
    asked = {name for code in found.values() for name in _asked_of_self(code.node)}
    return sorted(open_to_all.values(), key=lambda code: code.name in asked)


@lru_cache(maxsize=4096)
def _asked_of_self(node: ast.AST) -> frozenset[str]:
    """The attributes that a method asks of its object: methods among them are called by it."""
    return frozenset(
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    )


def _may_call(machine: Machine, code: Code, site: Site, via: str) -> None:
    if not machine.muted and takes_data(via):
        names = names_of(machine, code, site.frame)
        machine.record(Handed(site.frame.place, code, names, site.span))
    if code.node in machine.stack or machine.exhausted:
        return
    frame = site.frame
    doubt = Opaque(f"whether `{via}` calls it is not known", frame.span)
    mark = machine.heap.mark
    with Inside(frame, Step.BRANCH, frame.span, doubt):
        left = len(frame.left)
        machine.call(code, Site(site.node, frame, (), ()))
        del frame.left[left:]
    called = machine.heap.undo(mark)
    machine.heap.join(doubt, called, {}, frame.span)
