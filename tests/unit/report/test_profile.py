from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from tests.unit.report.builders import launch, outcome
from trainlint.report import json as as_json
from trainlint.report.checklist import checklist
from trainlint.report.layout import plain
from trainlint.report.outcome import AspectResult, EvidenceResult
from trainlint.source import Files

DYNAMIC = AspectResult(
    "act_mode",
    "dynamic",
    (
        EvidenceResult("train.py", 51, "the carry is what the last forward gave"),
        EvidenceResult("act.py", 48, "halts at random"),
    ),
)
UNCLEAR = AspectResult("encoder", None, (EvidenceResult("model.py", 7, "is called once"),))
PROFILED = dataclasses.replace(launch(), profile=(DYNAMIC, UNCLEAR, AspectResult("data", None, ())))


def test_the_checklist_names_each_mode_with_its_evidence() -> None:
    assert plain(checklist([PROFILED], None)).splitlines()[-6:-1] == [
        "    act mode   dynamic",
        "               train.py:51  the carry is what the last forward gave",
        "               act.py:48  halts at random",
        "    encoder    not clear",
        "               model.py:7  is called once",
    ]


def test_json_has_every_aspect_also_where_nothing_is_known() -> None:
    known, unknown = json.loads(
        as_json.render(outcome(launches=(PROFILED, launch())), Files(Path("/nowhere")))
    )["launches"]
    assert known["profile"]["act_mode"] == {
        "value": "dynamic",
        "evidence": [
            {"file": "train.py", "line": 51, "message": "the carry is what the last forward gave"},
            {"file": "act.py", "line": 48, "message": "halts at random"},
        ],
    }
    assert known["profile"]["data"] == unknown["profile"]["act_mode"] == {"value": None, "evidence": []}
