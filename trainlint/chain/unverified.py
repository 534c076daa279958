"""A launch's facts in, every link that could not be followed out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Unverified
from trainlint.diagnostic import LinkKind
from trainlint.facts.arguments import CommandLineCheck
from trainlint.facts.config import Composition
from trainlint.facts.hydra_cli import HydraArguments
from trainlint.facts.launch import LaunchFacts
from trainlint.facts.paths import PathRole, RunPaths
from trainlint.facts.script import HydraEntry, ScriptFacts
from trainlint.facts.target import TargetFacts, TargetRole, TargetStatus
from trainlint.facts.value import Unknown
from trainlint.facts.weights import CheckpointFit

_LINKS = {
    TargetRole.MODEL: LinkKind.MODEL,
    TargetRole.LOSS: LinkKind.LOSS,
    TargetRole.DATA: LinkKind.DATA,
    TargetRole.EVALUATOR: LinkKind.EVALUATOR,
}
_PATHS = {PathRole.DATA: LinkKind.DATA, PathRole.CHECKPOINT: LinkKind.CHECKPOINT}


def unverified_links(
    launch: LaunchFacts,
    script: ScriptFacts | None,
    entry: HydraEntry | None,
    arguments: HydraArguments | None,
    compositions: tuple[Composition, ...],
    targets: tuple[TargetFacts, ...],
    command_line: CommandLineCheck | None = None,
) -> tuple[Unverified, ...]:
    """Each reason once, in the order of the chain."""
    found = [*_of_launch(launch), *_of_script(script, launch)]
    if entry is None and script is not None and script.module.problem is None:
        found += _of_command_line(script, command_line, launch)
    elif command_line is not None:
        found += [Unverified(LinkKind.SCRIPT, unknown) for unknown in command_line.unverified]
    found += _of_config(arguments, compositions)
    return tuple(dict.fromkeys([*found, *_of_targets(targets)]))


def unverified_paths(paths: tuple[RunPaths, ...]) -> tuple[Unverified, ...]:
    """The files and folders of which it is not known whether they are there."""
    return tuple(
        dict.fromkeys(Unverified(_PATHS[role], unknown) for found in paths for role, unknown in found.unknown)
    )


def unverified_fits(fits: tuple[CheckpointFit, ...]) -> tuple[Unverified, ...]:
    """The checkpoints whose tensors were not compared with the model's."""
    return tuple(
        Unverified(
            LinkKind.CHECKPOINT,
            Unknown(
                f"whether the tensors of `{fit.loaded.needed.given}` fit the model: {fit.unchecked}",
                fit.loaded.needed.origin.span,
            ),
        )
        for fit in fits
        if fit.unchecked is not None
    )


def _of_launch(launch: LaunchFacts) -> Iterator[Unverified]:
    for unknown in launch.unverified:
        yield Unverified(LinkKind.LAUNCHER, unknown)
    for config in launch.configs:
        for unknown in config.unverified:
            yield Unverified(LinkKind.LAUNCHER, unknown)
    if launch.script is not None and isinstance(launch.script.text, Unknown):
        yield Unverified(LinkKind.SCRIPT, launch.script.text)


def _of_script(script: ScriptFacts | None, launch: LaunchFacts) -> Iterator[Unverified]:
    for reason, span in script.unverified if script is not None else ():
        yield Unverified(LinkKind.SCRIPT, Unknown(reason, span))


def _of_command_line(
    script: ScriptFacts, command_line: CommandLineCheck | None, launch: LaunchFacts
) -> Iterator[Unverified]:
    """Of a script without Hydra: what its own parser could not be held against."""
    if command_line is not None and script.runs:
        for unknown in command_line.unverified:
            yield Unverified(LinkKind.SCRIPT, unknown)
        return
    named = launch.script is not None and not script.runs
    span = launch.script.span if launch.script is not None and named else launch.job.span
    yield Unverified(LinkKind.SCRIPT, Unknown(_without_hydra(script), span))


def _of_config(
    arguments: HydraArguments | None, compositions: tuple[Composition, ...]
) -> Iterator[Unverified]:
    for unknown in arguments.unverified if arguments is not None else ():
        yield Unverified(LinkKind.CONFIG, unknown)
    for composition in compositions:
        for unknown in composition.unverified:
            yield Unverified(LinkKind.CONFIG, unknown)


def _of_targets(targets: tuple[TargetFacts, ...]) -> Iterator[Unverified]:
    for target in targets:
        if target.status is TargetStatus.UNVERIFIED:
            reason = f"`{target.text}`: {target.reason}"
            yield Unverified(_LINKS.get(target.role, LinkKind.CONFIG), Unknown(reason, target.origin.span))


def _without_hydra(script: ScriptFacts) -> str:
    name = script.module.display
    if not script.runs:
        return f"`{name}` runs nothing, so there is no config to check"
    if script.parser is not None:
        return f"`{name}` reads its arguments with {script.parser}, which is not checked yet"
    return f"`{name}` does not use Hydra, so its arguments are not checked"
