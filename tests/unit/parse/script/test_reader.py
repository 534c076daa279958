"""What scripts start: each script with the commands that a person would read out of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.facts.value import Known, Unknown
from trainlint.parse.launcher.peel import peel
from trainlint.parse.shell.script.reader import read_shell
from trainlint.source import Files, SourceFile

#: A script, and the texts of what it starts.
CASES: dict[str, tuple[str, list[str]]] = {
    "straight": (
        "A='x y'\npython train.py a=1 \\\n  b=\"$A\" > log 2>&1\n",
        ["python train.py a=1 'b=x y'"],
    ),
    "two assignments on one line": ("A=1 B=2\npython a.py $A $B", ["python a.py 1 2"]),
    "array": (
        'ARGS=(\n  --lr 1 # rate\n  b\n)\nARGS+=(c)\npython a.py "${ARGS[@]}"',
        ["python a.py --lr 1 b c"],
    ),
    "known condition": (
        'M=small\nif [ "$M" = small ]; then python a.py x; else python a.py y; fi',
        ["python a.py x"],
    ),
    "unknown condition": (
        "if [ -f data.bin ]; then X=1; else X=2; fi\npython a.py $X",
        ["python a.py 1", "python a.py 2"],
    ),
    "contradiction": (
        'if [ -n "$W" ]; then X=1; else X=2; fi\nif [ -n "$W" ]; then Y=1; else Y=2; fi\npython a.py $X $Y',
        ["python a.py 1 1", "python a.py 2 2"],
    ),
    "case tells its word": (
        'case "$1" in\n a) X=1;;\n b|c) X=2;;\n *) exit 1;;\nesac\npython a.py $1 $X',
        ["python a.py a 1", "python a.py $1 2"],
    ),
    "beliefs without consequence": (
        'if [ "$M" = a ]; then echo a; fi\nif [ "$N" = b ]; then echo b; fi\npython a.py $M $N',
        ["python a.py $M $N"],
    ),
    "last condition of a list": ('[ -z "$R" ] && R=7\npython a.py r=$R', ["python a.py r=7"]),
    "for over words": ("for s in 1 2; do python a.py s=$s; done", ["python a.py s=1", "python a.py s=2"]),
    "for over a range": ("for s in {1..3}; do python a.py $s; done", [f"python a.py {n}" for n in (1, 2, 3)]),
    "for over seq": ("for s in $(seq 2); do python a.py $s; done", ["python a.py 1", "python a.py 2"]),
    "for over an array": (
        'L=(a \'b c\')\nfor x in "${L[@]}"; do python a.py "$x"; done',
        ["python a.py a", "python a.py 'b c'"],
    ),
    "counting": ("for ((i=0; i<2; i++)); do python a.py $i; done", ["python a.py 0", "python a.py 1"]),
    "for over the unknown": ("for s in $SEEDS; do python a.py s=$s; done", ["python a.py s=$s"]),
    "while with a counter": (
        "i=0\nwhile [ $i -lt 2 ]; do python a.py $i; i=$((i+1)); done",
        ["python a.py 0", "python a.py 1"],
    ),
    "while true": ("while true; do python a.py x; sleep 1; done\npython never.py x", ["python a.py x"]),
    "while read": (
        "while read -r a b; do python a.py x=$a; done < list\npython b.py $a",
        ["python a.py x=$a", "python b.py $a"],
    ),
    "break": ("for s in 1 2 3; do [ $s = 2 ] && break; python a.py $s; done", ["python a.py 1"]),
    "continue": (
        "for s in 1 2; do if [ $s = 1 ]; then continue; fi; python a.py $s; done",
        ["python a.py 2"],
    ),
    "function": (
        'run() {\n  local n=$1; shift\n  python a.py n=$n "$@"\n}\nn=9\nrun 1 x\nrun 2\npython b.py $n',
        ["python a.py n=1 x", "python a.py n=2", "python b.py 9"],
    ),
    "return": ("f() { [ $1 = a ] && return; python a.py $1; }\nf a\nf b", ["python a.py b"]),
    "subshell": ("X=1\n(X=2; python a.py $X)\npython a.py $X", ["python a.py 2", "python a.py 1"]),
    "group": ("{ X=2; }\npython a.py $X", ["python a.py 2"]),
    "pipe": ("yes | python a.py x 2>&1 | tee log", ["python a.py x"]),
    "background": ("X=1\npython a.py $X & X=2 & wait\npython a.py $X", ["python a.py 1", "python a.py 1"]),
    "fallback": (
        "python a.py x || python b.py y || exit 1\npython c.py z",
        ["python a.py x", "python b.py y", "python c.py z"],
    ),
    "negation": ("if ! [ a = b ]; then python a.py x; fi", ["python a.py x"]),
    "arguments set": (
        'set -euo pipefail\nset -- a "b c"\nshift\npython a.py "$@" $#',
        ["python a.py 'b c' 1"],
    ),
    "arguments not given": ('python a.py x=${1:-d} "$@"', ["python a.py x=d"]),
    "parsed arguments": (
        "set -- --lr 2 --fast\nwhile [[ $# -gt 0 ]]; do\n case $1 in\n --lr) LR=$2; shift 2;;\n"
        " --fast) F=1; shift;;\n esac\ndone\npython a.py $LR $F",
        ["python a.py 2 1"],
    ),
    "eval": ("C='python a.py x'\neval \"$C y\"", ["python a.py x y"]),
    "command in a variable": ("C='python a.py x'\n$C y", ["python a.py x y"]),
    "command in an array": ('C=(python a.py x)\n"${C[@]}" y', ["python a.py x y"]),
    "shell in a document": ("X=1\nbash <<EOF\npython a.py $X \\$X\nEOF\n", ["python a.py 1 $X"]),
    "quoted document": ("export X=1\nbash <<'EOF'\npython a.py $X\nEOF\n", ["python a.py 1"]),
    "shell in a string": ("bash <<< 'python a.py x'", ["python a.py x"]),
    "document that is text": ("cat <<EOF\npython a.py x\nEOF\n", []),
    "output of a launch": ("X=$(python a.py x)\npython b.py y", ["python a.py x", "python b.py y"]),
    "not run": ("exit 0\npython a.py x", []),
    "test of a pattern": (
        "X=abc\nif [[ $X == a* && ! ( $X == *d ) ]]; then python a.py x; fi",
        ["python a.py x"],
    ),
    "arithmetic": (
        "N=3\nif ((N > 2)); then python a.py x; fi\n((N++))\npython a.py $N",
        ["python a.py x", "python a.py 4"],
    ),
    "exec": ("exec python a.py x\npython b.py y", ["python a.py x"]),
    "default that is tested": (
        '[ -n "${D:-}" ] && E=d=1 || E=\npython a.py x $E',
        ["python a.py x d=1", "python a.py x"],
    ),
    "document through a pipe": ("X=1\ncat <<E | sbatch\n#!/bin/bash\npython a.py $X\nE", ["python a.py 1"]),
    "comment in backquotes": ("python a.py \\\n  x `# y` \\\n  z", ["python a.py x z"]),
    "options": (
        'while getopts "a:b" o; do case $o in a) A=$OPTARG;; b) B=1;; esac; done\npython a.py $B',
        ["python a.py 1"],
    ),
}


def read(folder: Path, text: str, name: str = "run.sh", **files: str) -> LaunchText:
    """A script in a folder that is started from there."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", newline="")
    for other, content in files.items():
        (folder / other.replace("__", ".")).write_text(content, encoding="utf-8")
    found = Files(folder)
    source = found.read(folder / name)
    assert isinstance(source, SourceFile)
    return read_shell(source, folder, found)


@pytest.mark.parametrize("name", CASES)
def test_started(name: str, tmp_path: Path) -> None:
    script, expected = CASES[name]
    found = read(tmp_path, script)
    texts = [job.text.removeprefix("exec ") for job in found.jobs]
    assert sorted(texts) == sorted(expected)
    assert found.shell_problems == ()


def folder_of(job: JobFacts, root: Path) -> str:
    """The folder of a job, relative to the root."""
    assert isinstance(job.directory, Known)
    return job.directory.value.relative_to(root).as_posix()


def test_the_folder_follows_cd(tmp_path: Path) -> None:
    for name in ("a/b", "c"):
        (tmp_path / name).mkdir(parents=True)
    script = "cd a\npython x.py x\npushd b\npython y.py x\npopd\npython z.py x\n"
    script += "(cd ../c && python w.py x)\npython v.py x"
    found = read(tmp_path, script)
    assert [folder_of(job, tmp_path) for job in found.jobs] == ["a", "a/b", "a", "c", "a"]


def test_the_own_folder_of_a_script(tmp_path: Path) -> None:
    script = 'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\ncd "$HERE/.."\npython a.py x'
    found = read(tmp_path, script, "scripts/run.sh")
    assert [folder_of(job, tmp_path) for job in found.jobs] == ["."]


def test_slurm_copies_its_scripts(tmp_path: Path) -> None:
    found = read(tmp_path, '#!/bin/bash\n#SBATCH -N 1\ncd "$(dirname "$0")"\npython a.py x', "scripts/run.sh")
    assert not isinstance(found.jobs[0].directory, Known)


def test_sourced_scripts_have_their_own_places(tmp_path: Path) -> None:
    script = ". ./env.sh\npython a.py $LR\nsource lib.sh 1\nrun b"
    found = read(tmp_path, script, env__sh="LR=3\n", lib__sh="run() { python $1.py x; }\npython c.py $1\n")
    assert [job.text for job in found.jobs] == ["python a.py 3", "python c.py 1", "python b.py x"]
    assert [job.span.file for job in found.jobs] == ["run.sh", "lib.sh", "lib.sh"]
    assert [[str(place) for place in job.via] for job in found.jobs] == [[], ["run.sh:3"], ["run.sh:4"]]


def test_a_script_that_sources_itself_ends(tmp_path: Path) -> None:
    found = read(tmp_path, "python a.py x\n. ./run.sh\n")
    assert [job.text for job in found.jobs] == ["python a.py x"]
    assert found.unverified


def test_endless_recursion_ends(tmp_path: Path) -> None:
    found = read(tmp_path, "f() { f; f; }\nf\npython a.py x\n")
    assert [unknown.reason for unknown in found.unverified]


def test_too_many_passes_are_one(tmp_path: Path) -> None:
    found = read(tmp_path, "for i in {1..1000}; do python a.py $i; done")
    assert [job.text for job in found.jobs] == ["python a.py $i"]
    assert found.unverified


def test_too_many_paths_are_joined(tmp_path: Path) -> None:
    lines = [f'if [ -n "$V{n}" ]; then A{n}=1; else A{n}=2; fi' for n in range(9)]
    found = read(tmp_path, "\n".join([*lines, "python a.py lr=3 $A0 $A8"]))
    assert len(found.jobs) <= 64
    assert all("lr=3" in job.text for job in found.jobs)


def test_a_wrong_word_is_blamed_where_it_is_written(tmp_path: Path) -> None:
    found = read(tmp_path, "X='a.b=1 c.d=2'\nbash <<EOF\nset -e\npython a.py $X\nEOF\n")
    words = found.jobs[0].command.words
    assert [(word.span_of(0, 3).line, word.span_of(0, 3).column) for word in words[2:]] == [(1, 4), (1, 10)]


def test_carriage_returns_are_one_problem(tmp_path: Path) -> None:
    found = read(tmp_path, "#!/bin/bash\r\npython a.py \\\r\n  b=1\r\npython c.py x\r\n")
    assert [problem.span.line for problem in found.shell_problems] == [2]
    assert [job.text for job in found.jobs] == ["python a.py b=1", "python c.py x"]


def test_what_bash_refuses_is_one_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, "python a.py x\nif true; then\npython b.py y\n")
    assert [(problem.span.line, problem.span.column) for problem in found.shell_problems] == [(2, 1)]
    assert [job.text for job in found.jobs] == ["python a.py x", "python b.py y"]


@pytest.mark.parametrize("first", ["#!/bin/zsh\n", "#!/usr/bin/env fish\n"])
def test_other_shells_are_said(first: str, tmp_path: Path) -> None:
    found = read(tmp_path, first + "python a.py x")
    assert found.jobs == ()
    assert found.unverified


@pytest.mark.parametrize(
    "text", ["\0\1\2python a.py x", "a" * 1_000_000, "((" * 3000, "`" * 999, "$(" * 2000, "{" * 3000]
)
def test_hostile_texts_end(text: str, tmp_path: Path) -> None:
    source = SourceFile(tmp_path / "run.sh", "run.sh", text)
    read_shell(source, tmp_path, Files(tmp_path))


#: Questions that only the machine can answer: each of them doubles the ways through a script.
ASKED = "".join(f"if grep -q {n} /proc/x; then A{n}=1; else A{n}=2; fi\n" for n in range(400))


@pytest.mark.parametrize(
    "text",
    [
        # 64 ways hold 5,000 variables each
        "".join(f"V{n}=x{n}\n" for n in range(5000)) + ASKED,
        # nothing in these loops is a command
        "".join(f"for (({x}=0;{x}<250;{x}++)); do " for x in "ijk") + "((n+=1)); done; done; done\n",
        "".join(f"for {x} in {{1..250}}; do " for x in "ijk") + "case $y in esac; done; done; done\n",
    ],
)
def test_work_that_grows_without_end_is_left(text: str, tmp_path: Path) -> None:
    before = time.process_time()
    found = read(tmp_path, f"{text}python a.py x=$n\n")
    assert time.process_time() - before < 8
    said = any("too many" in unknown.reason for unknown in found.unverified)
    assert said or isinstance(found.jobs[0].command.words[-1].text, Unknown)


@pytest.mark.parametrize(
    ("script", "missed"),
    [
        ("python a.py x", True),
        ("cat > a.py <<EOF\nprint(1)\nEOF\npython a.py x", False),
        ("echo 'print(1)' > b.py\npython a.py x", True),
        ("wget http://host/a.py\npython a.py x", False),
        ("mkdir -p out\npython a.py x", True),
    ],
)
def test_a_script_that_the_script_itself_brings_is_not_missed(
    script: str, missed: bool, tmp_path: Path
) -> None:
    found = read(tmp_path, script)
    launch = peel(found.jobs[0], Files(tmp_path))
    assert launch.script is not None
    assert bool(launch.script.searched) == missed
    assert bool(launch.unverified) != missed


def test_a_folder_that_is_not_there_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    found = read(tmp_path, "cd a\npython x.py x\ncd mounted\npython y.py x\n")
    assert [isinstance(job.directory, Known) for job in found.jobs] == [True, False]
