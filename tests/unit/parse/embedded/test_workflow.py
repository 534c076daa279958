"""The launches of GitHub workflows."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, written
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.embedded.workflow import looks_like, read_workflow
from trainlint.source import SourceFile

TREE = {"train.py": "", "sub/fit.py": "", ".git/HEAD": ""}
HEAD = "on: push\njobs:\n  smoke:\n    runs-on: ubuntu-latest\n"


def _read(root: Path, text: str) -> LaunchText:
    return read(read_workflow, root, ".github/workflows/ci.yml", text, TREE)


STEPS = {
    "one line": ("    steps:\n      - run: python train.py a=1\n", [["python", "train.py", "a=1"]]),
    "a block": (
        "    steps:\n      - run: |\n          X=1\n          python train.py a=$X \\\n            b=2\n",
        [["python", "train.py", "a=1", "b=2"]],
    ),
    "folded": (
        "    steps:\n      - run: >-\n          python train.py\n          a=1\n          b=2\n",
        [["python", "train.py", "a=1", "b=2"]],
    ),
    "a matrix": (
        "    strategy:\n      matrix:\n        model: [tiny, big]\n        n: [1]\n"
        "    steps:\n      - run: python train.py m=${{ matrix.model }} n=${{matrix.n}}\n",
        [["python", "train.py", "m=tiny", "n=1"], ["python", "train.py", "m=big", "n=1"]],
    ),
    "a matrix with additions": (
        "    strategy:\n      matrix:\n        m: [a]\n        include:\n          - m: b\n"
        "    steps:\n      - run: python train.py m=${{ matrix.m }}\n",
        [["python", "train.py", "m=?"]],
    ),
    "what only the workflow knows": (
        "    steps:\n      - run: python train.py s=${{ github.sha }} ${{ inputs.args }}\n",
        [["python", "train.py", "s=?", "?"]],
    ),
    "environment": (
        "    env:\n      A: one\n    steps:\n      - env:\n          B: 2\n"
        "        run: python train.py a=$A b=${{ env.B }}\n",
        [["python", "train.py", "a=one", "b=2"]],
    ),
    "another shell": ("    steps:\n      - shell: pwsh\n        run: python train.py a=1\n", []),
    "no launch": ("    steps:\n      - run: pip install -e .\n      - run: pytest tests/test_a.py\n", []),
}


@pytest.mark.parametrize(("text", "expected"), STEPS.values(), ids=STEPS.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, HEAD + text)
    assert commands(found) == expected
    assert found.form is Form.WORKFLOW


FOLDERS = {
    "the root": ("    steps:\n      - run: python train.py a=1\n", ["."]),
    "of the step": ("    steps:\n      - working-directory: sub\n        run: python fit.py a=1\n", ["sub"]),
    "of the job": (
        "    defaults:\n      run:\n        working-directory: ./sub\n"
        "    steps:\n      - run: python fit.py a=1\n",
        ["sub"],
    ),
    "by cd": ("    steps:\n      - run: cd sub && python fit.py a=1\n", ["sub"]),
    "not here": (
        "    steps:\n      - working-directory: other\n        run: python fit.py a=1\n",
        ["the folder `other` is not in this tree"],
    ),
    "a checkout elsewhere": (
        "    steps:\n      - uses: actions/checkout@v4\n        with:\n          path: code\n"
        "      - run: python train.py a=1\n",
        ["the checkout does not lie at the root of the workspace"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FOLDERS.values(), ids=FOLDERS.keys())
def test_folders(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert [folder(job, tmp_path) for job in _read(tmp_path, HEAD + text).jobs] == expected


def test_windows_runs_another_shell(tmp_path: Path) -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - run: python train.py a=1\n"
    )
    assert not _read(tmp_path, text).jobs


def test_steps_of_an_action(tmp_path: Path) -> None:
    text = "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: python train.py a=1\n"
    found = read(read_workflow, tmp_path, "action.yml", text, TREE)
    assert commands(found) == [["python", "train.py", "a=1"]]


def test_places(tmp_path: Path) -> None:
    text = HEAD + (
        "    strategy:\n      matrix:\n        o: [model.hiden=4]\n    steps:\n      - run: |\n"
        "          python train.py ${{ matrix.o }} \\\n            b=${{ github.x }}\n"
    )
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(10, 11), (10, 18), (7, 13), (11, 13)]
    assert written(text, job) == "python train.py ${{ matrix.o }} \\\n            b=${{ github.x }}"
    assert job.text == "python train.py model.hiden=4 b=${{ github.x }}"


def test_the_environment_of_a_step_is_exported(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, "env:\n  A: x\n" + HEAD + "    steps:\n      - run: python train.py a=1\n").jobs
    assert {name: value.value for name, value in job.exported.items() if isinstance(value, Known)} == {
        "A": "x"
    }


def test_names_and_looks(tmp_path: Path) -> None:
    assert form_named(".github/workflows/ci.yml") is Form.WORKFLOW
    assert form_named("a/.github/workflows/ci.yaml") is Form.WORKFLOW
    assert form_named("tools/action.yml") is Form.WORKFLOW
    assert form_named("conf/ci.yml") is not Form.WORKFLOW
    assert looks_like(SourceFile(tmp_path, "w", "steps:\n- run: python train.py\n"))
    assert not looks_like(SourceFile(tmp_path, "w", "steps:\n- run: make\n"))


def test_what_is_no_workflow_holds_none(tmp_path: Path) -> None:
    for text in (
        "",
        "- a\n",
        "jobs: 1\n",
        "jobs:\n  a: [\n",
        "jobs:\n  a:\n    steps: {run: x}\n",
        "[" * 5000,
    ):
        assert not _read(tmp_path, text).jobs
