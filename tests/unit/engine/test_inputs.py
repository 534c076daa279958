"""Which texts are found below a folder, and where each is taken to be started."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.engine.inputs import collect
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.source import Files

JOB = "[ ] python train.py\n"


def found(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [text.file for text in collect(paths or (".",), Files(root), Settings(exclude=exclude)).texts]


def write(root: Path, *names: str, text: str = JOB) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_texts_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, "b/jobs.txt", "a/z/jobs.txt", "a/jobs.txt", "jobs.txt")
    assert found(tmp_path) == ["jobs.txt", "a/jobs.txt", "a/z/jobs.txt", "b/jobs.txt"]


@pytest.mark.parametrize(
    "folder",
    ["venv", "node_modules", "third_party/lib", "vendor", ".hidden", "outputs", "deep/site-packages/x"],
)
def test_folders_of_others_are_not_entered(tmp_path: Path, folder: str) -> None:
    write(tmp_path, f"{folder}/jobs.txt", "jobs.txt")
    assert found(tmp_path) == ["jobs.txt"]


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history", ".git"])
def test_environments_and_other_repositories_are_not_entered(tmp_path: Path, mark: str) -> None:
    write(tmp_path, "inner/jobs.txt", "jobs.txt")
    write(tmp_path, f"inner/{mark}", text="")
    assert found(tmp_path) == ["jobs.txt"]


def test_what_is_named_is_read_wherever_it_stands(tmp_path: Path) -> None:
    write(tmp_path, "venv/jobs.txt", "venv/more/jobs.txt")
    assert found(tmp_path, "venv") == ["venv/jobs.txt", "venv/more/jobs.txt"]
    assert found(tmp_path, "venv/jobs.txt", ".") == ["venv/jobs.txt"]


def test_gitignore_and_exclude(tmp_path: Path) -> None:
    write(tmp_path, "keep/jobs.txt", "drop/jobs.txt", "old/jobs.txt")
    write(tmp_path, ".git/HEAD", text="")
    write(tmp_path, ".gitignore", text="drop/\n")
    assert found(tmp_path, exclude=("old",)) == ["keep/jobs.txt"]


def test_an_ignored_file_that_is_named_is_read(tmp_path: Path) -> None:
    write(tmp_path, "drop/jobs.txt")
    write(tmp_path, ".git/HEAD", text="")
    write(tmp_path, ".gitignore", text="drop/\n")
    assert found(tmp_path, "drop/jobs.txt") == ["drop/jobs.txt"]


def only(root: Path, path: str) -> LaunchText:
    (text,) = collect((path,), Files(root), Settings()).texts
    return text


@pytest.mark.parametrize(
    ("script", "folder"),
    [
        ("train.py", "."),
        ("runs/train.py", "runs"),
        ("runs/deep/train.py", "runs/deep"),
        ("elsewhere/train.py", "."),
    ],
)
def test_a_text_is_started_where_its_scripts_are(tmp_path: Path, script: str, folder: str) -> None:
    write(tmp_path, "runs/deep/jobs.txt")
    write(tmp_path, script, text="")
    (job,) = only(tmp_path, "runs/deep/jobs.txt").jobs
    assert isinstance(job.directory, Known)
    assert job.directory.value == (tmp_path / folder)
    assert job.started_in == (None if folder == "." else tmp_path / folder)


def test_the_folder_where_most_scripts_are_wins(tmp_path: Path) -> None:
    write(tmp_path, "runs/jobs.txt", text="[ ] python a.py\n[ ] python b.py\n[ ] python c.py\n")
    write(tmp_path, "a.py", "runs/b.py", "runs/c.py", text="")
    (first, *others) = only(tmp_path, "runs/jobs.txt").jobs
    assert isinstance(first.directory, Known)
    assert first.directory.value == tmp_path / "runs"
    assert (first.started_in, {job.started_in for job in others}) == (None, {tmp_path / "runs"})


def test_a_project_above_the_working_directory(tmp_path: Path) -> None:
    write(tmp_path, "runs/jobs.txt")
    write(tmp_path, "train.py", "pyproject.toml", text="")
    (text,) = collect(("jobs.txt",), Files(tmp_path / "runs"), Settings()).texts
    assert isinstance(text.jobs[0].directory, Known)
    assert text.jobs[0].directory.value == tmp_path


def test_a_module_that_may_be_installed_does_not_count_as_found(tmp_path: Path) -> None:
    jobs = "[ ] python -m tools.a\n[ ] python -m tools.b\n[ ] python -m train\n"
    write(tmp_path, "runs/jobs.txt", text=jobs)
    write(tmp_path, "tools/a.py", "train.py", text="")
    launches = only(tmp_path, "runs/jobs.txt").jobs
    assert {job.directory.value for job in launches if isinstance(job.directory, Known)} == {tmp_path}


def test_a_module_that_stands_beside_the_text(tmp_path: Path) -> None:
    write(tmp_path, "part/jobs.txt", text="[ ] python -m scripts.train\n")
    write(tmp_path, "part/scripts/train.py", text="")
    (job,) = only(tmp_path, "part/jobs.txt").jobs
    assert job.started_in == tmp_path / "part"


def test_documents_and_recipes_of_a_tree_are_read(tmp_path: Path) -> None:
    write(tmp_path, "train.py", text="")
    write(tmp_path, "README.md", text="Run:\n\n```sh\nuv sync --extra x\npython train.py\n```\n")
    write(tmp_path, "docs/theory.md", text="No command here.\n")
    write(tmp_path, "Makefile", text="train:\n\tpython train.py\n")
    texts = collect((".",), Files(tmp_path), Settings()).texts
    forms = {text.file: (text.form, [job.text for job in text.jobs]) for text in texts}
    assert forms == {
        "Makefile": (Form.MAKEFILE, ["python train.py"]),
        "README.md": (Form.MARKDOWN, ["python train.py"]),
    }


def test_a_script_that_starts_the_scripts_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "jobs/all.sh", text="for seed in 1 2; do sbatch one.sbatch $seed; done\n")
    write(tmp_path, "jobs/one.sbatch", text="python train.py\n")
    launches = only(tmp_path, "jobs/all.sh").jobs
    assert {job.started_in for job in launches} == {tmp_path / "jobs"}


def test_a_script_that_cannot_be_read_is_put_on_record(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_bytes(b"python train.py\n\0\0")
    (tmp_path / "image.txt").write_bytes(b"\0\0")
    files = Files(tmp_path)
    assert collect((".",), files, Settings()).texts == ()
    assert [entry.display for entry in files.unreadable] == ["run.sh"]
