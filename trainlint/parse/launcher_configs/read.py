"""A launch in, the same launch with the config files that its launchers read out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import LauncherOption, LaunchFacts, Word
from trainlint.facts.launcher_config import (
    ConfigNotFound,
    LauncherConfig,
    LauncherConfigProblem,
    Mismatch,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.facts.yaml import YamlScalar
from trainlint.parse.launcher_configs import accelerate, deepspeed
from trainlint.parse.launcher_configs.accelerate import read_accelerate
from trainlint.parse.launcher_configs.deepspeed import read_deepspeed
from trainlint.regex import regex
from trainlint.source import Files, SourceFile, Span

_ACCELERATE_RUNTIME = "FileNotFoundError: The passed configuration file `{}` does not exist."
_BATCH_SET = regex(r"\[\s*[\"']train_(?:micro_)?batch_size\w*[\"']\s*\]\s*=[^=]")
_DEEPSPEED_RUNTIME = "ValueError: Expected a string path to an existing deepspeed config"
#: Arguments with which transformers' TrainingArguments and DeepSpeed's own parser name a config.
_ARGUMENTS = ("--deepspeed", "--deepspeed_config")


def with_configs(launch: LaunchFacts, files: Files) -> LaunchFacts:
    """The launch with the config files of accelerate and DeepSpeed, and what they say of the run."""
    configs: list[LauncherConfig] = []
    for use in launch.launchers:
        if use.name == "accelerate":
            launch = _accelerate(launch, {option.name: option for option in use.options}, files, configs)
    for text in _script_arguments(launch.arguments):
        configs += _deepspeed(launch, text, files, from_script=True)
    return replace(launch, configs=tuple(configs)) if configs else launch


def _accelerate(
    launch: LaunchFacts, options: Mapping[str, LauncherOption], files: Files, configs: list[LauncherConfig]
) -> LaunchFacts:
    given = options.get("--config_file")
    if given is not None and given.value is not None:
        found = _find(launch, given.value, files)
        if isinstance(found, SourceFile):
            facts = read_accelerate(found, options)
            configs.append(
                LauncherConfig(accelerate.LIBRARY, found.display, given.value.span, facts.problems)
            )
            if facts.processes is not None:
                launch = replace(launch, world_size=facts.processes)
            configs += _named_inside(launch, facts.deepspeed, files)
        else:
            configs += _missing(launch, accelerate.LIBRARY, given.value, found, files)
    file = options.get("--deepspeed_config_file")
    if file is not None and file.value is not None:
        configs += _deepspeed(launch, file.value, files)
    return launch


def _named_inside(launch: LaunchFacts, node: YamlScalar | None, files: Files) -> list[LauncherConfig]:
    if node is None or not isinstance(node.value, str) or node.value == "none":
        return []
    return _deepspeed(launch, Known(node.value, node.span), files)


def _deepspeed(
    launch: LaunchFacts, text: Value[str], files: Files, *, from_script: bool = False
) -> list[LauncherConfig]:
    found = _find(launch, text, files)
    if isinstance(found, SourceFile):
        problems, unverified = read_deepspeed(found, launch.world_size)
        if from_script and any(map(_is_changed, problems)) and _sets_batch(launch, files):
            problems = tuple(problem for problem in problems if not _is_changed(problem))
            reason = "the script sets parts of the DeepSpeed config itself"
            unverified = (*unverified, Unknown(reason, text.span))
        return [LauncherConfig(deepspeed.LIBRARY, found.display, text.span, problems, unverified)]
    missing = _missing(launch, deepspeed.LIBRARY, text, found, files)
    if not from_script:
        return missing
    # what a script does with the name before it opens the file, only the script knows
    doubts = [
        Unknown(f"the DeepSpeed config `{problem.text}` is not there", problem.span)
        for config in missing
        for problem in config.problems
        if isinstance(problem, ConfigNotFound)
    ]
    return [replace(config, problems=(), unverified=(*config.unverified, *doubts)) for config in missing]


def _is_changed(problem: LauncherConfigProblem) -> bool:
    """Whether a problem is of the batch, which scripts are fond of working out themselves."""
    return isinstance(problem, Mismatch) and "batch related" in problem.runtime


def _sets_batch(launch: LaunchFacts, files: Files) -> bool:
    path = launch.script.path if launch.script is not None else None
    source = files.peek(path) if path is not None else None
    return source is not None and _BATCH_SET.search(source.text) is not None


def _find(launch: LaunchFacts, text: Value[str], files: Files) -> SourceFile | Path | Unknown:
    """The file that a launcher opens; its path when it is not there."""
    if isinstance(text, Unknown):
        return text
    expanded = text.value
    if expanded.startswith("~"):
        return Unknown(f"`{expanded}` lies in a home folder", text.span)
    if isinstance(launch.directory, Unknown) and not os.path.isabs(expanded):
        return launch.directory
    base = launch.directory.value if isinstance(launch.directory, Known) else Path("/")
    path = files.absolute(base / expanded)
    if files.is_file(path):
        source = files.read(path)
        return (
            source if isinstance(source, SourceFile) else Unknown(f"`{expanded}` cannot be read", text.span)
        )
    if os.path.isabs(expanded) and not files.is_dir(path.parent):
        return Unknown(f"the folder of `{expanded}` is not on this machine", text.span)
    return path


def _missing(
    launch: LaunchFacts, library: str, text: Value[str], found: Path | Unknown, files: Files
) -> list[LauncherConfig]:
    if isinstance(found, Unknown) or isinstance(text, Unknown):
        reason = found if isinstance(found, Unknown) else Unknown("the config file is not known", text.span)
        return [LauncherConfig(library, None, text.span, (), (reason,))]
    made = _made_by_text(text, files)
    if made is not None:
        return [LauncherConfig(library, None, text.span, (), (made,))]
    runtime = _ACCELERATE_RUNTIME if library == accelerate.LIBRARY else _DEEPSPEED_RUNTIME
    problem = ConfigNotFound(
        library,
        text.value,
        text.span,
        (files.display(found),),
        tuple(_neighbours(launch, text.value, found, files)),
        runtime.format(text.value),
    )
    return [LauncherConfig(library, None, text.span, (problem,))]


def _made_by_text(text: Known[str], files: Files) -> Unknown | None:
    """Why the file may be there at run time: the text of the launch speaks of it elsewhere too."""
    source = files.shown(text.span.file)
    name = os.path.basename(text.value)
    if source is None or not name:
        return None
    option = r"(?:--(?:config|deepspeed)\w*[ =]|deepspeed_config_file:\s*)"
    named = re.compile(rf"{option}[\"']?\S*{re.escape(name)}")
    others = [line for line in source.text.splitlines() if name in line and not named.search(line)]
    made = re.search(rf"accelerate config\b[^\n]*{re.escape(name)}", source.text)
    if not others and made is None:
        return None
    return Unknown(f"`{text.value}` is not there, but the text around the launch may make it", text.span)


def _neighbours(launch: LaunchFacts, text: str, path: Path, files: Files) -> Iterator[str]:
    """Files of the same kind beside the one that is missing, as one would write them."""
    folder = os.path.dirname(text)
    endings = (".yaml", ".yml", ".json")
    for name in files.entries(path.parent):
        if name.endswith(endings):
            yield os.path.join(folder, name)
    if folder and isinstance(launch.directory, Known):
        yield from (name for name in files.entries(launch.directory.value) if name == path.name)


def _script_arguments(words: tuple[Word, ...]) -> Iterator[Value[str]]:
    """The JSON files that arguments of the script name as DeepSpeed configs."""
    for index, word in enumerate(words):
        text = word.text
        if isinstance(text, Unknown):
            continue
        name, equals, value = text.value.partition("=")
        if name not in _ARGUMENTS:
            continue
        if equals and value.endswith(".json"):
            yield Known(value, _span(word, len(name) + 1, len(text.value)))
        elif not equals and index + 1 < len(words):
            following = words[index + 1].text
            if isinstance(following, Known) and following.value.endswith(".json"):
                yield following


def _span(word: Word, start: int, end: int) -> Span:
    return word.span_of(start, end)
