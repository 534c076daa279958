"""A script in, whether anything happens as it starts and what reads its arguments out."""

from __future__ import annotations

import ast
import builtins
import re
import sys

from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.parse.python.scope import qualified
from trainlint.regex import regex

#: The callable that reads the command line, by its full name, and what people call the parser.
_PARSERS = {
    "argparse.ArgumentParser": "argparse",
    "click.command": "click",
    "click.group": "click",
    "typer.Typer": "typer",
    "typer.run": "typer",
    "transformers.HfArgumentParser": "HfArgumentParser",
    "transformers.hf_argparser.HfArgumentParser": "HfArgumentParser",
    "trl.TrlParser": "TrlParser",
    "tyro.cli": "tyro",
    "absl.app.run": "absl",
    "fire.Fire": "fire",
    "jsonargparse.ArgumentParser": "jsonargparse",
    "jsonargparse.CLI": "jsonargparse",
    "simple_parsing.ArgumentParser": "simple_parsing",
    "simple_parsing.parse": "simple_parsing",
    "draccus.wrap": "draccus",
    "pyrallis.wrap": "pyrallis",
    "optparse.OptionParser": "optparse",
    "getopt.getopt": "getopt",
    "lightning.pytorch.cli.LightningCLI": "LightningCLI",
    "pytorch_lightning.cli.LightningCLI": "LightningCLI",
}
_HINT = regex(r"argv|pars|click|typer|tyro|absl|fire|CLI|draccus|pyrallis|getopt", re.IGNORECASE)


def argument_parser(module: ModuleFacts) -> str | None:
    """The argument parser that a module uses, None when it reads no arguments that can be seen."""
    if not _HINT.search(module.source.text):
        return None
    argv = None
    for node in module.nodes:
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = qualified(module, node)
            if name in _PARSERS:
                return _PARSERS[name]
            argv = "sys.argv" if name == "sys.argv" else argv
    return argv


def runs_something(module: ModuleFacts) -> bool:
    """Whether a script does more than define: a call, a loop, a main guard, a value that a call makes."""
    return module.dynamic is not None or any(_acts(node, module) for node in module.tree.body)


def _acts(node: ast.stmt, module: ModuleFacts) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return isinstance(node, (ast.Import, ast.ImportFrom)) and not _defines(module)
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        return node.value is not None and _may_run(node.value, module)
    if isinstance(node, ast.If):
        return any(_acts(child, module) for child in (*node.body, *node.orelse))
    if isinstance(node, ast.Try):
        handlers = [child for handler in node.handlers for child in handler.body]
        return any(_acts(child, module) for child in (*node.body, *handlers, *node.orelse, *node.finalbody))
    return not isinstance(node, (ast.Pass, ast.Delete, ast.AugAssign))


def _defines(module: ModuleFacts) -> bool:
    """Whether a module has functions or classes: one without may run something by importing it."""
    own = (DefinitionKind.FUNCTION, DefinitionKind.CLASS)
    return any(definition.kind in own for definition in module.definitions.values())


def _may_run(value: ast.expr, module: ModuleFacts) -> bool:
    """Whether a value is made by a call of anything but a builtin or the standard library."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            head = qualified(module, node.func).partition(".")[0]
            if head not in sys.stdlib_module_names and not hasattr(builtins, head):
                return True
    return False
