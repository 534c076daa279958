"""A program and names of library functions in, the calls of them that its start may come to out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from trainlint.chain.arguments.program import Program
from trainlint.facts.arguments import CommandLineReading
from trainlint.facts.module import ModuleFacts, dotted_parts
from trainlint.facts.value import Unknown
from trainlint.parse.python.module import is_main_guard
from trainlint.parse.python.scope import Function, qualified
from trainlint.record import record
from trainlint.source import Span

_BRANCHES = (ast.If, ast.Try, ast.For, ast.While, ast.IfExp, ast.AsyncFor, ast.Match, ast.ExceptHandler)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Code that changes the command line before a parser sees it.
_ARGV = re.compile(
    r"sys\.argv\s*(?:\[[^\]\n]*\]\s*)?(?:=[^=]|\+=)|sys\.argv\.(?:pop|remove|append|extend|insert|clear)\b"
    r"|del\s+sys\.argv|argv_?patch"
)

#: Why nothing is said of the arguments then.
CHANGED = "the script changes its arguments before it reads them"


@record
class Site:
    """A call and the function it stands in, if any; `conditional` when some runs pass it by."""

    module: ModuleFacts
    function: Function | None
    call: ast.Call
    conditional: bool

    @property
    def body(self) -> ast.AST:
        """The function, or the whole module."""
        return self.function or self.module.tree


def sites(program: Program, wanted: Callable[[str], bool], hint: str) -> Iterator[Site]:
    """The calls whose full name is wanted; only modules whose text has `hint` are looked into."""
    for found in calls(program, hint):
        if wanted(_name(found.module, found)):
            yield found


def calls(program: Program, hint: str) -> Iterator[Site]:
    """All calls that the start may come to, in modules whose text has `hint`."""
    seen: set[str] = set()
    for index, entry in enumerate(program.loaded):
        module = entry.facts
        if hint not in module.source.text or str(module.path) in seen:
            continue
        seen.add(str(module.path))
        for found in _calls(module, module.tree, None, False, is_script=index == 0):
            if program.reached.runs(found.function):
                yield found


def _name(module: ModuleFacts, site: Site) -> str:
    name = qualified(module, site.call.func)
    if name or not dotted_parts(site.call.func):
        return name
    return ".".join(dotted_parts(site.call.func))


def _calls(
    module: ModuleFacts, node: ast.AST, function: Function | None, conditional: bool, *, is_script: bool
) -> Iterator[Site]:
    for child in ast.iter_child_nodes(node):
        inside, branches = function, conditional
        if isinstance(child, ast.If) and is_main_guard(child.test):
            if is_script:
                yield from _calls(module, child, function, conditional, is_script=is_script)
            continue
        if isinstance(child, _FUNCTIONS):
            inside, branches = child, False
        elif isinstance(child, _BRANCHES):
            branches = True
        if isinstance(child, ast.Call):
            yield Site(module, inside, child, branches)
        yield from _calls(module, child, inside, branches, is_script=is_script)


def local_value(site: Site, name: str) -> ast.expr | None:
    """What a variable is assigned, in the one place around the site that does."""
    found: list[ast.expr | None] = []
    for body in dict.fromkeys((site.body, site.module.tree)):
        for node in ast.walk(body):
            if (isinstance(node, ast.Assign) and any(_is_name(target, name) for target in node.targets)) or (
                isinstance(node, ast.AnnAssign) and _is_name(node.target, name)
            ):
                found.append(node.value)
            elif isinstance(node, ast.AugAssign) and _is_name(node.target, name):
                return None
        if found:
            break
    return found[0] if len(found) == 1 else None


def variable_of(site: Site) -> str | None:
    """The name that the call's result is assigned to, `self.parser` as such."""
    for node in ast.walk(site.body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is site.call:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return ".".join(dotted_parts(target)) or None
        if isinstance(node, ast.NamedExpr) and node.value is site.call:
            return node.target.id
    return None


def methods_called(body: ast.AST, owner: str | ast.Call) -> Iterator[ast.Call]:
    """The calls of methods of a variable, or of what a call gives."""
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if of is owner or (isinstance(owner, str) and ".".join(dotted_parts(of)) == owner):
                yield node


def changes_argv(program: Program) -> bool:
    """Whether code of the program changes `sys.argv`."""
    texts = (entry.facts.source.text for entry in program.loaded)
    return any(_ARGV.search(text) for text in texts if "argv" in text)


def not_read(reason: str, span: Span) -> CommandLineReading:
    """A command line of which nothing can be said."""
    return CommandLineReading((), (Unknown(reason, span),))


def _is_name(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
