"""Facts of what a training program does: its effects in order, each with its condition and its loops."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from functools import lru_cache

from trainlint.facts.arguments import Merge
from trainlint.facts.module import ModuleFacts
from trainlint.facts.networks import NetworkPart
from trainlint.facts.terms import Sort, Term
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span

#: Forms of options that are not given on the command line or in a config.
FIELD, GLOBAL, ENVIRONMENT = "field", "global", "environment"
#: What reads a checkpoint.
LOADS = ("torch.load", "safetensors.torch.load_file", "pickle.load", "joblib.load")


class Kind(Enum):
    """What an effect is in a training run; the table of `trainlint/diff/table.py` says which call is what."""

    SEED = "seed"
    DATA = "data source"
    SPLIT = "data split"
    LOADER = "data loader"
    DRAW = "random draw"
    TOKENIZER = "tokenizer"
    MODEL = "model"
    OPTIMIZER = "optimizer"
    TRAINER = "trainer of a library"
    SCHEDULER = "learning-rate scheduler"
    LEARNING_RATE = "learning rate set by hand"
    ZERO_GRAD = "gradients set to zero"
    FORWARD = "forward"
    LOSS = "loss function"
    BACKWARD = "backward"
    UNSCALE = "gradients unscaled"
    CLIP = "gradients clipped"
    STEP = "optimizer step"
    SCALER = "gradient scaler"
    SCALER_UPDATE = "scaler update"
    SCHEDULER_STEP = "scheduler step"
    AVERAGE = "average of weights"
    EVALUATION = "forward without gradients"
    MODE = "train or eval mode"
    FREEZE = "requires_grad"
    DISTRIBUTED = "distributed call"
    LOG = "logged value"
    SAVE = "checkpoint written"
    LOAD = "checkpoint read"
    RESTORE = "state restored"
    CALLBACK = "callback"
    SIGNAL = "signal handler"
    FILE = "file written"
    SETUP = "other call of a library"
    CALL = "call of the project's own code"
    REFUSAL = "assertion or raise"
    ATTRIBUTE = "attribute of something of a library"
    SAMPLE = "text or image generated"


@record
class Loop:
    """A loop around an effect.

    `over` is what it iterates over, or the test of a `while`; `turns` how many turns it has, as far as that
    can be told. `left` are the tests under which code leaves it early.
    """

    span: Span
    over: Term
    turns: Term
    node: ast.AST
    left: tuple[Term, ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def holds(self, place: Span) -> bool:
        """Whether a place stands in the text of the loop."""
        node = self.node
        if not isinstance(node, ast.stmt) or place.file != self.span.file:
            return False
        return node.lineno <= place.line <= (node.end_lineno or node.lineno)


@record
class Departure:
    """Code that leaves a loop for good where `test` holds; `span` is where it asks."""

    test: Term
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Effect:
    """One thing that a program does.

    `name` is what it is called with inside its kind (the library's full name, the label of a logged value,
    the key of a checkpoint). `parts` are its values by name. `condition` is the conjunction of tests under
    which it happens, loops aside. `loops` are those around it, `within` the context managers
    (`torch.no_grad`, `torch.autocast` …), both outermost first. `calls` are the places of the calls that lead
    to it, outermost first, `inside` the function that it stands in. `doubt` says why it may not happen
    although nothing that can be told speaks against it. Of a logged value, `text` is all that is shown
    with it, `{}` for each value, and `made` the place where it is computed; of a checkpoint, `made` is where
    its keys are written out, of an evaluation that goes on from what the network said, where it begins.
    `behind` are the departures from its loops that stand before it in a turn.
    `asked` is where the innermost test around it is asked.
    """

    kind: Kind
    name: str
    parts: tuple[tuple[str, Term], ...]
    condition: tuple[Term, ...]
    loops: tuple[Loop, ...]
    within: tuple[Term, ...]
    span: Span
    calls: tuple[Span, ...]
    inside: str
    order: int
    doubt: str | None = None
    text: str = ""
    made: Span | None = None
    behind: tuple[Departure, ...] = ()
    asked: Span | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    @property
    def is_without_gradients(self) -> bool:
        """Whether `torch.no_grad` is around."""
        return any(term.sort is Sort.CALL and term.value == "torch.no_grad" for term in self.within)

    def part(self, name: str) -> Term | None:
        """A value of it, None where it has none of that name."""
        return next((term for key, term in self.parts if key == name), None)


@record
class Option:
    """Something that a user can set: an argument, a global that the command line overrides, a config key.

    `default` is a NOTHING where it must be given. `form` is how it is given ("--name=value",
    "--name value", "key=value", "environment"). `read` says whether the program uses it. `ways` are all ways
    to type it, with `value` for its value, none where they are not known; `told` is the place that makes it
    an option, where that is another one than `span`, at which its default stands.
    """

    name: str
    default: Term
    form: str
    span: Span
    read: bool
    ways: tuple[str, ...] = ()
    told: Span | None = None


@record
class Definition:
    """A function or class of the project; `digest` is its content without the names it was given.

    `called` says whether the program comes to it, `named` whether any of its code mentions it. `head` is its
    name where it is defined, `taken` where it is first called or handed on; `returns` are the paths of keys
    in a dictionary that it writes out and returns.
    """

    name: str
    module: ModuleFacts
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    span: Span
    digest: str
    called: bool
    named: bool
    head: Span
    returns: frozenset[tuple[str, ...]] = frozenset()
    taken: Span | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Broken(Enum):
    """What a call gets wrong of what it calls."""

    NOTHING_RETURNED = "its value is used, and it returns none"
    NOT_GIVEN = "an argument is not given"
    NOT_TAKEN = "an argument is not taken"
    NO_SUCH_METHOD = "the class has no such method"
    UNSET = "a variable has no value"


@record
class Breach:
    """A call that fails or that gives None: `name` is what is called, `detail` the arguments or the class.

    `defined` is the function or class that it breaks with. For a variable without a value `detail` says on
    which path, nothing where that is on each.
    """

    broken: Broken
    name: str
    detail: str
    span: Span
    defined: Span


@record
class ByHand:
    """A loop of the program's own over the command line, with the ways to type an option to it."""

    ways: tuple[str, ...]
    span: Span


@record
class Program:
    """One side: everything that its scripts do; `modules` are all that are loaded.

    `written` is, for each value, where variables and attributes are given it, in order; `computed` where an
    operator or a call makes it. `networks` are, for each script, the parts of its networks. `merges`
    put settings of the command line and of files together, `parsed` is where the command line is read,
    `by_hand` by code of its own where no library does.
    """

    files: tuple[str, ...]
    effects: tuple[Effect, ...]
    options: tuple[Option, ...]
    definitions: tuple[Definition, ...]
    unfollowed: tuple[Unknown, ...]
    start: Span
    modules: tuple[ModuleFacts, ...] = ()
    written: Mapping[Term, tuple[Span, ...]] = field(default_factory=dict)
    methods: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    computed: Mapping[Term, Span] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    networks: tuple[tuple[NetworkPart, ...], ...] = ()
    merges: tuple[Merge, ...] = ()
    parsed: Span | None = None
    by_hand: tuple[ByHand, ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def of(self, *kinds: Kind) -> tuple[Effect, ...]:
        """The effects of some kinds, in order."""
        return _of_kinds(self, kinds)


@lru_cache(maxsize=256)
def _of_kinds(program: Program, kinds: tuple[Kind, ...]) -> tuple[Effect, ...]:
    """Rules ask for the same kinds again and again."""
    return tuple(effect for effect in program.effects if effect.kind in kinds)
