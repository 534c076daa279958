"""The launches inside the scripts that a job starts, with what the job gives them."""

from __future__ import annotations

import time
from pathlib import Path

from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.joblist import read_jobs
from trainlint.parse.launcher.peel import peel
from trainlint.parse.nested import with_launches
from trainlint.source import Files, SourceFile


def launches(folder: Path, line: str, **scripts: str) -> list[JobFacts]:
    """What a job leads to; the scripts are written to the folder `s`."""
    return list(text_with_launches(folder, line, **scripts).jobs)


def text_with_launches(folder: Path, line: str, **scripts: str) -> LaunchText:
    """The text of a job list with what its jobs lead to."""
    (folder / "s").mkdir(exist_ok=True)
    for name, text in scripts.items():
        (folder / "s" / f"{name}.sh").write_text(text, encoding="utf-8")
    read = read_jobs(SourceFile(folder / "jobs.txt", "jobs.txt", line), folder, Files(folder))
    return with_launches(read, Files(folder))


def test_arguments_variables_and_folder_reach_the_script(tmp_path: Path) -> None:
    script = 'cd "$(dirname "$0")"\nLR=${LR:-1}\npython a.py $1 lr=$LR "${@:2}"\n'
    (found,) = launches(tmp_path, "[x] LR=3 bash s/run.sh one 'two three'", run=script)
    assert found.text == "python a.py one lr=3 'two three'"
    assert found.directory == Known(tmp_path / "s", found.directory.span)
    assert [str(place) for place in found.via] == ["jobs.txt:1"]
    assert (found.span.file, found.span.line) == ("s/run.sh", 3)
    assert found.marker is not None


def test_scripts_in_scripts(tmp_path: Path) -> None:
    outer = "export N=2\nfor s in 1 2; do\n  ./s/inner.sh $s\ndone\n"
    found = launches(tmp_path, "bash s/outer.sh", outer=outer, inner='python a.py "$1" n=$N\n')
    assert [job.text for job in found] == ["python a.py 1 n=2", "python a.py 2 n=2"]
    assert [str(place) for place in found[0].via] == ["jobs.txt:1", "s/outer.sh:3"]


def test_a_variable_that_is_not_exported_stays(tmp_path: Path) -> None:
    found = launches(tmp_path, "bash s/o.sh", o="N=2\nbash s/i.sh\n", i="python a.py n=${N:-0}\n")
    assert [job.text for job in found] == ["python a.py n=0"]


def test_a_script_that_starts_itself_ends(tmp_path: Path) -> None:
    found = launches(tmp_path, "bash s/a.sh", a="python a.py x\nbash s/b.sh\n", b="bash s/a.sh\n")
    assert [job.text for job in found] == ["python a.py x", "bash s/a.sh"]


def test_a_script_without_launches_stays_a_job(tmp_path: Path) -> None:
    found = launches(tmp_path, "bash s/a.sh", a="echo nothing\n")
    assert [job.text for job in found] == ["bash s/a.sh"]


def test_slurm_runs_a_copy(tmp_path: Path) -> None:
    (found,) = launches(
        tmp_path, "sbatch -N 1 s/a.sh x", a='python a.py $1\ncd $(dirname $0)\npython "b.py" x'
    )[:1]
    assert found.text == "python a.py x"


BATCH = """#!/bin/bash
#SBATCH --job-name=x -N 2   # two machines
#SBATCH --ntasks-per-node 4
#SBATCH --export=ALL,DATA=/d
python a.py n=$SLURM_NNODES d=$DATA
#SBATCH --nodes=9
srun python b.py x
"""


def test_what_slurm_tells_a_script(tmp_path: Path) -> None:
    found = launches(tmp_path, "sbatch s/a.sh", a=BATCH)
    assert [job.text for job in found] == ["python a.py n=2 d=/d", "srun python b.py x"]
    world = peel(found[1], Files(tmp_path)).world_size
    assert isinstance(world, Known)
    assert world.value == 8


def test_the_command_line_of_sbatch_counts_more(tmp_path: Path) -> None:
    found = launches(tmp_path, "sbatch --nodes 3 s/a.sh", a=BATCH)
    assert found[0].text == "python a.py n=3 d=/d"


def test_paths_through_a_called_script_are_followed(tmp_path: Path) -> None:
    script = 'if [ -n "$W" ]; then X=1; else X=2; fi\npython a.py $X v=$V\n'
    found = launches(tmp_path, "V=3 bash s/a.sh", a=script)
    assert [job.text for job in found] == ["python a.py 1 v=3", "python a.py 2 v=3"]


def test_each_program_of_a_command_text_is_a_launch(tmp_path: Path) -> None:
    text = '[ ] sbatch --wrap="cd s; python a.py 1; srun python a.py 2; bash run.sh"\n'
    found = launches(tmp_path, text, run="python a.py inner\n")
    peeled = [peel(job, Files(tmp_path)) for job in found]
    assert [word.raw for launch in peeled for word in launch.arguments] == ["1", "2", "inner"]
    assert [len(job.via) for job in found] == [0, 0, 1]


#: Twenty questions that only the machine can answer: a million ways through the script.
QUESTIONS = "".join(f"if grep -q {n} /proc/x; then A{n}=1; else A{n}=2; fi\n" for n in range(20)) * 20


def test_scripts_that_go_on_for_ever_share_one_effort(tmp_path: Path) -> None:
    names = [f"t{n}" for n in range(40)]
    scripts = dict.fromkeys(names, f"{QUESTIONS}bash s/all.sh\npython a.py\n")
    every = "".join(f"bash s/{name}.sh\n" for name in names)
    before = time.process_time()
    text = text_with_launches(tmp_path, "bash s/all.sh", all=every, **scripts)
    assert time.process_time() - before < 10
    reasons = {unknown.reason for unknown in text.unverified}
    assert "the script runs too many commands to follow from here on" in reasons
    assert "too many commands were run before this text to follow it" in reasons
    assert [str(job.span) for job in text.jobs if job.text == "python a.py"] == []


def test_what_is_not_followed_in_a_script_is_said_of_the_text_that_starts_it(tmp_path: Path) -> None:
    text = text_with_launches(tmp_path, "bash s/a.sh", a="source $THERE/x.sh\npython a.py\n")
    (unknown,) = text.unverified
    assert unknown.reason.startswith("the script that is sourced is not known")
    assert [job.text for job in text.jobs] == ["python a.py"]
