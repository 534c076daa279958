"""Packages that configs are asked from are found where the interpreter would find them."""

from __future__ import annotations

from pathlib import Path

from trainlint.chain.imports import Library
from trainlint.chain.request import InstalledPackages
from trainlint.source import Files


def test_packages_of_the_project_and_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/own").mkdir()
    (tmp_path / "run/own/__init__.py").write_text("")
    (tmp_path / "assumed").mkdir()
    (tmp_path / "assumed/__init__.py").write_text("")
    packages = InstalledPackages(Library(Files(tmp_path)).resolver((tmp_path / "run",)))
    assert packages["own"] == tmp_path / "run/own"
    assert packages["hydra"].name == "hydra"
    assert packages.get("assumed") is None
    assert packages.get("surely_not_installed_package") is None
