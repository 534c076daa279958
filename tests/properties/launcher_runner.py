"""Runs Python launchers for real: every program they start is a stand-in that notes what it was given."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Notes its name, words, folder and the variable MARK, each ended by a zero byte.
_STAND_IN = """#!/bin/sh
{{ printf 'P%s\\0' {name}; for word; do printf 'W%s\\0' "$word"; done
printf 'D%s\\0' "$PWD"; printf 'M%s\\0' "$MARK"; printf 'S\\0'; }} >> "$NOTES"
"""

#: Runs each program in a process of its own, all from one interpreter that has started once.
_DRIVER = """
import argparse, json, os, pathlib, runpy, shlex, subprocess, sys
for job in json.load(sys.stdin):
    child = os.fork()
    if child == 0:
        os.environ["NOTES"] = job["notes"]
        os.chdir(job["folder"])
        sys.executable = job["python"]
        sys.argv = [job["program"], *job["arguments"]]
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        try:
            runpy.run_path(job["program"], run_name="__main__")
        except BaseException:
            os._exit(1)
        os._exit(0)
    os.waitpid(child, 0)
"""


@dataclass(frozen=True)
class Started:
    """A program that was started: its name and words, the folder below the common one, the variable MARK."""

    words: tuple[str, ...]
    folder: str
    mark: str


def prepare(folder: Path) -> None:
    """The folders that launchers use, and the stand-ins."""
    (folder / "sub").mkdir(parents=True)
    (folder / "bin").mkdir()
    for name in ("python", "torchrun"):
        path = folder / "bin" / name
        path.write_text(_STAND_IN.format(name=name))
        path.chmod(0o755)


def run_all(folder: Path, runs: Sequence[tuple[str, Sequence[str]]]) -> list[list[Started]]:
    """What each program, run with some arguments, starts."""
    jobs = []
    for index, (text, arguments) in enumerate(runs):
        program = folder / f"launch_{index}.py"
        program.write_text(text, "utf-8")
        notes = folder / f"notes_{index}"
        notes.write_bytes(b"")
        jobs.append(
            {
                "program": str(program),
                "arguments": list(arguments),
                "notes": str(notes),
                "folder": str(folder),
                "python": str(folder / "bin" / "python"),
            }
        )
    environment = {
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run(
        [sys.executable, "-c", _DRIVER],
        input=json.dumps(jobs),
        text=True,
        env=environment,
        timeout=300,
        check=True,
    )
    return [_started(Path(job["notes"]).read_bytes(), folder) for job in jobs]


def _started(notes: bytes, folder: Path) -> list[Started]:
    found: list[Started] = []
    words: list[str] = []
    where = mark = ""
    for entry in notes.decode("utf-8", "replace").split("\0")[:-1]:
        kind, text = entry[:1], entry[1:]
        if kind in "PW":
            words.append(text)
        elif kind == "D":
            where = str(Path(text).relative_to(folder))
        elif kind == "M":
            mark = text
        else:
            found.append(Started(tuple(words), where, mark))
            words = []
    return found
