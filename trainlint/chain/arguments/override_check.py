"""Code that reads arguments over a script's globals and a launch in, at which arguments it stops out."""

from __future__ import annotations

import ast
import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.chain.arguments.concrete import Concrete, GivenUpError, LoopControlError, Opaque, RefusedError
from trainlint.facts.arguments import (
    ArgumentProblem,
    CommandLineFacts,
    InvalidArgument,
    Overrides,
    RefusedArgument,
    UnknownArgument,
)
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.arguments.check import Checked
from trainlint.parse.python.module import read_module
from trainlint.parse.python.places import node_span
from trainlint.source import Files, SourceFile, Span


def check_overrides(
    facts: CommandLineFacts, words: tuple[Word, ...], launch: LaunchFacts, files: Files
) -> Checked | None:
    """Run the code for one argument after another, None when the facts are those of a parser."""
    if facts.overrides is None:
        return None
    if isinstance(launch.directory, Unknown):
        return Checked((), (launch.directory,), (), ())
    run = _Run(facts.overrides, files, launch.directory.value)
    index = 0
    while index < len(words):
        index += run.argument(words[index], words[index + 1] if index + 1 < len(words) else None)
    return Checked(tuple(run.problems), tuple(run.unverified), (), (), values=run.values())


@dataclass
class _Run:
    """The globals while one argument after another is read."""

    overrides: Overrides
    files: Files
    directory: Path
    problems: list[ArgumentProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    #: Where globals got the value they have, and those that got one of which nothing is known.
    places: dict[str, Span] = field(default_factory=dict)
    unsure: dict[str, Unknown] = field(default_factory=dict)
    lost: bool = False

    def __post_init__(self) -> None:
        self.places |= self.overrides.places
        for name in self.overrides.typed:
            self.unsure[name] = Unknown("it is computed", self.places.get(name, self._start))
        self.variables: dict[str, object] = {
            name: value.value if isinstance(value, Known) else Opaque()
            for name, value in self.overrides.names.items()
        }
        self.more = self.overrides.more

    @property
    def _start(self) -> Span:
        return Span.at(self.overrides.code.display)

    def values(self) -> dict[str, Value[object]] | None:
        """The globals when all arguments are read, None when anything may have been done to them."""
        if self.lost:
            return None
        return {
            name: self.unsure.get(name) or _plain(value, self.places.get(name, self._start))
            for name, value in self.variables.items()
        }

    def argument(self, word: Word, following: Word | None) -> int:
        """What the code does with one argument; gives how many words that were."""
        text = self._text(word)
        if text is None:
            self.unverified.append(Unknown(f"`{word.raw}` may hold any arguments", word.span))
            self.lost = True
            return 1
        found = len(self.problems)
        self._run(word, text)
        self._placed(word, text)
        apart = text.lstrip("-") in self.overrides.names and text.startswith("--")
        if len(self.problems) == found or not apart or following is None or following.raw.startswith("-"):
            return 1
        first, end = word.span, following.span
        whole = Span(first.file, first.line, first.column, end.end_line, end.end_column)
        shown, joined = f"{text} {following.raw}", f"{text}={following.raw}"
        reason = "wants name and value joined by `=`"
        self.problems[found:] = [RefusedArgument(shown, reason, whole, self.problems[-1].runtime, joined)]
        return 2

    def _run(self, word: Word, text: str) -> None:
        code = Concrete(self.variables, [text], lambda path: self._execute(path, word), self._exists)
        try:
            code.run(self.overrides.code.tree.body)
        except RefusedError as stop:
            self.problems += self._refused(word, text, str(stop), code.asked)
        except (GivenUpError, LoopControlError) as reason:
            self.lost = True
            why = f"what `{self.overrides.code.display}` does with `{word.raw}` is not followed: {reason}"
            self.unverified.append(Unknown(why, word.span))
        except (ValueError, TypeError, SyntaxError, KeyError) as error:
            self.problems += self._refused(word, text, f"{type(error).__name__}: {error}", code.asked)

    def _placed(self, word: Word, text: str) -> None:
        """Note where `--key=value` gives a global its value."""
        key, separator, value = text.partition("=")
        name = key.lstrip("-")
        if not separator or name not in self.variables:
            return
        if isinstance(word.text, Unknown):
            self.unsure[name] = word.text
        else:
            self.unsure.pop(name, None)
            self.places[name] = word.span_of(len(text) - len(value), len(text)) if value else word.span

    def _text(self, word: Word) -> str | None:
        """The argument; where only its value is unknown, with one that fits."""
        if isinstance(word.text, Known):
            return word.text.value
        name, separator, _ = word.literal_prefix.partition("=")
        if not separator:
            return None
        known = self.variables.get(name.lstrip("-"), Opaque())
        return f"{name}={'x' if isinstance(known, (str, Opaque)) else repr(known)}"

    def _exists(self, path: str) -> bool:
        return self.files.is_file(self.directory / path)

    def _refused(
        self, word: Word, text: str, runtime: str, asked: list[tuple[str, bool]]
    ) -> Iterator[ArgumentProblem]:
        name = text.partition("=")[0]
        absent = [key for key, found in asked if not found]
        if absent:
            if self.more is not None:
                self.unverified.append(self.more)
                return
            nearest = self._nearest(absent[-1], name)
            yield UnknownArgument(name, nearest, word.span_of(0, len(name)), runtime)
        elif asked and isinstance(word.text, Known):
            key, value = asked[-1][0], text.partition("=")[2]
            known = self.variables.get(key)
            place = self.overrides.places.get(key)
            span = word.span_of(len(name) + 1, len(text)) if value else word.span
            kind = type(known).__name__
            expected = f"{'an' if kind == 'int' else 'a'} {kind} like `{known!r}`"
            yield InvalidArgument(name, value, expected, span, runtime, place)
        elif isinstance(word.text, Known):
            nearest = self._as_option(text) or self._nearest_file(text)
            reason = "finds no such file" if "No such file" in runtime else "stops at it"
            yield RefusedArgument(text, reason, word.span, runtime, nearest)

    def _nearest(self, key: str, spelled: str) -> str | None:
        names = [name for name in self.overrides.names if not name.startswith("_")]
        found = difflib.get_close_matches(key, names, n=1, cutoff=0.7)
        return spelled.replace(key, found[0]) if found else None

    def _as_option(self, text: str) -> str | None:
        """`lr=0.1` for `--lr=0.1`."""
        key, separator, _ = text.partition("=")
        return f"--{text}" if separator and key in self.overrides.names else None

    def _nearest_file(self, text: str) -> str | None:
        folder, name = os.path.split(text)
        found = difflib.get_close_matches(name, self.files.entries(self.directory / folder), n=1, cutoff=0.7)
        return os.path.join(folder, found[0]) if found else None

    def _execute(self, path: str, word: Word) -> None:
        """A config file: what it sets are globals from then on."""
        source = self.files.read(self.directory / path)
        module = read_module(source) if isinstance(source, SourceFile) else None
        if module is None or module.problem is not None:
            problem = module.problem if module is not None else None
            raise RefusedError(f"SyntaxError: {problem.message if problem else 'not readable'} ({path})")
        before = set(self.variables)
        code = Concrete(self.variables, [], lambda path: None, self._exists)
        for statement in module.tree.body:
            self._follow(code, statement)
        for name, definition in module.definitions.items():
            self.unsure.pop(name, None)
            self.places[name] = node_span(module.source, definition.node)
            if name not in before and self.more is None:
                self.problems += self._useless(name, definition.node, module)
        if any(entry.name == "*" for entry in module.imports) or module.dynamic is not None:
            self.more = self.more or Unknown(f"`{path}` may set any globals", word.span)
            self.lost = True

    def _follow(self, code: Concrete, statement: ast.stmt) -> None:
        try:
            code.run([statement])
        except (GivenUpError, LoopControlError, ValueError, TypeError, KeyError):
            self.variables |= dict.fromkeys(_set_by(statement), Opaque())

    def _useless(self, name: str, node: ast.AST, module: ModuleFacts) -> Iterator[ArgumentProblem]:
        """A name of a config file that the script does not have: a misspelt one changes nothing."""
        used = sum(isinstance(n, ast.Name) and n.id == name for n in module.nodes) > 1
        nearest = self._nearest(name, name)
        if name not in self.overrides.read and not used and nearest is not None:
            runtime = f"the run goes on, and nothing reads `{name}`"
            place = node.targets[0] if isinstance(node, ast.Assign) else node
            yield UnknownArgument(name, nearest, node_span(module.source, place), runtime, certain=False)


def _set_by(statement: ast.stmt) -> list[str]:
    """The names that a statement may set."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return [node.id for node in nodes if isinstance(node.ctx, ast.Store)]


def _plain(value: object, place: Span) -> Value[object]:
    if isinstance(value, (list, tuple)):
        plain = all(isinstance(item, (str, int, float, type(None))) for item in value)
    else:
        plain = isinstance(value, (str, int, float, type(None)))
    return Known(value, place) if plain else Unknown("it is computed", place)
