"""Launchers as people write them, and the commands that we see in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.parse.python.launching.support import ROOT, commands, read, written
from trainlint.facts.launch import Form
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.launching.evidence import looks_like_python_launcher
from trainlint.source import SourceFile

TABLE = """
import argparse
import subprocess
import sys

MODELS = {
    "vision": {
        "config": "cfg_vision",
        "builder": "dataset/build.py",
        "args": {"output_dir": "data/vision", "sources": ["a", "b"], "augment": True, "shuffle": False},
    },
    "text": {
        "config": "cfg_text",
        "builder": "dataset/build.py",
        "args": {"output_dir": "data/text", "max_len": 128},
    },
}


def build(model):
    cmd = ["python", model["builder"]]
    for key, value in model["args"].items():
        flag = f"--{key.replace('_', '-')}"
        if isinstance(value, bool):
            if value:
                cmd.append(flag)
        elif isinstance(value, list):
            cmd.append(flag)
            cmd.extend(str(v) for v in value)
        else:
            cmd.extend([flag, str(value)])
    subprocess.run(cmd, check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="vision")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    model = MODELS[args.model]
    build(model)
    cmd = [sys.executable, "train.py", f"--config-name={model['config']}"]
    if args.resume:
        cmd += ["+load=last.pt"]
    subprocess.run(cmd, check=True)


if __name__ == "__main__":
    main()
"""


def test_a_table_gives_launches_for_each_entry_that_can_be_named() -> None:
    text = TABLE.replace('default="vision"', "required=True")
    assert commands(text) == [
        "python dataset/build.py --output-dir data/vision --sources a b --augment",
        "python train.py --config-name=cfg_vision",
        "python train.py --config-name=cfg_vision +load=last.pt",
        "python dataset/build.py --output-dir data/text --max-len 128",
        "python train.py --config-name=cfg_text",
        "python train.py --config-name=cfg_text +load=last.pt",
    ]


def test_a_default_chooses_the_entry() -> None:
    assert {command.partition("cfg_")[2] for command in commands(TABLE)} == {
        "",
        "vision",
        "vision +load=last.pt",
    }


def test_a_launch_stands_at_its_entry_and_its_words_where_they_are_written() -> None:
    job = read(TABLE).jobs[1]
    assert (job.form, job.span.line, job.span.end_line) == (Form.PYTHON, 7, 11)
    assert written(job, TABLE) == [["sys.executable"], ["train.py"], ["--config-name=", "cfg_vision"]]
    place = job.command.words[2].span_of(14, 24)
    assert (place.line, place.column) == (8, 20)


def test_a_flag_made_of_a_key_stands_at_the_key() -> None:
    assert written(read(TABLE).jobs[0], TABLE)[2] == ["--", "output", "_", "dir"]


def test_arguments_of_which_the_number_is_not_known() -> None:
    text = """
    import subprocess
    cmd = ["python", "train.py", "a=1"]
    for name in names():
        cmd.append(name)
    cmd.append("b=2")
    subprocess.run(cmd)
    """
    words = read(text).jobs[0].command.words
    assert [word.splits for word in words] == [False, False, False, True, False]
    assert isinstance(words[3].text, Unknown)


def test_a_list_that_other_code_was_given_may_be_longer() -> None:
    text = """
    import subprocess
    from elsewhere import extend
    cmd = ["python", "train.py"]
    extend(cmd)
    subprocess.run(cmd)
    """
    assert [word.splits for word in read(text).jobs[0].command.words] == [False, False, True]


def test_folder_and_environment() -> None:
    text = """
    import os, subprocess
    env = os.environ.copy()
    env["PYTHONPATH"] = "src"
    env["HOSTS"] = hosts()
    subprocess.run(["python", "train.py"], cwd="sub", env=env)
    os.environ["MODE"] = "fast"
    subprocess.run(["python", "eval.py"])
    """
    train, evaluate = read(text).jobs
    assert isinstance(train.directory, Unknown), "the folder is not there"
    assert isinstance(evaluate.directory, Known)
    assert evaluate.directory.value == ROOT
    assert {name: isinstance(value, Known) for name, value in train.exported.items()} == {
        "PYTHONPATH": True,
        "HOSTS": False,
    }
    assert [value.value for value in evaluate.exported.values()] == ["fast"]


def test_a_module_beside_the_launcher_holds_the_table() -> None:
    text = """
    import subprocess
    import tables
    from tables import RUNS, words
    for name in RUNS:
        subprocess.run(["python", "train.py", *words(RUNS[name]), tables.LAST])
    """
    other = """
    BASE = "cfg"
    RUNS = {"a": {"config": f"{BASE}_a"}, "b": {"config": "cfg_b"}}
    LAST = "end=1"


    def words(run):
        return ["--config-name", run["config"]]
    """
    found = read(text, tables=other)
    assert [job.text for job in found.jobs] == [
        "python train.py --config-name cfg_a end=1",
        "python train.py --config-name cfg_b end=1",
    ]
    assert [(job.span.file, job.span.line) for job in found.jobs] == [("tables.py", 3), ("tables.py", 3)]


def test_subcommands_choose_their_function() -> None:
    text = """
    import argparse, subprocess

    def train(args):
        subprocess.run(["python", "train.py", f"gpus={args.gpus}"])

    def evaluate(args):
        subprocess.run(["python", "eval.py", args.split])

    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers(dest="command")
    first = sub.add_parser("train")
    first.add_argument("--gpus", type=int, default=4)
    first.set_defaults(func=train)
    second = sub.add_parser("eval")
    second.add_argument("split", choices=["val", "test"])
    second.set_defaults(func=evaluate)
    args = parser.parse_args()
    args.func(args)
    """
    assert sorted(commands(text)) == ["python eval.py test", "python eval.py val", "python train.py gpus=4"]


def test_conditions_on_the_same_value_agree() -> None:
    text = """
    import subprocess
    mode = read_mode()
    cmd = ["python", "train.py"]
    if mode == "fast":
        cmd.append("a")
    if mode != "fast":
        cmd.append("b")
    if mode:
        cmd.append("c")
    subprocess.run(cmd)
    """
    assert sorted(commands(text)) == ["python train.py a c", "python train.py b", "python train.py b c"]


def test_functions_that_nobody_calls_are_followed_with_unknown_arguments() -> None:
    text = """
    import subprocess

    def launch(config, gpus=8):
        subprocess.run(["torchrun", f"--nproc_per_node={gpus}", "train.py", f"--config-name={config}"])
    """
    assert commands(text) == ["torchrun --nproc_per_node=${gpus} train.py --config-name=${config}"]


def test_a_program_with_endless_ways_and_loops_ends() -> None:
    tests = "\n".join(f"if f{index}():\n    cmd.append('x{index}')" for index in range(60))
    text = f"import subprocess\ncmd = ['python', 'a.py']\n{tests}\nwhile True:\n    subprocess.run(cmd)\n"
    found = read(text)
    assert 60 <= len(found.jobs) <= 400
    assert found.unverified


def test_recursion_ends() -> None:
    text = (
        "import subprocess\ndef f(n):\n    subprocess.run(['python', 'a.py', str(n)])\n    f(n + 1)\nf(0)\n"
    )
    assert 0 < len(read(text).jobs) < 100


def test_what_cannot_be_parsed_is_said() -> None:
    found = read("import subprocess\nsubprocess.run(['python', 'a.py'\n")
    assert not found.jobs
    assert "cannot be parsed" in found.unverified[0].reason


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("launch.py", 'import subprocess\nsubprocess.run(["python", "a.py"])', True),
        ("launch.py", 'import os\nos.system("torchrun a.py")', True),
        ("model.py", "import torch\n", False),
        ("test_launch.py", 'import subprocess\nsubprocess.run(["python", "a.py"])', False),
        ("check.py", 'import pytest\nimport subprocess\nsubprocess.run(["python", "a.py"])', False),
        ("version.py", 'import subprocess\nsubprocess.check_output(["git", "describe"])', False),
    ],
)
def test_which_files_are_launchers(name: str, text: str, expected: bool) -> None:
    assert looks_like_python_launcher(SourceFile(Path(name), name, text)) is expected


def test_text_for_a_shell_keeps_its_places() -> None:
    text = '''
    import os
    RUNS = {"a": {"config": "cfg_a"}, "b": {"config": "cfg_b"}}
    for name, run in RUNS.items():
        os.system(f"""
            export MODE=fast
            cd sub && torchrun train.py \\\\
                --config-name={run['config']} lr={rate()}
        """)
    '''
    first, second = read(text).jobs
    assert first.text == "torchrun train.py --config-name=cfg_a lr=${rate()}"
    assert written(second, text) == [
        ["torchrun"],
        ["train.py"],
        ["--config-name=", "cfg_b"],
        ["lr=", "rate()"],
    ]
    assert [word.splits for word in first.command.words] == [False, False, False, True]
    assert {name: value.value for name, value in first.exported.items()} == {"MODE": "fast"}


def test_a_text_with_unknown_parts_is_split_at_its_blanks() -> None:
    text = """
    import os, subprocess
    nodes = os.getenv("NODES", "1")
    subprocess.run("torchrun --nnodes {n} {file} x=1".format(n=nodes, file="train.py").split())
    """
    words = read(text).jobs[0].command.words
    assert [word.raw for word in words] == [
        "torchrun",
        "--nnodes",
        "${os.getenv('NODES', '1')}",
        "train.py",
        "x=1",
    ]
    assert [word.splits for word in words] == [False, False, True, False, False]


@pytest.mark.parametrize(
    "growth",
    [
        "text = text + text",
        "text = text.replace('a', 'aa')",
        "text = f'{text}{text}'",
        "text = ''.join([text, text])",
        "text = '{0}{0}'.format(text)",
        "text = '%s%s' % (text, text)",
        "text = text.ljust(10 ** 9)",
        "text = f'{text:>999999999}'",
        "text = text * 9999",
        "words = words + words",
        "words += words",
        "words.extend(words)",
        "words = words * 9",
        "words = [*words, *words]",
        "table = {**table, str(len(table)): [table, table]}",
        "number = number * number",
        "number = 10 ** number",
        "text = str(table)",
    ],
)
def test_values_that_grow_without_end_are_given_up(growth: str) -> None:
    text = f"""
    import subprocess
    text, words, table, number = "a", ["a"], {{"a": 1}}, 9
    for i in range(400):
        {growth}
    subprocess.run(["python", "train.py", text, str(number), *words])
    """
    assert len(read(text).jobs) <= 1


def test_a_command_inside_the_text_of_another_shell() -> None:
    text = """
    import subprocess
    from pathlib import Path
    PREFIX = ["env", "-i", "bash", "-c", f"export HOME={Path.home()}; sbatch "]

    def evaluate(task, gpus):
        cmd = PREFIX.copy()
        words = [f"--gres=gpu:{gpus}", "slurm/evaluate.slurm", task, "x=1"]
        cmd[-1] += " " + " ".join(words)
        subprocess.run(cmd, check=True)
    """
    job = read(text).jobs[0]
    assert [word.raw for word in job.command.words[:4]] == ["env", "-i", "bash", "-c"]
    assert job.command.words[4].raw.endswith("sbatch  --gres=gpu:${gpus} slurm/evaluate.slurm ${task} x=1")
