"""An entry function in, a record of what its config is built into and which modules it loads out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import field

from trainlint.chain.flow.calls import CallFollower
from trainlint.chain.flow.frame import Frame, item_of, key_of
from trainlint.chain.flow.record import Record
from trainlint.chain.flow.values import Code, Config, Instance, Items, Joined, Piece, Pieces, Text, Value
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.facts.value import Known
from trainlint.parse.python.constants import fold
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, Scope, all_arguments
from trainlint.record import state

#: Attributes of a validated config that hold the same keys again.
_SAME_KEYS = {"__pydantic_extra__", "model_extra", "__dict__"}


@state
class Follower:
    """Evaluates expressions just as far as the config goes."""

    lookup: ModuleLookup
    schemas: SchemaReader
    record: Record = field(default_factory=Record)

    def __post_init__(self) -> None:
        self.calls = CallFollower(self, self.lookup, self.schemas, self.record)

    def run_entry(self, module: ModuleFacts, function: Function) -> None:
        """Follow the config from a function that Hydra calls with it."""
        frame = Frame(module, self, 0, function)
        for given in all_arguments(function)[:1]:
            frame.variables[given.arg] = Config(())
        frame.run(function.body)

    def run_script(self, module: ModuleFacts) -> None:
        """Follow a script that composes its config itself."""
        self.calls.composing = True
        Frame(module, self, 0).run(module.tree.body)

    def wrote(self, config: Config, key: str) -> None:
        """The code wrote to a key of the config."""
        self.record.write(config, key)

    def value(self, node: ast.expr, frame: Frame) -> Value | None:
        """The value of an expression; what is inside others is evaluated for the calls in it."""
        reader = _READERS.get(type(node))
        if reader is not None:
            return reader(self, node, frame)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child, frame)
        return None

    def _constant(self, node: ast.expr, frame: Frame) -> Value | None:
        return Text(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    def _name(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Name)
        if node.id in frame.variables:
            return frame.variables[node.id]
        return self.defined(node, node.id, frame)

    def defined(self, node: ast.expr, dotted: str, frame: Frame) -> Value | None:
        """A function, class or text constant of the project."""
        named = self.lookup.named(frame.module, dotted)
        if not isinstance(named, Bound) or not named.module.place.is_own:
            return None
        code = named.definition.node
        if isinstance(code, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return Code(named.facts, code)
        if named.definition.kind is DefinitionKind.VARIABLE:
            folded = fold(node, Scope(frame.module, self.lookup))
            if isinstance(folded, Known) and isinstance(folded.value, str):
                return Text(folded.value)
        return None

    def _attribute(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Attribute)
        owner = self.value(node.value, frame)
        if isinstance(owner, Config):
            return owner if node.attr in _SAME_KEYS else owner.child(node.attr)
        if isinstance(owner, Instance):
            if node.attr in owner.attributes:
                return owner.attributes[node.attr]
            return self.calls.method(owner, node.attr)
        if isinstance(owner, Code) and isinstance(owner.node, ast.ClassDef):
            return self.calls.method(Instance(owner.module, owner.node), node.attr)
        if owner is None and not _starts_with(node, frame.variables):
            dotted = ast.unparse(node)
            return self.defined(node, dotted, frame) if dotted.replace(".", "").isidentifier() else None
        return None

    def _subscript(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Subscript)
        owner = self.value(node.value, frame)
        self.value(node.slice, frame)
        index = _index(node.slice)
        if isinstance(owner, Config):
            return owner.child(key_of(node.slice))
        if isinstance(owner, Pieces) and index is not None:
            return Piece(owner.path, owner.separator, index)
        if isinstance(owner, Items) and index is not None and -len(owner.items) <= index < len(owner.items):
            return owner.items[index]
        return None

    def _call(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.Call)
        return self.calls.call(node, frame)

    def _joined(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.JoinedStr)
        parts = [
            self.value(part.value if isinstance(part, ast.FormattedValue) else part, frame)
            for part in node.values
        ]
        return join(parts)

    def _operation(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, ast.BinOp)
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        if isinstance(node.op, ast.BitOr) and isinstance(left, Config):
            return Config(left.path, left.supplied, exact=False, plain=left.plain)
        return join([left, right]) if isinstance(node.op, ast.Add) else None

    def _either(self, node: ast.expr, frame: Frame) -> Value | None:
        """`a or b`, `a if c else b`: the first side that says something."""
        if isinstance(node, ast.IfExp):
            self.value(node.test, frame)
            sides = [node.body, node.orelse]
        else:
            assert isinstance(node, ast.BoolOp)
            sides = node.values
        values = [self.value(side, frame) for side in sides]
        return next((value for value in values if value is not None), None)

    def _sequence(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
        return Items(tuple(self.value(element, frame) for element in node.elts))

    def _mapping(self, node: ast.expr, frame: Frame) -> Value | None:
        """`{**config, "a": 1}` is the config with a key put over it."""
        assert isinstance(node, ast.Dict)
        whole: Config | None = None
        supplied: set[str] = set()
        for key, given in zip(node.keys, node.values, strict=True):
            value = self.value(given, frame)
            if key is not None:
                supplied.add(key_of(key))
            elif isinstance(value, Config) and whole is None:
                whole = value
            else:
                supplied.add("*")
        return over(whole, supplied) if whole is not None else None

    def _comprehension(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
        for generator in node.generators:
            frame.assign(generator.target, item_of(self.value(generator.iter, frame)))
            for test in generator.ifs:
                self.value(test, frame)
        if isinstance(node, ast.DictComp):
            self.value(node.key, frame)
            self.value(node.value, frame)
            return None
        return Items((self.value(node.elt, frame),))

    def _wrapped(self, node: ast.expr, frame: Frame) -> Value | None:
        assert isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr))
        value = self.value(node.value, frame)
        if isinstance(node, ast.NamedExpr):
            frame.assign(node.target, value)
        return value


_READERS: dict[type[ast.expr], Callable[[Follower, ast.expr, Frame], Value | None]] = {
    ast.Constant: Follower._constant,
    ast.Name: Follower._name,
    ast.Attribute: Follower._attribute,
    ast.Subscript: Follower._subscript,
    ast.Call: Follower._call,
    ast.JoinedStr: Follower._joined,
    ast.BinOp: Follower._operation,
    ast.BoolOp: Follower._either,
    ast.IfExp: Follower._either,
    ast.List: Follower._sequence,
    ast.Tuple: Follower._sequence,
    ast.Set: Follower._sequence,
    ast.Dict: Follower._mapping,
    ast.ListComp: Follower._comprehension,
    ast.SetComp: Follower._comprehension,
    ast.GeneratorExp: Follower._comprehension,
    ast.DictComp: Follower._comprehension,
    ast.Await: Follower._wrapped,
    ast.Starred: Follower._wrapped,
    ast.NamedExpr: Follower._wrapped,
}


def join(values: list[Value | None]) -> Value | None:
    """Texts put one behind the other; None when nothing of it comes from the config or is known."""
    parts: list[Text | Piece | Config | None] = []
    for value in values:
        if isinstance(value, Joined):
            parts += value.parts
        else:
            parts.append(value if isinstance(value, (Text, Piece, Config)) else None)
    if all(isinstance(part, Text) for part in parts):
        return Text("".join(part.text for part in parts if isinstance(part, Text)))
    return Joined(tuple(parts)) if any(part is not None for part in parts) else None


def over(config: Config, supplied: set[str]) -> Config:
    """A part of the config with keys put over it; "*" for keys that are not known."""
    names = frozenset(name for name in supplied if name != "*")
    return Config(config.path, config.supplied | names, config.exact and "*" not in supplied, config.plain)


def _index(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _index(node.operand)
        return -inner if inner is not None else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def _starts_with(node: ast.Attribute, variables: dict[str, Value | None]) -> bool:
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return not isinstance(root, ast.Name) or root.id in variables
