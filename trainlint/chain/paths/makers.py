"""A path that is not there in, the call before its use that may make it out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import field

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.paths.texts import HOLE, PATH_CLASSES, Speller, settings_of
from trainlint.chain.paths.uses import argument_of
from trainlint.facts.behaviour import Access, Behaviour, Call, Read
from trainlint.facts.paths import NeededPath
from trainlint.facts.symbols import Code, External, Instance, Made, Operation, Sequence, Symbol, Table
from trainlint.record import entity

#: Functions that only look at what they are given, by the last part of their names.
_HARMLESS = frozenset(
    {
        *("print", "info", "debug", "warning", "error", "log", "str", "repr", "len", "isinstance", "format"),
        *(
            "join",
            "basename",
            "dirname",
            "abspath",
            "realpath",
            "normpath",
            "expanduser",
            "splitext",
            "fspath",
        ),
        *(
            "getattr",
            "hasattr",
            "setattr",
            "dict",
            "list",
            "tuple",
            "sorted",
            "super",
            "import_module",
            "int",
        ),
        *("resolve", "absolute", "joinpath", "as_posix", "relative_to", "with_suffix", "startswith", "split"),
        *(
            "append",
            "init",
            "get",
            "items",
            "keys",
            "values",
            "to_container",
            "to_yaml",
            "save_hyperparameters",
        ),
    }
)
#: Packages that only show or keep what they are given.
_SHOWING = frozenset({"rich", "tqdm", "logging", "loguru", "wandb", "omegaconf", "pprint", "json", "yaml"})


@entity
class Makers:
    """Looks through the calls of one launch; what each is given is spelled once."""

    behaviour: Behaviour
    run: Evaluation
    speller: Speller
    _given: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def of(self, needed: NeededPath, order: int) -> str | None:
        """The name of what may make a path before it is used, None when nothing does."""
        key = tuple(needed.key.split("."))
        for event in self.behaviour.events[:order]:
            if isinstance(event, Read):
                path = event.setting.path
                whole = event.access in (Access.WHOLE, Access.BUILT) and not _only_shows(event.via)
                above = len(path) < len(key) and path == key[: len(path)]
                if whole and above and self._may_run(event):
                    return event.via
            elif isinstance(event, Call) and self._may_make(event, needed.path):
                return _name(event.callee)
        return None

    def _may_run(self, event: Read | Call) -> bool:
        return self.run.reached(event.place) is not False

    def _may_make(self, call: Call, path: str) -> bool:
        name = _name(call.callee)
        if call.inside is not None or name.rpartition(".")[2] in _HARMLESS or name in PATH_CLASSES:
            return False
        if argument_of(call) is not None or isinstance(call.result, (Instance, Operation)):
            return False
        return any(_touches(given, path) for given in self._texts(call)) and self._may_run(call)

    def _texts(self, call: Call) -> tuple[str, ...]:
        """The absolute paths among the arguments of a call."""
        if id(call) not in self._given:
            self._given[id(call)] = tuple(self._spelled(call))
        return self._given[id(call)]

    def _spelled(self, call: Call) -> Iterator[str]:
        for value in (*call.positional, *(value for _, value in call.keywords)):
            for part in _flat(value):
                if any(settings_of(part)):
                    yield from self.speller.places(part)


def _only_shows(name: str | None) -> bool:
    """Whether a call does nothing but show what it is given, or its name is not known."""
    if name is None or name.partition(".")[0] in _SHOWING:
        return True
    return name.rpartition(".")[2] in ("get", "getattr", "items", "values", "pop", "send_example_telemetry")


def _flat(symbol: Symbol) -> Iterator[Symbol]:
    if isinstance(symbol, Sequence):
        for item in symbol.items:
            yield from _flat(item)
    elif isinstance(symbol, Table):
        for _, value in symbol.entries:
            yield value
    else:
        yield symbol


def _touches(given: str, path: str) -> bool:
    given = given.partition(HOLE)[0].rstrip("/")
    if not given:
        return False
    return path == given or path.startswith(given + os.sep) or given.startswith(path + os.sep)


def _name(callee: Symbol) -> str:
    if isinstance(callee, (External, Made)):
        return callee.name
    if isinstance(callee, Code):
        return callee.name
    if isinstance(callee, Operation) and callee.name == ".":
        owner, method = callee.operands
        return f"{_name(owner)}.{getattr(method, 'value', '?')}"
    return "code that cannot be followed"
