"""What we say of a program's imports is what Python says when it starts the program."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from hypothesis import given

from tests.properties.effort import effort
from tests.properties.programs import programs
from trainlint.chain.imports import Library
from trainlint.chain.script import read_script
from trainlint.facts.script import ScriptFacts
from trainlint.source import Files


def start(root: Path) -> str | None:
    """The import error with which the program ends, None when it runs through."""
    done = subprocess.run(
        [sys.executable, "-S", "-B", "train.py"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if done.returncode == 0:
        return None
    last = done.stderr.strip().splitlines()[-1]
    assert "ImportError" in last or "ModuleNotFoundError" in last, done.stderr
    return last


def read(root: Path) -> ScriptFacts:
    facts = read_script(Library(Files(root)).resolver((root,)), root / "train.py", directory=root)
    assert isinstance(facts, ScriptFacts)
    return facts


@effort(150)
@given(files=programs())
def test_import_problems_are_pythons(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        error, facts = start(root), read(root)
    if error is None:
        assert facts.import_problems == ()
    else:
        assert facts.import_problems or facts.unverified or facts.external, error
