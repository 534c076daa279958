"""A function that receives the config in, the keys that every run of it certainly reads out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field

from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.facts.script import ConfigRead, ReadKind
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Function, Lookup, all_arguments, qualified
from trainlint.record import state

Path = tuple[str, ...]

_RESOLVE = {"omegaconf.OmegaConf.resolve"}
_CONTAINER = {
    "omegaconf.OmegaConf.to_container",
    "omegaconf.OmegaConf.to_yaml",
    "omegaconf.OmegaConf.to_object",
}
_INSTANTIATE = {"hydra.utils.instantiate", "hydra.utils.call"}
#: They look at a config without changing it.
_HARMLESS = {
    "omegaconf.OmegaConf.is_missing",
    "omegaconf.OmegaConf.set_struct",
    "omegaconf.OmegaConf.select",
    "omegaconf.OmegaConf.missing_keys",
    "omegaconf.open_dict",
    "omegaconf.read_write",
    "hydra.utils.get_class",
    "hydra.utils.get_method",
    "hydra.utils.get_object",
    "print",
    "len",
    "str",
    "type",
    "isinstance",
    "hasattr",
    "bool",
    "id",
}
_METHODS = {
    *(
        "get",
        "items",
        "keys",
        "values",
        "pop",
        "copy",
        "update",
        "merge_with",
        "setdefault",
        "append",
        "extend",
    ),
    *("insert", "remove", "clear", "index", "count", "sort", "popitem"),
}
_CHANGING = {"update", "merge_with", "pop", "setdefault", "clear", "popitem"}
_DEPTH = 6


class _UncertainError(Exception):
    """From here on it is no longer certain that code runs, or what the config holds."""


def certain_reads(module: ModuleFacts, function: Function, lookup: Lookup) -> tuple[ConfigRead, ...]:
    """The reads of an entry function's first parameter, in the order of the run."""
    arguments = all_arguments(function)
    if not arguments:
        return ()
    walk = _Walk(function.name, lookup)
    walk.function(module, function, {arguments[0].arg: ()}, 0)
    return tuple(dict.fromkeys(walk.reads))


@state
class _Walk:
    entry: str
    lookup: Lookup
    reads: list[ConfigRead] = field(default_factory=list)
    tainted: set[Path] = field(default_factory=set)

    def function(self, module: ModuleFacts, function: Function, names: dict[str, Path], depth: int) -> bool:
        """Reads of one function; False when nothing is certain any more after the call."""
        frame = _Frame(self, module, names, depth, function.body[-1])
        try:
            frame.block(function.body)
        except _UncertainError:
            return False
        return True


@state
class _Frame:
    """One call of a function: `names` maps its variables to the part of the config that they hold."""

    walk: _Walk
    module: ModuleFacts
    names: dict[str, Path]
    depth: int
    last: ast.stmt

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
        ):
            return
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.expression(item.context_expr)
            self.block(node.body)
            return
        compound = isinstance(node, (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Try, ast.Match))
        if compound or type(node).__name__ == "TryStar":
            self.compound(node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr) and isinstance(getattr(child, "ctx", ast.Load()), ast.Load):
                self.expression(child)
        self.effects(node)
        leaves = isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue))
        if leaves and not (isinstance(node, ast.Return) and node is self.last):
            raise _UncertainError

    def compound(self, node: ast.stmt) -> None:
        """Only what is evaluated in any case; a block that may leave or change things ends certainty."""
        first = getattr(node, "test", None) or getattr(node, "iter", None) or getattr(node, "subject", None)
        if first is not None:
            self.expression(first)
        for child in ast.walk(node):
            leaves = isinstance(child, (ast.Return, ast.Raise, ast.Break, ast.Continue))
            if leaves or self.changes(child) or _exits(child):
                raise _UncertainError

    def changes(self, node: ast.AST) -> bool:
        """Whether code in a block may set keys of the config or hand it to somebody who does."""
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)):
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            return any(
                (isinstance(name, ast.Name) and name.id in self.names) or self.path(name) for name in targets
            )
        if not isinstance(node, ast.Call):
            return False
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in _CHANGING
            and self.held(node.func.value)
        ):
            return True
        return not self.is_harmless(node) and self.hands_out(node)

    def hands_out(self, node: ast.Call) -> bool:
        """Whether a call gets the whole config; a part of it is no longer certain from then on."""
        given = [
            self.held_path(child) for child in (*node.args, *(keyword.value for keyword in node.keywords))
        ]
        self.walk.tainted.update(path for path in given if path)
        return () in given

    def effects(self, node: ast.stmt) -> None:
        """Assignments: an alias is followed, a key that is set or a rebound config ends certainty."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            held = (
                self.path(node.value)
                if not isinstance(node.value, ast.Name)
                else self.names.get(node.value.id)
            )
            if held is not None:
                self.names[name] = held
                return
            if self.names.get(name) == ():
                raise _UncertainError
            self.names.pop(name, None)
        elif self.changes(node):
            raise _UncertainError

    def expression(self, node: ast.expr) -> None:
        """Reads in an expression, left to right, only in parts that are always evaluated."""
        if isinstance(node, ast.Lambda):
            return
        path = self.path(node)
        if path:
            self.read(path, ReadKind.VALUE, node)
            return
        if isinstance(node, ast.Call):
            self.call(node)
            return
        for child in _always(node):
            self.expression(child)

    def call(self, node: ast.Call) -> None:
        name = qualified(self.module, node.func)
        for child in (*node.args, *(keyword.value for keyword in node.keywords)):
            self.expression(child.value if isinstance(child, ast.Starred) else child)
        if not name:
            self.expression(node.func)
        if _exits(node):
            raise _UncertainError
        if isinstance(node.func, ast.Attribute) and self.held(node.func.value):
            if node.func.attr in _CHANGING:
                raise _UncertainError
            held = self.path(node.func.value)
            if held:
                self.read(held, ReadKind.VALUE, node.func.value)
            return
        self.consumed(node, name)

    def consumed(self, node: ast.Call, name: str) -> None:
        """A call that gets the config or a part of it."""
        path = self.first_held(node)
        if path is not None and name in _RESOLVE:
            self.read(path, ReadKind.RESOLVE, node)
        elif path is not None and name in _CONTAINER:
            self.container(node, name, path)
        elif path is not None and name in _INSTANTIATE:
            self.read(path, ReadKind.STRICT if not node.keywords else ReadKind.RESOLVE, node)
        elif not self.is_harmless(node):
            self.follow(node)

    def container(self, node: ast.Call, name: str, path: Path) -> None:
        if name.endswith("to_object"):
            self.read(path, ReadKind.STRICT, node)
        elif _is_true(node, "resolve"):
            self.read(path, ReadKind.STRICT if _is_true(node, "throw_on_missing") else ReadKind.RESOLVE, node)

    def follow(self, node: ast.Call) -> None:
        """A function of the project that is given the config is read too; any other may change it."""
        names = {}
        called = self.called(node)
        if called is not None:
            names = self.bound(node, called[1])
        if called is None or not names:
            if self.hands_out(node):
                raise _UncertainError
            return
        if not self.walk.function(*called, names, self.depth + 1):
            raise _UncertainError

    def called(self, node: ast.Call) -> tuple[ModuleFacts, Function] | None:
        """The plain function that a call runs, as far as it can be told."""
        found = (
            self.walk.lookup.definition(self.module, ast.unparse(node.func)) if _is_name(node.func) else None
        )
        if found is None or found[1].kind is not DefinitionKind.FUNCTION or self.depth >= _DEPTH:
            return None
        function = found[1].node
        if not isinstance(function, ast.FunctionDef) or function.decorator_list or found[1].conditional:
            return None
        return found[0], function

    def bound(self, node: ast.Call, function: Function) -> dict[str, Path]:
        """The parameters of a called function that hold parts of the config."""
        names: dict[str, Path] = {}
        positional = [*function.args.posonlyargs, *function.args.args]
        for parameter, given in zip(positional, node.args, strict=False):
            held = self.held_path(given)
            if held is not None:
                names[parameter.arg] = held
        for keyword in node.keywords:
            held = self.held_path(keyword.value)
            if keyword.arg is not None and held is not None:
                names[keyword.arg] = held
        return names

    def is_harmless(self, node: ast.Call) -> bool:
        name = qualified(self.module, node.func)
        return name in _HARMLESS | _RESOLVE | _CONTAINER | _INSTANTIATE or name.startswith(
            ("log.", "logging.", "logger.")
        )

    def first_held(self, node: ast.Call) -> Path | None:
        return self.held_path(node.args[0]) if node.args else None

    def held(self, node: ast.expr) -> bool:
        return self.held_path(node) is not None

    def held_path(self, node: ast.expr) -> Path | None:
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        return self.path(node)

    def path(self, node: ast.AST | None) -> Path | None:
        """The key that an attribute or a constant subscript of the config reads; None for anything else."""
        steps: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                steps.append(node.attr)
            elif isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                steps.append(node.slice.value)
            else:
                steps.clear()
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.names or not steps:
            return None
        steps.reverse()
        if steps[-1] in _METHODS:
            steps.pop()
        return (*self.names[node.id], *steps) if steps and not _METHODS.intersection(steps) else None

    def read(self, path: Path, kind: ReadKind, node: ast.AST) -> None:
        if any(path[:length] in self.walk.tainted for length in range(1, len(path) + 1)):
            return
        self.walk.reads.append(ConfigRead(self.walk.entry, path, kind, node_span(self.module.source, node)))


def _always(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of an expression that are evaluated in any case."""
    if isinstance(node, ast.IfExp):
        yield node.test
    elif isinstance(node, ast.BoolOp):
        yield node.values[0]
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        yield node.generators[0].iter
    else:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield child


def _exits(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func) in ("exit", "quit", "sys.exit", "os._exit")


def _is_true(node: ast.Call, name: str) -> bool:
    given = next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
    return isinstance(given, ast.Constant) and given.value is True


def _is_name(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
