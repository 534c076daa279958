"""A library's way of reading the command line in, the arguments as a config out: `args.lr` is `lr`."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.symbolic.definitions import defined
from trainlint.chain.symbolic.executed import executed
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Handler, Machine, Site
from trainlint.facts.symbols import Absence, Code, Constant, External, Made, Sequence, Setting, Symbol
from trainlint.parse.python.scope import all_arguments, qualified

#: The whole command line; nothing below it can be written to behind the program's back.
ARGUMENTS = Setting((), plain=True)
_MAKES_DATACLASSES = ("transformers.HfArgumentParser", "trl.TrlParser", "trl.scripts.utils.TrlParser")
_COMMANDS = (".command", ".group", ".callback", "click.command", "click.group")
_WRAPS = ("draccus.wrap", "pyrallis.wrap", "pyrallis.argparsing.wrap")


def parsed(machine: Machine, owner: Made, name: str, site: Site) -> Symbol | None:
    """`parser.parse_args()` of a library's parser; None for any other method."""
    if not name.startswith("parse_"):
        return None
    if owner.name.startswith("argparse.") or owner.name.endswith(".ArgumentParser"):
        rest = site.opaque("the other arguments")
        return Sequence((ARGUMENTS, rest)) if name == "parse_known_args" else ARGUMENTS
    if owner.name in _MAKES_DATACLASSES or owner.name.endswith(("HfArgumentParser", "TrlParser")):
        return _dataclasses(machine, owner)
    return None


def _dataclasses(machine: Machine, owner: Made) -> Symbol:
    """One object for each class; what more there may be is not known."""
    classes = owner.positional[0] if owner.positional else None
    given = classes.items if isinstance(classes, Sequence) else (classes,)
    return Sequence(tuple(_object(machine, entry) for entry in given))


def _object(machine: Machine, made: Symbol | None) -> Setting:
    """The arguments as an object of a class."""
    if not isinstance(made, Code) or not isinstance(made.node, ast.ClassDef):
        return replace(ARGUMENTS, absence=Absence.UNKNOWN, exact=False)
    return replace(ARGUMENTS, schema=machine.schemas.read(made.module, made.node), made=made)


def _called(machine: Machine, site: Site) -> Symbol:
    """`fire.Fire(main)`, `tyro.cli(main)`, `typer.run(main)`: the parameters are the arguments."""
    target = site.first
    if isinstance(target, Code) and not isinstance(target.node, ast.ClassDef):
        names = (entry.arg for entry in all_arguments(target.node))
        keywords = tuple((name, replace(ARGUMENTS, path=(name,))) for name in names)
        return machine.call(target, Site(site.node, site.frame, (), keywords))
    return _object(machine, target) if isinstance(target, Code) else site.opaque("a command line")


def _run(machine: Machine, site: Site) -> Symbol:
    """`absl.app.run(main)`."""
    if isinstance(site.first, Code):
        machine.call(site.first, Site(site.node, site.frame, (site.opaque("`argv`"),), ()))
    return Constant(None)


def own_arguments(machine: Machine, code: Code, frame: Frame) -> dict[str, Symbol]:
    """Parameters that a decorator fills from the command line: `@click.command()`, `@draccus.wrap()`."""
    if isinstance(code.node, (ast.Lambda, ast.ClassDef)):
        return {}
    marks = [mark.func if isinstance(mark, ast.Call) else mark for mark in code.node.decorator_list]
    names = [qualified(code.module, mark) for mark in marks]
    arguments = all_arguments(code.node)
    if any(name.endswith(_COMMANDS) for name in names):
        return {entry.arg: replace(ARGUMENTS, path=(entry.arg,)) for entry in arguments}
    if any(name in _WRAPS for name in names) and arguments and arguments[0].annotation is not None:
        home = Frame(code.module, frame.place, spans=frame.spans)
        annotation = defined(machine, home, ast.unparse(arguments[0].annotation))
        return {arguments[0].arg: _object(machine, annotation)}
    return {}


def is_flags(owner: Symbol) -> bool:
    """Whether a value is absl's `FLAGS`."""
    return isinstance(owner, External) and owner.name == "absl.flags.FLAGS"


FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(
        ("fire.Fire", "tyro.cli", "typer.run", "jsonargparse.CLI", "jsonargparse.auto_cli"), _called
    ),
    **dict.fromkeys(("simple_parsing.parse", "draccus.parse", "pyrallis.parse"), _called),
    "absl.app.run": _run,
    "exec": executed,
}
