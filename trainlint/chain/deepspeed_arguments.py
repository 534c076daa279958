"""A launch of a script that uses the Trainer in, where its DeepSpeed config says something else out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from trainlint.facts.arguments import CommandLineReading, ParserKind
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.launcher_config import LauncherConfig, Mismatch
from trainlint.facts.value import Known
from trainlint.facts.yaml import YamlMap, YamlScalar
from trainlint.parse.launcher_configs.deepspeed import LIBRARY
from trainlint.parse.launcher_configs.document import read_json, scalar
from trainlint.record import record
from trainlint.source import Files, SourceFile, Span

_KINDS = (ParserKind.HF, ParserKind.TRL)
#: Arguments of TrainingArguments with the setting of the config that must be the same, or "auto".
_SAME = {
    "per_device_train_batch_size": ("train_micro_batch_size_per_gpu",),
    "gradient_accumulation_steps": ("gradient_accumulation_steps",),
    "max_grad_norm": ("gradient_clipping",),
    "learning_rate": ("optimizer", "params", "lr"),
    "weight_decay": ("optimizer", "params", "weight_decay"),
    "warmup_steps": ("scheduler", "params", "warmup_num_steps"),
}
_RUNTIME = (
    "ValueError: Please correct the following DeepSpeed config values that mismatch TrainingArguments values"
)


@record
class _Given:
    """A number that an argument of the command gives."""

    name: str
    number: float
    span: Span


def held_against_arguments(
    launch: LaunchFacts, reading: CommandLineReading | None, files: Files
) -> LaunchFacts:
    """The launch with what transformers' Trainer refuses of its DeepSpeed configs."""
    if reading is None or not any(use.parser.kind in _KINDS and use.certain for use in reading.uses):
        return launch
    given = tuple(_given(launch.arguments))
    configs = tuple(_checked(config, given, files) for config in launch.configs)
    return launch if configs == launch.configs else replace(launch, configs=configs)


def _checked(config: LauncherConfig, given: tuple[_Given, ...], files: Files) -> LauncherConfig:
    if config.library != LIBRARY or config.file is None:
        return config
    source = files.read(files.absolute(Path(config.file)))
    if not isinstance(source, SourceFile):
        return config
    found = tuple(_mismatches(read_json(source).body, given))
    return replace(config, problems=(*config.problems, *found)) if found else config


def _mismatches(body: YamlMap, given: tuple[_Given, ...]) -> Iterator[Mismatch]:
    for argument in given:
        node = scalar(body, *_SAME[argument.name])
        number = _number(node)
        if node is None or number is None or abs(number - argument.number) <= 1e-12 * abs(number):
            continue
        key = ".".join(_SAME[argument.name])
        yield Mismatch(
            LIBRARY,
            f"`{key}` is {number:g}, and the command gives `--{argument.name}` {argument.number:g}",
            f'write "auto" for `{key}`: then the argument counts',
            node.span,
            f"{_RUNTIME}: - ds {key}={number:g} vs hf {argument.name}={argument.number:g}",
            ((argument.span, "given here"),),
        )


def _number(node: YamlScalar | None) -> float | None:
    if node is None or isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        return None
    return float(node.value)


def _given(words: tuple[Word, ...]) -> Iterator[_Given]:
    """The last of each argument counts; one whose value is not known counts as not given."""
    found: dict[str, _Given | None] = {}
    for index, word in enumerate(words):
        prefix = word.literal_prefix
        name, equals, _ = prefix.partition("=")
        name = name.removeprefix("--").replace("-", "_")
        if not prefix.startswith("--") or name not in _SAME:
            continue
        value = word if equals else words[index + 1] if index + 1 < len(words) else None
        text = value.text if value is not None else None
        found[name] = None
        if isinstance(text, Known):
            shown = text.value.partition("=")[2] if equals else text.value
            try:
                found[name] = _Given(name, float(shown), text.span)
            except ValueError:
                continue
    yield from (entry for entry in found.values() if entry is not None)
