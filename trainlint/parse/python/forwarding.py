"""A function in, what it does with its `*args` and `**kwargs` out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.parse.python.scope import Function
from trainlint.record import record

#: Methods of a dictionary that only look.
_LOOKS = frozenset(("get", "items", "keys", "values"))
#: Functions that only look at what they are given.
_LOOKERS = frozenset(("print", "len", "str", "repr", "sorted"))
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: What may stand around a call that every run of the function makes.
_SURE = (
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.Return,
    ast.With,
    ast.Call,
    ast.keyword,
    ast.Attribute,
    ast.Starred,
    ast.Tuple,
    ast.List,
)


@record
class Forwarding:
    """Where the arguments go that only `*args` and `**kwargs` take.

    `call` is the one call that surely gets all of them, None when they stay in the function. `positional`
    and `named` say which of the two it gets. `popped` are names taken out of `**kwargs` before, `supplied`
    those put in, `filled` that more than can be told may be put in. `doubt` says why it is not known.
    `refuses` is the exception that the function raises itself when `**kwargs` holds anything else.
    """

    call: ast.Call | None = None
    positional: bool = False
    named: bool = False
    popped: frozenset[str] = frozenset()
    supplied: frozenset[str] = frozenset()
    filled: bool = False
    doubt: str | None = None
    refuses: str | None = None


def forwarding(function: Function) -> Forwarding:
    """What a function does with its `*args` and `**kwargs`."""
    star, stars = function.args.vararg, function.args.kwarg
    if star is None and stars is None:
        return Forwarding()
    uses = _Uses(function, star.arg if star else None, stars.arg if stars else None)
    uses.read()
    if uses.odd:
        return Forwarding(doubt=f"`{function.name}` {uses.odd[0]}")
    calls = list({id(call): call for call in (*uses.star_calls, *uses.named_calls)}.values())
    if uses.refuses is not None:
        doubt = f"`{function.name}` looks through its arguments itself" if calls else None
        return Forwarding(popped=frozenset(uses.popped), doubt=doubt, refuses=uses.refuses)
    if not calls and uses.looked and _refuses(function):
        return Forwarding(doubt=f"`{function.name}` looks through its arguments itself")
    if not calls:
        return Forwarding(popped=frozenset(uses.popped))
    if len(calls) > 1 or not uses.is_sure(calls[0]):
        return Forwarding(doubt=f"`{function.name}` passes its arguments on in more than one way")
    return Forwarding(
        calls[0],
        bool(uses.star_calls),
        bool(uses.named_calls),
        frozenset(uses.popped),
        frozenset(uses.supplied),
        uses.filled,
    )


class _Uses:
    """Collects each use of the two names in a function."""

    def __init__(self, function: Function, star: str | None, stars: str | None) -> None:
        self.function, self.star, self.stars = function, star, stars
        self.star_calls: list[ast.Call] = []
        self.named_calls: list[ast.Call] = []
        self.popped: set[str] = set()
        self.supplied: set[str] = set()
        self.filled = self.looked = False
        self.refuses: str | None = None
        self.odd: list[str] = []
        self.parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}

    def read(self) -> None:
        """Look at every use."""
        for node in _inside(self.function):
            if isinstance(node, ast.Name) and node.id == self.stars:
                self._stars(node)
            elif isinstance(node, ast.Name) and node.id == self.star:
                self._star(node)
            elif isinstance(node, _INNER) and self._mentions(node):
                self.odd.append("hands its arguments to a function inside it")
            elif isinstance(node, (ast.Yield, ast.YieldFrom)):
                self.odd.append("is a generator")

    def is_sure(self, call: ast.Call) -> bool:
        """Whether every run of the function comes to the call."""
        if isinstance(self.function, ast.AsyncFunctionDef):
            return False
        node: ast.AST = call
        while self.parents[node] is not self.function:
            node = self.parents[node]
            if not isinstance(node, _SURE):
                return False
        earlier = (inner for inner in _inside(self.function) if isinstance(inner, ast.Return))
        return not any(inner.end_lineno is not None and inner.end_lineno < call.lineno for inner in earlier)

    def _mentions(self, node: ast.AST) -> bool:
        names = {self.star, self.stars}
        return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))

    def _star(self, name: ast.Name) -> None:
        parent = self.parents[name]
        call = self.parents.get(parent)
        if isinstance(parent, ast.Starred) and isinstance(call, ast.Call) and parent in call.args:
            self.star_calls.append(call)
        elif _only_looks(parent, name):
            self.looked = True
        else:
            self.odd.append(f"does more with `*{name.id}` than pass it on")

    def _stars(self, name: ast.Name) -> None:
        parent = self.parents[name]
        call = self.parents.get(parent)
        if isinstance(parent, ast.keyword) and parent.arg is None and isinstance(call, ast.Call):
            self.named_calls.append(call)
        elif isinstance(parent, ast.Attribute) and isinstance(call, ast.Call) and call.func is parent:
            self._method(parent.attr, call, name)
        elif isinstance(parent, ast.Subscript) and parent.value is name:
            self._item(parent, name)
        elif self._is_said(name):
            self.looked = True
        elif isinstance(parent, ast.If) and self._empties(parent, name):
            self.refuses = _raised(parent.body[-1])
        elif self._keeps(parent, name):
            pass
        elif _only_looks(parent, name):
            self.looked = True
        else:
            self.odd.append(f"does more with `**{name.id}` than pass it on")

    def _is_said(self, name: ast.Name) -> bool:
        """Whether the use is part of what an exception says."""
        node: ast.AST = name
        while isinstance(node, ast.expr | ast.keyword | ast.comprehension):
            node = self.parents[node]
        return isinstance(node, ast.Raise)

    def _empties(self, test: ast.If, name: ast.Name) -> bool:
        """`if kwargs: raise …` at the end of what the function takes out itself."""
        direct = self.parents[test] is self.function and test.test is name and not test.orelse
        later = [node for node in _inside(self.function) if getattr(node, "lineno", 0) > test.lineno]
        taken = any(isinstance(node, ast.Attribute) and node.attr == "pop" for node in later)
        return direct and isinstance(test.body[-1], ast.Raise) and not taken

    def _keeps(self, parent: ast.AST, name: ast.Name) -> bool:
        """`self.options = options`, when the function does not unpack it again."""
        if not isinstance(parent, ast.Assign) or parent.value is not name or len(parent.targets) != 1:
            return False
        target = parent.targets[0]
        text = ast.unparse(target)
        uses = sum(ast.unparse(node) == text for node in ast.walk(self.function))
        return isinstance(target, ast.Attribute) and uses == 1

    def _method(self, method: str, call: ast.Call, name: ast.Name) -> None:
        key = _text(call.args[0]) if call.args else None
        if method == "pop" and key is not None:
            self.popped.add(key)
        elif method == "setdefault" and key is not None:
            self.supplied.add(key)
        elif method == "update":
            self.supplied |= {word.arg for word in call.keywords if word.arg is not None}
            self.filled = self.filled or bool(call.args) or any(word.arg is None for word in call.keywords)
        elif method in _LOOKS:
            self.looked = True
        else:
            self.odd.append(f"does more with `**{name.id}` than pass it on")

    def _item(self, item: ast.Subscript, name: ast.Name) -> None:
        key = _text(item.slice)
        if isinstance(item.ctx, ast.Load):
            return
        if key is None:
            self.odd.append(f"does more with `**{name.id}` than pass it on")
        elif isinstance(item.ctx, ast.Store):
            self.supplied.add(key)
        else:
            self.popped.add(key)


def _only_looks(parent: ast.AST, name: ast.Name) -> bool:
    if not isinstance(name.ctx, ast.Load):
        return False
    if isinstance(parent, ast.Compare):
        return all(isinstance(operator, (ast.In, ast.NotIn)) for operator in parent.ops)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in _LOOKERS
    return isinstance(parent, ast.FormattedValue)


def _raised(node: ast.stmt) -> str:
    """The name of the exception that is raised."""
    raised = node.exc if isinstance(node, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return ast.unparse(raised) if raised is not None else "Exception"


def _refuses(function: Function) -> bool:
    return any(isinstance(node, (ast.Raise, ast.Assert)) for node in ast.walk(function))


def _inside(function: Function) -> Iterator[ast.AST]:
    """Everything in the body; functions and classes inside are given and not entered."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _INNER):
            pending.extend(ast.iter_child_nodes(node))


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
