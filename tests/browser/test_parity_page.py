"""The page about runs in a browser: whole by itself, legible in light and dark, no wider than the screen."""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass, replace
from itertools import combinations

import pytest

from tests.browser.devtools import Message
from tests.browser.seen import Box, Seen, Text, seen
from tests.browser.start import command, started
from tests.unit.report.contrast import contrast
from tests.unit.report.parities import divergence, outcome
from tests.unit.report.test_parity_html import PAGES, ROW, SCALARS, WEIGHTS, page
from trainlint.facts.parity import Phase, RunReport, Site, Surrounding

_LONG = "transformer.encoder.layers.11.attention.self.query_key_value_projection.lora_A.default.weight"
_PATH = "experiments/2026/pretraining/variational_autoencoders/scripts/train_refactored_with_accumulation.py"
_RISING = tuple(1234567.25 + number for number in range(200))
#: Names and numbers as long as those of real programs.
LONG = replace(
    outcome(divergence(Phase.GRAD, _LONG, 1234, ("-1.2345678901234567e-08", "1.2345678901234567e+08"))),
    scripts=(f"reference/{_PATH}", f"candidate/{_PATH}"),
    series=tuple(replace(one, reference=_RISING, candidate=_RISING[::-1]) for one in SCALARS)
    + tuple(replace(one, quantity=f"{n}.{_LONG}", apart=(1e-12, 3e4)) for n, one in enumerate(WEIGHTS)),
    around=tuple(
        replace(
            ROW,
            phase=phase,
            quantity=_LONG,
            reference_site=Site(_PATH, 1234),
            candidate_site=Site(_PATH, 4321),
        )
        for phase in Phase
    ),
    runs=(
        RunReport(
            "reference, run twice", f"torchrun {_PATH} {'--a-long-option=1e-4 ' * 30}", 20, 99.9, "ended"
        ),
    ),
    surroundings=(Surrounding("CUBLAS_WORKSPACE_CONFIG", ":4096:8" * 30, ""),),
)
ALL = {**PAGES, "long names": LONG}
SCREENS = (1280, 375)
SCHEMES = ("light", "dark")


class NotSeen(UserWarning):
    """No browser has looked at the page."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page on one screen, and what the browser told while it was loaded."""

    name: str
    width: int
    scheme: str
    seen: Seen
    events: tuple[Message, ...]

    def __str__(self) -> str:
        return f"{self.name}, {self.width} px, {self.scheme}"


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> list[Look]:
    """Every page on every screen, by a browser that is started once."""
    browser = command()
    if browser is None:
        told = (
            "no browser looked at the page: none is on PATH, and `make test` installs one only where npm is"
        )
        if "CI" in os.environ:
            pytest.fail(told)
        warnings.warn(NotSeen(told), stacklevel=1)
        return []
    folder = tmp_path_factory.mktemp("pages")
    found = []
    with started(browser, folder) as tab:
        for number, (name, result) in enumerate(ALL.items()):
            file = folder / f"{number}.html"
            file.write_text(page(result, folder), encoding="utf-8")
            tab.open(file.as_uri())
            for width in SCREENS:
                for scheme in SCHEMES:
                    tab.shown(width, scheme)
                    found.append(Look(name, width, scheme, seen(tab), tuple(tab.events)))
    return found


def test_a_page_loads_nothing_and_complains_of_nothing(looks: list[Look]) -> None:
    for look in looks:
        asked = [
            event["params"]["request"]["url"]
            for event in look.events
            if _is(event, "Network.requestWillBeSent")
        ]
        assert len(asked) == 1, (str(look), asked)
        assert asked[0].startswith("file:"), str(look)
        complaints = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        assert not [event for event in look.events if _is(event, *complaints)], str(look)


def test_every_word_can_be_read_in_light_and_dark(looks: list[Look]) -> None:
    papers = {}
    for look in looks:
        papers[look.scheme] = look.seen.texts[0].grounds[-2]
        for text in look.seen.texts:
            assert text.box[2] > text.box[0], (str(look), text.words)
            assert _told_apart(text.colour, text.grounds) >= 4.5, (str(look), text)
            assert text.size >= (7 if _is_drawn(text, look) else 12), (str(look), text)
        for drawing in look.seen.drawings:
            assert drawing.lines, str(look)
            for line in drawing.lines:
                assert _told_apart(line, drawing.grounds) >= 3, (str(look), line)
    assert len(set(papers.values())) == len(papers)


def test_nothing_is_wider_than_the_screen(looks: list[Look]) -> None:
    for look in looks:
        assert look.seen.wide <= look.seen.width, str(look)
        for text in look.seen.texts:
            assert text.scrolls or -1 <= text.box[0] < text.box[2] <= look.seen.width + 1, (str(look), text)
        for drawing in look.seen.drawings:
            left, top, right, bottom = drawing.box
            assert right - left > 250, str(look)
            assert bottom - top > 150, str(look)
            assert drawing.scrolls or right <= look.seen.width, str(look)


def test_words_in_drawings_are_whole_and_beside_one_another(looks: list[Look]) -> None:
    for look in looks:
        for drawing in look.seen.drawings:
            for words, box in drawing.named:
                assert _holds(drawing.box, box), (str(look), words)
            for (one, first), (other, second) in combinations(drawing.named, 2):
                assert not _overlap(first, second), (str(look), one, other)


def test_tables_hold_a_row_for_each_entry(looks: list[Look]) -> None:
    for look in looks:
        result = ALL[look.name]
        expected = [len(part) for part in (result.around, result.runs, result.surroundings) if part]
        assert [len(table) - 1 for table in look.seen.tables] == expected, str(look)
    for look in looks:
        if look.name == "diverged":
            assert look.seen.tables[0][1][1:6] == ["lr", "lr", "1", "2 <b>", "1"]


def test_words_are_not_broken_where_there_is_room(looks: list[Look]) -> None:
    for look in looks:
        if look.name == "diverged":
            ended = next(text for text in look.seen.texts if text.words == "stopped as planned")
            assert ended.box[3] - ended.box[1] < 3 * 1.5 * ended.size + 1, str(look)


def _is(event: Message, *methods: str) -> bool:
    return event.get("method") in methods


def _is_drawn(text: Text, look: Look) -> bool:
    return any(_holds(drawing.box, text.box) for drawing in look.seen.drawings)


def _told_apart(colour: str, grounds: tuple[str, ...]) -> float:
    ground = next(ground for ground in grounds if ground != "rgba(0, 0, 0, 0)")
    return contrast(_hexadecimal(colour), _hexadecimal(ground))


def _hexadecimal(colour: str) -> str:
    """Colours that let others through are not among those that the page uses."""
    parts = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert parts is not None, colour
    return "#" + "".join(f"{int(part):02x}" for part in parts.groups())


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer[0] - 1 <= inner[0]
        and outer[1] - 1 <= inner[1]
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )


def _overlap(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 2 and down > 0.4 * min(one[3] - one[1], other[3] - other[1])
