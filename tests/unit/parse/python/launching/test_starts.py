"""Calls that start programs, and the commands that we see in them."""

from __future__ import annotations

import pytest

from tests.unit.parse.python.launching.support import commands

#: A call and the command that it runs; one to a paragraph.
STARTS = """
subprocess.call(["python", "a.py", "x y"])
python a.py 'x y'

subprocess.Popen(args=("torchrun", "--nproc_per_node", "2", "a.py"))
torchrun --nproc_per_node 2 a.py

subprocess.run("python a.py lr=1 && echo done", shell=True)
python a.py lr=1

os.system(" ".join(["python", "a.py", f"n={1 + 1}"]))
python a.py n=2

os.popen("cd / && python /a.py")
python /a.py

os.execvp("python", ["python", "a.py", "x=1"])
python a.py x=1

os.execlp("torchrun", "torchrun", "a.py")
torchrun a.py

os.spawnv(os.P_WAIT, "/usr/bin/python", ["python", "a.py"])
/usr/bin/python a.py

subprocess.check_call(shlex.split("accelerate launch a.py --x '1 2'"))
accelerate launch a.py --x '1 2'

torch.distributed.run.main(["--nproc_per_node=2", "a.py"])
torchrun --nproc_per_node=2 a.py

launch_main(["--nproc_per_node=2", "a.py"])
torchrun --nproc_per_node=2 a.py

subprocess.run([sys.executable, "-m", "pkg.train", "lr=1"])
python -m pkg.train lr=1

asyncio.run(asyncio.create_subprocess_exec("python", "a.py"))
python a.py

submitit.helpers.CommandFunction(["python", "a.py"])
python a.py

subprocess.run([args.python, "a.py"])
${args.python} a.py

subprocess.run(["python", "a.py", *sys.argv[1:]])
python a.py ${sys.argv[1:]}

subprocess.run(["python", "a.py", "lr=%s" % args.lr])
python a.py lr=${args.lr}
"""

IMPORTS = """\
import asyncio, os, shlex, subprocess, submitit, sys, torch.distributed.run
from torch.distributed.run import main as launch_main
args = object_of_unknown_origin()
"""


@pytest.mark.parametrize("case", STARTS.strip().split("\n\n"), ids=lambda case: case.partition("(")[0])
def test_ways_to_start_a_program(case: str) -> None:
    call, command = case.split("\n")
    assert commands(f"{IMPORTS}{call}\n") == [command]


@pytest.mark.parametrize(
    "call",
    [
        '["git", "rev-parse", "HEAD"]',
        '["python", "-c", "print(1)"]',
        '["python", "-m", "pip", "install", "x"]',
        '["nvidia-smi", "--query-gpu=name"]',
        '["docker", "pull", "image"]',
        "unknown()",
        'unknown() + ["x"]',
    ],
)
def test_what_is_no_launch(call: str) -> None:
    assert commands(f"import subprocess\nsubprocess.run({call})\n") == []
