"""Kills runs at random moments and goes on with them, until each has come to its end.

`python -m tests.training.kill 50` kills 50 times; the moments follow from a seed. After every kill the run is
started again, and at its end its weights and its metrics must be those of a run that nobody touched.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch

from tests.training.processes import start
from tests.training.runs import SMALL, SMALL_GPT, story, weights

#: Dropout, averages, operations and a checkpoint after every other step: much that can go wrong.
SAME = (
    *("--config-name", "cfg_gpt", *SMALL, *SMALL_GPT, "arch.dropout=0.2", "ema_rate=0.9"),
    *("checkpoint.interval=2", "log_interval=1", "logging.tensorboard=false"),
    "operations=[{kind:scale_learning_rate,value:0.5,from_step:8},{kind:set_batch_size,value:5,from_step:16}]",
)
STEPS = 40


@dataclass
class Killed:
    """What was going on when runs were killed."""

    #: Kills by what the killed run left: half a save, nothing of it.
    moments: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How often."""
        return self.moments.total()


def kill_and_resume(folder: Path, kills: int, seed: int) -> Killed:
    """Do it `kills` times in runs of their own. AssertionError when one ends otherwise."""
    draw = random.Random(seed)
    text = story(folder / "story.txt")
    same = (*SAME, f"data.path={text}", f"steps={STEPS}")
    calm = folder / "calm"
    assert _run(calm, same, None) is None
    killed, number = Killed(), 0
    while killed.count < kills:
        number += 1
        output = folder / f"run_{number}"
        # A run is killed a few times, and then left alone.
        for _ in range(min(kills - killed.count, 5)):
            if _run(output, same, draw) is None:
                break
            killed.moments[_left_behind(output)] += 1
        assert _run(output, same, None) is None
        _compare(calm, output)
        shutil.rmtree(output)
    return killed


def _run(output: Path, same: tuple[str, ...], draw: random.Random | None) -> float | None:
    """One session, killed at a random moment of its training; the moment, or None when it came to its end."""
    output.mkdir(parents=True, exist_ok=True)
    said = output / "said.txt"
    said.unlink(missing_ok=True)
    process = start(said, {}, *same, f"output_dir={output}")
    moment = None
    if draw is not None:
        # It trains when it has spoken of a step: before, there is nothing to lose.
        while process.exitcode is None and "iter" not in (said.read_text() if said.exists() else ""):
            process.join(0.002)
        moment = draw.uniform(0.0, 0.6)
        process.join(moment)
    else:
        process.join(100)
    killed = process.exitcode is None
    process.kill()
    process.join()
    assert process.exitcode == (-9 if killed else 0), said.read_text()
    assert not (killed and draw is None), "a run hangs"
    return moment if killed else None


def _left_behind(output: Path) -> str:
    hidden = {path.name.rsplit(".", 1)[-1] for path in (output / "checkpoints").glob(".*")}
    return "while saving" if hidden else "while training"


def _compare(calm: Path, output: Path) -> None:
    expected, found = weights(calm, STEPS), weights(output, STEPS)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected), f"{output}: other weights"
    # Not a row is lost, doubled, or another.
    assert (output / "metrics.csv").read_text() == (calm / "metrics.csv").read_text(), f"{output}: other rows"
    names = {path.name for path in (output / "checkpoints").iterdir()}
    assert names == {path.name for path in (calm / "checkpoints").iterdir()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        result = kill_and_resume(Path(place), int(sys.argv[1]), seed=int(sys.argv[2]))
    print(f"{result.count} kills, {dict(result.moments)}: every run came to the end of the undisturbed one")
