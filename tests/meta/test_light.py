"""The static path stays light: what a clean check imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    *("torch", "numpy", "networkx", "rich", "hydra", "omegaconf", "antlr4", "pathspec", "hypothesis"),
    # readers of texts and parsers that a list of Hydra jobs does not need
    *(
        "trainlint.chain.arguments.read",
        "trainlint.chain.command_line",
        "trainlint.parse.shell.script.reader",
    ),
    *("trainlint.parse.embedded.markdown", "trainlint.parse.python.launching.reader"),
)

PROBE = """
import sys
from click.testing import CliRunner
from trainlint.cli.main import cli
result = CliRunner().invoke(cli, {arguments!r}, catch_exceptions=False)
print(result.exit_code, sorted(set(sys.modules) & set({heavy!r})))
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
