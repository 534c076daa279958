"""Prints what `check` and `diff` cost, with ratios beside Hydra and PyTorch of the same run; then trains.

Every time is the best of several cold processes; memory is the largest resident set of the process.
"""

from __future__ import annotations

import math
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.inputs import job_line, write_jobs, write_project
from tests.bench.programs import write_program
from tests.bench.scripts import launches, write_scripts
from tests.properties.bash_scripts import Sandbox

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "fixtures" / "pipelines" / "etrm"
CHECK = [sys.executable, "-m", "trainlint", "check", "--no-cache"]
DIFF = [sys.executable, "-m", "trainlint", "diff", "reference/train.py", "candidate/train.py"]
HYDRA_SAMPLE = 8


def measure(command: list[str], folder: Path, repeat: int, expected: int = 0) -> tuple[float, float]:
    """Best wall seconds and largest memory in MB of a command."""
    best, memory = float("inf"), 0.0
    for _ in range(repeat):
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        best = min(best, time.perf_counter() - started)
        process.returncode = os.waitstatus_to_exitcode(status)
        memory = max(memory, usage.ru_maxrss / 1024)
        if process.returncode != expected:
            raise SystemExit(f"{shlex.join(command)} ended with {process.returncode}, not {expected}")
    return best, memory


def say(what: str, seconds: float, limit: float, extra: str = "") -> None:
    verdict = "ok" if seconds <= limit else "OVER"
    print(f"{what:<58} {seconds:7.3f} s   limit {limit:5.2f} s  {verdict}  {extra}")


def bare_costs(folder: Path) -> float:
    python, _ = measure([sys.executable, "-c", "pass"], folder, 5)
    hydra, _ = measure([sys.executable, "-c", "import hydra"], folder, 5)
    version, _ = measure([sys.executable, "-m", "trainlint", "--version"], folder, 7)
    print(f"{'bare interpreter':<58} {python:7.3f} s")
    print(f"{'import hydra':<58} {hydra:7.3f} s")
    say("trainlint --version, beyond the interpreter", version - python, 0.06)
    return hydra


def one_job(folder: Path, hydra: float) -> None:
    first = next(
        line for line in (FIXTURE / "jobs-etrm.txt").read_text().splitlines() if line.startswith("[ ]")
    )
    project = folder / "one"
    shutil.copytree(FIXTURE, project, ignore=shutil.ignore_patterns("__pycache__", "outputs", "expected"))
    (project / "one.txt").write_text(first.rstrip("\\") + "\n")
    seconds, memory = measure([*CHECK, "one.txt"], project, 9)
    ratio = seconds / hydra
    say("one job of the fixture", seconds, 0.30, f"{ratio:.2f} x import hydra (at most 2.5), {memory:.0f} MB")


def hydra_seconds(project: Path, launches: Sequence[Sequence[str]]) -> float:
    """Seconds that Hydra takes for one launch, over launches given by their arguments."""
    total = 0.0
    for words in launches:
        command = [sys.executable, "train.py", *words, "hydra.run.dir=.", "hydra.output_subdir=null"]
        total += measure(command, project, 1)[0]
    return total / len(launches)


def many_jobs(folder: Path) -> None:
    write_project(folder / "many")
    write_jobs(folder / "many" / "jobs.txt", 200, 40)
    seconds, memory = measure([*CHECK, "jobs.txt"], folder / "many", 5)
    sample = [shlex.split(job_line(index, 40).split("train.py ", 1)[1]) for index in range(HYDRA_SAMPLE)]
    per_launch = hydra_seconds(folder / "many", sample)
    ratio = 200 * per_launch / seconds
    extra = f"Hydra {per_launch:.3f} s a launch: {ratio:.0f} x faster (at least 25), {memory:.0f} MB"
    say("200 jobs, 40 overrides each, 700-line config", seconds, 2.0, extra)


def many_scripts(folder: Path) -> None:
    for scripts, limit in ((200, 2.5), (500, 6.25), (1000, 12.5)):
        project = folder / f"scripts{scripts}"
        write_project(project)
        write_scripts(project, scripts, 40)
        seconds, memory = measure([*CHECK, "."], project, 3)
        count = launches(scripts)
        extra = f"{count} launches, {1000 * seconds / scripts:.2f} ms a script, {memory:.0f} MB (below 300)"
        if scripts == 200:
            per_launch = hydra_seconds(project, started_by_scripts(project, folder / "sandbox"))
            ratio = count * per_launch / seconds
            extra += f", Hydra {per_launch:.3f} s a launch: {ratio:.0f} x faster (at least 25)"
        say(f"{scripts} launch scripts, 40 overrides each", seconds, limit, extra)


def started_by_scripts(project: Path, folder: Path) -> list[tuple[str, ...]]:
    """The arguments that bash gives `train.py` in the first few scripts."""
    sandbox = Sandbox(folder)
    found: list[tuple[str, ...]] = []
    for index in range(HYDRA_SAMPLE):
        ran = sandbox.run(f"scripts0/exp{index}.sh", project)
        found += [
            program.words[program.words.index("train.py") + 1 :]
            for program in ran.programs
            if "train.py" in program.words
        ]
    return found[:HYDRA_SAMPLE]


def long_lists(folder: Path) -> None:
    write_project(folder / "long")
    for jobs in (2_500, 5_000, 10_000):
        write_jobs(folder / "long" / "jobs.txt", jobs, 5)
        seconds, memory = measure([*CHECK, "jobs.txt"], folder / "long", 2)
        extra = f"{1000 * seconds / jobs:.3f} ms a line, {memory:.0f} MB (below 300)"
        say(f"{jobs} job lines, 5 overrides each", seconds, 10.0, extra)


def _sorting(size: int) -> float:
    return size * math.log(size)


def two_programs(folder: Path) -> None:
    """Whoever compares two programs by running them imports PyTorch in each of them first."""
    torch, _ = measure([sys.executable, "-c", "import torch"], folder, 3)
    print(f"{'import torch':<58} {torch:7.3f} s")
    first, shortest = 0.0, 500
    for lines in (shortest, 1_000, 2_000, 4_000):
        project = folder / f"programs{lines}"
        write_program(project / "reference", lines, candidate=False)
        write_program(project / "candidate", lines, candidate=True)
        seconds, memory = measure(DIFF, project, 3)
        first = seconds if lines == shortest else first
        growth = _sorting(lines) / _sorting(shortest)
        limit = 2.0 * max(1.0, _sorting(lines) / _sorting(2_000))
        extra = f"{seconds / first:.1f} x {shortest} lines (at most {growth:.1f}), "
        extra += f"{seconds / (2 * torch):.2f} x two imports of torch, {memory:.0f} MB (below 300)"
        say(f"diff of two scripts of {lines} lines, ten modules each", seconds, limit, extra)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        hydra = bare_costs(folder)
        one_job(folder, hydra)
        many_jobs(folder)
        many_scripts(folder)
        long_lists(folder)
        two_programs(folder)
    # A process of its own: this one has not imported torch.
    subprocess.run([sys.executable, "-m", "tests.bench.training"], check=True)
    subprocess.run([sys.executable, "-m", "tests.bench.parity"], check=True)


if __name__ == "__main__":
    main()
