"""A parser's facts and a launch in, what the files of arguments that the launch names say and lack out."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from trainlint.facts.arguments import (
    ArgumentProblem,
    CommandLineFacts,
    MissingArgument,
    ParserKind,
    UnknownArgument,
)
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.facts.yaml import YamlMap
from trainlint.parse.arguments.check import Checked
from trainlint.parse.launcher_configs.document import read_json, read_yaml
from trainlint.parse.yaml_values import values_in
from trainlint.record import record
from trainlint.source import Files, SourceFile, Span

#: Keys of a file that the parser itself uses up.
_OWN_KEYS = {ParserKind.TRL: frozenset(("env",))}
_RUNTIME = {
    ParserKind.HF: "ValueError: Some keys are not used by the HfArgumentParser: ['{}']",
    ParserKind.TRL: "ValueError: Unknown arguments from config file: ['--{}', …]",
}


@record
class _File:
    """A file of arguments, and where the launch names it."""

    body: YamlMap
    span: Span


def lone_file(
    facts: CommandLineFacts, words: tuple[Word, ...], launch: LaunchFacts, files: Files
) -> Checked | None:
    """What a file says that stands in the place of all arguments, None when there is no such file."""
    text = words[0].text if len(words) == 1 else None
    if not isinstance(text, Known) or not text.value.endswith(facts.lone_file or ("\0",)):
        return None
    read = _read(text, launch, files)
    if isinstance(read, Unknown):
        return Checked((), (read,), (), (), values=None)
    problems: list[ArgumentProblem] = [*_unknown_keys(facts, read), *_missing_keys(facts, read)]
    return Checked(tuple(problems), (), (), (), values=dict(values_in(read.body)))


def with_config(
    facts: CommandLineFacts, words: tuple[Word, ...], checked: Checked, launch: LaunchFacts, files: Files
) -> Checked:
    """A verdict together with that on the files that options of the launch name."""
    for text in _named(facts, words):
        read = _read(text, launch, files)
        if isinstance(read, Unknown):
            kept = tuple(entry for entry in checked.problems if not isinstance(entry, MissingArgument))
            checked = replace(checked, problems=kept, unverified=(*checked.unverified, read), values=None)
            continue
        given = set(_given_in(read.body))
        displays = {entry.display for entry in (*facts.options, *facts.positionals) if entry.dest in given}
        still: tuple[ArgumentProblem, ...] = tuple(
            problem
            for problem in checked.problems
            if not (isinstance(problem, MissingArgument) and problem.name in displays)
        )
        values = (
            checked.values if checked.values is None else {**checked.values, **dict(values_in(read.body))}
        )
        checked = replace(checked, problems=(*still, *_unknown_keys(facts, read)), values=values)
    return checked


def _named(facts: CommandLineFacts, words: tuple[Word, ...]) -> Iterator[Value[str]]:
    for index, word in enumerate(words):
        text = word.text
        if isinstance(text, Unknown):
            continue
        name, equals, value = text.value.partition("=")
        if name not in facts.config_options:
            continue
        if equals:
            yield Known(value, word.span_of(len(name) + 1, len(text.value)))
        elif index + 1 < len(words):
            yield words[index + 1].text


def _read(text: Value[str], launch: LaunchFacts, files: Files) -> _File | Unknown:
    """The file, or why what it says is not known."""
    if isinstance(text, Unknown):
        return text
    if isinstance(launch.directory, Unknown) and not os.path.isabs(text.value):
        return launch.directory
    base = launch.directory.value if isinstance(launch.directory, Known) else Path("/")
    path = files.absolute(base / text.value)
    source = files.read(path) if files.is_file(path) else None
    if not isinstance(source, SourceFile):
        return Unknown(f"the file of arguments `{text.value}` is not there or cannot be read", text.span)
    document = read_json(source) if path.suffix == ".json" else read_yaml(source)
    if document.problem is not None:
        return Unknown(
            f"`{source.display}` cannot be read: {document.problem.message}", document.problem.span
        )
    return _File(document.body, text.span)


def _unknown_keys(
    facts: CommandLineFacts, file: _File, body: YamlMap | None = None, path: str = ""
) -> Iterator[ArgumentProblem]:
    """Keys that are no arguments; what stands under a key belongs to arguments with dotted names."""
    if facts.open is not None or facts.keeps_unknown:
        return
    known = {entry.dest for entry in (*facts.options, *facts.positionals)}
    for entry in (body or file.body).entries:
        name = f"{path}{entry.key!s}"
        below = any(dest.startswith(f"{name}.") for dest in known)
        if below and isinstance(entry.node, YamlMap):
            yield from _unknown_keys(facts, file, entry.node, f"{name}.")
        elif name not in known and not below and name not in _OWN_KEYS.get(facts.kind, ()):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
            runtime = _RUNTIME.get(facts.kind, "the key `{}` is refused").format(name)
            nearest = f"--{near[0]}" if near else None
            yield UnknownArgument(f"--{name}", nearest, entry.key_span, runtime, facts.borrowed is None)


def _given_in(body: YamlMap, path: str = "") -> Iterator[str]:
    """The arguments that a file sets, by their dotted names."""
    for entry in body.entries:
        yield f"{path}{entry.key!s}"
        if isinstance(entry.node, YamlMap):
            yield from _given_in(entry.node, f"{path}{entry.key!s}.")


def _missing_keys(facts: CommandLineFacts, file: _File) -> Iterator[ArgumentProblem]:
    given = set(_given_in(file.body))
    for entry in facts.options:
        if entry.required and entry.certain and entry.dest not in given and facts.open is None:
            runtime = f"TypeError: missing 1 required argument: '{entry.dest}'"
            yield MissingArgument(entry.dest, file.span, runtime, entry.span)
