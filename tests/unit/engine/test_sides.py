"""How programs are started: scripts, modules and lines of job lists, and why some cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trainlint.engine.sides import ParityError, SideAsk, side_of, trainer_side
from trainlint.parity.sides import Side

HYDRA = """\
import hydra

@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(config):
    print(config)

if __name__ == "__main__":
    main()
"""
JOBS = """\
# Small runs.
[x] python train.py --lr 0.1
[ ] MODE=fast uv run torchrun --standalone --nproc_per_node=2 train.py --lr 0.1 'two words'
[ ] cd sub && PYTHONPATH=../lib python -m package.train steps=3
[ ] torchrun --nproc_per_node=1 train.py
[ ] srun python train.py
[ ] torchrun --nnodes=2 --nproc_per_node=4 train.py
[ ] python train.py --data $DATA
[ ] python train.py; python train.py --again
[ ] python gone.py
[ ] RUN=$(date +%s) python train.py
[ ] torchrun --nproc_per_node=gpu train.py
[ ] bash both.sh
[ ] python sweep.py -m lr=1,2
[ ] python sweep.py lr=1,2 hydra.mode=MULTIRUN
[ ] python train.py -m 3
[ ] accelerate launch train.py
[ ] python train.py part-{a,b}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "jobs.txt").write_text(JOBS)
    (tmp_path / "both.sh").write_text("python train.py\npython train.py --again\n")
    (tmp_path / "train.py").write_text("print('training')\n")
    (tmp_path / "sweep.py").write_text(HYDRA)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text("lr: 1\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "lib" / "package").mkdir(parents=True)
    (tmp_path / "lib" / "package" / "__init__.py").touch()
    (tmp_path / "lib" / "package" / "train.py").write_text("print('training')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


def asked(program: str, *words: str, processes: int | None = None, **variables: str) -> Side:
    given = tuple(variables.items())
    return side_of(SideAsk("candidate", program, words, Path(), given, sys.executable, processes))


def test_a_script_is_started_with_its_arguments(project: Path) -> None:
    side = asked("train.py", "--lr", "0.1", processes=2, MODE="fast")
    assert (side.script, side.folder) == (project / "train.py", project)
    assert side.arguments == ("--lr", "0.1")
    assert (side.processes, side.variables) == (2, (("MODE", "fast"),))


def test_a_module_is_found_as_python_would_find_it(project: Path) -> None:
    side = asked("package.train", "steps=3", PYTHONPATH="lib")
    assert side.words(project)[1:] == ["-m", "package.train", "steps=3"]
    assert side.script == project / "lib" / "package" / "train.py"
    with pytest.raises(ParityError, match="there is no script"):
        asked("package.train")


def test_a_job_gives_script_arguments_variables_and_ranks(project: Path) -> None:
    side = asked("jobs.txt:3", "--more")
    assert side.words(Path("/copy"))[1:] == [
        *("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
        *("/copy/train.py", "--lr", "0.1", "two words", "--more"),
    ]
    assert dict(side.variables)["MODE"] == "fast"
    assert asked("jobs.txt:3", processes=3).processes == 3


def test_a_job_that_is_done_can_be_the_reference(project: Path) -> None:
    assert asked("jobs.txt:2").arguments == ("--lr", "0.1")


def test_a_job_gives_folder_and_module(project: Path) -> None:
    side = asked("jobs.txt:4")
    assert (side.folder, side.root) == (project / "sub", project)
    assert side.words(project)[1:] == ["-m", "package.train", "steps=3"]
    assert dict(side.variables)["PYTHONPATH"] == "../lib"


def test_one_rank_under_torchrun_is_not_a_plain_start(project: Path) -> None:
    assert "torch.distributed.run" in asked("jobs.txt:5").words(project)
    assert "torch.distributed.run" not in asked("jobs.txt:2").words(project)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("gone.py", "there is no script"),
        ("gone.txt:3", "no job list gone.txt"),
        ("jobs.txt:1", "no job on line 1, which is a comment; jobs stand on lines 2, 3"),
        ("jobs.txt:99", "no job on line 99 (the file has"),
        ("jobs.txt:6", "jobs.txt:6: `srun` cannot be started here: give the script itself"),
        ("jobs.txt:7", "jobs.txt:7: it is a launch for 2 machines: give a job for one"),
        ("jobs.txt:8", "jobs.txt:8: what becomes of `$DATA` only a shell knows"),
        ("jobs.txt:9", "jobs.txt:9 starts 2 programs"),
        ("jobs.txt:10", "jobs.txt:10: there is no gone.py"),
        ("jobs.txt:11", "jobs.txt:11: the variable `RUN` is not known"),
        ("jobs.txt:12", "give --nproc"),
        ("jobs.txt:13", "jobs.txt:13 starts 2 programs (it leads to both.sh:1; both.sh:2)"),
        ("jobs.txt:14", "jobs.txt:14 is a sweep of Hydra"),
        ("jobs.txt:15", "jobs.txt:15 is a sweep of Hydra"),
        ("jobs.txt:17", "`accelerate` cannot be started here"),
        ("jobs.txt:18", "only a shell knows: write it out in the job"),
    ],
)
def test_what_cannot_be_started_is_said_with_its_place(project: Path, program: str, said: str) -> None:
    with pytest.raises(ParityError) as refused:
        asked(program)
    assert said in str(refused.value)
    assert str(refused.value).startswith("candidate: ")


def test_what_is_missing_can_be_given(project: Path) -> None:
    assert dict(asked("jobs.txt:11", RUN="7").variables)["RUN"] == "7"
    assert asked("jobs.txt:12", processes=2).processes == 2


def test_only_a_script_of_hydra_has_sweeps(project: Path) -> None:
    assert asked("jobs.txt:16").arguments == ("-m", "3")
    with pytest.raises(ParityError, match="sweep of Hydra"):
        asked("sweep.py", "-m", "lr=1,2")


def test_a_script_far_from_where_it_is_started_stays_where_it_is() -> None:
    side = Side("candidate", Path("/opt/programs/train.py"), ("--lr", "1"), Path("/srv/data"), (), "python")
    assert (side.root, side.stays) == (Path("/srv/data"), True)
    assert side.words(Path("/copy")) == ["python", "/opt/programs/train.py", "--lr", "1"]
    near = Side("candidate", Path("/opt/project/src/train.py"), (), Path("/opt/project/data"), (), "python")
    assert (near.root, near.stays) == (Path("/opt/project"), False)
    assert near.words(Path("/copy")) == ["python", "/copy/src/train.py"]
    assert near.command == "python ../src/train.py"
    whole = Side("candidate", Path("/app/train.py"), (), Path("/app"), (), "python")
    assert (whole.root, whole.stays) == (Path("/app"), False)


def test_the_bundled_trainer_is_no_part_of_what_is_copied(project: Path) -> None:
    ask = SideAsk("reference", "", ("--config-name", "cfg_gpt"), Path(), (), sys.executable)
    side = trainer_side(ask)
    assert (side.root, side.script.name) == (project, "train.py")
    assert side.words(Path("/copy"))[1:] == [str(side.script), "--config-name", "cfg_gpt"]
