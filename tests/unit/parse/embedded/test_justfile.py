"""The launches of justfiles."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, written
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.embedded.justfile import looks_like, read_justfile
from trainlint.source import SourceFile

TREE = {"train.py": "", "sub/fit.py": ""}


def _read(root: Path, text: str, name: str = "justfile") -> LaunchText:
    return read(read_justfile, root, name, text, TREE)


RECIPES = {
    "a value that is set below": (
        "a := b + 'c'\nb := 'd'\nt:\n  python train.py a={{a}}\n",
        [["python", "train.py", "a=dc"]],
    ),
    "prefixes": (
        "t:\n    @python train.py a=1\n    -python train.py a=2\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=2"]],
    ),
    "variables": (
        'size := "small"\nlr := "1e-4" # fine\nout := "runs" / size + "-" + lr\n'
        "t:\n\tpython train.py s={{size}} lr={{ lr }} o={{out}}\n",
        [["python", "train.py", "s=small", "lr=1e-4", "o=runs/small-1e-4"]],
    ),
    "parameters": (
        "t size='big' *args:\n  python train.py s={{size}} {{args}}\n",
        [["python", "train.py", "s=big", "?"]],
    ),
    "a parameter without a default": (
        "t name:\n  python train.py n={{name}}\n",
        [["python", "train.py", "n=?"]],
    ),
    "a condition": (
        "m := 'a'\nx := if m == 'a' { '1' } else { '2' }\nt:\n  python train.py x={{x}}\n",
        [["python", "train.py", "x=1"]],
    ),
    "what only just knows": (
        "d := `date`\nt:\n  python train.py d={{d}} u={{uuid()}} h={{env_var_or_default('H', 'h')}}\n",
        [["python", "train.py", "d=?", "u=?", "h=h"]],
    ),
    "continued": ("t:\n  python train.py \\\n    a=1 \\\n    b=2\n", [["python", "train.py", "a=1", "b=2"]]),
    "a line is a shell of its own": ("t:\n  X=1\n  python train.py a=$X\n", [["python", "train.py", "a=?"]]),
    "a shebang recipe is one script": (
        "t:\n  #!/usr/bin/env bash\n  X=1\n  python train.py a=$X\n",
        [["python", "train.py", "a=1"]],
    ),
    "a recipe in another language": ("t:\n  #!/usr/bin/env python3\n  python train.py a=1\n", []),
    "braces that stay": ("t:\n  python train.py 'a={{{{b}}'\n", [["python", "train.py", "a={{b}}"]]),
    "dependencies and attributes": (
        "[group('x')]\nt: (u \"1\") v && w\n  python train.py a=1\n",
        [["python", "train.py", "a=1"]],
    ),
    "another shell": ("set shell := ['pwsh', '-c']\nt:\n  python train.py a=1\n", []),
    "exported": ("export X := '3'\nt:\n  python train.py a=$X\n", [["python", "train.py", "a=3"]]),
}


@pytest.mark.parametrize(("text", "expected"), RECIPES.values(), ids=RECIPES.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, text)
    assert commands(found) == expected
    assert found.form is Form.JUSTFILE


def test_recipes_run_beside_the_justfile(tmp_path: Path) -> None:
    found = _read(tmp_path, "t:\n  python fit.py a=1\n\n[no-cd]\nu:\n  python fit.py a=2\n", "sub/justfile")
    assert [folder(job, tmp_path) for job in found.jobs] == [
        "sub",
        "this recipe does not run in the folder of its justfile",
    ]


def test_places(tmp_path: Path) -> None:
    text = "args := 'model.hiden=4'\nt n='1':\n  @python train.py {{args}} \\\n    n={{n}} {{d}}\n"
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(3, 4), (3, 11), (1, 10), (4, 5), (4, 13)]
    assert written(text, job) == "python train.py {{args}} \\\n    n={{n}} {{d}}"
    assert job.text == "python train.py model.hiden=4 n=1 {{d}}"


def test_exported_variables_are_in_the_environment(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, "export A := '1'\nt $B='2' C='3':\n  python train.py a=1\n").jobs
    known = {name: value.value for name, value in job.exported.items() if isinstance(value, Known)}
    assert known == {"A": "1", "B": "2"}


def test_names_and_looks(tmp_path: Path) -> None:
    for name in ("justfile", "a/Justfile", ".justfile", "gpu.just"):
        assert form_named(name) is Form.JUSTFILE
    assert form_named("justfile.md") is not Form.JUSTFILE
    assert looks_like(SourceFile(tmp_path, "j", "t:\n  python train.py\n"))
    assert not looks_like(SourceFile(tmp_path, "j", "t:\n  cargo build\n"))


def test_hostile_texts_end(tmp_path: Path) -> None:
    for text in (
        "t:\n  python train.py {{" + "(" * 5000,
        "x := " + "a + " * 5000,
        "x := '''" + "\n" * 999,
        "{{" * 9999,
    ):
        _read(tmp_path, text)
