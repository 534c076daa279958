"""The page about runs is well formed, holds all that it needs, and can be read in light and dark."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.report.contrast import contrast
from tests.unit.report.parities import divergence, inconclusive, outcome, reported, unrepeatable
from trainlint.facts.parity import Compared, ParityOutcome, Phase, Series, Surrounding, Verdict
from trainlint.report.parity_html import render
from trainlint.report.parity_style import STYLE

NAMES = ["a.weight", "<script>alert(1)</script>", "$x^{2", "b & c", *(f"layers.{n}.bias" for n in range(9))]
GAPS = (1.0, None, math.nan, math.inf, 0.0, 2.0)
DRAWN = ((Phase.FORWARD, "loss"), (Phase.LR, "learning rate"), (Phase.GRADNORM, "gradient norm"))
SCALARS = tuple(Series(phase, quantity, GAPS, GAPS[::-1], GAPS) for phase, quantity in DRAWN)
WEIGHTS = tuple(Series(Phase.UPDATE, name, GAPS, GAPS, (1e-9, None, 0.0, 1e-3, 2.0, 1e-7)) for name in NAMES)
ROW = Compared(0, Phase.LR, "lr", "1", "2 <b>", None, None, 1.0, False)
DIVERGED = replace(
    outcome(divergence(Phase.LR, "lr", values=("1", "2 <b>"))),
    series=SCALARS + WEIGHTS,
    around=(ROW, replace(ROW, is_same=True)),
    surroundings=(Surrounding("torch", "2.0", "2.1 & more"),),
    unmatched=("candidate: head<i>",),
)
SAME = tuple(replace(series, apart=(0.0,) * 6) for series in WEIGHTS)
PAGES = {
    "diverged": DIVERGED,
    "equal": replace(outcome(), series=SAME),
    "within": replace(outcome(verdict=Verdict.WITHIN), series=SCALARS),
    "inconclusive": inconclusive(),
    "unrepeatable": unrepeatable(),
    "one update": replace(outcome(), series=(Series(Phase.LR, "learning rate", (0.1,), (0.1,), (0.0,)),)),
}


def page(found: ParityOutcome, folder: Path) -> str:
    return render(*reported(found, folder))


@pytest.mark.parametrize("found", PAGES.values(), ids=PAGES)
def test_a_page_is_well_formed_and_needs_nothing_else(found: ParityOutcome, tmp_path: Path) -> None:
    text = page(found, tmp_path)
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))
    names = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(names) == len(set(names))
    assert not {node.tag for node in root.iter()} & {"script", "link", "img", "iframe", "object"}
    targets = [node.get(key, "") for node in root.iter() for key in ("href", "src")]
    assert all(target.removeprefix("#") in names for target in targets if target)
    assert not re.search(r"https?:|url\((?!#)|@import", text)
    assert "\x1b" not in text


def test_a_page_tells_all_that_there_is(tmp_path: Path) -> None:
    root = ElementTree.fromstring(page(DIVERGED, tmp_path).removeprefix("<!DOCTYPE html>"))
    heads = [head.text for head in root.iter("h2")]
    assert heads == [
        "Phases",
        "What differs by itself",
        "Over the updates",
        "Around the first divergence: update 1",
        "Not compared",
        "Runs",
        "Environment",
    ]
    text = " ".join(root.itertext())
    for said in ("diverged: update 1, lr: lr", "2 <b>", "head<i>", "2.1 & more", "python train.py"):
        assert said in text
    assert len(list(root.iter("svg"))) == 4


def test_drawings_hold_text_as_text_and_name_the_parameters_that_are_farthest_apart(tmp_path: Path) -> None:
    root = ElementTree.fromstring(page(DIVERGED, tmp_path).removeprefix("<!DOCTYPE html>"))
    drawn = [" ".join(text.itertext()) for text in list(root.iter("svg"))[-1].iter("text")]
    assert "relative distance" in drawn
    assert [name for name in NAMES if name in drawn] == NAMES[:8]


def test_long_names_of_parameters_can_be_told_apart(tmp_path: Path) -> None:
    name = "transformer.encoder.layers.{}.attention.self.query_key_value.lora_A.default.{}"
    names = [name.format(*pair) for pair in ((10, "weight"), (11, "weight"), (11, "bias"))]
    series = tuple(replace(WEIGHTS[0], quantity=name) for name in names)
    root = ElementTree.fromstring(
        page(replace(DIVERGED, series=series), tmp_path).removeprefix("<!DOCTYPE html>")
    )
    drawn = {"".join(text.itertext()) for svg in root.iter("svg") for text in svg.iter("text")}
    assert len({text for text in drawn if text.startswith("transformer.encoder.layers.1")}) == len(names)


def test_what_is_the_same_is_said_and_not_drawn(tmp_path: Path) -> None:
    text = page(PAGES["equal"], tmp_path)
    assert "All 13 parameters are the same to the last bit after each update." in text
    assert "plot-parameters" not in text


def test_colours_of_drawings_are_those_of_the_page(tmp_path: Path) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page(DIVERGED, tmp_path), re.DOTALL)
    left = {colour for drawing in drawings for colour in re.findall(r"#[0-9a-f]{6}\b", drawing)}
    assert left == set()


def test_every_colour_can_be_told_from_the_paper_in_light_and_dark() -> None:
    for scheme in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for name, colour in colours.items():
            least = {"paper": 1.0, "card": 1.0, "quiet": 1.4}.get(name, 4.5)
            for ground in ("paper", "card"):
                assert contrast(colour, colours[ground]) >= least, (name, ground)
