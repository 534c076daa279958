"""The static path stays light: what a clean check imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numpy", "networkx", "rich", "hydra", "omegaconf", "antlr4", "tree_sitter", "hypothesis")

PROBE = """
import sys
from click.testing import CliRunner
from trainlint.cli.main import cli
result = CliRunner().invoke(cli, {arguments!r}, catch_exceptions=False)
print(result.exit_code, sorted(set(name.split(".")[0] for name in sys.modules) & set({heavy!r})))
"""


def imported(arguments: list[str], folder: Path) -> str:
    code = PROBE.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()[-1]


def test_a_clean_check_imports_nothing_heavy() -> None:
    folder = ROOT / "fixtures" / "pipelines" / "etrm"
    assert imported(["check", "jobs-etrm.txt"], folder) == "0 []"


def test_version_imports_nothing_heavy() -> None:
    assert imported(["--version"], ROOT) == "0 []"
