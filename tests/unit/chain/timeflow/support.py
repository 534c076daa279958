"""A script and a config in, the time of the one launch of it out."""

from __future__ import annotations

import textwrap
from pathlib import Path

from trainlint.chain.build import Builder
from trainlint.engine.inputs import collect
from trainlint.facts.schedule import Amount, Schedule, TimeFlow
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.source import Files

START = "import hydra\nimport torch\n\n"
ENTRY = '@hydra.main(config_path=".", config_name="config", version_base=None)\ndef main(cfg):\n'
MODEL = "    model = torch.nn.Linear(4, 1)\n    optimizer = torch.optim.AdamW(model.parameters())\n"
END = '\n\nif __name__ == "__main__":\n    main()\n'


def timed(folder: Path, loop: str, config: str, functions: str = "", command: str = "") -> TimeFlow:
    """The time of `python train.py`, whose entry holds `loop` behind a model and its optimizer."""
    body = textwrap.indent(textwrap.dedent(loop).strip("\n"), "    ")
    text = f"{START}{textwrap.dedent(functions)}\n\n{ENTRY}{MODEL}{body}{END}"
    (folder / "train.py").write_text(text)
    (folder / "config.yaml").write_text(textwrap.dedent(config))
    (folder / "jobs.txt").write_text(command or "[ ] python train.py\n")
    (found,) = times(folder)
    return found


def times(folder: Path) -> list[TimeFlow]:
    """The times of all launches of the job list in a folder."""
    files, settings = Files(folder), Settings()
    builder = Builder(files, settings)
    texts = collect(("jobs.txt",), files, settings).texts
    return [time for text in texts for job in text.jobs for time in builder.build(job).times]


def number(amount: Amount) -> float | None:
    """A number, None where it is not known."""
    return amount.value.value if isinstance(amount.value, Known) else None


def rows(time: TimeFlow) -> list[tuple[str, float | None, float | None, float | None]]:
    """Each schedule as name, start, end and length of the run."""
    return [row(schedule) for schedule in time.schedules]


def row(schedule: Schedule) -> tuple[str, float | None, float | None, float | None]:
    return schedule.name, number(schedule.start), number(schedule.end), number(schedule.horizon)
