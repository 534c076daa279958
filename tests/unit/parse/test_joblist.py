"""Job lists: which lines are jobs, what each line means to the next, and where everything stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.parse.launcher.support import PROJECT, project
from trainlint.facts.launch import COMMENT, JobFacts, LaunchText, Marker, Placeholder
from trainlint.facts.value import Known, Unknown
from trainlint.parse.joblist import looks_like_job_list, read_command, read_jobs
from trainlint.parse.launcher.peel import peel
from trainlint.source import Files, SourceFile


def read(text: str, files: Files | None = None) -> LaunchText:
    return read_jobs(
        SourceFile(PROJECT / "jobs.txt", "jobs.txt", text), PROJECT, files or project({"train.py": ""})
    )


def job(text: str) -> JobFacts:
    (found,) = read(text).jobs
    return found


def argv(found: JobFacts) -> list[str]:
    return [word.text.value if isinstance(word.text, Known) else "?" for word in found.command.words]


@pytest.mark.parametrize(
    ("mark", "marker"),
    [
        ("[ ]", Marker.PENDING),
        ("[x]", Marker.DONE),
        ("[X]", Marker.DONE),
        ("[-]", Marker.RUNNING),
        ("[!]", Marker.FAILED),
    ],
)
@pytest.mark.parametrize("before", ["", "  ", "\t", "- ", "* ", "1. "])
def test_markers(mark: str, marker: Marker, before: str) -> None:
    found = job(f"{before}{mark} python train.py a=1\n")
    assert found.marker is marker
    assert argv(found) == ["python", "train.py", "a=1"]


def test_a_bare_command_has_no_marker() -> None:
    assert job("python train.py a=1").marker is None


@pytest.mark.parametrize("line", ["[?] python train.py", "[] python train.py", "[~] torchrun train.py"])
def test_other_marks_are_a_problem_and_the_job_counts_as_pending(line: str) -> None:
    found = job(line)
    assert found.marker is Marker.PENDING
    assert len(found.problems) == 1
    assert found.problems[0].span.column == 1


def test_the_process_id_is_no_word() -> None:
    found = job("[-] python train.py a=[1] [12345]  \n")
    assert found.pid == 12345
    assert argv(found) == ["python", "train.py", "a=[1]"]
    assert found.text == "python train.py a=[1]"


def test_without_a_marker_brackets_at_the_end_are_a_word() -> None:
    found = job("python train.py [12345]")
    assert found.pid is None
    assert argv(found)[-1] == "[12345]"


def test_a_continued_job_covers_its_lines() -> None:
    found = job("[ ] python train.py \\\n    a=1\\\n b='c d' \\\n  e=2 [7]\nnext line\n")
    assert argv(found) == ["python", "train.py", "a=1", "b=c d", "e=2"]
    assert (found.span.line, found.span.end_line) == (1, 4)
    assert found.pid == 7
    assert [word.span.line for word in found.command.words] == [1, 1, 2, 3, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end: str) -> None:
    found = read(f"[ ] python train.py a=1{end}[ ] python train.py \\{end}  b=2{end}# done{end}")
    assert [argv(entry)[-1] for entry in found.jobs] == ["a=1", "b=2"]
    assert [word.span.column for word in found.jobs[1].command.words] == [5, 12, 3]
    assert len(found.comments) == 1


@pytest.mark.parametrize(
    "line",
    [
        "# [ ] python train.py",
        "Semi-final runs:",
        "=== Encoder mode: which encoder ===",
        "----------",
        "don't run these twice",
        "python is slow, so we use torchrun",
        "[ ] python is slow, so profile it",
        "[ ] Check that the job's config fits",
        "[ ] don't forget the seeds",
        "run 3 was better than run 2",
        "cd into the folder first",
        "[ ]",
        "* * *",
        "time flies",
        "see train.py for more",
    ],
)
def test_prose_is_no_job(line: str) -> None:
    found = read(f"{line}\n[ ] python train.py\n")
    assert [entry.span.line for entry in found.jobs] == [2]
    assert found.problems == ()
    assert found.jobs[0].problems == ()
    assert found.jobs[0].directory.value == PROJECT


@pytest.mark.parametrize(
    "line",
    ["[ ] make train", "[ ] ./run.sh 3", "[ ] bash scripts/x.sh", "[ ] mytool --fit a=1", "[ ] python start"],
)
def test_marked_commands_that_are_not_known_are_jobs(line: str) -> None:
    assert len(read(line).jobs) == 1


def test_variables_and_exports_of_earlier_lines() -> None:
    found = read(
        "DATA=data/x\nexport SEED=3\nOUT=$DATA/out\n[ ] python train.py d=$DATA o=${OUT} s=$SEED u=$USER\n"
    )
    assert argv(found.jobs[0])[2:] == ["d=data/x", "o=data/x/out", "s=3", "?"]
    assert {name: value.value for name, value in found.jobs[0].exported.items()} == {"SEED": "3"}


def test_a_variable_in_front_of_a_command_is_for_the_program_only() -> None:
    found = job("A=1\nA=2 python train.py a=$A")
    assert argv(found)[-1] == "a=1"


def test_what_a_job_does_to_its_shell_ends_with_it() -> None:
    files = project({"train.py": "", "sub/train.py": ""})
    found = read(
        "[ ] cd sub && X=1 && python train.py a=$X\n[ ] python train.py a=$X\ncd sub\n[ ] python train.py",
        files,
    )
    assert [entry.directory.value for entry in found.jobs] == [PROJECT / "sub", PROJECT, PROJECT / "sub"]
    assert argv(found.jobs[1])[-1] == "?"


def test_several_launches_on_one_line() -> None:
    found = read("[ ] python build.py && mkdir -p out; python train.py a=1 | tee log; echo done\n")
    assert [argv(entry)[1] for entry in found.jobs] == ["build.py", "train.py"]


def test_redirections_and_background_are_no_words() -> None:
    assert argv(job("[ ] nohup python train.py a=1 > log.txt 2>&1 < /dev/null &"))[1:] == [
        "python",
        "train.py",
        "a=1",
    ]


def test_a_loop_variable_is_unknown_and_the_launch_is_still_seen() -> None:
    found = job("[ ] for s in 1 2; do python train.py seed=$s lr=1; done")
    assert argv(found) == ["python", "train.py", "?", "lr=1"]


def test_a_quote_may_stay_open_over_lines() -> None:
    found = read('[ ] sbatch --wrap="\n  python train.py a=1\n"\n[ ] python train.py\n')
    assert len(found.jobs) == 2
    assert found.jobs[0].span.end_line == 3
    assert found.jobs[0].problems == ()


def test_an_open_quote_costs_only_its_own_job() -> None:
    found = read("[ ] python train.py 'a=1\n[ ] python train.py b=1\n")
    assert [len(entry.problems) for entry in found.jobs] == [1, 0]
    assert found.jobs[0].problems[0].span.column == 21


def test_a_comment_in_a_continued_job_hides_the_lines_below() -> None:
    found = read("[ ] python train.py a=1 \\\n  # b=2 \\\n  c=3\n[ ] python train.py\n")
    assert argv(found.jobs[0]) == ["python", "train.py", "a=1"]
    (swallowed,) = found.jobs[0].command.words[-1].swallowed
    assert swallowed.effect == COMMENT
    assert "c=3" in swallowed.text
    assert len(found.jobs) == 2


def test_a_placeholder_is_unknown_and_its_key_is_known() -> None:
    word = job("[ ] python train.py load=<path_to_ckpt>/x a=1").command.words[2]
    assert word.literal_prefix == "load="
    placeholder = next(part for part in word.parts if isinstance(part, Placeholder))
    assert placeholder.text == "<path_to_ckpt>"


def test_a_placeholder_may_be_a_sentence() -> None:
    words = job("[ ] python serve.py --port <different from 40000, say 40001> --x 1").command.words
    assert [len(words), words[-1].raw] == [6, "1"]
    assert isinstance(words[3].parts[0], Placeholder)


def test_pwd_is_the_working_directory() -> None:
    assert argv(job("[ ] python train.py a=$PWD b=$(pwd) c=`pwd`"))[2:] == [
        f"{key}={PROJECT}" for key in "abc"
    ]


def test_a_raw_command_keeps_its_words() -> None:
    found = read_command(["python", "train.py", "a=[1, 2]", "b='c'", ""], PROJECT).jobs[0]
    assert argv(found) == ["python", "train.py", "a=[1, 2]", "b='c'", ""]
    key = found.command.words[2].span_of(0, 1)
    assert found.text[key.column - 1 : key.end_column - 1] == "a"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("jobs.txt", "[ ] python train.py", True),
        ("jobs-etrm.txt", "python train.py a=1", True),
        ("queue.jobs", "torchrun train.py a=1", True),
        ("anything.txt", "notes\n\n- [ ] torchrun --standalone train.py", True),
        ("README.txt", "To train:\n\n    python train.py a=1\n", False),
        ("requirements.txt", "torch==2.0\nhydra-core>=1.3\n", False),
        ("todo.txt", "[ ] write the report\n[x] call home\n", False),
        ("README.md", "[ ] python train.py", False),
        ("jobs.py", "[ ] python train.py", False),
        ("jobs.txt", "", False),
    ],
)
def test_what_looks_like_a_job_list(name: str, text: str, expected: bool) -> None:
    assert looks_like_job_list(SourceFile(Path("/p") / name, name, text)) is expected


SIGNS = list("\n'\"$`(){}<>&|;#[]*~=\r\0\t1\ufeff😀")
TEXTS = [
    "[ ] ",
    "[x] ",
    "python ",
    "torchrun ",
    "train.py ",
    "a=1 ",
    "\\\n",
    "--",
    "-m ",
    "env ",
    "-c ",
    "bash ",
]
LAUNCH = ["sbatch --wrap=", "export ", "cd ", "$(", "${", " [12]", "--nproc_per_node ", "srun -n", ".."]
PIECES = st.sampled_from([*SIGNS, *TEXTS, *LAUNCH])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    source = SourceFile(PROJECT / "jobs.txt", "jobs.txt", text)
    files = project({"train.py": ""})
    looks_like_job_list(source)
    for found in read_jobs(source, PROJECT, files).jobs:
        launch = peel(found, files)
        for word in (*found.command.words, *launch.arguments):
            assert len(word.parts) == len(word.spans)
            for span in (word.span, *word.spans):
                assert 1 <= span.line <= span.end_line <= text.count("\n") + 1
                assert source.offset(span.line, span.column) <= source.offset(span.end_line, span.end_column)
                assert source.offset(span.end_line, span.end_column) <= len(text)
        assert not any(
            isinstance(word.text, Unknown) and not word.text.reason for word in found.command.words
        )
