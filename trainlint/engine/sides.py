"""A program as a user names it (a script, a module, a line of a job list) in, how it is started out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from trainlint.engine.job_lines import NoJobError, jobs_at, place_in
from trainlint.engine.sweeps import is_sweep
from trainlint.engine.trainer import trainer_script
from trainlint.facts.launch import BRACES, GLOB_MATCH, LauncherUse, LaunchFacts, ScriptKind, Word
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known, Unknown
from trainlint.parity.sides import Side
from trainlint.parse.launcher.peel import peel
from trainlint.parse.launcher.script import resolve_module
from trainlint.record import record
from trainlint.source import Files, Span

#: Launchers that change nothing of a program but its folder, its variables and its number of ranks.
_PASSED = frozenset(
    (
        *("python", "torchrun", "nohup", "time", "env", "nice", "ionice", "numactl", "taskset", "stdbuf"),
        *("timeout", "setsid", "xvfb-run", "exec", "command", "bash", "coverage", "cProfile"),
        *("uv", "poetry", "pdm", "pixi", "conda", "mamba", "micromamba", "hatch"),
    )
)
_RANKED = "torchrun"
#: Which programs and libraries are found is this machine's matter.
_MACHINE = frozenset(("PATH", "LD_LIBRARY_PATH", "LIBRARY_PATH", "HOME", "USER", "SHELL"))


class ParityError(ValueError):
    """Two programs cannot be run beside each other; the message says why, and what to do instead."""


@record
class SideAsk:
    """A side as a user gives it.

    `program` is a script, a module (`package.train`) or a line of a job list (`jobs.txt:12`), whose own
    arguments, variables and ranks come before those given here. `folder` is where it, or the job, is started;
    `processes` is None where nobody says.
    """

    name: str
    program: str
    arguments: tuple[str, ...]
    folder: Path
    variables: tuple[tuple[str, str], ...]
    python: str
    processes: int | None = None


def side_of(ask: SideAsk) -> Side:
    """How it is started. Raises ParityError where it cannot be."""
    ask = _checked(ask)
    files = Files(ask.folder)
    found = _named(ask, files)
    if is_sweep(found, files):
        raise ParityError(
            f"{ask.name}: {ask.program} is a sweep of Hydra (--multirun), which is several runs: "
            "name a launch of one of its points"
        )
    return found


def trainer_side(ask: SideAsk) -> Side:
    """How the bundled trainer is started. Raises ParityError where it cannot be."""
    ask = _checked(ask)
    return replace(_side(ask, trainer_script()), elsewhere=True)


def _checked(ask: SideAsk) -> SideAsk:
    """The same with what is there, from wherever it is looked at."""
    folder = Path(os.path.abspath(ask.folder))
    if not folder.is_dir():
        raise ParityError(f"{ask.name}: there is no folder {folder}")
    python = os.path.abspath(ask.python) if os.sep in ask.python else ask.python
    if shutil.which(python) is None:
        raise ParityError(f"{ask.name}: there is no interpreter {ask.python} (--python)")
    return replace(ask, folder=folder, python=python)


def _named(ask: SideAsk, files: Files) -> Side:
    script = Path(os.path.abspath(ask.program))
    if script.is_file():
        return _side(ask, script)
    place = place_in(ask.program)
    if place is not None:
        path, line = place
        if not os.path.exists(path):
            raise ParityError(f"{ask.name}: there is no script {script} and no job list {path}")
        return _of_job(ask, os.path.abspath(path), line, files)
    module = _module(ask, files)
    if module is not None:
        return replace(_side(ask, module), module=ask.program)
    raise ParityError(f"{ask.name}: there is no script {script}")


def _side(ask: SideAsk, script: Path) -> Side:
    return Side(
        name=ask.name,
        script=script,
        arguments=ask.arguments,
        folder=ask.folder,
        variables=ask.variables,
        python=ask.python,
        processes=ask.processes or 1,
    )


def _module(ask: SideAsk, files: Files) -> Path | None:
    """The file of a module of the project, found as `python -m` would."""
    if not all(part.isidentifier() for part in ask.program.split(".")):
        return None
    path = {**os.environ, **dict(ask.variables)}.get("PYTHONPATH", "")
    roots = [ask.folder, *(ask.folder / entry for entry in path.split(os.pathsep) if entry)]
    nowhere = Span.at(ask.program)
    return resolve_module(Known(ask.program, nowhere), Known(ask.folder, nowhere), roots, files, nowhere)[
        0
    ].path


def _of_job(ask: SideAsk, path: str, line: int, files: Files) -> Side:
    """A job's launch without the launchers around it."""
    try:
        jobs = jobs_at(path, line, files, Settings())
    except NoJobError as error:
        raise ParityError(f"{ask.name}: {error}") from error
    launch = peel(jobs[0], files)
    started = max(len(jobs), launch.programs)
    if started > 1:
        inner = "".join(f"; {job.span.file}:{job.span.line}" for job in jobs if job.via)
        said = f" (it leads to{inner[1:]})" if inner else ""
        raise ParityError(f"{ask.name}: {ask.program} starts {started} programs{said}: name a line with one")
    for reason in _refusals(launch, dict(ask.variables), ask.processes):
        raise ParityError(f"{ask.name}: {ask.program}: {reason}")
    return _launched(ask, launch)


def _launched(ask: SideAsk, launch: LaunchFacts) -> Side:
    script = launch.script
    if script is None or not isinstance(launch.directory, Known):
        raise ParityError(f"{ask.name}: {ask.program} starts no Python program")
    own = ((name, value) for name, value in launch.environment.items() if isinstance(value, Known))
    is_ranked = any(use.name == _RANKED for use in launch.launchers)
    world = launch.world_size.value if is_ranked and isinstance(launch.world_size, Known) else 1
    is_module = script.kind is ScriptKind.MODULE
    return Side(
        name=ask.name,
        script=script.path or launch.directory.value / "__main__.py",
        arguments=(*(word.text.value for word in launch.arguments), *ask.arguments),
        folder=launch.directory.value,
        variables=(*((name, value.value) for name, value in own), *ask.variables),
        python=ask.python,
        processes=ask.processes or world,
        module=script.text.value if is_module else "",
        launched=is_ranked,
    )


def _refusals(launch: LaunchFacts, given: dict[str, str], processes: int | None) -> Iterator[str]:
    """Why a launch cannot be started here, and what to do instead."""
    for use in launch.launchers:
        if use.name not in _PASSED:
            yield f"`{use.name}` cannot be started here: give the script itself, with --args and --nproc"
        if use.name == _RANKED and _nodes(use) != "1":
            yield f"it is a launch for {_nodes(use)} machines: give a job for one (--nnodes=1)"
    script = launch.script
    if script is None:
        reason = launch.unverified[0].reason if launch.unverified else "it starts no Python program"
        yield f"{reason}: give the script itself"
        return
    if isinstance(launch.world_size, Unknown) and processes is None:
        yield f"{launch.world_size.reason}: give --nproc"
    yield from _unknowns(launch, given)
    if script.path is None and (script.kind is ScriptKind.FILE or script.searched):
        yield f"there is no {' or '.join(script.searched) or script.text.value}"


def _nodes(use: LauncherUse) -> str:
    given = [option.value for option in use.options if option.name.lstrip("-") == "nnodes"]
    return next((value.value for value in given if isinstance(value, Known)), "1" if not given else "several")


def _unknowns(launch: LaunchFacts, given: dict[str, str]) -> Iterator[str]:
    """What of a launch only a shell would know."""
    if isinstance(launch.directory, Unknown):
        yield f"{launch.directory.reason}: give the script itself with --ref-cwd or --new-cwd"
    if launch.script is not None and isinstance(launch.script.text, Unknown):
        yield f"{launch.script.text.reason}: give the script itself"
    for word in launch.arguments:
        if isinstance(word.text, Unknown) or _is_swallowed(word):
            reason = f": {word.text.reason}" if isinstance(word.text, Unknown) else ""
            yield f"what becomes of `{word.raw}` only a shell knows{reason}: write it out in the job"
    for name, value in launch.environment.items():
        if isinstance(value, Unknown) and name not in given and name not in _MACHINE:
            yield f"the variable `{name}` is not known ({value.reason}): give it with --env {name}=…"


def _is_swallowed(word: Word) -> bool:
    return any(entry.effect in (BRACES, GLOB_MATCH) for entry in word.swallowed)
