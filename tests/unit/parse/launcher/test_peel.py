"""Launchers peeled: script, arguments, folder, environment and number of processes of nested commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.parse.launcher.support import PROJECT, launch_in, launches_in
from trainlint.facts.launch import LaunchFacts, OptionAfterScript, ScriptKind
from trainlint.facts.value import Known, Unknown

NAMES = ("train.py", "sub/other.py", "src/pkg/main.py", "src/pkg/__init__.py", "tools/__main__.py", "run.sh")
FILES = dict.fromkeys(NAMES, "")


def launch(line: str) -> LaunchFacts:
    return launch_in(line, FILES)


def script(found: LaunchFacts) -> str | None:
    if found.script is None or found.script.path is None:
        return None
    return found.script.path.relative_to(PROJECT).as_posix()


PLAIN = """
python train.py a=1
python3.11 -u -OO -X faulthandler -W ignore train.py a=1
/opt/conda/bin/python -uO train.py a=1
torchrun train.py a=1
torchrun --standalone --nnodes=1 --nproc-per-node 4 -r 3 --tee=3 train.py a=1
torchrun --no-python python train.py a=1
python -m torch.distributed.run --nproc_per_node=2 train.py a=1
python -um torch.distributed.launch --use_env --nproc_per_node=2 train.py a=1
accelerate launch --num_processes 8 --mixed_precision bf16 train.py a=1
accelerate launch --config_file acc.yaml --multi_gpu train.py a=1
python -m accelerate.commands.launch --num_processes=2 train.py a=1
deepspeed --num_gpus 4 --master_port=1234 train.py a=1
deepspeed --include localhost:0,1 train.py a=1
srun -N 2 --ntasks-per-node=8 --gres=gpu:8 -p gpu python -u train.py a=1
srun -n8 --exclusive --cpu-bind=none python train.py a=1
srun --mpi=pmix -ul --kill-on-bad-exit=1 torchrun train.py a=1
sbatch -J x -t 10:00 --wrap "python train.py a=1"
sbatch --wrap="srun python train.py a=1"
mpirun -np 8 -x NCCL_DEBUG=INFO --mca btl ^tcp -H a:4,b:4 python train.py a=1
mpiexec -n 4 --bind-to none -map-by slot python train.py a=1
ray job submit --address http://127.0.0.1:8265 --working-dir . --no-wait -- python train.py a=1
uv run train.py a=1
uv run --with foo --extra gpu python train.py a=1
uv --directory . run --frozen -- python train.py a=1
poetry run python train.py a=1
pdm run -p . python train.py a=1
pixi run -e cuda python train.py a=1
pixi run --tls-no-verify --templated -w space python train.py a=1
micromamba run -n env -e CUDA_VISIBLE_DEVICES=0 --clean-env python train.py a=1
mpirun --forward-signals SIGUSR1 --report-pid - --display map --gmca btl tcp -np 2 python train.py a=1
conda run -n env --no-capture-output python train.py a=1
mamba run --live-stream -p /opt/env python train.py a=1
hatch run python train.py a=1
nohup python train.py a=1 > log 2>&1 &
time -p python train.py a=1
/usr/bin/time -v python train.py a=1
env -u C A=b python train.py a=1
env -i PATH=/bin A=b python train.py a=1
numactl --cpunodebind=0 --membind 0 python train.py a=1
taskset -c 0-3 python train.py a=1
nice -n 10 python train.py a=1
nice -10 python train.py a=1
ionice -c2 -n 7 python train.py a=1
stdbuf -oL -eL python train.py a=1
timeout --signal=INT 10h python train.py a=1
sudo -E -u me python train.py a=1
xvfb-run -a -s '-screen 0 1x1x24' python train.py a=1
CUDA_VISIBLE_DEVICES=0,1 OMP_NUM_THREADS=4 python train.py a=1
exec python train.py a=1
command python train.py a=1
bash -c 'python train.py a=1'
bash -lc "cd . && python train.py a=1"
sh -c "exec python train.py a=1"
bash -c 'f() { echo x; }; f; python train.py a=1'
bash -xc 'while ! (echo x > /dev/tcp/localhost/1); do sleep 1; done; python train.py a=1'
coverage run --branch train.py a=1
python -m cProfile -o out.prof train.py a=1
python -m pdb -c continue train.py a=1
python -m debugpy --listen 5678 --wait-for-client train.py a=1
nohup env A=b time -p nice timeout 1h srun -n 2 torchrun --nnodes 1 train.py a=1
cd sub && cd .. && python train.py a=1
(cd sub; true); python train.py a=1
if true; then python train.py a=1; fi
""".strip().splitlines()


@pytest.mark.parametrize("line", PLAIN)
def test_the_script_and_its_arguments_are_found(line: str) -> None:
    found = launch(f"[ ] {line}")
    assert script(found) == "train.py"
    assert [word.text.value for word in found.arguments] == ["a=1"]
    assert found.unverified == ()
    assert found.problems == ()
    assert found.import_path == (PROJECT,)
    assert found.directory.value == PROJECT


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("python train.py", 1),
        ("torchrun train.py", 1),
        ("torchrun --nnodes 2 --nproc_per_node 8 train.py", 16),
        ("torchrun --nnodes 1:4 --nproc_per_node 8 train.py", None),
        ("torchrun --nproc_per_node gpu train.py", None),
        ("torchrun --nproc_per_node $N train.py", None),
        ("accelerate launch --num_processes 8 train.py", 8),
        ("accelerate launch train.py", None),
        ("deepspeed --num_nodes 2 --num_gpus 4 train.py", 8),
        ("deepspeed train.py", None),
        ("srun -n 8 python train.py", 8),
        ("srun -N 2 --ntasks-per-node 4 python train.py", 8),
        ("srun -N 4 torchrun --nnodes 4 --nproc_per_node 2 train.py", 8),
        ("mpirun -np 4 python train.py", 4),
        ("$LAUNCHER train.py", None),
    ],
)
def test_world_size(line: str, size: int | None) -> None:
    found = launch(line).world_size
    assert (found.value if isinstance(found, Known) else None) == size


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cd sub && python other.py", "sub/other.py"),
        ("env -C sub python other.py", "sub/other.py"),
        ("srun -D sub python other.py", "sub/other.py"),
        ("uv run --directory sub python other.py", "sub/other.py"),
        ("poetry -C sub run python other.py", "sub/other.py"),
        ("conda run --cwd sub -n x python other.py", "sub/other.py"),
        ("bash -c 'cd sub; python other.py'", "sub/other.py"),
        ("cd sub && python ../train.py", "train.py"),
        ("python tools", "tools/__main__.py"),
        ("python ./sub/../train.py", "train.py"),
    ],
)
def test_the_working_directory_decides_which_script_is_meant(line: str, expected: str) -> None:
    assert script(launch(f"[ ] {line}")) == expected


def test_modules_are_looked_for_in_the_working_directory_and_pythonpath() -> None:
    found = launch("[ ] PYTHONPATH=src:$PYTHONPATH python -m pkg.main a=1")
    assert found.script is not None
    assert found.script.kind is ScriptKind.MODULE
    assert script(found) == "src/pkg/main.py"
    assert found.import_path == (PROJECT, PROJECT / "src")
    assert script(launch("[ ] python -m src.pkg.main")) == "src/pkg/main.py"
    assert script(launch("[ ] torchrun -m tools")) == "tools/__main__.py"
    assert script(launch("[ ] python -mtools")) == "tools/__main__.py"


def test_a_script_puts_its_own_folder_first() -> None:
    found = launch("[ ] PYTHONPATH=. python sub/other.py")
    assert found.import_path == (PROJECT / "sub", PROJECT)


def test_an_exported_pythonpath_counts_like_one_in_front() -> None:
    (found,) = launches_in("export PYTHONPATH=$PWD/src\n[ ] python -m pkg.main\n", FILES)
    assert script(found) == "src/pkg/main.py"


def test_environment_is_merged() -> None:
    (found,) = launches_in("export A=1 B=2\n[ ] B=3 C=4 env -u A D=5 python train.py x=$B\n", FILES)
    assert {name: value.value for name, value in found.environment.items()} == {"B": "3", "C": "4", "D": "5"}
    assert [word.text.value for word in found.arguments] == ["x=2"]


def test_what_the_outer_shell_does_not_know_stays_unknown_inside() -> None:
    found = launch('[ ] sbatch --wrap "python train.py seed=$SEED b=2"')
    assert [word.literal_prefix for word in found.arguments] == ["seed=", "b=2"]
    assert isinstance(found.arguments[0].text, Unknown)
    assert found.arguments[1].span.column == 47


def test_places_inside_a_text_point_into_it() -> None:
    line = """[ ] bash -c 'python train.py lr=1 "b=c d"'"""
    word = launch(line).arguments[0]
    span = word.span_of(0, 2)
    assert line[span.column - 1 : span.end_column - 1] == "lr"


@pytest.mark.parametrize(
    "line",
    [
        "[ ] ./run.sh a=1",
        "[ ] bash run.sh",
        "[ ] sbatch run.sh a=1",
        "[ ] python -c 'import x'",
        "[ ] wandb agent me/x",
        "[ ] make train",
        "[ ] uv pip install x=1",
        "[ ] python $SCRIPT a=1",
        "[ ] python -m installed.module a=1",
        "[ ] python /somewhere/else/train.py",
        "[ ] cd /somewhere/else && python train.py",
        "[ ] cd $HOME && python train.py",
        "[ ] git clone x && cd x && python train.py",
        "[ ] python --version",
        "[ ] docker run image python train.py",
        "[ ] torchrun --standalone",
        "[ ] cat x.py | python - a=1",
    ],
)
def test_what_cannot_be_followed_is_said(line: str) -> None:
    found = launch(line)
    assert script(found) is None
    assert found.unverified
    assert found.script is None or found.script.searched == ()


@pytest.mark.parametrize(
    "line", ["$PYTHON train.py a=1", "nsys profile -o x python train.py a=1", "torchun train.py a=1"]
)
def test_behind_an_unknown_launcher_the_script_is_still_found(line: str) -> None:
    found = launch(f"[ ] {line}")
    assert script(found) == "train.py"
    assert found.unverified


@pytest.mark.parametrize(
    "line", ["$PYTHON -m py_compile train.py b.py", "$PYTHON -u -m tools.compile train.py"]
)
def test_an_unknown_interpreter_starts_the_module_and_not_its_first_argument(line: str) -> None:
    found = launch(f"[ ] {line}")
    assert found.script is not None
    assert found.script.kind is ScriptKind.MODULE
    assert [word.raw for word in found.arguments][:1] == ["train.py"]
    assert found.unverified
    assert isinstance(found.world_size, Unknown)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("torchrun --nproc_per_node=2 train.py -- --depth=1 -- x", ["--depth=1", "--", "x"]),
        ("torchrun -m train -- --depth=1", ["--depth=1"]),
        ("python -m torch.distributed.run train.py -- a=1", ["a=1"]),
        ("accelerate launch train.py -- a=1", ["a=1"]),
        ("deepspeed train.py -- a=1", ["a=1"]),
        ("torchrun train.py a=1 -- b=2", ["a=1", "--", "b=2"]),
        ("python train.py -- a=1", ["--", "a=1"]),
        ("conda run -n x python -- train.py a=1", ["a=1"]),
    ],
)
def test_launchers_with_argparse_drop_the_dashes_behind_the_script(line: str, arguments: list[str]) -> None:
    assert [word.raw for word in launch(f"[ ] {line}").arguments] == arguments


@pytest.mark.parametrize(
    ("line", "idle"),
    [
        ("uv sync --extra gpu", True),
        ("conda activate $NAME", True),
        ("python -c 'print(1)'", True),
        ("srun --nodes=1 hostname -i", True),
        ("ray job logs --job-id x", True),
        ("accelerate config --config_file x.yaml", True),
        ("uv run train.py", False),
        ("accelerate lanch train.py", False),
        ("python -m tools.train", False),
        ("torchrun --nproc_per_node=2", False),
        ("srun --nodes=1 $LAUNCHER", False),
        ("docker run image $COMMAND", False),
        ("pyton --verbose", False),
        ("bash run.sh", False),
    ],
)
def test_commands_that_launch_nothing(line: str, idle: bool) -> None:
    assert launch(f"[ ] {line}").idle is idle


def test_a_missing_script_says_where_it_was_looked_for_and_what_is_there() -> None:
    found = launch("[ ] python trian.py").script
    assert found is not None
    assert found.path is None
    assert found.searched == ("trian.py",)
    assert "train.py" in found.neighbours


@pytest.mark.parametrize("module", ["wandb", "wandb.cli"])
def test_a_folder_without_code_does_not_hide_an_installed_module(module: str) -> None:
    found = launch_in(f"[ ] python -m {module} --x a=1", {"wandb/run-1/log.txt": ""})
    assert found.script is not None
    assert found.script.searched == ()
    assert found.unverified


def test_a_script_that_moved_into_a_folder_is_a_neighbour() -> None:
    found = launch("[ ] python other.py").script
    assert found is not None
    assert "sub/other.py" in found.neighbours


@pytest.mark.parametrize("line", ["torchrun train.py --nproc_per_node 8", "python train.py --nnodes=2 a=1"])
def test_launcher_options_behind_the_script(line: str) -> None:
    (problem,) = launch(line).problems
    assert isinstance(problem, OptionAfterScript)
    assert problem.launcher == "torchrun"


def test_scripts_of_other_machines_are_not_missing() -> None:
    for line in ("bash /start.sh", "python /start.py", "srun -n 1 : -n 2 bash run.sh"):
        found = launch_in(f"[ ] {line}")
        assert found.unverified
        assert found.script is None or not found.script.searched


def test_options_that_scripts_have_themselves_are_none() -> None:
    assert launch("[ ] accelerate launch train.py --mixed_precision bf16 --seed 1").problems == ()


def test_launchers_are_listed_from_the_outside_in() -> None:
    found = launch("[ ] nohup srun -n 2 python -m torch.distributed.run --nproc_per_node 2 train.py")
    assert [use.name for use in found.launchers] == ["nohup", "srun", "python", "torchrun"]
    assert [(option.name, option.value.value) for option in found.launchers[1].options if option.value] == [
        ("--ntasks", "2")
    ]


def test_paths_outside_the_project_are_found_when_they_are_there(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("")
    found = launch(f"[ ] python {tmp_path}/x.py")
    assert found.script is not None
    assert found.script.path == tmp_path / "x.py"
