"""What Hydra composed, the environment and a checkpoint in; the configuration of the run out.

One loader for each of the two paths; both say a line for each value that something overrides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import ARCHITECTURES
from trainer.configuration.compatibility import refuse_other_shape
from trainer.configuration.environment import (
    FROM_SCRATCH,
    RESUME_STEPS,
    VARIABLES,
    Choice,
    read_environment,
    resume_steps,
)
from trainer.configuration.schema import RunConfig
from trainer.errors import TrainerError

#: Where this session reads and writes: a checkpoint, which may have been moved, has no say in it.
_OF_THE_SESSION = (
    "output_dir",
    "log_dir",
    "export_dir",
    "console_to_file",
    "checkpoint.dir",
    "checkpoint.path",
    "checkpoint.resume",
)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A configuration, the same as plain types, and a line for each value that something overrode."""

    config: RunConfig
    record: dict[str, Any]
    notes: tuple[str, ...]


def load_config_fresh_from_env(
    composed: DictConfig, environ: Mapping[str, str], explicit: Sequence[str]
) -> Loaded:
    """The configuration of a run that starts at step 0.

    `explicit` are the keys that the command line sets: they win over the environment.
    """
    choices = _choices(composed, environ, explicit, fresh=True)
    notes = (
        [] if resume_steps(environ) is None else [f"{RESUME_STEPS} is not used: this run starts at step 0"]
    )
    return _loaded(OmegaConf.merge(composed), choices, "config files", notes)


def load_config_from_checkpoint(
    composed: DictConfig, checkpoint: Checkpoint, environ: Mapping[str, str], explicit: Sequence[str]
) -> Loaded:
    """The configuration of a run that goes on: the checkpoint's, but for what is set explicitly.

    Raises TrainerError for a family, a shape or a vocabulary that the checkpoint does not have.
    """
    saved: dict[str, Any] = checkpoint.state["config"]
    choices = _choices(composed, environ, explicit, fresh=False)
    extended, said = _extended(checkpoint, composed, environ, explicit)
    choices |= extended
    base = OmegaConf.structured(RunConfig)
    base.arch = _family(saved["arch"]["name"])
    try:
        base = OmegaConf.merge(base, saved)
    except OmegaConfBaseException as error:
        raise TrainerError(f"the configuration in {checkpoint.path} does not hold: {error}") from error
    for key in _OF_THE_SESSION:
        OmegaConf.update(base, key, OmegaConf.select(composed, key))
    notes = [*_overridden_files(composed, saved, choices), *said]
    loaded = _loaded(base, choices, "checkpoint", notes)
    refuse_other_shape(loaded.record, saved, type(loaded.config.arch).shape, checkpoint.path)
    return loaded


def _extended(
    checkpoint: Checkpoint, composed: DictConfig, environ: Mapping[str, str], explicit: Sequence[str]
) -> tuple[dict[str, Choice], list[str]]:
    """What RESUME_STEPS sets, where the command line sets no length, and what to say when it counts on."""
    more = resume_steps(environ)
    if more is None or {"steps", "epochs"} & set(explicit):
        return {}, []
    named = session_value(composed, environ, explicit, "checkpoint.path") is not None
    start = _counted_from(checkpoint, more, named)
    by = f"environment: {RESUME_STEPS} {more} after step {start}"
    values = {"steps": start + more, "epochs": None, "checkpoint.extended_from": start}
    again = (
        f"{RESUME_STEPS} is counted from step {start}, as it was before: the run ends at step {start + more}"
    )
    choices = {key: Choice(value, by) for key, value in values.items()}
    return choices, [again] if start != checkpoint.step else []


def _counted_from(checkpoint: Checkpoint, more: int, named: bool) -> int:
    """The step that RESUME_STEPS counts from: that of the checkpoint.

    But a session that was to do as many steps, was cut short, and is started again by some machine with the
    variable still set, ends where it was to end. From a checkpoint that is named it counts each time.
    """
    saved = checkpoint.state["config"]
    before = saved["checkpoint"].get("extended_from")
    again = not named and before is not None and checkpoint.step < saved["steps"] == before + more
    return int(before) if again else checkpoint.step


def session_value(composed: DictConfig, environ: Mapping[str, str], explicit: Sequence[str], key: str) -> Any:
    """What one key is before a checkpoint is looked for."""
    choice = _choices(composed, environ, explicit, fresh=False).get(key)
    return choice.value if choice else OmegaConf.select(composed, key)


def _choices(
    composed: DictConfig, environ: Mapping[str, str], explicit: Sequence[str], *, fresh: bool
) -> dict[str, Choice]:
    """What environment and command line set, by key; steps take the place of epochs and the reverse."""
    choices = read_environment(environ, fresh=fresh)
    if "steps" in choices:
        choices["epochs"] = Choice(None, choices["steps"].by)
    lengths = {"steps", "epochs"} & set(explicit)
    if len(lengths) == 1:
        (other,) = {"steps", "epochs"} - lengths
        choices[other] = Choice(None, "command line")
    for leaf, value in _flat(_plain(composed)):
        # A group that is chosen on the command line sets all that is in it.
        if any(leaf == key or leaf.startswith(f"{key}.") for key in explicit):
            choices[leaf] = Choice(value, "command line")
    return choices


def _plain(config: DictConfig) -> dict[str, Any]:
    """A configuration as plain types."""
    values = OmegaConf.to_container(config, resolve=True, enum_to_str=True)
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def _loaded(base: Any, choices: dict[str, Choice], origin: str, notes: list[str]) -> Loaded:
    base, choices, said = _with_family(base, choices, origin)
    notes = notes + said
    try:
        for key, choice in choices.items():
            before = OmegaConf.select(base, key)
            OmegaConf.update(base, key, choice.value)
            if (after := OmegaConf.select(base, key)) != before:
                was = f"{_shown(before)} ({'config files' if key in _OF_THE_SESSION else origin})"
                notes.append(f"{key}: {was} -> {_shown(after)} ({choice.by})")
        config = OmegaConf.to_object(base)
    except OmegaConfBaseException as error:
        raise TrainerError(f"the configuration does not hold: {error}") from error
    assert isinstance(config, RunConfig)
    return Loaded(config=config, record=_plain(base), notes=tuple(notes))


def _with_family(
    base: Any, choices: dict[str, Choice], origin: str
) -> tuple[Any, dict[str, Choice], list[str]]:
    """The configuration with the family that is asked for, what is left to set in it, and what to say."""
    left, notes = dict(choices), []
    before = str(OmegaConf.select(base, "arch.name"))
    choice = left.pop("arch.name", None)
    name = (
        _scratch(before)
        if choice and choice.value == FROM_SCRATCH
        else str(choice.value if choice else before)
    )
    if choice and name != before:
        base.arch = _family(name)
        notes.append(f"arch.name: {before} ({origin}) -> {name} ({choice.by})")
    own = set(base.arch)
    variables = {variable.key: variable_name for variable_name, variable in VARIABLES.items()}
    for key, choice in choices.items():
        group, _, field = key.partition(".")
        if group == "arch" and field not in own and choice.by.startswith("environment"):
            del left[key]
            if choice.by == f"environment: {variables[key]}":
                notes.append(f"{variables[key]} is not used: arch {name} has no {field}")
    return base, left, notes


def _scratch(family: str) -> str:
    """The family that `from_scratch` means in a config of this family."""
    return "gpt" if family == "gpt2" else family


def _overridden_files(composed: DictConfig, saved: dict[str, Any], choices: dict[str, Choice]) -> list[str]:
    """A line for each value of the config files that a checkpoint overrides."""
    files = _plain(composed)
    if files["arch"]["name"] != saved["arch"]["name"]:
        # The numbers of another family say nothing about this one.
        files["arch"] = {"name": files["arch"]["name"]}
    now = dict(_flat(saved))
    return [
        f"{key}: {_shown(value)} (config files) -> {_shown(now[key])} (checkpoint)"
        for key, value in _flat(files)
        if key in now and now[key] != value and key not in choices and key not in _OF_THE_SESSION
    ]


def _flat(values: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _shown(value: object) -> object:
    return value.name if isinstance(value, Enum) else value


def _family(name: str) -> Any:
    if name not in ARCHITECTURES:
        raise TrainerError(
            f"arch.name {name!r} is no model family: there are {', '.join(sorted(ARCHITECTURES))} "
            f"(and {FROM_SCRATCH} as MODEL_TYPE)"
        )
    return ARCHITECTURES[name]()
