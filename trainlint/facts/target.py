"""Facts of the classes and functions that a config names: where each was looked for and what was found."""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from trainlint.facts.config import Origin
from trainlint.facts.module import PythonProblem
from trainlint.facts.script import ImportProblem
from trainlint.facts.symbols import Code
from trainlint.record import record
from trainlint.source import Span


class TargetStatus(Enum):
    """How far a name could be followed."""

    FOUND = "found"
    BROKEN = "broken"
    UNVERIFIED = "unverified"


class TargetRole(Enum):
    """Which link of the chain a target is."""

    MODEL = "model"
    LOSS = "loss"
    DATA = "data"
    EVALUATOR = "evaluator"
    OTHER = "other"


class TargetVia(Enum):
    """What turns the text into an object, and so which words a failure has."""

    INSTANTIATE = "_target_"
    LOCATE = "hydra.utils"
    LOADER = "loader"


@record
class MalformedTarget:
    """A name that the loader cannot even split."""

    message: str
    runtime: str


@record
class ModuleNotFound:
    """No such module; `missing` is the dotted part that is not there."""

    missing: str
    searched: tuple[str, ...]
    nearest: str | None
    runtime: str


@record
class NameNotFound:
    """The module (or class) exists and does not define the name."""

    module: str
    module_file: str
    name: str
    available: tuple[str, ...]
    nearest: str | None
    runtime: str


@record
class NotCallable:
    """The name is bound to something that cannot be called; `found` says what it is ("a module")."""

    name: str
    found: str
    span: Span
    runtime: str


@record
class RefusedTarget:
    """A name that exists and that the installed Hydra does not let a config call."""

    runtime: str


#: Every problem's `runtime` holds the words in which the run fails.
TargetProblem = MalformedTarget | ModuleNotFound | NameNotFound | NotCallable | RefusedTarget


@record
class TargetFacts:
    """One class or function named by the config at `key`.

    `module` is the full dotted name that is imported, with the loader's prefix; `definition` is where
    the class or function stands; `reason` says why an unverified target could not be followed.
    `neighbours` are the modules beside it, `suggestion` the whole text that was probably meant.
    `import_problems` and `syntax_error` are faults in the module itself that stop its import.
    `code` is the class or function of the project that was found, `path` the keys that lead to its name.
    """

    key: str
    text: str
    module: str
    name: str
    role: TargetRole
    origin: Origin
    status: TargetStatus
    definition: Span | None = None
    problem: TargetProblem | None = None
    reason: str | None = None
    loader: Span | None = None
    neighbours: tuple[str, ...] = ()
    via: TargetVia = TargetVia.INSTANTIATE
    suggestion: str | None = None
    import_problems: tuple[ImportProblem, ...] = ()
    syntax_error: PythonProblem | None = None
    path: tuple[str, ...] = ()
    code: Code | None = field(default=None, compare=False, repr=False)
