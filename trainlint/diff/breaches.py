"""What a program calls in, the calls that cannot be right whatever the data are out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field

from trainlint.facts.behaviour import Behaviour, Call, Place, Step
from trainlint.facts.effects import Breach, Broken
from trainlint.facts.module import ModuleFacts, parts_of
from trainlint.facts.symbols import Code, Constant, Instance, Operation, Symbol
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import all_arguments
from trainlint.record import entity
from trainlint.source import Span

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Decorators that leave what a function takes and returns as it is.
_PLAIN = ("no_grad", "inference_mode", "dataclass")
#: What gives objects attributes whose names are computed.
_SETTERS = {"setattr", "__dict__", "vars"}
#: What makes something else of a dictionary, or only looks into it.
_READS = {"dict", "len", "list", "sorted", "print", "str", "repr", "set", "tuple", "any", "all"}
_UNPACKED = {"*", "**"}
#: What a class calls as an object is made: the call gives the object.
_MAKING = ("__init__", "__post_init__")


def breaches(modules: Iterable[ModuleFacts], behaviours: Iterable[Behaviour]) -> tuple[Breach, ...]:
    """The first of each place, in the order of what happens."""
    modules = tuple(modules)
    used = {id(call) for module in modules for call in _used(module)}
    stored = {name for module in modules for name in _stored(module)}
    calls = [event for behaviour in behaviours for event in behaviour.events if isinstance(event, Call)]
    given = {event.span: event.positional for event in calls}
    functions = _Functions(used)
    found = (
        breach
        for event in calls
        for breach in (*functions.misfits(event), *_unmet(event, stored, given))
        if not _is_caught(event.place)
    )
    first = dict[Span, Breach]()
    for breach in found:
        first.setdefault(breach.span, breach)
    return tuple(first.values())


@entity
class _Functions:
    """The functions of the project that are called; `used` are the calls whose value is."""

    used: set[int]
    _plain: dict[ast.AST, bool] = field(default_factory=dict)
    _silent: dict[ast.AST, bool] = field(default_factory=dict)

    def misfits(self, event: Call) -> Iterator[Breach]:
        """What a call of one gets wrong."""
        code = event.callee
        if not isinstance(code, Code) or not isinstance(code.node, ast.FunctionDef):
            return
        node = code.node
        if not _is_named(event, code) or not _of_each(node, self._plain, _is_plain):
            return
        broken = list(_arguments(event, code, node))
        if (
            node.name not in _MAKING
            and id(event.node) in self.used
            and _of_each(node, self._silent, _returns_nothing)
        ):
            broken.append((Broken.NOTHING_RETURNED, ""))
        for what, detail in broken:
            yield Breach(what, code.name, detail, event.span, node_span(code.module.source, node))


def _of_each(
    node: ast.FunctionDef, known: dict[ast.AST, bool], ask: Callable[[ast.FunctionDef], bool]
) -> bool:
    """What is so of a function, which is asked of each once."""
    if node not in known:
        known[node] = ask(node)
    return known[node]


def _unmet(event: Call, stored: set[str], given: Mapping[Span, tuple[Symbol, ...]]) -> Iterator[Breach]:
    """A method that the class of its object does not have."""
    if not isinstance(event.callee, Operation) or event.callee.name != ".":
        return
    owner, key = event.callee.operands
    if not isinstance(owner, Instance) or not isinstance(key, Constant):
        return
    name = str(key.value)
    if name not in stored and not stored & _SETTERS and _lacks(owner, name):
        handed = _handed_at(event)
        swapped = handed is not None and any(_has(value, name) for value in given.get(handed, ()))
        place = handed if handed is not None and swapped else event.span
        defined = node_span(owner.module.source, owner.node)
        yield Breach(Broken.NO_SUCH_METHOD, name, owner.node.name, place, defined)


def _has(value: Symbol, name: str) -> bool:
    """Whether another object may have a method, so that the two were swapped."""
    return isinstance(value, Instance) and not _lacks(value, name)


def _is_named(event: Call, code: Code) -> bool:
    """Whether the text calls the function, and not something that is handed the function and calls it."""
    function = event.node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == code.name


def _is_caught(place: Place) -> bool:
    return any(step.step is Step.TRY for step in place.outwards())


def _is_plain(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Whether no decorator may change what it takes or gives."""
    return all(
        ast.unparse(mark.func if isinstance(mark, ast.Call) else mark).rpartition(".")[2] in _PLAIN
        for mark in node.decorator_list
    )


def _arguments(event: Call, code: Code, node: ast.FunctionDef) -> Iterator[tuple[Broken, str]]:
    """The arguments that a function needs and does not get, and those that it does not take."""
    keywords = {key for key, _ in (*code.keywords, *event.keywords)}
    if keywords & _UNPACKED or any(isinstance(given, ast.Starred) for given in event.node.args):
        return
    arguments = node.args
    names = [entry.arg for entry in (*arguments.posonlyargs, *arguments.args)]
    given = len(code.positional) + len(event.positional) + (code.bound is not None)
    required = names[: len(names) - len(arguments.defaults)]
    only = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    needed = [*required[given:], *(entry.arg for entry, default in only if default is None)]
    lacking = [name for name in needed if name not in keywords]
    if lacking:
        yield Broken.NOT_GIVEN, ", ".join(lacking)
    if given > len(names) and arguments.vararg is None:
        yield Broken.NOT_TAKEN, f"{given} instead of {len(names)}"
    unknown = sorted(keywords - {entry.arg for entry in all_arguments(node)})
    if unknown and arguments.kwarg is None:
        yield Broken.NOT_TAKEN, ", ".join(unknown)


def _returns_nothing(node: ast.FunctionDef) -> bool:
    """Whether a function comes to its end and has no value to give."""
    own = list(_own(node))
    gives = (ast.Yield, ast.YieldFrom, ast.Await)
    if any(isinstance(part, gives) or (isinstance(part, ast.Return) and part.value) for part in own):
        return False
    body = [part for part in node.body if not isinstance(part, (ast.Pass, ast.Raise)) and not _is_text(part)]
    return bool(body) and not isinstance(node.body[-1], ast.Raise)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a function that are not of a function inside it."""
    for part in ast.iter_child_nodes(node):
        if not isinstance(part, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield part
            yield from _own(part)


def _used(module: ModuleFacts) -> Iterator[ast.expr]:
    """The calls whose value is kept, taken apart or computed with."""
    for value in (
        *(node.value for node in module.each(ast.Assign)),
        *(node.value for node in module.each(ast.AnnAssign)),
        *(node.value for node in module.each(ast.AugAssign)),
        *(node.value for node in module.each(ast.Attribute)),
        *(node.value for node in module.each(ast.Subscript)),
    ):
        if isinstance(value, ast.Call):
            yield value
    yield from (loop.iter for loop in module.each(ast.For))
    yield from (loop.iter for loop in module.each(ast.comprehension))
    for operation in module.each(ast.BinOp):
        yield from (operation.left, operation.right)


def _stored(module: ModuleFacts) -> Iterator[str]:
    """The names of all attributes that any code sets, and what sets some whose names are computed."""
    yield from _set_by_name(module)
    yield from (node.attr for node in module.each(ast.Attribute) if isinstance(node.ctx, ast.Store))
    yield from (node.id for node in module.each(ast.Name) if node.id == "setattr")
    for node in module.each(ast.Constant):
        if isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def _set_by_name(module: ModuleFacts) -> Iterator[str]:
    """`vars(thing)` and `thing.__dict__`, unless code only reads there: asks for a key, counts or unpacks."""
    asking: list[ast.Call | ast.Attribute] = [*module.each(ast.Call), *module.each(ast.Attribute)]
    found = {id(node): name for node in asking if (name := _dictionary_of(node)) is not None}
    around = {
        id(inner): node for node in module.nodes if found for inner in parts_of(node) if id(inner) in found
    }
    yield from (name for key, name in found.items() if not _is_read(around.get(key)))


def _dictionary_of(node: ast.Call | ast.Attribute) -> str | None:
    """How code asks for the dictionary of an object's attributes, where it does."""
    if isinstance(node, ast.Attribute):
        return "__dict__" if node.attr == "__dict__" else None
    if not isinstance(node.func, ast.Name) or node.func.id != "vars":
        return None
    return None if any(map(_is_parsed, node.args)) else "vars"


def _is_parsed(given: ast.expr) -> bool:
    """Whether it is what a parser of arguments gives, which is no object of the project's classes."""
    called = given.func if isinstance(given, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr.startswith("parse_")


def _is_read(around: ast.AST | None) -> bool:
    """Whether what stands around a dictionary of attributes only reads it."""
    if isinstance(around, ast.Attribute):
        return around.attr in ("items", "keys", "values", "get", "copy")
    if isinstance(around, ast.Subscript):
        return isinstance(around.ctx, ast.Load)
    if isinstance(around, ast.Call):
        return isinstance(around.func, ast.Name) and around.func.id in _READS
    return isinstance(around, (ast.keyword, ast.Dict, ast.For, ast.comprehension, ast.Compare))


def _lacks(owner: Instance, name: str) -> bool:
    """Whether no class of an object has an attribute, and nothing may give it one."""
    if owner.bases or name in owner.attributes or hasattr(object, name):
        return False
    classes = [node for _, node in owner.lineage] or [owner.node]
    if any(node.keywords or not _is_plain(node) for node in classes):
        return False
    if len(classes) == 1 and classes[0].bases:
        return False
    known = {bound for node in classes for statement in node.body for bound in _bound(statement)}
    return name not in known and not known & {"__getattr__", "__getattribute__", "__slots__"}


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class defines."""
    for node in ast.walk(statement):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _handed_at(event: Call) -> Span | None:
    """The call that hands over the object, where it is a parameter of the function around."""
    around = next((step for step in event.place.outwards() if step.step is Step.CALL), None)
    function = event.node.func
    if around is None or not isinstance(around.value, Code) or not isinstance(function, ast.Attribute):
        return None
    code = around.value.node
    if isinstance(code, ast.ClassDef) or not isinstance(function.value, ast.Name):
        return None
    return around.span if function.value.id in {entry.arg for entry in all_arguments(code)} else None
