"""The launches of task files: SkyPilot, Kubernetes, compose and others; configs hold none."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, words, written
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.embedded.task_yaml import looks_like, read_task
from trainlint.source import SourceFile

TREE = {
    "train.py": "",
    "src/fit.py": "",
    ".git/config": "[remote]\n url = https://host.example/g/our-net.git\n",
}


def _read(root: Path, text: str, name: str = "task.yaml") -> LaunchText:
    return read(read_task, root, name, text, TREE)


TASKS = {
    "SkyPilot": (
        "resources:\n  accelerators: A100:8\nenvs:\n  SIZE: big\n  KEY:\nsetup: |\n  pip install -e .\n"
        "run: |\n  torchrun --nproc_per_node=8 \\\n    train.py size=$SIZE key=$KEY\n",
        [["torchrun", "--nproc_per_node=8", "train.py", "size=big", "key=?"]],
    ),
    "Kubernetes words": (
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: x\n      env:\n"
        "        - name: LR\n          value: '0.1'\n"
        "      command: [python, train.py]\n"
        "      args:\n        - lr=$(LR)\n        - b=$(C)\n        - '*'\n",
        [["python", "train.py", "lr=0.1", "b=?", "*"]],
    ),
    "Kubernetes text": (
        "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n"
        "      containers:\n        - image: x\n"
        "          command: ['/bin/bash', '-lc']\n          args:\n            - |\n              X=1\n"
        "              python train.py a=$X\n",
        [["python", "train.py", "a=1"]],
    ),
    "several documents": (
        "apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
        "  - image: x\n    command: [python, train.py, a=1]\n",
        [["python", "train.py", "a=1"]],
    ),
    "compose": (
        "services:\n  one:\n    build: .\n    environment:\n      - A=1\n    command: python train.py a=$A\n"
        "  two:\n    image: x\n    entrypoint: [python]\n    command: [train.py, a=2]\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=2"]],
    ),
    "dstack": (
        "type: task\nenv:\n  - A=1\ncommands:\n  - cd src\n  - python fit.py a=$A\n",
        [["python", "fit.py", "a=1"]],
    ),
    "mosaic": (
        "image: x\ngpu_num: 8\nenv_variables:\n  - key: A\n    value: 1\ncommand: |-\n  cd our-net\n"
        "  python train.py a=$A\n",
        [["python", "train.py", "a=1"]],
    ),
    "Azure": (
        "$schema: x\ncode: src\ncommand: >-\n  python fit.py\n  lr=${{inputs.lr}}\nenvironment: y\n",
        [["python", "fit.py", "lr=?"]],
    ),
    "Determined": (
        "searcher:\n  name: single\nentrypoint: python train.py a=1\n",
        [["python", "train.py", "a=1"]],
    ),
    "Vertex": (
        "workerPoolSpecs:\n  - containerSpec:\n      imageUri: x\n      command: [python, train.py]\n"
        "      args: [a=1]\n",
        [["python", "train.py", "a=1"]],
    ),
}


@pytest.mark.parametrize(("text", "expected"), TASKS.values(), ids=TASKS.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, text)
    assert commands(found) == expected
    assert found.form is Form.TASK
    assert looks_like(SourceFile(tmp_path / "t.yaml", "t.yaml", text))


CONFIGS = {
    "a config with a defaults list": "defaults:\n  - model: x\nimage: a\ncommand: python train.py a=1\n",
    "a package header": "# @package _global_\nimage: a\ncommand: python train.py a=1\n",
    "a target": "image: a\ncommand: python train.py a=1\nlauncher:\n  _target_: a.B\n",
    "a command among other settings": "lr: 0.1\ncommand: python train.py a=1\nm:\n  run: python train.py\n",
    "a run that is a mapping": "resources: 1\nrun:\n  dir: out/train.py\n",
    "no launch": "image: a\ncommand: sleep 10\n",
    "no YAML": "run: [\n",
    "a list": "- run: python train.py a=1\n",
}


@pytest.mark.parametrize("text", CONFIGS.values(), ids=CONFIGS.keys())
def test_configs_hold_no_launch(tmp_path: Path, text: str) -> None:
    source = SourceFile(tmp_path / "conf.yaml", "conf.yaml", text)
    assert not (looks_like(source) and _read(tmp_path, text).jobs)


FOLDERS = {
    "the tree's root": ("resources: 1\nrun: python train.py a=1\n", ["."]),
    "a workdir": ("workdir: src\nrun: python fit.py a=1\n", ["src"]),
    "a workdir elsewhere": (
        "workdir: /home/x/net\nrun: python train.py a=1\n",
        ["the folder `/home/x/net` is not on this machine"],
    ),
    "a clone of this tree": (
        "resources: 1\nsetup: git clone https://host.example/g/our-net.git\n"
        "run: cd our-net/src && python fit.py a=1\n",
        ["src"],
    ),
    "in the image": (
        "image: x\ncompute: y\ncommand: python main.py a=1\n",
        ["`main.py` is not in this tree: it may be in the image or on the machine that runs this"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FOLDERS.values(), ids=FOLDERS.keys())
def test_folders(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert [folder(job, tmp_path) for job in _read(tmp_path, text).jobs] == expected


def test_places(tmp_path: Path) -> None:
    text = "resources: 1\nrun: >-\n  python train.py\n  model.hiden=4\n  b={{ x }}\n"
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(3, 3), (3, 10), (4, 3), (5, 3)]
    assert words(job) == ["python", "train.py", "model.hiden=4", "b=?"]
    assert written(text, job) == "python train.py\n  model.hiden=4\n  b={{ x }}"


def test_places_of_words(tmp_path: Path) -> None:
    text = "services:\n  a:\n    image: x\n    command: [python, 'train.py', \"a=1\"]\n"
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(4, 15), (4, 24), (4, 36)]
    assert job.text == "python train.py a=1"


def test_the_environment_is_exported(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, "resources: 1\nenvs:\n  A: x\nrun: python train.py a=1\n").jobs
    assert {name: value.value for name, value in job.exported.items() if isinstance(value, Known)} == {
        "A": "x"
    }


def test_names() -> None:
    assert form_named("sky/train.yaml") is Form.TASK
    assert form_named("pod.yml") is Form.TASK
    assert form_named("pod.json") is not Form.TASK
