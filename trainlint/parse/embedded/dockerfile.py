"""A Dockerfile in, the launches of its `ENTRYPOINT` and `CMD` out, run where the tree was copied to."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.argv import job_of_words, shell_text
from trainlint.parse.embedded.dockerfile_lines import Instruction, instructions, json_words
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.running import Collected, starts_training
from trainlint.parse.embedded.tree import Tree
from trainlint.parse.programs import starts_program
from trainlint.parse.shell.state import Shell, Text
from trainlint.source import Files, SourceFile, Span

_SIGN = re.compile(
    r"^[ \t]*(?:CMD|ENTRYPOINT)\b.*(?:\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m\b|python|\\)",
    re.MULTILINE | re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"\\\$|\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<operator>:?[-+])?(?P<operand>[^{}]*)\}|(?P<bare>[A-Za-z_]\w*))"
)
#: A script by its place in the image.
_SCRIPT = re.compile(r"(?<![^\s\"'=])/[\w./@+-]+\.(?:py|sh)(?![^\s\"';&|)])")
_PAIR = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:[^\s\\]|\\.)*)[ \t]*")


@dataclass
class _Stage:
    """What a stage has come to: folder, variables, where parts of the build context lie, what it starts."""

    folder: str | Unknown = "/"
    variables: dict[str, MappedText] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    copied: list[tuple[str, str]] = field(default_factory=list)
    entrypoint: MappedText | None = None
    command: MappedText | None = None


def read_dockerfile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """The launch that each stage ends in; the build context is the tree's root or the Dockerfile's folder."""
    stages: list[_Stage] = []
    named: dict[str, _Stage] = {}
    arguments: dict[str, MappedText] = {}
    for instruction in instructions(source):
        if instruction.name == "FROM":
            stages.append(_from(instruction.text.text, named))
        elif stages:
            _apply(stages[-1], instruction, arguments)
        elif instruction.name == "ARG":
            arguments |= _pairs(instruction.text)
    contexts = [directory, Tree.around(source.path, directory, files).root, source.path.parent]
    collected = Collected(Form.DOCKERFILE)
    for stage in stages:
        _launch(stage, list(dict.fromkeys(contexts)), files, collected)
    return collected.launches(source)


def looks_like(source: SourceFile) -> bool:
    """Whether a Dockerfile ends in what may be a launch."""
    return _SIGN.search(source.text) is not None


def _from(text: str, named: dict[str, _Stage]) -> _Stage:
    """A new stage, which goes on where the stage that it names ended."""
    words = [word for word in text.split() if not word.startswith("--")]
    base = named.get(words[0].lower()) if words else None
    stage = _Stage()
    if base is not None:
        stage = _Stage(
            base.folder, dict(base.variables), set(base.exported), list(base.copied), base.entrypoint
        )
        stage.command = base.command
    if len(words) == 3 and words[1].lower() == "as":
        named[words[2].lower()] = stage
    return stage


def _apply(stage: _Stage, instruction: Instruction, arguments: dict[str, MappedText]) -> None:
    """Take one instruction into account."""
    text = instruction.text
    if instruction.name == "WORKDIR":
        folder = _expanded(text, stage).known
        if folder is None:
            stage.folder = Unknown(
                "the folder is known only when the image is built", text.span(0, len(text.text))
            )
        elif isinstance(stage.folder, str) or folder.startswith("/"):
            base = stage.folder if isinstance(stage.folder, str) else "/"
            stage.folder = posixpath.normpath(posixpath.join(base, folder.strip().strip("\"'")))
    elif instruction.name in ("ENV", "ARG"):
        pairs = _pairs(text) or _old_pair(text)
        if instruction.name == "ARG" and "=" not in text.text:
            pairs = {name: value for name, value in arguments.items() if name == text.text.strip()}
        for name, value in pairs.items():
            stage.variables[name] = _expanded(value, stage)
            stage.exported.add(name)
    elif instruction.name in ("COPY", "ADD"):
        _copy(stage, text)
    elif instruction.name == "ENTRYPOINT":
        stage.entrypoint, stage.command = text, None
    elif instruction.name == "CMD":
        stage.command = text


def _copy(stage: _Stage, text: MappedText) -> None:
    """Note where files of the build context lie in the image; what comes from elsewhere is not noted."""
    expanded = _expanded(text, stage).known
    if expanded is None or "--from" in expanded or isinstance(stage.folder, Unknown):
        return
    listed = json_words(text)
    words = [word.text for word in listed] if listed is not None else expanded.split()
    words = [word for word in words if not word.startswith("--")]
    if len(words) < 2:
        return
    target = posixpath.join(stage.folder, words[-1])
    is_folder = words[-1].endswith("/") or words[-1] in (".", "./", "..") or len(words) > 2
    for source in words[:-1]:
        relative = posixpath.normpath(source.lstrip("/") or ".")
        if "://" in source or "*" in source:
            continue
        into = is_folder and posixpath.splitext(relative)[1] != ""
        place = posixpath.join(target, posixpath.basename(relative)) if into else target
        stage.copied.append((posixpath.normpath(place), relative))


def _launch(stage: _Stage, contexts: list[Path], files: Files, collected: Collected) -> None:
    """The launch that a stage ends in."""
    last = stage.command if stage.command is not None else stage.entrypoint
    if last is None:
        return
    words = [_placed(word, stage, contexts, files) for word in _words(stage) or ()]
    text = shell_text(words) if words else _placed(_text(stage) or last, stage, contexts, files)
    scripts = [word.text for word in words or [] if word.text.endswith((".py", ".sh"))]
    directory = _directory(stage, contexts, files, scripts, last.span(0, len(last.text)))
    shell = _shell(stage, directory, files)
    if text is not None:
        collected.run(text, shell)
    elif words:
        job = job_of_words(words, Form.DOCKERFILE, directory, shell.environment())
        if starts_program(job.command.words) and starts_training(job, files):
            collected.jobs.append(job)


def _words(stage: _Stage) -> list[MappedText] | None:
    """The words of the program when `ENTRYPOINT`, or `CMD` alone, is a list; None for a shell's text."""
    entrypoint = json_words(stage.entrypoint) if stage.entrypoint is not None else []
    command = json_words(stage.command) if stage.command is not None else []
    if entrypoint is None or (not entrypoint and command is None):
        return None
    return [*entrypoint, *(command or [])]


def _text(stage: _Stage) -> MappedText | None:
    """The text that a shell reads: an `ENTRYPOINT` that is one takes no notice of `CMD`."""
    return stage.entrypoint if stage.entrypoint is not None else stage.command


def _shell(stage: _Stage, directory: Value[Path], files: Files) -> Shell:
    shell = Shell(files, directory)
    for name, value in stage.variables.items():
        unknown = next(iter(value.holes.values()), None)
        place = value.span(0, len(value.text))
        shell.variables[name] = Text.at(value.text, place) if unknown is None else Text((unknown,), (place,))
    shell.exported = frozenset(stage.exported & set(stage.variables))
    return shell


def _directory(
    stage: _Stage, contexts: list[Path], files: Files, scripts: list[str], span: Span
) -> Value[Path]:
    """The folder of the tree that lies where the stage runs."""
    if isinstance(stage.folder, Unknown):
        return stage.folder
    found = _in_tree(stage.folder, stage, contexts, files)
    if found is not None and files.is_dir(found):
        return Known(found, span)
    for script in scripts:
        path = _in_tree(posixpath.join(stage.folder, script), stage, contexts, files)
        if path is not None and path.as_posix().endswith("/" + script):
            return Known(Path(path.as_posix()[: -len(script) - 1]), span)
    return Unknown(f"what lies in `{stage.folder}` of the image is not known", span)


def _in_tree(place: str, stage: _Stage, contexts: list[Path], files: Files) -> Path | None:
    """What of the tree was copied to a place of the image, the last copy first."""
    for target, relative in reversed(stage.copied):
        if place == target or place.startswith(target.rstrip("/") + "/"):
            rest = posixpath.relpath(place, target)
            for context in contexts:
                path = files.absolute(context / relative / rest)
                if files.kind(path) is not None:
                    return path
    return None


def _placed(text: MappedText, stage: _Stage, contexts: list[Path], files: Files) -> MappedText:
    """The text with the tree's own files in place of those that the image has of them.

    A script that came into the image in another way is unknown.
    """
    assembly = Assembly(text.source)
    position = 0
    for found in _SCRIPT.finditer(text.text):
        assembly.splice(text, position, found.start())
        position = found.end()
        place, path = text.place(*found.span()), found.group()
        own = _in_tree(posixpath.normpath(path), stage, contexts, files)
        if own is not None:
            assembly.replace(str(own), *place)
        else:
            reason = f"what lies at `{path}` of the image is not known"
            assembly.hole(Unknown(reason, text.source.span(*place)), *place)
    assembly.splice(text, position, len(text.text))
    return assembly.text()


def _pairs(text: MappedText) -> dict[str, MappedText]:
    """The variables of `A=1 B="2"`."""
    found: dict[str, MappedText] = {}
    position = len(text.text) - len(text.text.lstrip())
    while pair := _PAIR.match(text.text, position):
        start, end = pair.span("value")
        if pair["value"][:1] in ("'", '"'):
            start, end = start + 1, end - 1
        assembly = Assembly(text.source)
        assembly.splice(text, start, end)
        found[pair["name"]] = assembly.text()
        position = pair.end()
    return found


def _old_pair(text: MappedText) -> dict[str, MappedText]:
    """The variable of `ENV NAME the rest`."""
    name, _, rest = text.text.partition(" ")
    if not rest or not name.isidentifier():
        return {}
    assembly = Assembly(text.source)
    assembly.splice(text, len(text.text) - len(rest.lstrip()), len(text.text))
    return {name: assembly.text()}


def _expanded(text: MappedText, stage: _Stage) -> MappedText:
    """The text with the variables of the stage; one that it does not set is unknown."""
    assembly = Assembly(text.source)
    position = 0
    for found in _VARIABLE.finditer(text.text):
        assembly.splice(text, position, found.start())
        position = found.end()
        name = found["braced"] or found["bare"]
        place = text.place(*found.span())
        known = stage.variables.get(name) if name else None
        if name is None:
            assembly.replace("$", *place)
        elif known is not None and not (found["operator"] or "").endswith("+"):
            assembly.insert(known, *place)
        elif known is None and (found["operator"] or "").endswith("-"):
            assembly.splice(text, *found.span("operand"))
        else:
            reason = f"`{found.group()}` is known only when the image is built or run"
            assembly.hole(Unknown(reason, text.source.span(*place)), *place)
    assembly.splice(text, position, len(text.text))
    return assembly.text()
