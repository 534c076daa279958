"""The launches of Dockerfiles."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, words
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.embedded.dockerfile import looks_like, read_dockerfile
from trainlint.source import SourceFile

TREE = {"train.py": "", "src/fit.py": "", "run.sh": "", ".git/HEAD": ""}


def _read(root: Path, text: str, name: str = "Dockerfile") -> LaunchText:
    return read(read_dockerfile, root, name, text, TREE)


IMAGES = {
    "a list": ('CMD ["python", "train.py", "a=1"]', [["python", "train.py", "a=1"]]),
    "a text": ("CMD X=1; python train.py a=$X", [["python", "train.py", "a=1"]]),
    "both": (
        'ENTRYPOINT ["python"]\nCMD ["train.py", "a=1"]',
        [["python", "train.py", "a=1"]],
    ),
    "a text as the entry takes no notice of CMD": (
        "CMD python train.py a=2\nENTRYPOINT python train.py a=1\nCMD a=3",
        [["python", "train.py", "a=1"]],
    ),
    "the last one counts": (
        "CMD python train.py a=1\nCMD python train.py a=2",
        [["python", "train.py", "a=2"]],
    ),
    "variables": (
        'ARG SIZE=big\nENV LR=0.1 NAME="x $SIZE"\nCMD python train.py lr=$LR "n=$NAME" o=$OTHER',
        [["python", "train.py", "lr=0.1", "n=x big", "o=?"]],
    ),
    "no variables in a list": (
        'ENV A=1\nCMD ["python", "train.py", "a=$A"]',
        [["python", "train.py", "a=$A"]],
    ),
    "a shell in a list": ('CMD ["sh", "-c", "python train.py a=1"]', [["python", "train.py", "a=1"]]),
    "continued, with a comment between": (
        "CMD python train.py \\\n  # note\n  a=1 \\\n  b=2",
        [["python", "train.py", "a=1", "b=2"]],
    ),
    "here-documents": (
        "RUN <<EOF\nCMD python train.py a=1\nEOF\nCMD python train.py a=2",
        [["python", "train.py", "a=2"]],
    ),
    "what runs while it is built": ("RUN python train.py a=1", []),
    "no launch": ('CMD ["bash"]', []),
    "lower case": ("cmd python train.py a=1", [["python", "train.py", "a=1"]]),
}


@pytest.mark.parametrize(("text", "expected"), IMAGES.values(), ids=IMAGES.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, f"FROM python:3.11\nWORKDIR /app\nCOPY . .\n{text}\n")
    assert commands(found) == expected
    assert found.form is Form.DOCKERFILE


CMD = 'CMD ["python", "train.py", "a=1"]\n'
FOLDERS = {
    "the whole tree": ("WORKDIR /app\nCOPY . /app\n" + CMD, ["."]),
    "the tree below": ("WORKDIR /app/net\nCOPY ./ /app/net/\n" + CMD, ["."]),
    "a part of it": ('WORKDIR /app\nCOPY src /app\nCMD ["python", "fit.py", "a=1"]\n', ["src"]),
    "a folder inside what was copied": (
        'COPY . /app\nWORKDIR /app/src\nCMD ["python", "fit.py", "a=1"]\n',
        ["src"],
    ),
    "one file": ("WORKDIR /app\nCOPY train.py requirements.txt ./\n" + CMD, ["."]),
    "nothing copied": ("WORKDIR /app\n" + CMD, ["what lies in `/app` of the image is not known"]),
    "from another stage": (
        "WORKDIR /app\nCOPY --from=x /a /app\n" + CMD,
        ["what lies in `/app` of the image is not known"],
    ),
    "a folder that only the build knows": (
        "WORKDIR $HERE\nCOPY . .\n" + CMD,
        ["the folder is known only when the image is built"],
    ),
    "a stage that goes on": ("WORKDIR /app\nCOPY . .\nFROM base\n" + CMD, ["."]),
}


@pytest.mark.parametrize(("text", "expected"), FOLDERS.values(), ids=FOLDERS.keys())
def test_folders(tmp_path: Path, text: str, expected: list[str]) -> None:
    found = _read(tmp_path, f"FROM x AS base\n{text}")
    assert [folder(job, tmp_path) for job in found.jobs] == expected


def test_the_build_context_may_be_the_root(tmp_path: Path) -> None:
    found = _read(
        tmp_path, "FROM x\nWORKDIR /app\nCOPY src/ ./\nCMD python fit.py a=1\n", "docker/Dockerfile.gpu"
    )
    assert [folder(job, tmp_path) for job in found.jobs] == ["src"]


def test_places(tmp_path: Path) -> None:
    text = 'FROM x\nENTRYPOINT ["python", "train.py"]\nCMD ["model.hiden=4"]\n'
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(2, 14), (2, 24), (3, 7)]
    assert words(job) == ["python", "train.py", "model.hiden=4"]


def test_the_environment_is_exported(tmp_path: Path) -> None:
    (job,) = _read(tmp_path, "FROM x\nENV A=1\nENV B two words\nCMD python train.py a=1\n").jobs
    known = {name: value.value for name, value in job.exported.items() if isinstance(value, Known)}
    assert known == {"A": "1", "B": "two words"}


def test_names_and_looks(tmp_path: Path) -> None:
    for name in ("Dockerfile", "a/Dockerfile.gpu", "gpu.Dockerfile", "Containerfile"):
        assert form_named(name) is Form.DOCKERFILE
    assert form_named("Dockerfiles/x.md") is not Form.DOCKERFILE
    assert looks_like(SourceFile(tmp_path, "d", 'FROM x\nCMD ["python", "a.py"]\n'))
    assert not looks_like(SourceFile(tmp_path, "d", "FROM x\nRUN python a.py\n"))


def test_hostile_texts_end(tmp_path: Path) -> None:
    for text in (
        "FROM x\nCMD [" + '"a",' * 5000,
        "FROM\nWORKDIR\nCOPY\nCMD\n",
        "FROM x\nCMD \\",
        "RUN <<EOF\n",
        "FROM x\nENV A=$A\nCMD $A",
    ):
        _read(tmp_path, text)


PLACED = {
    "copied with the tree": ("COPY . /app\n", 'CMD ["python", "/app/src/fit.py", "a=1"]', "src/fit.py"),
    "copied alone": (
        "COPY run.sh /usr/local/bin/\n",
        'ENTRYPOINT ["/usr/local/bin/run.sh", "a=1"]',
        "run.sh",
    ),
    "in a text": ("COPY . /app\n", "CMD python /app/train.py a=1", "train.py"),
    "not copied": ("COPY . /app\n", 'CMD ["python", "/opt/train.py", "a=1"]', None),
    "from another stage": ("COPY --from=x /a /opt\n", "CMD python /opt/train.py a=1", None),
}


@pytest.mark.parametrize(("copied", "command", "own"), PLACED.values(), ids=PLACED)
def test_a_script_by_its_place_in_the_image(
    tmp_path: Path, copied: str, command: str, own: str | None
) -> None:
    found = _read(tmp_path, f"FROM python:3.11\n{copied}WORKDIR /app\n{command}\n")
    (words_,) = commands(found)
    assert words_[-2:] == ["?" if own is None else str(tmp_path / own), "a=1"]
