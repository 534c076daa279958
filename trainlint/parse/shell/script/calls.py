"""Functions, sourced scripts and `eval`: a call and a world in, the worlds behind it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.script.evaluation import MAX_CALLS, Evaluation
from trainlint.parse.shell.script.grammar import parse
from trainlint.parse.shell.script.spliced import SplicedText
from trainlint.parse.shell.script.world import Definition, Flow, Script, Status, World
from trainlint.parse.shell.state import Array, Text, Variable, text_of
from trainlint.parse.shell.text import FileText, ShellText
from trainlint.source import SourceFile, Span

#: Scripts of an environment manager or of the user: they set nothing that a launch is made of.
_ENVIRONMENT = re.compile(
    r"(?:.*/)?(?:activate(?:\.\w+)?|conda\.sh|mamba\.sh|\.\w*(?:rc|profile)|profile|modules?\.sh|init/\w+|setvars\.sh"
    r"|virtualenvwrapper\.sh|nvm\.sh|.*/init/(?:ba)?sh|env)\Z",
    re.DOTALL,
)


def call(
    run: Evaluation, definition: Definition, world: World, words: Sequence[Word], span: Span
) -> list[World]:
    """A function with its arguments."""
    if len(run.calls) >= MAX_CALLS:
        run.doubt("functions call one another too deeply to follow", span)
        return [world.ended(Status.UNKNOWN)]
    given, asked = world.shell.positional, world.asked
    world.shell.positional, world.asked = tuple(map(_argument, words)), None
    world.frames = (*world.frames, {})
    run.calls.append(span)
    worlds = run.node(definition.script, definition.body, world)
    run.calls.pop()
    for after in worlds:
        if after.flow is not Flow.EXIT:
            after.flow, after.levels = Flow.NEXT, 0
        after.shell.positional, after.asked = given, asked
        _bring_back(after)
    return worlds


def _argument(word: Word) -> Text:
    return Text(word.parts, word.spans, word.splits, word.swallowed)


def _bring_back(world: World) -> None:
    """Undo what `local` hid."""
    frame, world.frames = world.frames[-1], world.frames[:-1]
    shell = world.shell
    for name, hidden in frame.items():
        if hidden.variable is None:
            shell.variables.pop(name, None)
        else:
            shell.variables[name] = hidden.variable
        shell.removed = shell.removed | {name} if hidden.removed else shell.removed - {name}
        shell.exported = shell.exported | {name} if hidden.exported else shell.exported - {name}


def source_script(run: Evaluation, world: World, words: Sequence[Word], span: Span) -> list[World]:
    """`source script arguments`: the script runs in this shell."""
    world.ended(Status.MEANT)
    if len(words) < 2:
        return [world]
    text = words[1].text
    if _ENVIRONMENT.match(text.value if isinstance(text, Known) else words[1].raw):
        return [world]
    found = _script(run, world, text, words[1].span)
    if found is None:
        run.foreign = True
        return [world]
    given, zero = world.shell.positional, world.shell.variables.get("BASH_SOURCE")
    if len(words) > 2:
        world.shell.positional = tuple(map(_argument, words[2:]))
    shown = Text.at(text.value if isinstance(text, Known) else "", span)
    world.shell.variables["BASH_SOURCE"] = Array({"0": shown, **_sources_around(zero)})
    run.reading.append(found.path)
    run.calls.append(span)
    worlds = run_text(run, FileText(found), world)
    run.calls.pop()
    run.reading.pop()
    for after in worlds:
        if after.flow is not Flow.EXIT:
            after.flow, after.levels = Flow.NEXT, 0
        if len(words) > 2:
            after.shell.positional = given
        if zero is not None:
            after.shell.variables["BASH_SOURCE"] = zero
        after.ended(Status.MEANT)
    return worlds


def _sources_around(sources: Variable | None) -> dict[str, Text]:
    """The elements of BASH_SOURCE of the script that sources another one, as the other one sees them."""
    if not isinstance(sources, Array):
        return {}
    elements = sources.elements
    if isinstance(elements, Unknown):
        return {"1": Text((elements,), (elements.span,), splits=True)}
    return {str(int(key) + 1): text for key, text in elements.items()}


def _script(run: Evaluation, world: World, text: Known[str] | Unknown, span: Span) -> SourceFile | None:
    """The script that is sourced; None when it cannot be read."""
    directory = world.shell.directory
    if isinstance(text, Unknown) or (isinstance(directory, Unknown) and not Path(text.value).is_absolute()):
        unknown = text if isinstance(text, Unknown) else directory
        reason = unknown.reason if isinstance(unknown, Unknown) else ""
        run.doubt(f"the script that is sourced is not known: {reason}", span)
        return None
    base = directory.value if isinstance(directory, Known) else Path("/")
    path = run.files.absolute(base / text.value)
    if run.reading.count(path) > 1 or len(run.calls) >= MAX_CALLS:
        run.doubt(f"`{text.value}` sources itself", span)
        return None
    if not run.files.is_file(path):
        run.doubt(f"`{text.value}`, which is sourced, is not there", span)
        return None
    source = run.files.read(path)
    if not isinstance(source, SourceFile):
        run.doubt(f"`{text.value}`, which is sourced, cannot be read: {source.reason}", span)
        return None
    return source


def evaluate_words(run: Evaluation, world: World, words: Sequence[Word], span: Span) -> list[World]:
    """`eval words`: their text is read again."""
    if not words:
        return [world.ended(Status.SUCCESS)]
    if len(run.calls) >= MAX_CALLS:
        run.doubt("`eval` is nested too deeply to follow", span)
        return [world.ended(Status.UNKNOWN)]
    text = text_of(words[0])
    for word in words[1:]:
        text = text + Text.at(" ", word.span) + text_of(word)
    if len(text.parts) == 1 and isinstance(text.parts[0], Unknown):
        if "hook" not in words[0].raw:
            run.foreign = True
            run.doubt(f"what `eval` runs is not known: {text.parts[0].reason}", span)
        return [world.ended(Status.MEANT)]
    run.calls.append(span)
    worlds = run_text(run, SplicedText(text, span), world)
    run.calls.pop()
    return worlds


def run_text(run: Evaluation, source: ShellText, world: World) -> list[World]:
    """Run a text of its own in a world."""
    parsed = parse(source, 0, len(source.text))
    run.read(source, parsed)
    return run.block(Script(source, parsed.documents), parsed.body, [world])


def fresh(world: World, zero: str, span: Span) -> World:
    """The world of another shell that this one starts: it sees what is exported."""
    shell = world.shell
    variables = {name: shell.variables[name] for name in shell.exported if name in shell.variables}
    inner = replace(shell, variables=variables, positional=(), zero=Text.at(zero, span))
    return World(inner, {}, written=world.written, fetches=world.fetches)
