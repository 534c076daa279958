"""The first word of a command in, the launcher that it names out."""

from __future__ import annotations

from trainlint.parse.launcher import (
    cluster_table,
    environment_table,
    python_table,
    torch_table,
    training_table,
    wrapper_table,
)
from trainlint.parse.launcher.table import Launcher
from trainlint.regex import regex

_PYTHON = regex(r"(?:python|pypy)(?:w|\d+(?:\.\d+)?t?)?(?:\.exe)?\Z")
_SHELLS = ("bash", "sh", "zsh", "dash")

_LAUNCHERS: dict[str, Launcher] = {
    launcher.name: launcher
    for launcher in (
        python_table.PYTHON,
        torch_table.TORCHRUN,
        training_table.ACCELERATE,
        training_table.DEEPSPEED,
        training_table.RAY,
        cluster_table.SRUN,
        cluster_table.SBATCH,
        cluster_table.MPIRUN,
        environment_table.UV,
        environment_table.POETRY,
        environment_table.PDM,
        environment_table.PIXI,
        environment_table.CONDA,
        environment_table.MAMBA,
        environment_table.MICROMAMBA,
        environment_table.HATCH,
        wrapper_table.NOHUP,
        wrapper_table.TIME,
        wrapper_table.ENV,
        wrapper_table.NUMACTL,
        wrapper_table.TASKSET,
        wrapper_table.NICE,
        wrapper_table.IONICE,
        wrapper_table.STDBUF,
        wrapper_table.TIMEOUT,
        wrapper_table.SUDO,
        wrapper_table.SETSID,
        wrapper_table.XVFB_RUN,
        wrapper_table.EXEC,
        wrapper_table.COMMAND,
        wrapper_table.COVERAGE,
    )
}
_LAUNCHERS |= dict.fromkeys(_SHELLS, wrapper_table.BASH)
_LAUNCHERS |= dict.fromkeys(("mpiexec", "mpiexec.hydra", "orterun"), cluster_table.MPIRUN)

#: Modules that `python -m` can start and that start a program in turn.
_MODULES: dict[str, Launcher] = {
    "torch.distributed.run": torch_table.TORCHRUN,
    "torch.distributed.launch": torch_table.LAUNCH,
    "accelerate.commands.launch": training_table.ACCELERATE_LAUNCH,
    "deepspeed.launcher.runner": training_table.DEEPSPEED,
    "cProfile": python_table.CPROFILE,
    "profile": python_table.CPROFILE,
    "pdb": python_table.PDB,
    "debugpy": python_table.DEBUGPY,
    "coverage": wrapper_table.COVERAGE,
}
#: Programs that belong to a launch but start no script that we could name.
_OTHERS = frozenset(("wandb", "nsys", "ncu", "horovodrun", "singularity", "apptainer", "docker", "podman"))


def program_name(text: str) -> str:
    """The name of a program without its folder; every Python interpreter is `python`."""
    name = text.rpartition("/")[2]
    return "python" if _PYTHON.match(name) else name


def launcher_named(text: str) -> Launcher | None:
    """The launcher that a command's first word names."""
    return _LAUNCHERS.get(program_name(text))


def module_launcher(module: str) -> Launcher | None:
    """The launcher that `python -m module` starts."""
    return _MODULES.get(module)


def known_program(text: str) -> bool:
    """Whether a word names a program that takes part in launches."""
    name = program_name(text)
    return name in _LAUNCHERS or name in _OTHERS


def launcher_names() -> frozenset[str]:
    """The names of all launchers, for suggestions."""
    return frozenset(_LAUNCHERS)
