from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from tests.unit.report.builders import launch, outcome
from trainlint.report import json as as_json
from trainlint.report.layout import plain
from trainlint.report.outcome import LaunchResult, ScheduleResult
from trainlint.report.timetable import timetables
from trainlint.source import Files


def timed(*schedules: ScheduleResult) -> LaunchResult:
    return dataclasses.replace(launch(), schedules=schedules)


WARMUP = ScheduleResult("lr_warmup_steps", 0, 2000, 109375, "steps", "optim.py", 39)


def test_a_table_says_when_and_how_much_of_the_run() -> None:
    late = ScheduleResult("anneal_steps", 2000, 218750, 109375, "steps", "anneal.py", 7)
    assert plain(timetables([timed(WARMUP, late)], None)) == (
        "jobs.txt:1 pass python train.py lr=1\n"
        "  schedule         start      end  of             part of the run\n"
        "  lr_warmup_steps      0    2 000  109 375 steps  0 % to 1.8 %     optim.py:39\n"
        "  anneal_steps     2 000  218 750  109 375 steps  1.8 % to 200 %   anneal.py:7\n"
        "\n"
    )


def test_what_is_not_known_is_shown_so() -> None:
    unknown = ScheduleResult("T_max", 0, None, None, "epochs", "train.py", 3)
    table = plain(timetables([timed(unknown)], None))
    assert table.splitlines()[2] == "  T_max         0    ?  ? epochs  0 % to ?         train.py:3"


def test_a_launch_without_schedules_says_so() -> None:
    assert "nothing that changes" in plain(timetables([launch()], None))


def test_json_has_the_same_numbers() -> None:
    text = as_json.render(outcome(launches=(timed(WARMUP),)), Files(Path("/nowhere")))
    assert json.loads(text)["launches"][0]["schedules"] == [
        {
            "name": "lr_warmup_steps",
            "start": 0,
            "end": 2000,
            "total": 109375,
            "unit": "steps",
            "file": "optim.py",
            "line": 39,
        }
    ]
