"""A task file (SkyPilot, Kubernetes, compose and their like) in, the launches of its commands out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.argv import job_of_words, shell_text
from trainlint.parse.embedded.document import Document
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.task_forms import Held, held
from trainlint.parse.embedded.yaml_view import View, documents
from trainlint.parse.programs import starts_program
from trainlint.parse.shell.state import Shell, Text
from trainlint.source import Files, SourceFile, Span

_KEY = re.compile(r"^[ \t-]*(?:run|commands?|args|arguments|entrypoint|script|source)[ \t]*:", re.MULTILINE)
_SIGN = re.compile(r"\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m\b|sbatch|srun")
_CONFIG = re.compile(
    r"\s*#\s*@package|^(?:defaults[ \t]*:[ \t]*$|hydra[ \t]*:)|^[ \t]*_target_[ \t]*:", re.MULTILINE
)
#: Text that the tool replaces before the command runs.
_TEMPLATE = re.compile(r"\$\{\{.*?\}\}|\{\{.*?\}\}|\$\((?:params|inputs)[^()]*\)", re.DOTALL)
_VARIABLE = re.compile(r"(?<!\$)\$\((?P<name>[A-Za-z_]\w*)\)")
_ELSEWHERE = "it may be in the image or on the machine that runs this"


def read_task(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch of a task file; its commands run where the tree is, as far as that can be told."""
    document = Document.of(source, directory, files, Form.TASK, _ELSEWHERE)
    for view in documents(source):
        for command in held(view):
            _read(command, document)
    return document.launches()


def looks_like(source: SourceFile) -> bool:
    """Whether a YAML file is a task that may hold a launch, and not a config."""
    text = source.text
    if _KEY.search(text) is None or _SIGN.search(text) is None or _CONFIG.search(text) is not None:
        return False
    return any(True for view in documents(source) for _ in held(view))


def _read(command: Held, document: Document) -> None:
    """The launches of one command, by a shell of its own."""
    environment = {name: _filled(text) for view in command.environment for name, text in _variables(view)}
    folder = _folder(command, document)
    shell = Shell(document.files, folder)
    for name, value in environment.items():
        unknown = next(iter(value.holes.values()), None)
        place = value.span(0, len(value.text)) if value.pieces else Span.at(document.source.display)
        shell.variables[name] = Text.at(value.text, place) if unknown is None else Text((unknown,), (place,))
    shell.exported = frozenset(environment)
    texts = [_filled(text) for view in command.texts if (text := view.text) is not None]
    words = [_filled(text, environment) for view in command.words if (text := view.text) is not None]
    if words and (inner := shell_text(words)) is not None:
        texts, words = [inner], []
    document.shell, document.is_placed = shell, bool(command.folder)
    if len(texts) > 1:
        texts = [_joined(texts)]
    for one in texts:
        document.read_text(one)
    if words:
        job = job_of_words(words, Form.TASK, folder, shell.environment())
        if starts_program(job.command.words):
            document.read_job(job)


def _joined(texts: list[MappedText]) -> MappedText:
    """Texts that one shell reads one after the other."""
    assembly = Assembly(texts[0].source)
    for text in texts:
        assembly.splice(text, 0, len(text.text))
        end = text.place(len(text.text), len(text.text))[1]
        assembly.replace("\n", end, end)
    return assembly.text()


def _folder(command: Held, document: Document) -> Value[Path]:
    """The folder of the tree that the file sends to where the command runs, or where the text is started."""
    start = Known(document.directory, Span.at(document.source.display))
    if command.folder is None or not command.folder:
        return start
    for base in (document.directory, document.source.path.parent):
        path = document.files.absolute(base / command.folder.value)
        if document.files.is_dir(path):
            return Known(path, command.folder.span)
    if document.tree.has_name(command.folder.value.rstrip("/").rpartition("/")[2]):
        return Known(document.tree.root, command.folder.span)
    return Unknown(f"the folder `{command.folder.value}` is not on this machine", command.folder.span)


def _variables(view: View) -> Iterator[tuple[str, MappedText]]:
    """The variables of a mapping, of a list of `NAME=value` or of one of `name:` and `value:`."""
    for name, value in view.entries():
        if (text := value.text) is not None:
            yield name, text if value.value not in ("", "null", "~") else _not_given(value, name)
    for element in view.elements():
        name = element["name"].value or element["key"].value
        text = element["value"].text
        if name and text is not None:
            yield name, text
        elif name:
            yield name, _not_given(element, name)
        elif "=" in element.value and (text := element.text) is not None:
            assembly = Assembly(view.source)
            split = text.text.index("=")
            assembly.splice(text, split + 1, len(text.text))
            yield text.text[:split], assembly.text()


def _not_given(view: View, name: str) -> MappedText:
    assembly = Assembly(view.source)
    reason = f"`{name}` is given when the task is started"
    span = view.span
    start = view.source.offset(span.line, span.column)
    assembly.hole(Unknown(reason, span), start, view.source.offset(span.end_line, span.end_column))
    return assembly.text()


def _filled(text: MappedText, environment: dict[str, MappedText] | None = None) -> MappedText:
    """The text with templates unknown; in words that no shell reads, `$(NAME)` as Kubernetes expands it."""
    assembly = Assembly(text.source)
    position = 0
    pattern = (
        _TEMPLATE
        if environment is None
        else re.compile(f"{_TEMPLATE.pattern}|{_VARIABLE.pattern}", re.DOTALL)
    )
    for found in pattern.finditer(text.text):
        assembly.splice(text, position, found.start())
        place = text.place(*found.span())
        known = environment.get(found["name"]) if environment and found.groupdict().get("name") else None
        if known is not None:
            assembly.insert(known, *place)
        else:
            reason = f"`{found.group()}` is replaced when the task is started"
            assembly.hole(Unknown(reason, text.source.span(*place)), *place)
        position = found.end()
    assembly.splice(text, position, len(text.text))
    return assembly.text() if position else text
