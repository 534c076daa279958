"""The JSON of a comparison of runs is strict JSON and fits its schema, whatever the numbers are."""

from __future__ import annotations

import json
import math
from pathlib import Path

import jsonschema

from tests.unit.report.parities import reported
from trainlint.facts.parity import Divergence, ParityOutcome, Phase, RunReport, Site, Verdict
from trainlint.report.parity_json import render

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schema"
SCHEMA = json.loads((SCHEMAS / "parity-v1.json").read_text())


def outcome(distance: float | None) -> ParityOutcome:
    place = Site("train.py", 3)
    values = ("1", "nan", place, None, distance, 1e-6)
    first = Divergence(0, Phase.GRAD, "gradient of w", *values, independent=True)
    return ParityOutcome(
        verdict=Verdict.DIVERGED,
        steps=2,
        phases=((Phase.INIT, True), (Phase.GRAD, False), (Phase.EVAL, None)),
        divergences=(first,),
        noise=(),
        margin=distance,
        runs=(RunReport("reference", "python train.py", 2, 1.5, "stopped as planned"),),
    )


def strict(report: str) -> object:
    def refused(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(report, parse_constant=refused)


def test_numbers_that_json_has_not_are_null(tmp_path: Path) -> None:
    for distance in (0.5, math.inf, math.nan, None):
        jsonschema.validate(strict(render(*reported(outcome(distance), tmp_path))), SCHEMA)
