"""The project's wheel, built and installed into a fresh environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path, seconds: int = 300) -> subprocess.CompletedProcess[str]:
    """One program, with what it printed."""
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=seconds)


def installed_command(folder: Path, extra: str = "", seconds: int = 300) -> Path:
    """The command of an environment that has only the wheel, with an extra (`[train]`), and its needs."""
    built = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    made = run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    assert made.returncode == 0, made.stderr
    wheel = next(folder.glob("trainlint-*.whl"))
    # What is never imported need not be compiled.
    pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
    installed = run(*pip, "-c", ROOT / "constraints.txt", f"{wheel}{extra}", cwd=folder, seconds=seconds)
    assert installed.returncode == 0, installed.stderr
    return folder / "env" / "bin" / "trainlint"
