"""Where the numbers of a run go beside the console: TensorBoard, W&B, a picture of the losses."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from typing import Any, Protocol

from trainer.errors import TrainerError


class Sink(Protocol):
    """Takes the numbers of steps."""

    def record(self, step: int, values: dict[str, float]) -> None:
        """The numbers of one step."""

    def close(self) -> None:
        """The run is over."""


class TensorBoard:
    """Event files below `tensorboard/`; a resumed run hides what it will write again."""

    def __init__(self, folder: Path, start_step: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(
            str(folder / "tensorboard"), purge_step=start_step + 1 if start_step else None
        )

    def record(self, step: int, values: dict[str, float]) -> None:
        """One scalar for each number."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is held back."""
        self._writer.close()


class WeightsAndBiases:
    """A run of W&B; goes on with the run of the same folder."""

    def __init__(self, folder: Path, project: str, config: dict[str, Any]) -> None:
        if importlib.util.find_spec("wandb") is None:
            raise TrainerError(
                "logging.wandb_project is set, but wandb is not installed: "
                "pip install wandb, or leave it empty"
            )
        import wandb

        try:
            self._run = wandb.init(
                project=project, dir=str(folder), config=config, id=folder.name, resume="allow"
            )
        except wandb.Error as error:
            raise TrainerError(
                f"logging.wandb_project is set, but Weights & Biases did not start: {error}; log in, set "
                "WANDB_MODE=offline, or leave it empty"
            ) from error

    def record(self, step: int, values: dict[str, float]) -> None:
        """One row."""
        self._run.log(values, step=step)

    def close(self) -> None:
        """End the run."""
        self._run.finish()


class LossCurve:
    """`losses.png`, drawn from `metrics.csv` when the run is over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(self, step: int, values: dict[str, float]) -> None:
        """Nothing: the rows of `metrics.csv` hold it."""

    def close(self) -> None:
        """Draw training and validation losses over the steps."""
        draw_losses(self._folder / "metrics.csv", self._folder / "losses.png")


def draw_losses(metrics: Path, picture: Path) -> None:
    """The curves of all losses in `metrics` (rows of step, name, value), as a PNG."""
    from matplotlib.figure import Figure

    curves: dict[str, tuple[list[int], list[float]]] = {}
    with metrics.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["name"].rpartition("/")[2] == "loss":
                steps, values = curves.setdefault(row["name"], ([], []))
                steps.append(int(row["step"]))
                values.append(float(row["value"]))
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, (steps, values) in curves.items():
        axes.plot(steps, values, label=name, marker="." if len(steps) < 30 else "")
    axes.set_xlabel("optimizer step")
    axes.set_ylabel("loss")
    if curves:
        axes.legend()
    part = picture.with_name(f".{picture.name}.part")
    figure.savefig(part, format="png", dpi=120)
    part.replace(picture)
