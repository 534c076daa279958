"""Kills runs at random moments and goes on with them, until each has come to its end.

`python -m tests.training.kill 50 1` kills 50 times a run of one process, half as often one rank of two, and a
few times the launcher of two; the moments follow from the seed. After every kill the run is started again,
and at its end its weights and its metrics must be those of a run that nobody touched.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil
import torch

from tests.training.processes import Process, start, start_ranks
from tests.training.runs import SMALL, SMALL_GPT, TRAINING, story, weights

#: Dropout, averages, operations and a checkpoint after every other step: much that can go wrong.
SAME = (
    *("--config-name", "cfg_gpt", *SMALL, *SMALL_GPT, "arch.dropout=0.2", "ema_rate=0.9"),
    *("checkpoint.interval=2", "log_interval=1", "logging.tensorboard=false"),
    "optim.gradient_accumulation_steps=2",
    "operations=[{kind:scale_learning_rate,value:0.5,from_step:8},{kind:set_batch_size,value:5,from_step:16}]",
)
STEPS = 40
#: Longer than any session takes; a run that needs more hangs.
PATIENCE = 120.0


class Session(Protocol):
    """One session of a run, and what a kill hits."""

    #: What rank 0 prints.
    said: Path

    def wait(self, seconds: float) -> bool:
        """Whether all processes have ended, after at most so long."""

    def kill(self, draw: random.Random) -> None:
        """Kill what is to be killed, if it still runs, and see the others leave by themselves."""

    def codes(self) -> list[int | None]:
        """With which codes the processes ended."""


class Alone:
    """One process."""

    def __init__(self, output: Path, words: tuple[str, ...]) -> None:
        self.said = output / "said.txt"
        self.processes = self.started(output, words)

    def started(self, output: Path, words: tuple[str, ...]) -> list[Process]:
        return [start(self.said, {}, *words)]

    def wait(self, seconds: float) -> bool:
        for process in self.processes:
            process.join(seconds)
        return None not in self.codes()

    def kill(self, draw: random.Random) -> None:
        draw.choice(self.processes).kill()
        assert self.wait(PATIENCE), "a rank waits for one that is gone"
        # Who is left says so, unless it had nothing more to ask the other.
        assert set(self.codes()) <= {-9, 2, 0}, self.said.read_text()

    def codes(self) -> list[int | None]:
        return [process.exitcode for process in self.processes]


class TwoRanks(Alone):
    """Two processes, of which one is killed."""

    def started(self, output: Path, words: tuple[str, ...]) -> list[Process]:
        self.said = output / "ranks" / "rank_0.txt"
        return start_ranks(2, output / "ranks", *words)


class Launched:
    """Two processes of torchrun, which is killed itself."""

    def __init__(self, output: Path, words: tuple[str, ...]) -> None:
        self.said = output / "said.txt"
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        with self.said.open("w", encoding="utf-8") as stream:
            self.launcher = subprocess.Popen(
                [*command, str(TRAINING / "train.py"), *words],
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def wait(self, seconds: float) -> bool:
        try:
            self.launcher.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self, draw: random.Random) -> None:
        ranks = psutil.Process(self.launcher.pid).children()
        self.launcher.kill()
        self.launcher.wait()
        _, left = psutil.wait_procs(ranks, PATIENCE)
        assert not left, "the processes of a launcher that is gone train on"
        said = self.said.read_text()
        assert "stopped because its launcher is gone" in said or f"iter {STEPS}:" in said, said

    def codes(self) -> list[int | None]:
        return [self.launcher.returncode]


#: How a run is started, by the name of what is killed.
VICTIMS: dict[str, Callable[[Path, tuple[str, ...]], Session]] = {
    "process": Alone,
    "rank": TwoRanks,
    "launcher": Launched,
}


def kill_and_resume(folder: Path, victim: str, kills: int, seed: int) -> Counter[str]:
    """Do it `kills` times in runs of their own; how often while saving, while training.

    AssertionError when a run ends otherwise than the undisturbed one.
    """
    begin, draw = VICTIMS[victim], random.Random(seed)
    same = (*SAME, f"data.path={story(folder / 'story.txt')}", f"steps={STEPS}")
    calm = folder / "calm"
    # Whoever starts two ranks, they train alike.
    _finish(TwoRanks if begin is Launched else begin, calm, same)
    moments: Counter[str] = Counter()
    number = 0
    while moments.total() < kills:
        number += 1
        output = folder / f"run_{number}"
        # A run is killed a few times, and then left alone.
        for _ in range(min(kills - moments.total(), 5)):
            if not _killed(begin, output, same, draw):
                break
            moments[_left_behind(output)] += 1
        _finish(begin, output, same)
        _compare(calm, output)
        shutil.rmtree(output)
    return moments


def _begin(begin: Callable[[Path, tuple[str, ...]], Session], output: Path, same: tuple[str, ...]) -> Session:
    shutil.rmtree(output / "ranks", ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    (output / "said.txt").unlink(missing_ok=True)
    return begin(output, (*same, f"output_dir={output}"))


def _killed(
    begin: Callable[[Path, tuple[str, ...]], Session],
    output: Path,
    same: tuple[str, ...],
    draw: random.Random,
) -> bool:
    """One session, killed at a random moment of its training; False when it came to its end before."""
    session = _begin(begin, output, same)
    # It trains when it has spoken of a step: before, there is nothing to lose.
    while not (session.said.exists() and "iter" in session.said.read_text()):
        if session.wait(0.002):
            break
    if session.wait(draw.uniform(0.0, 0.6)):
        assert set(session.codes()) == {0}, session.said.read_text()
        return False
    session.kill(draw)
    return True


def _finish(begin: Callable[[Path, tuple[str, ...]], Session], output: Path, same: tuple[str, ...]) -> None:
    session = _begin(begin, output, same)
    assert session.wait(PATIENCE), "a run hangs"
    assert set(session.codes()) == {0}, session.said.read_text()


def _left_behind(output: Path) -> str:
    hidden = list((output / "checkpoints").glob(".*"))
    return "while saving" if hidden else "while training"


def _compare(calm: Path, output: Path) -> None:
    expected, found = weights(calm, STEPS), weights(output, STEPS)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected), f"{output}: other weights"
    # Not a row is lost, doubled, or another.
    assert (output / "metrics.csv").read_text() == (calm / "metrics.csv").read_text(), f"{output}: other rows"
    names = {path.name for path in (output / "checkpoints").iterdir()}
    assert {"latest", "best", f"step_{STEPS:08d}"} <= names
    assert not {name for name in names if name.startswith(".")}


def main(kills: int, seed: int) -> None:
    """Kill each victim its share, and say how it went."""
    for victim, share in (("process", kills), ("rank", kills // 2), ("launcher", kills // 10)):
        with tempfile.TemporaryDirectory() as place:
            moments = kill_and_resume(Path(place), victim, share, seed)
        told = ", ".join(f"{count} {moment}" for moment, count in sorted(moments.items()))
        print(f"{victim}: {moments.total()} kills ({told}): every run came to the end of the undisturbed one")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
