"""Edits whose repair is mechanical: what `--fix` writes takes the finding away, and adds none."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.diff.cases import Case, case_names, read_case
from tests.diff.findings import Found, findings
from tests.diff.mutants import mutants
from trainlint.cli.main import cli

#: By the name of a case or an edit, the rules whose findings are mended.
MENDED = {
    "seed000-2-world-size-lost": "accumulation-not-divided-by-world-size",
    "seed000-3-tokens-per-iteration": "derived-quantity-changed",
    "seed000-5-method-renamed": "method-renamed",
    "loss not divided": "loss-scaling-changed",
    "loss not scaled": "loss-scaling-changed",
    "train mode not restored": "mode-switch-lost",
    "eval mode dropped": "mode-switch-lost",
    "gradients never set to zero": "zero-grad-changed",
}


def case_of(name: str) -> Case:
    if name in case_names():
        return read_case(name)
    return next(mutant.case for mutant in mutants() if mutant.case.name == name)


def texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}


def told(found: list[Found]) -> set[tuple[str, str]]:
    return {(one.name, one.severity) for one in found if one.severity != "info"}


@pytest.mark.parametrize("name", MENDED)
def test_what_is_mended_is_gone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(name)
    folder = case.write(tmp_path / "case")
    before, found = texts(folder), list(findings(folder, case.words))
    assert MENDED[name] in {one.name for one in found}
    monkeypatch.chdir(folder)
    CliRunner().invoke(cli, ["diff", *case.words, "--fix", "--unsafe-fixes"], catch_exceptions=False)
    after = texts(folder)
    changed = [file for file in before if before[file] != after[file]]
    assert changed
    assert all(file.startswith("candidate" + os.sep) for file in changed)
    for file in changed:
        ast.parse(after[file])
    left = list(findings(folder, case.words))
    assert MENDED[name] not in {one for one, _ in told(left)}
    assert told(left) <= told(found)
