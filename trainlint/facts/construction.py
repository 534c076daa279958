"""Facts of objects that are built from the config: what a call passes, what the callee refuses."""

from __future__ import annotations

from trainlint.facts.config import Inclusion, Origin
from trainlint.facts.target import TargetRole
from trainlint.record import record
from trainlint.source import Span


@record
class BuildSite:
    """A call that builds an object from the part of the config at `path`.

    `keywords` and `positional` are what the call itself passes beside the config, `more` says that it may
    pass more. `recursive` and `later` are the call's own `_recursive_` and `_partial_`, where it has them.
    `certain` is False where it is not known that the launch comes to the call, `exact` where code has changed
    the part's keys before in a way that cannot be told.
    """

    path: tuple[str, ...]
    span: Span
    positional: int = 0
    keywords: frozenset[str] = frozenset()
    more: bool = False
    recursive: bool = True
    later: bool = False
    certain: bool = True
    exact: bool = True


@record
class UnexpectedArgument:
    """A name that the callee does not take, or takes a second time (`twice`).

    `origin` is where the config says it, None when the call itself passes it. `available` are the names that
    the callee takes.
    """

    name: str
    key: str
    origin: Origin | None
    available: tuple[str, ...]
    runtime: str
    twice: bool = False


@record
class SurplusArguments:
    """More positional arguments than the callee takes."""

    key: str
    origin: Origin | None
    given: int
    taken: int
    runtime: str


@record
class MissingArgument:
    """Parameters that nothing is given for, and where they are declared.

    `deleted` is the override of the launch that takes one of them away.
    """

    names: tuple[str, ...]
    declared: Span
    runtime: str
    deleted: Span | None = None


@record
class WrongArgument:
    """A value that the callee cannot use; `certain` when it surely refuses it."""

    name: str
    key: str
    span: Span
    inclusion: Inclusion
    value: str
    expected: str
    declared: Span
    runtime: str
    certain: bool = True


ArgumentProblem = UnexpectedArgument | SurplusArguments | MissingArgument | WrongArgument


@record
class ConstructionFacts:
    """One object that the run builds from the config at `key`, and what is wrong with it.

    `text` names the class or function, `origin` is where the config does. `declared` is where it says what it
    takes, `site` the call that builds it. `reason` says why it was not checked, or not wholly. `later` says
    that only a `functools.partial` is made here, which is called afterwards; `own` that the
    callee is the project's.
    """

    key: str
    text: str
    role: TargetRole
    origin: Origin
    declared: Span | None
    site: Span | None
    problems: tuple[ArgumentProblem, ...] = ()
    reason: str | None = None
    certain: bool = True
    later: bool = False
    own: bool = True
