"""The static path stays light: what a clean check imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("torch", "numpy", "networkx", "rich", "hydra", "omegaconf", "antlr4", "pathspec", "hypothesis")
HEAVY = (
    *LIBRARIES,
    # readers of texts and parsers that a list of Hydra jobs does not need
    "trainlint.chain.arguments.read",
    "trainlint.chain.command_line",
    "trainlint.parse.shell.script.reader",
    "trainlint.parse.embedded.markdown",
    "trainlint.parse.python.launching.reader",
    # what only a comparison of programs needs
    "trainlint.diff",
    "trainlint.rules.differences",
    "trainlint.facts.comparison",
    "trainlint.facts.effects",
)

PROBE = """
import sys
from click.testing import CliRunner
from trainlint.cli.main import cli
result = CliRunner().invoke(cli, {arguments!r}, catch_exceptions=False)
print(result.exit_code, sorted(set(sys.modules) & set({heavy!r})))
"""


def imported(arguments: list[str], folder: Path, heavy: tuple[str, ...] = HEAVY) -> str:
    return last_line(PROBE.format(arguments=arguments, heavy=heavy), folder)


def last_line(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()[-1]


def test_a_clean_check_imports_nothing_heavy() -> None:
    folder = ROOT / "fixtures" / "pipelines" / "etrm"
    assert imported(["check", "jobs-etrm.txt"], folder) == "0 []"


def test_version_imports_nothing_heavy() -> None:
    assert imported(["--version"], ROOT) == "0 []"


def test_a_comparison_without_findings_imports_no_heavy_library() -> None:
    folder = ROOT / "fixtures" / "refactors" / "nanogpt-clean"
    assert imported(["diff", "reference/train.py", "candidate/train.py"], folder, LIBRARIES) == "0 []"


def test_the_package_alone_imports_none_of_its_parts() -> None:
    code = "import sys, trainlint; print([name for name in sys.modules if name.startswith('trainlint.')])"
    assert last_line(code, ROOT) == "[]"
