"""Which Hydra a project asks for, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.pins import older_hydra, pinned
from trainlint.source import Files


@pytest.mark.parametrize(
    ("name", "text", "older"),
    [
        ("requirements.txt", "torch\nhydra-core==1.0.7\n", True),
        ("requirements.txt", "hydra-core>=1.0.7,<1.1\n", True),
        ("requirements.txt", "hydra-core~=1.0.4\n", True),
        ("requirements.txt", "hydra-core<=1.0\n", True),
        ("requirements-dev.txt", "hydra-core==1.0.7  # the last one\n", True),
        ("setup.py", 'setup(install_requires=[\n    "hydra-core>=1.0.7,<1.1",\n])\n', True),
        ("environment.yml", "dependencies:\n  - hydra-core=1.0.7\n", True),
        ("pyproject.toml", '[tool.poetry.dependencies]\nhydra-core = "<1.1"\n', True),
        ("requirements.txt", "hydra-core==1.3.2\n", False),
        ("requirements.txt", "hydra-core==1.1.0\n", False),
        ("requirements.txt", "hydra-core>=1.0\n", False),
        ("requirements.txt", "hydra-core~=1.0\n", False),
        ("requirements.txt", "hydra-core<2\n", False),
        ("requirements.txt", "hydra-core\n", False),
        ("requirements.txt", "hydra-core-extras==1.0\n", False),
        ("requirements.txt", "# hydra-core==1.0\n", False),
    ],
)
def test_the_hydra_that_a_project_asks_for(tmp_path: Path, name: str, text: str, older: bool) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "src").mkdir()
    assert (older_hydra(Files(tmp_path), tmp_path / "src") is not None) is older


def test_another_repository_above_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("hydra-core==1.0.7\n")
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    assert pinned(Files(tmp_path), tmp_path / "inner", "hydra-core") is None


def test_the_place_of_a_pin(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("a\nhydra-core>=1.0,<1.1 # why\n")
    pin = pinned(Files(tmp_path), tmp_path, "hydra-core")
    assert pin is not None
    assert (pin.sign, pin.version, pin.span.line, pin.span.column) == ("<", "1.1", 2, 11)
