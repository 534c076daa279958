"""The project's wheel, built and installed into a fresh environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path, seconds: int = 300) -> subprocess.CompletedProcess[str]:
    """One program, with what it printed."""
    words = [str(part) for part in command]
    # What one of them compiles the next ones shall find.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    done = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("trainlint-*.whl"))


def installed_command(wheel: Path, folder: Path, extra: str = "", seconds: int = 300) -> Path:
    """The command of an environment that has only the wheel, with an extra (`[train]`), and its needs."""
    python = folder / "env" / "bin" / "python"
    # This pip installs into the environment, which is there sooner without one.
    made = run(sys.executable, "-m", "venv", "--without-pip", folder / "env", cwd=folder)
    assert made.returncode == 0, made.stderr
    # What is never imported need not be compiled.
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
    installed = run(*pip, "-c", ROOT / "constraints.txt", f"{wheel}{extra}", cwd=folder, seconds=seconds)
    assert installed.returncode == 0, installed.stderr
    return python.with_name("trainlint")
