"""File systems of a test's own: small, or such as take no files. It takes user namespaces, and no rights."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

from tests.training.runs import TRAINING


class NoFileSystem(UserWarning):
    """This machine lets nobody mount a file system of their own: a test said nothing."""


def train_on(options: str, place: Path, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """`python training/train.py …` while `place` is a tmpfs with these options.

    What it has at the end is copied to `place`.kept, for the tmpfs goes with the process. None, and a warning
    in the summary of the tests, where nothing can be mounted.
    """
    return run_on(options, place, sys.executable, str(TRAINING / "train.py"), *arguments)


def run_on(options: str, place: Path, *command: str) -> subprocess.CompletedProcess[str] | None:
    """The same with any command."""
    if _in_namespace(options, place, "true").returncode:
        warnings.warn(NoFileSystem(f"no tmpfs with {options} could be mounted here"), stacklevel=3)
        return None
    return _in_namespace(options, place, *command)


def _in_namespace(options: str, place: Path, *command: str) -> subprocess.CompletedProcess[str]:
    place.mkdir(exist_ok=True)
    script = 'mount -t tmpfs -o "$0" tmpfs "$1" && { place=$1; shift; "$@"; code=$?; '
    script += 'cp -r "$place/." "$place.kept"; exit $code; }'
    return subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            options,
            str(place),
            *command,
        ],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
