"""Whole scripts in, the programs that the real bash starts for them out: every program is a stand-in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: The exported variables that are recorded with each program.
WATCHED = ("PYTHONPATH", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "A", "B", "C")
#: Programs that must be found by `command -v` and `exec`; every other name is caught when it is not found.
STAND_INS = [
    "python",
    "python3",
    "torchrun",
    "accelerate",
    "deepspeed",
    "srun",
    "sbatch",
    "mpirun",
    "env",
    "nohup",
    "timeout",
    "time",
    "xargs",
    "sleep",
    "tee",
    "uv",
    "poetry",
    "conda",
]
#: Programs that only look at their arguments or at the files of the sandbox: they run for real.
REAL = [
    "dirname",
    "basename",
    "realpath",
    "readlink",
    "seq",
    "expr",
    "cat",
    "mkdir",
    "touch",
    "tr",
    "cut",
    "head",
    "tail",
    "wc",
    "sed",
    "grep",
]
SHELLS = ("bash", "sh")
SECONDS = 10

_STAND_IN = r"""#!/bin/sh
set -- {name} "$@"
printf '%s\0' "$PWD" "$#" "$@" {watched} >> '{record}'
# whoever writes into a pipe must not be killed for it
[ "$1" != tee ] || exec '{cat}' > /dev/null
"""
#: A shell that is given a script or `-c` is a program like others; one that reads its input is real.
_SHELL = r"""#!/bin/sh
for word; do case $word in -*) ;; *) exec '{recorder}' {name} "$@" ;; esac; done
exec '{real}' "$@"
"""
_NOT_FOUND = """command_not_found_handle() {{ '{stand_in}' "$@"; }}
"""


@dataclass(frozen=True)
class Program:
    """A program that bash started: its words, the folder, and the watched variables it was given."""

    words: tuple[str, ...]
    directory: str
    exported: tuple[tuple[str, str], ...]
    watched: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """What became of a script; `finished` is False when it was stopped after its time."""

    programs: tuple[Program, ...]
    finished: bool
    status: int
    errors: str


class Sandbox:
    """A folder of stand-ins for programs; the record they write is read after each script.

    `entrance` is a command that bash is started through, to lock it in further.
    """

    def __init__(self, folder: Path, watched: Sequence[str] = WATCHED) -> None:
        self.watched = tuple(watched)
        self.programs = folder / "programs"
        self.record = folder / "record"
        self.start = folder / "start.sh"
        self.programs.mkdir(parents=True)
        self.record.touch()
        self.bash = shutil.which("bash") or "bash"
        for name in STAND_INS:
            self._stand_in(self.programs / name, '"${0##*/}"')
        any_other = folder / "any"
        self._stand_in(any_other, "")
        self.start.write_text(_NOT_FOUND.format(stand_in=any_other))
        for name in REAL:
            found = shutil.which(name)
            assert found, f"{name} is needed to run scripts"
            (self.programs / name).symlink_to(found)
        for name in SHELLS:
            self._shell(self.programs / name, any_other)

    def run(
        self, script: str, folder: Path, arguments: Sequence[str] = (), entrance: Sequence[str] = ()
    ) -> Ran:
        """Run a script file from a folder of the sandbox, by the name that is given here."""
        self.record.write_bytes(b"")
        process = subprocess.Popen(
            [*entrance, self.bash, script, *arguments],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            _, errors = process.communicate(timeout=SECONDS)
            finished = True
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, errors = process.communicate()
            finished = False
        return Ran(self._recorded(), finished, process.returncode, errors.decode("utf-8", "replace"))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.programs),
            "BASH_ENV": str(self.start),
            "HOME": "/home/nobody",
            "LC_ALL": "C.UTF-8",
        }

    def _stand_in(self, path: Path, name: str) -> None:
        watched = " ".join(f'"${{{name}+{name}=${name}}}"' for name in self.watched)
        path.write_text(
            _STAND_IN.format(name=name, watched=watched, record=self.record, cat=shutil.which("cat"))
        )
        path.chmod(0o755)

    def _shell(self, path: Path, recorder: Path) -> None:
        path.write_text(_SHELL.format(recorder=recorder, name=path.name, real=shutil.which(path.name)))
        path.chmod(0o755)

    def _recorded(self) -> tuple[Program, ...]:
        fields = self.record.read_bytes().decode("utf-8", "surrogateescape").split("\0")
        programs, position = [], 0
        while position + 1 < len(fields):
            directory, count = fields[position], int(fields[position + 1])
            after = position + 2 + count
            words = tuple(fields[position + 2 : after])
            exported = [field.partition("=") for field in fields[after : after + len(self.watched)]]
            pairs = tuple((name, value) for name, equals, value in exported if equals)
            programs.append(Program(words, directory, pairs, self.watched))
            position = after + len(self.watched)
        return tuple(programs)
