"""A class or function in, what it can be called with out: bases, fields and passed-on arguments followed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field, replace

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.chain.signatures.bind import Given, bind
from trainlint.chain.signatures.classes import Ancestor, ClassOrder, ClassText, Framework, method
from trainlint.chain.signatures.fields import MAKERS, generated, model, named_tuple
from trainlint.chain.signatures.frameworks import (
    FILLERS,
    FRAMEWORK,
    KEEPERS,
    NAMED_TUPLES,
    PYDANTIC,
    TYPED_DICTS,
)
from trainlint.chain.signatures.merging import closed, together, without_first
from trainlint.chain.signatures.plain import outside, partly, plain
from trainlint.chain.signatures.wrapping import Wrapping, wrapping
from trainlint.facts.module import Definition, DefinitionKind, ModuleFacts
from trainlint.facts.signature import ParameterFacts, Passing, Signature, SignatureFacts, Unreadable
from trainlint.parse.python.forwarding import forwarding
from trainlint.parse.python.places import name_span
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, local_assignments, qualified
from trainlint.record import record, state

_DEPTH = 12
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_OVERLOADS = frozenset(("typing.overload", "typing_extensions.overload", "overload"))


@record
class _Scope:
    """Where a function stands: its class with the order of ancestors, and what the names around it are."""

    module: ModuleFacts
    depth: int = 0
    order: tuple[Ancestor, ...] = ()
    index: int = 0
    around: Mapping[str, Signature] = field(default_factory=dict)


@state
class SignatureReader:
    """Reads signatures of one import path; each class and function is read once."""

    lookup: ModuleLookup
    _read: dict[ast.AST, Signature] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.orders = ClassOrder(self.lookup)
        self.schemas = SchemaReader(self.lookup)

    def of(self, bound: Bound, name: str) -> Signature:
        """What a definition that a config names can be called with; `name` may lead through a class."""
        owner, _, attribute = name.rpartition(".")
        definition = bound.definition
        if not owner:
            return self.defined(bound.facts, definition, 0)
        found = self.lookup.named(bound.facts, owner)
        if not isinstance(found, Bound) or not isinstance(found.definition.node, ast.ClassDef):
            return Unreadable(f"the class that `{attribute}` belongs to is not known")
        return self._member(ClassText(found.facts, found.definition.node), attribute)

    def of_code(self, module: ModuleFacts, node: ast.AST) -> Signature:
        """What a class or a function of a module can be called with."""
        if isinstance(node, ast.ClassDef):
            return self.of_class(ClassText(module, node))
        if isinstance(node, _FUNCTIONS):
            return self.of_function(node, node.name, _Scope(module))
        return Unreadable("it is no class or function")

    def defined(self, module: ModuleFacts, definition: Definition, depth: int) -> Signature:
        """What a name of a module can be called with."""
        node = definition.node
        others = [entry for entry in definition.others if not _is_overload(module, entry.node)]
        if others or depth > _DEPTH:
            return Unreadable(f"`{definition.name}` is defined in more than one way")
        if isinstance(node, ast.ClassDef):
            return self.of_class(ClassText(module, node), depth)
        if isinstance(node, _FUNCTIONS):
            return self.of_function(node, node.name, _Scope(module, depth))
        value = getattr(node, "value", None)
        if definition.kind is DefinitionKind.VARIABLE and isinstance(value, ast.Lambda):
            return plain(module, value, "<lambda>")
        if (
            isinstance(value, ast.Call)
            and qualified(module, value.func) == "functools.partial"
            and value.args
        ):
            return self._partial(_Scope(module, depth), value)
        return Unreadable(f"what `{definition.name}` takes is only known at run time")

    def of_class(self, owner: ClassText, depth: int = 0) -> Signature:
        """What a class can be called with."""
        if owner.node not in self._read:
            self._read[owner.node] = Unreadable(f"`{owner.name}` is made by itself")
            self._read[owner.node] = self._class(owner, depth)
        return self._read[owner.node]

    def _class(self, owner: ClassText, depth: int) -> Signature:
        order = self.orders.of(owner)
        if isinstance(order, Unreadable):
            return order
        for ancestor in order:
            if isinstance(ancestor, ClassText):
                if method(ancestor, "__new__") is not None:
                    return Unreadable(f"`{ancestor.name}` makes its objects in `__new__`")
                if f"{ancestor.name}.__init__ = " in ancestor.module.source.text:
                    return Unreadable(f"`{ancestor.name}.__init__` is replaced at run time")
        found = self._constructor(order, 0, depth)
        names = {entry.name for entry in order if isinstance(entry, Framework)}
        tuple_too = (
            names & NAMED_TUPLES and isinstance(found, SignatureFacts) and found.owner[-7:] != "__new__"
        )
        mixed = generated(order) is not None or any(FRAMEWORK[name] is not None for name in names)
        if isinstance(found, SignatureFacts):
            packages = (outside(entry.module) for entry in order if isinstance(entry, ClassText))
            found = replace(found, outside=found.outside.union(*packages))
        if tuple_too or (names & PYDANTIC and mixed):
            return Unreadable(f"the constructor of `{owner.name}` is made in two ways")
        return found

    def _constructor(self, order: tuple[Ancestor, ...], start: int, depth: int) -> Signature:
        """The first constructor from a place in the order on, without `self`."""
        if depth > _DEPTH:
            return Unreadable("its constructor is passed on too many times")
        for index, ancestor in enumerate(order[start:], start):
            if isinstance(ancestor, Framework):
                found = self._known(ancestor, order)
                if found is not None:
                    return found
                continue
            if (changed := self._changed(ancestor, depth)) is not None:
                return changed
            own = method(ancestor, "__init__")
            if isinstance(own, Unreadable):
                return own
            if own is not None:
                scope = _Scope(ancestor.module, depth + 1, order, index)
                return without_first(self.of_function(own, f"{ancestor.name}.__init__", scope))
            above = self.orders.of(ancestor)
            made = above if isinstance(above, Unreadable) else generated(above)
            if made is not None:
                return made
        first = next((entry for entry in order if isinstance(entry, ClassText)), None)
        if first is None:
            return Unreadable("its constructor is not known")
        return SignatureFacts(first.name, name_span(first.module.source, first.node))

    def _known(self, ancestor: Framework, order: tuple[Ancestor, ...]) -> Signature | None:
        """The constructor that a class of a library brings, None when it brings none."""
        owner = order[0]
        if not isinstance(owner, ClassText):
            return FRAMEWORK[ancestor.name]
        if ancestor.name in PYDANTIC:
            return model(owner, self.schemas.read(owner.module, owner.node))
        if ancestor.name in NAMED_TUPLES:
            last = [entry for entry in order if isinstance(entry, ClassText)][-1]
            return named_tuple(last)
        place = name_span(owner.module.source, owner.node)
        if ancestor.name in TYPED_DICTS:
            return SignatureFacts(owner.name, place, (), more_positional=True, more_named=True)
        known = FRAMEWORK[ancestor.name]
        return replace(known, span=place) if known is not None else None

    def _changed(self, owner: ClassText, depth: int) -> Unreadable | None:
        """Why a decorator may make another class of it."""
        for decorator in owner.node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if qualified(owner.module, target) in MAKERS | KEEPERS:
                continue
            how = self._decorator(owner.module, decorator)
            if isinstance(how, Unreadable):
                return how
            if how.inner is not None:
                return Unreadable(f"the decorator `{ast.unparse(target)}` replaces `{owner.name}`")
        return None

    def _member(self, owner: ClassText, name: str) -> Signature:
        """What `Class.name` takes when it is called on the class."""
        order = self.orders.of(owner)
        if isinstance(order, Unreadable):
            return order
        for index, ancestor in enumerate(order):
            found = method(ancestor, name) if isinstance(ancestor, ClassText) else None
            if found is None and isinstance(ancestor, ClassText):
                continue
            if not isinstance(found, _FUNCTIONS) or not isinstance(ancestor, ClassText):
                return (
                    found
                    if isinstance(found, Unreadable)
                    else Unreadable(f"where `{name}` is from is not known")
                )
            signature = self.of_function(
                found, f"{ancestor.name}.{name}", _Scope(ancestor.module, 0, order, index)
            )
            return without_first(signature) if _is(found, "classmethod") else signature
        return Unreadable(f"`{owner.name}.{name}` is not a function that can be read")

    def of_function(self, node: Function, shown: str, scope: _Scope) -> Signature:
        """What a function takes, `self` included, as its decorators leave it."""
        own = plain(scope.module, node, shown)
        flow = forwarding(node)
        found: Signature = own
        if flow.doubt is not None:
            found = replace(own, unsure=flow.doubt)
        elif flow.refuses is not None:
            found = closed(own, flow)
        elif flow.call is not None:
            found = together(own, flow, self._callee(flow.call.func, node, scope))
        for decorator in reversed(node.decorator_list):
            found = self._decorated(decorator, found, scope)
        return found

    def _decorated(self, decorator: ast.expr, found: Signature, scope: _Scope) -> Signature:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if qualified(scope.module, target) in KEEPERS or isinstance(found, Unreadable):
            return found
        how = self._decorator(scope.module, decorator)
        if isinstance(how, Unreadable):
            return how
        if how.fills:
            return replace(
                found, parameters=tuple(replace(entry, required=False) for entry in found.parameters)
            )
        if how.inner is None or scope.depth > _DEPTH:
            return found
        around = {how.parameter: found}
        inner = _Scope(how.module or scope.module, scope.depth + 1, around=around)
        return self.of_function(how.inner, how.inner.name, inner)

    def _decorator(self, module: ModuleFacts, decorator: ast.expr) -> Wrapping | Unreadable:
        """What a decorator of the project, or of an installed package, makes of what it is given."""
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        text = ast.unparse(target)
        found = self.lookup.named(module, text) if qualified(module, target) else None
        unknown = Unreadable(f"what the decorator `{text}` does is not known")
        if not isinstance(found, Bound) or not isinstance(found.definition.node, _FUNCTIONS):
            return unknown
        if f"{found.module.name}.{found.definition.name}" in KEEPERS:
            return Wrapping("", None, None)
        if f"{found.module.name}.{found.definition.name}" in FILLERS:
            return Wrapping("", None, None, fills=True)
        if found.definition.others:
            return unknown
        how = wrapping(found.facts, found.definition.node, called=isinstance(decorator, ast.Call))
        return how or unknown

    def _callee(self, func: ast.expr, function: Function, scope: _Scope) -> Signature:
        """What the function that a call names takes, `self` left out where the call does not give it."""
        unknown = Unreadable(f"`{ast.unparse(func)[:60]}` gets the arguments, and what it takes is not known")
        if isinstance(func, ast.Name) and func.id in scope.around:
            return scope.around[func.id]
        if isinstance(func, ast.Attribute):
            inside = self._attribute(func, function, scope)
            if inside is not None:
                return inside
        name = qualified(scope.module, func)
        if isinstance(func, ast.Name) and func.id == "cls" and scope.order and _is(function, "classmethod"):
            return self._constructor(scope.order, 0, scope.depth + 1)
        if not name or name.partition(".")[0] in local_assignments(function):
            return unknown
        if name in FRAMEWORK:
            return unknown
        if isinstance(func, ast.Attribute) and func.attr == "__init__":
            owner = self.lookup.named(scope.module, ast.unparse(func.value))
            if isinstance(owner, Bound) and isinstance(owner.definition.node, ast.ClassDef):
                return self._with_self(self.of_class(ClassText(owner.facts, owner.definition.node)))
            return unknown
        found = self.lookup.named(scope.module, ast.unparse(func))
        if not isinstance(found, Bound):
            return unknown
        return self.defined(found.facts, found.definition, scope.depth + 1)

    def _attribute(self, func: ast.Attribute, function: Function, scope: _Scope) -> Signature | None:
        """`super().name`, `self.name` and `cls.name`; None for any other attribute."""
        value, order = func.value, scope.order
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
            start = self._after_super(value, scope)
            if not order or start is None:
                return Unreadable("what `super()` is cannot be told")
            if func.attr == "__init__":
                return self._constructor(order, start, scope.depth + 1)
            return self._method(order, start, func.attr, scope)
        first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
        if order and first is not None and isinstance(value, ast.Name) and value.id == first.arg:
            return self._method(order, 0, func.attr, scope) if not _is(function, "staticmethod") else None
        return None

    def _after_super(self, call: ast.Call, scope: _Scope) -> int | None:
        if not call.args:
            return scope.index + 1
        for index, ancestor in enumerate(scope.order):
            if isinstance(ancestor, ClassText) and ast.unparse(call.args[0]) == ancestor.name:
                return index + 1
        return None

    def _method(self, order: tuple[Ancestor, ...], start: int, name: str, scope: _Scope) -> Signature:
        for index, ancestor in enumerate(order[start:], start):
            found = method(ancestor, name) if isinstance(ancestor, ClassText) else None
            if isinstance(found, _FUNCTIONS) and isinstance(ancestor, ClassText):
                inner = _Scope(ancestor.module, scope.depth + 1, order, index)
                if scope.depth > _DEPTH:
                    break
                read = self.of_function(found, f"{ancestor.name}.{name}", inner)
                return read if _is(found, "staticmethod") else without_first(read)
            if found is not None or isinstance(ancestor, Framework):
                break
        return Unreadable(f"what `{name}` takes is not known")

    def _with_self(self, found: Signature) -> Signature:
        """The constructor as `Class.__init__(self, ...)` calls it."""
        if isinstance(found, Unreadable):
            return found
        first = ParameterFacts("self", Passing.POSITION, True, found.owner, found.span)
        return replace(found, parameters=(first, *found.parameters))

    def _partial(self, scope: _Scope, call: ast.Call) -> Signature:
        """`functools.partial(f, 1, width=2)`: what is given by name may be given once more."""
        name = ast.unparse(call.args[0])
        found = self.lookup.named(scope.module, name)
        hidden = any(word.arg is None for word in call.keywords)
        if not isinstance(found, Bound) or hidden or any(isinstance(e, ast.Starred) for e in call.args):
            return Unreadable(f"what `{name}` is given before is not known")
        inner = self.defined(found.facts, found.definition, scope.depth + 1)
        if isinstance(inner, Unreadable):
            return inner
        given = tuple(word.arg for word in call.keywords if word.arg is not None)
        if bind(inner, Given(len(call.args) - 1, given, later=True)):
            return Unreadable(f"what `{name}` is given before does not fit")
        return partly(inner, len(call.args) - 1, frozenset(given))


def _is(function: Function, decorator: str) -> bool:
    return any(ast.unparse(entry) == decorator for entry in function.decorator_list)


def _is_overload(module: ModuleFacts, node: ast.AST) -> bool:
    return isinstance(node, _FUNCTIONS) and any(
        qualified(module, decorator) in _OVERLOADS for decorator in node.decorator_list
    )
