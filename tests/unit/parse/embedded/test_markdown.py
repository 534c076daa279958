"""The launches of Markdown texts: which commands, where they are written and in which folder they run."""

from pathlib import Path

import pytest

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, words, written
from trainlint.facts.launch import Form, LaunchText, Placeholder
from trainlint.facts.value import Known
from trainlint.parse.embedded.markdown import looks_like, read_markdown
from trainlint.source import SourceFile

TREE = {
    "train.py": "",
    "tools/convert.py": "",
    "tools/average_checkpoints.py": "",
    "examples/tiny/fit.py": "",
    "examples/tiny/export_notes.py": "",
    "examples/deep/gsm8k/make_dataset.py": "",
    "scripts/run.sh": "",
    ".git/config": '[remote "origin"]\n\turl = https://host.example/group/our-net.git\n',
}


def _read(root: Path, text: str, name: str = "README.md") -> LaunchText:
    return read(read_markdown, root, name, text, TREE)


BLOCKS = {
    "a language": ("```bash\npython train.py lr=1\n```\n", [["python", "train.py", "lr=1"]]),
    "shell script, with a title": (
        '```shell script title="x"\npython train.py lr=1\n```\n',
        [["python", "train.py", "lr=1"]],
    ),
    "no language": ("```\npython train.py lr=1\n```\n", [["python", "train.py", "lr=1"]]),
    "no language and no command": ("```\nlr=1\nthe python train.py\n```\n", []),
    "another language": ("```python\npython train.py lr=1\n```\n", []),
    "output of another language": ("```yaml\nrun: python train.py\n```\n", []),
    "indented": ("run\n\n    python train.py lr=1\n", [["python", "train.py", "lr=1"]]),
    "in prose": ("run `python train.py lr=1` now\n\npython train.py lr=1\n", []),
    "in a comment": ("<!--\n```bash\npython train.py lr=1\n```\n-->\n", []),
    "in a list and a quote": (
        "1. x\n\n   ```sh\n   python train.py a=1\n   ```\n\n> ```sh\n> python train.py a=2\n> ```\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=2"]],
    ),
    "continued lines": (
        "```bash\npython train.py \\\n  a=1 \\\n  b=2\n```\n",
        [["python", "train.py", "a=1", "b=2"]],
    ),
    "windows line ends": (
        "```bash\r\npython train.py \\\r\n  a=1\r\n```\r\n",
        [["python", "train.py", "a=1"]],
    ),
    "prompts and output": (
        "```console\n$ python train.py a=1\npython train.py a=2\n[INFO] it's (odd\n"
        "$ python train.py a=3\n```\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=3"]],
    ),
    "a prompt and its continuation": (
        "```\n$ python train.py \\\n>   a=1 \\\n>   b=2\nok\n```\n",
        [["python", "train.py", "a=1", "b=2"]],
    ),
    "prompts with an environment": (
        "```console\n(env)[net]$ python train.py a=1\nme@host:~/net$ python train.py a=2\n"
        "(base) me@host:~$ python train.py a=3\n```\n",
        [["python", "train.py", f"a={number}"] for number in (1, 2, 3)],
    ),
    "other prompts": (
        "```\n> python train.py a=1\n% python train.py a=2\n% unzip the data\n```\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=2"]],
    ),
    "tools": (
        "```bash\npip install -e .\npython -m pip install x\nuv sync --extra x\nconda env create -f e.yml\n"
        "python setup.py install\npytest tests/test_x.py\nsudo apt install -y python3.10 python3.10-venv\n"
        "python -m uv pip install y\ngit clone https://host.example/x.git\n```\n",
        [],
    ),
    "a variable of an earlier block": (
        "```bash\nexport SIZE=small\nrun=one\n```\n\n```bash\npython train.py size=$SIZE name=${run}\n```\n",
        [["python", "train.py", "size=small", "name=one"]],
    ),
    "a variable of a block that only sets it": (
        '```\nFLAGS="--a 1"\n```\n\n```\npython train.py $FLAGS\n```\n',
        [["python", "train.py", "--a", "1"]],
    ),
    "a shell script": ("```bash\nbash scripts/run.sh 4\n```\n", [["bash", "scripts/run.sh", "4"]]),
    "images and trackers": (
        "```bash\ndocker pull a/b:1\nsudo docker run --rm -it a/b bash\nwandb login --relogin\n```\n",
        [],
    ),
    "a wrong language over nothing but launches": (
        "```yaml\n# one\npython train.py a=1\n\npython train.py \\\n  a=2\n```\n",
        [["python", "train.py", "a=1"], ["python", "train.py", "a=2"]],
    ),
    "prompts that are no rule": (
        "```\nexport A=1\n\n$ ls data\ntrain\n\npython train.py a=$A\n```\n",
        [["python", "train.py", "a=1"]],
    ),
    "placeholders": (
        "```bash\npython train.py ckpt=<path to it> data=/path/to/data name=YOUR_NAME x=[your_type] "
        "dir=OUT_DIR a={value} ...\n```\n",
        [["python", "train.py", "ckpt=?", "data=?", "name=?", "x=?", "dir=?", "a=?", "?"]],
    ),
    "choices": (
        "```bash\npython train.py a=[x|y] --p [p8 | q16] [--fast] [options] b={on|off} c='[x|y]'\n"
        "python train.py a=zero{1,2}.yaml b='{c,d}' --tile_size SIZE --mode TRAIN\n```\n",
        [
            ["python", "train.py", "a=?", "--p", "?", "?", "?", "b=?", "c=[x|y]"],
            ["python", "train.py", "a=zero?.yaml", "b={c,d}", "--tile_size", "?", "--mode", "TRAIN"],
        ],
    ),
    "values that say what they are": (
        "```bash\npython train.py experiment=experiment_name.yaml a.seed=SEED lr=lr b=my_b c=size_name\n"
        "```\n",
        [["python", "train.py", "experiment=?", "a.seed=?", "lr=lr", "b=?", "c=size_name"]],
    ),
    "files that are named with what they are for": (
        "```\ntools/convert.py   the converter - old\ntrain.py\ntools/convert.py --x 1\n```\n",
        [["tools/convert.py", "--x", "1"]],
    ),
    "what is no placeholder": (
        "```bash\npython train.py 'a={b: 1}' 'c=[d,e]' 'f=${g}' h='${now:%Y}' i=XL j=tinyllama\n```\n",
        [["python", "train.py", "a={b: 1}", "c=[d,e]", "f=${g}", "h=${now:%Y}", "i=XL", "j=tinyllama"]],
    ),
}


@pytest.mark.parametrize(("text", "expected"), BLOCKS.values(), ids=BLOCKS.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, text)
    assert commands(found) == expected
    assert all(job.form is Form.MARKDOWN for job in found.jobs)
    assert found.form is Form.MARKDOWN


FOLDERS = {
    "where the reader starts": ("```bash\npython train.py a=1\n```\n", ["."]),
    "into a clone of this tree": (
        "```bash\ngit clone https://host.example/group/our-net.git\ncd our-net\npython train.py a=1\n```\n",
        ["."],
    ),
    "into a clone of this tree and further": (
        "```bash\ngit clone git@host.example:group/our-net && cd our_net/examples/tiny\n"
        "python fit.py a=1\n```\n",
        ["examples/tiny"],
    ),
    "into a clone that is called otherwise": (
        "```bash\ngit clone https://host.example/group/our-net.git code\ncd code\npython train.py a=1\n```\n",
        ["."],
    ),
    "into a folder that is called like this tree": ("```bash\ncd our-net\npython train.py a=1\n```\n", ["."]),
    "into another tree": (
        "```bash\ngit clone https://host.example/other.git\ncd other\npython train.py a=1\n```\n",
        ["the folder `other` is not on this machine"],
    ),
    "another tree does not reach into a block that fits here": (
        "```bash\ngit clone https://host.example/other.git\ncd other\n```\n\n"
        "```bash\npython train.py a=1\n```\n",
        ["."],
    ),
    "cd carries on": (
        "```bash\ncd examples/tiny\n```\n\n```bash\npython fit.py a=1\n```\n",
        ["examples/tiny"],
    ),
    "and gives way to a command that fits at the start": (
        "```bash\ncd examples/tiny\npython fit.py a=1\n```\n\n```bash\npython train.py a=1\n```\n",
        ["examples/tiny", "."],
    ),
    "a script of a telling name in another folder": (
        "```bash\npython export_notes.py a=1\n```\n",
        ["examples/tiny"],
    ),
    "another tree's script": (
        "```bash\npython main.py a=1\n```\n",
        ["`main.py` is not in this tree: taken as an example of another one"],
    ),
    "a common name in a folder that is here": (
        "```bash\npython tools/train.py a=1\n```\n",
        ["`tools/train.py` is not in this tree: taken as an example of another one"],
    ),
    "a slip": ("```bash\npython tools/averge_checkpoints.py --n 4\n```\n", ["."]),
    "a script that has moved deeper": (
        "```bash\npython examples/gsm8k/make_dataset.py --n 4\n```\n",
        ["."],
    ),
    "a file that the text makes": (
        "Save this as `averge_checkpoints.py`:\n\n```bash\npython tools/averge_checkpoints.py --n 4\n```\n",
        ["`tools/averge_checkpoints.py` is not in this tree: taken as an example of another one"],
    ),
    "a command that is shown to fail": (
        "```console\n$ python train.py a.b=1\nCould not override 'a.b'.\n"
        "$ python train.py a=1\nepoch 1\n```\n",
        ["the text shows that this command fails", "."],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FOLDERS.values(), ids=FOLDERS.keys())
def test_folders(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert [folder(job, tmp_path) for job in _read(tmp_path, text).jobs] == expected


def test_a_document_below_is_read_from_its_own_folder(tmp_path: Path) -> None:
    found = _read(tmp_path, "```bash\npython fit.py a=1\n```\n", "examples/tiny/README.md")
    assert [folder(job, tmp_path) for job in found.jobs] == ["examples/tiny"]


def test_two_folders_that_fit_are_not_chosen_between(tmp_path: Path) -> None:
    (tmp_path / "examples/tiny").mkdir(parents=True)
    (tmp_path / "examples/tiny/train.py").write_text("")
    found = _read(tmp_path, "```bash\npython train.py a=1\n```\n", "examples/tiny/README.md")
    assert [folder(job, tmp_path) for job in found.jobs] == [
        "the text does not say in which folder this is run: `train.py` and `examples/tiny/train.py` both fit"
    ]


def test_a_package_called_like_the_tree_is_entered_when_nothing_was_cloned(tmp_path: Path) -> None:
    (tmp_path / "our_net").mkdir()
    (tmp_path / "our_net/fit.py").write_text("")
    found = _read(tmp_path, "```bash\ncd our_net\npython fit.py a=1\n```\n")
    assert [folder(job, tmp_path) for job in found.jobs] == ["our_net"]


def test_a_config_that_a_script_of_the_text_makes_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/prepare.sh").write_text("OUT=conf/place/places_std.yaml\necho 'a: 1' > $OUT\n")
    text = (
        "```bash\nbash scripts/prepare.sh\npython train.py a=1\n```\n\n"
        "```bash\npython train.py place=places_std\n```\n"
    )
    reason = "`scripts/prepare.sh`, which the text runs before, makes a config that is not in this tree yet"
    assert [folder(job, tmp_path) for job in _read(tmp_path, text).jobs] == [".", ".", reason]


def test_places(tmp_path: Path) -> None:
    text = "- x\n\n  ```console\n  (e)$ python train.py \\\n  >   a=1 \\\n  >   b=2\n  ```\n"
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(4, 8), (4, 15), (5, 7), (6, 7)]
    assert written(text, job) == "python train.py \\\n  >   a=1 \\\n  >   b=2"
    assert job.text == "python train.py a=1 b=2"


def test_a_value_is_blamed_where_it_is_assigned(tmp_path: Path) -> None:
    text = "```bash\nexport ARGS='model.hiden=4'\n```\n\n```bash\npython train.py $ARGS\n```\n"
    (job,) = _read(tmp_path, text).jobs
    assert words(job)[-1] == "model.hiden=4"
    span = job.command.words[-1].span_of(0, len("model.hiden"))
    assert (span.line, span.column, span.end_column) == (2, 14, 25)


def test_an_exported_placeholder_is_unknown(tmp_path: Path) -> None:
    text = "```bash\nexport A=/path/to/x B=x-<tag> C=1\nbash scripts/run.sh\n```\n"
    (job,) = _read(tmp_path, text).jobs
    known = {name: value.value for name, value in job.exported.items() if isinstance(value, Known)}
    assert known == {"C": "1"}
    assert not any(isinstance(value, Placeholder) for value in job.exported.values())


def test_names() -> None:
    assert form_named("README.md") is Form.MARKDOWN
    assert form_named("docs/a b.MDX") is Form.MARKDOWN
    assert form_named("md") is not Form.MARKDOWN
    assert form_named("x.md.txt") is not Form.MARKDOWN


def test_looks_like(tmp_path: Path) -> None:
    launch = SourceFile(tmp_path / "a.md", "a.md", "```bash\npython train.py\n```\n")
    prose = SourceFile(tmp_path / "b.md", "b.md", "run `train.py`\n\n```python\ntrain()\n```\n")
    assert looks_like(launch)
    assert not looks_like(prose)


def test_hostile_texts_end(tmp_path: Path) -> None:
    for text in (
        "```bash\n" + "(" * 5000,
        "> " * 3000 + "```",
        "- " * 3000,
        "`" * 100_000,
        "```sh\n'" + "x\n" * 9999,
    ):
        _read(tmp_path, text)
