"""Texts of programs in, what `trainlint parity` says of them out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def parity(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "trainlint", "parity", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def told(folder: Path, reference: str, candidate: str, *words: str) -> dict[str, Any]:
    """Write two programs and compare them: the JSON object."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(reference)
    (folder / "new.py").write_text(candidate)
    done = parity(folder, "train.py", "new.py", "--steps", "3", "--output-format", "json", *words)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result
