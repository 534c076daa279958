"""The `type=` of an argument in, what texts it takes out."""

from __future__ import annotations

import ast

from trainlint.facts.arguments import TEXT, ValueKind, ValueType
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.arguments.given import Given, OwnFunction, Reference

#: Callables that take any text.
_TEXTS = frozenset(
    (
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "os.path.abspath",
        "os.path.expanduser",
        "os.path.realpath",
        "os.path.normpath",
        "os.path.expandvars",
        "os.fspath",
    )
)


def read_type(given: Given | None) -> ValueType | Unknown:
    """The type, Unknown when what it takes cannot be read."""
    if given is None or (isinstance(given, Known) and given.value is None):
        return TEXT
    if isinstance(given, Reference):
        return _library_type(given.name)
    if isinstance(given, OwnFunction):
        return _own_type(given)
    if isinstance(given, Unknown):
        return given
    return ValueType(ValueKind.ANY, "value")


def _library_type(name: str) -> ValueType:
    short = name.rpartition(".")[2]
    if name in ("int", "builtins.int"):
        return ValueType(ValueKind.INT, "int")
    if name in ("float", "builtins.float"):
        return ValueType(ValueKind.FLOAT, "float")
    if name in ("str", "bool", "builtins.str", "builtins.bool") or name in _TEXTS:
        return ValueType(ValueKind.TEXT, short)
    return ValueType(ValueKind.ANY, short)


def _own_type(function: OwnFunction) -> ValueType:
    """A function of the project that takes only the words that its tests name, such as `str2bool`."""
    words = _Words()
    node = function.node
    if not isinstance(node, ast.Lambda) and node.args.args and words.read(node):
        return ValueType(
            ValueKind.WORDS, function.name, tuple(words.words), words.folds, message=words.message
        )
    return ValueType(ValueKind.ANY, function.name)


class _Words:
    """Reads `if v.lower() in ("yes", …): return True … else: raise …`."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.folds = False
        self.plain = False
        self.names: dict[str, bool] = {}
        self.message: str | None = None

    def read(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Whether the function is of this kind, all of it."""
        self.names = {node.args.args[0].arg: False}
        return self._ends(node.body) == "raises" and bool(self.words) and not (self.folds and self.plain)

    def _ends(self, body: list[ast.stmt]) -> str:
        """`"raises"` when what is not among the words is refused at the end, `"falls"` when it goes on."""
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            if isinstance(statement, ast.Raise):
                self.message = _message(statement)
                return "raises"
            if isinstance(statement, ast.Assign) and self._renames(statement):
                continue
            if not isinstance(statement, ast.If) or not self._branch(statement):
                return "other"
            if statement.orelse and (end := self._ends(statement.orelse)) != "falls":
                return end
        return "falls"

    def _renames(self, node: ast.Assign) -> bool:
        """`v = v.lower()`."""
        folds = self._subject(node.value)
        target = node.targets[0]
        if folds is None or not isinstance(target, ast.Name):
            return False
        self.names[target.id] = folds
        return True

    def _branch(self, node: ast.If) -> bool:
        """A test that lets some words through to a `return`."""
        returns = len(node.body) == 1 and isinstance(node.body[0], ast.Return)
        if returns and _is_instance(node.test):
            return True
        if not returns or not isinstance(node.test, ast.Compare) or len(node.test.ops) != 1:
            return False
        folds, right = self._subject(node.test.left), node.test.comparators[0]
        words = _constant_words(right) if isinstance(node.test.ops[0], ast.In) else _one_word(right)
        if folds is None or words is None or not isinstance(node.test.ops[0], (ast.In, ast.Eq)):
            return False
        self.words += words
        self.folds, self.plain = self.folds or folds, self.plain or not folds
        return not folds or all(word == word.lower() for word in words)

    def _subject(self, node: ast.expr) -> bool | None:
        """Whether an expression is the text in lower case (True) or as it is (False)."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            inner = self._subject(node.func.value)
            return True if inner is not None and node.func.attr in ("lower", "casefold") else None
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str" and len(node.args) == 1:
            return self._subject(node.args[0])
        return None


def _message(node: ast.Raise) -> str | None:
    """`raise argparse.ArgumentTypeError("…")`: argparse prints the text; of other errors it says its own."""
    made = node.exc
    if not isinstance(made, ast.Call) or not ast.unparse(made.func).endswith("ArgumentTypeError"):
        return None
    said = made.args[0] if made.args else None
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else None


def _is_instance(node: ast.expr) -> bool:
    """`isinstance(v, bool)`, which no text of a command line is."""
    return (
        isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "isinstance"
        and len(node.args) == 2
        and getattr(node.args[1], "id", "") in ("bool", "int", "float")
    )


def _constant_words(node: ast.expr) -> list[str] | None:
    if not isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return None
    words = [element.value for element in node.elts if isinstance(element, ast.Constant)]
    texts = [word for word in words if isinstance(word, str)]
    return texts if len(words) == len(node.elts) else None


def _one_word(node: ast.expr) -> list[str] | None:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
