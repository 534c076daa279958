"""Scripts that a text fetches or writes before it starts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.facts.launch import Form
from trainlint.facts.value import Known
from trainlint.parse.launch_texts import read_launches
from trainlint.parse.launcher.peel import peel
from trainlint.source import Files, SourceFile


def missed(tmp_path: Path, name: str, form: Form, text: str) -> list[str]:
    """The scripts of the launches that are said not to be there."""
    (tmp_path / name).write_text(text)
    files = Files(tmp_path)
    source = files.read(tmp_path / name)
    assert isinstance(source, SourceFile)
    scripts = [peel(job, files).script for job in read_launches(form, source, tmp_path, files).jobs]
    assert scripts
    lost = [script for script in scripts if script is not None and script.path is None and script.searched]
    return [script.text.value for script in lost if isinstance(script.text, Known)]


@pytest.mark.parametrize(
    "text",
    [
        "wget https://host.example/data/get_data.sh\nbash get_data.sh\n",
        "curl -LO https://host.example/fit.py && python fit.py\n",
        "cp templates/base.py fit.py\npython fit.py --a 1\n",
        "sed s/a/b/ template > out/fit.py\npython out/fit.py\n",
        "unzip tools.zip\npython tools/fit.py\n",
        "git clone https://host.example/net.git\npython net/fit.py\n",
    ],
)
def test_what_a_script_makes_is_not_missed(tmp_path: Path, text: str) -> None:
    assert missed(tmp_path, "run.sh", Form.SHELL, text) == []


def test_a_clone_of_another_line_of_a_recipe(tmp_path: Path) -> None:
    text = "get:\n\tgit clone https://host.example/net.git\n\tcd net && python fit.py\n"
    assert missed(tmp_path, "Makefile", Form.MAKEFILE, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "python fit.py > fit.log\n",
        "python fit.py 2>&1 | tee log.txt\n",
        "cp refit.py x.py\npython fit.py\n",
    ],
)
def test_what_it_does_not_make_is_missed(tmp_path: Path, text: str) -> None:
    assert missed(tmp_path, "run.sh", Form.SHELL, text) == ["fit.py"]
