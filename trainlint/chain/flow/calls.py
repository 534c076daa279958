"""A call in, what it gives back out: functions of the project are entered, schemas are recorded."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field

from trainlint.chain.flow.frame import Evaluator, Frame
from trainlint.chain.flow.library import FUNCTIONS, METHODS, CallSite
from trainlint.chain.flow.record import Record
from trainlint.chain.flow.values import Code, Config, Instance, Items, Text, Value
from trainlint.chain.lookup import ModuleLookup
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import SchemaFacts
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, all_arguments, qualified
from trainlint.record import state

_DEPTH = 24
_ENTERED = 4000
_VALIDATE = {"model_validate", "parse_obj"}
#: Starts its first argument in other processes, the rank in front of the arguments.
_SPAWN = ("multiprocessing.spawn", "multiprocessing.start_processes", "mp.spawn")

Arguments = Mapping[str, "Value | None"]


@state
class CallFollower:
    """Enters functions of the project, with the same arguments only once.

    `composing` is True where any function may make the config; else only those that are given some of it
    are worth a look.
    """

    evaluator: Evaluator
    lookup: ModuleLookup
    schemas: SchemaReader
    record: Record
    composing: bool = False
    _results: dict[tuple[object, ...], Value | None] = field(default_factory=dict)

    def call(self, node: ast.Call, frame: Frame) -> Value | None:
        """The result of a call."""
        site = self._site(node, frame)
        if isinstance(node.func, ast.Attribute):
            owner = self.evaluator.value(node.func.value, frame)
            if isinstance(owner, Config):
                method = METHODS.get(node.func.attr)
                return method(owner, site, self.record) if method is not None else None
            if isinstance(owner, Code) and node.func.attr in _VALIDATE:
                return self._build(owner, site)
        local = site.name.partition(".")[0] in frame.variables
        if not local and site.name in FUNCTIONS:
            return FUNCTIONS[site.name](site, self.record)
        callee = self._callee(node.func, frame)
        if isinstance(callee, Code):
            return self.enter(callee, site)
        self._hand_over(site)
        return None

    def method(self, owner: Instance, name: str) -> Value | None:
        """A method of an object of the project, looked for in its bases too."""
        for module, node in self._classes(owner.module, owner.node):
            for statement in node.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name == name:
                    return Code(module, statement, owner)
        return None

    def enter(self, code: Code, site: CallSite) -> Value | None:
        """The result of a function, or an object of a class, of the project."""
        if isinstance(code.node, ast.ClassDef):
            if self.schemas.read(code.module, code.node) is not None:
                return self._build(code, site)
            return self._instance(code.module, code.node, site)
        arguments = self._arguments(code, code.node, site)
        if not (self.composing or code.bound is not None or _carries(site)):
            return None
        return self._run(code.module, code.node, arguments, site.frame.depth)

    def _site(self, node: ast.Call, frame: Frame) -> CallSite:
        values = tuple(self.evaluator.value(given, frame) for given in node.args)
        words = {word.arg: self.evaluator.value(word.value, frame) for word in node.keywords}
        return CallSite(node, frame, qualified(frame.module, node.func), values, words)

    def _callee(self, node: ast.expr, frame: Frame) -> Value | None:
        """What is called; `f.remote(...)` and `f.options(...)` of ray are calls of `f`."""
        while isinstance(node, ast.Attribute) and node.attr in ("remote", "options"):
            node = node.value
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "options"
        ):
            node = node.func.value
        return self.evaluator.value(node, frame)

    def _build(self, code: Code, site: CallSite) -> Value | None:
        """`Schema(**config)`, `Schema.model_validate(config)`: the config, checked."""
        assert isinstance(code.node, ast.ClassDef)
        schema = self.schemas.read(code.module, code.node)
        mapping = site.words.get(None) or (site.first if not _spelled_out(site) else None)
        if schema is None or not isinstance(mapping, Config):
            return self._instance(code.module, code.node, site)
        keywords = frozenset(name for name in site.words if name is not None)
        self.record.build(schema, mapping, keywords | _by_position(schema, site), site.span)
        return mapping

    def _instance(self, module: ModuleFacts, node: ast.ClassDef, site: CallSite) -> Instance:
        made = Instance(module, node)
        start = self.method(made, "__init__")
        if isinstance(start, Code) and not isinstance(start.node, ast.ClassDef):
            arguments = self._arguments(start, start.node, site)
            self._run(start.module, start.node, arguments, site.frame.depth)
        else:
            schema = self.schemas.read(module, node)
            names = [entry.name for entry in schema.fields] if schema is not None else []
            made.attributes.update(zip(names, site.values, strict=False))
            made.attributes.update((name, value) for name, value in site.words.items() if name is not None)
        return made

    def _classes(self, module: ModuleFacts, node: ast.ClassDef) -> Iterator[tuple[ModuleFacts, ast.ClassDef]]:
        """A class and those it inherits from, as far as they are the project's."""
        pending, seen = [(module, node)], {node}
        while pending:
            here, current = pending.pop(0)
            yield here, current
            for base in current.bases:
                name = ast.unparse(base)
                found = self.lookup.definition(here, name) if qualified(here, base) else None
                if (
                    found is not None
                    and isinstance(found[1].node, ast.ClassDef)
                    and found[1].node not in seen
                ):
                    seen.add(found[1].node)
                    pending.append((found[0], found[1].node))

    def _arguments(self, code: Code, function: Function, site: CallSite) -> Arguments:
        """Values by parameter name; parameters that are not given have their literal default."""
        positional = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        defaults = function.args.defaults
        given: dict[str, Value | None] = {}
        for name, default in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
            given[name] = _literal(default)
        for keyword, only in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
            given[keyword.arg] = _literal(only)
        static = any(ast.unparse(decorator) == "staticmethod" for decorator in function.decorator_list)
        values = site.values if code.bound is None or static else (code.bound, *site.values)
        given.update(zip(positional, values, strict=False))
        names = {argument.arg for argument in all_arguments(function)}
        given.update((name, value) for name, value in site.words.items() if name in names)
        if function.args.kwarg is not None and isinstance(site.words.get(None), Config):
            given[function.args.kwarg.arg] = site.words[None]
        return given

    def _run(self, module: ModuleFacts, function: Function, arguments: Arguments, depth: int) -> Value | None:
        key = (function, frozenset(arguments.items()))
        if key in self._results or depth > _DEPTH or len(self._results) > _ENTERED:
            return self._results.get(key)
        self._results[key] = None
        parameters = dict.fromkeys(argument.arg for argument in all_arguments(function))
        frame = Frame(module, self.evaluator, depth + 1, function, {**parameters, **arguments})
        frame.run(function.body)
        self._results[key] = frame.returned
        return frame.returned

    def _hand_over(self, site: CallSite) -> None:
        """A library function that is given a function of the project and `args=(...)` calls it with them."""
        given = [value for value in (*site.values, *site.words.values()) if isinstance(value, Code)]
        arguments = site.words.get("args")
        packed = (
            arguments
            if isinstance(arguments, Items)
            else next((value for value in site.values if isinstance(value, Items)), None)
        )
        if not given or packed is None or isinstance(given[0].node, ast.ClassDef):
            return
        values = (None, *packed.items) if site.name.endswith(_SPAWN) else packed.items
        handed = CallSite(site.node, site.frame, site.name, values, {})
        self._run(
            given[0].module, given[0].node, self._arguments(given[0], given[0].node, handed), site.frame.depth
        )


def _carries(site: CallSite) -> bool:
    """Whether a call hands over anything that came from the config, or may come to hold it."""
    return any(
        value is not None and not isinstance(value, Text) for value in (*site.values, *site.words.values())
    )


def _literal(node: ast.expr | None) -> Value | None:
    return Text(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _spelled_out(site: CallSite) -> bool:
    """Whether the call is `Schema(...)` and not `Schema.model_validate(...)`."""
    return not (isinstance(site.node.func, ast.Attribute) and site.node.func.attr in _VALIDATE)


def _by_position(schema: SchemaFacts, site: CallSite) -> frozenset[str]:
    if not _spelled_out(site):
        return frozenset()
    return frozenset(field.name for field, _ in zip(schema.fields, site.node.args, strict=False))
