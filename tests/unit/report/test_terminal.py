from __future__ import annotations

import io
import os
import pty

import pytest

from trainlint.report.terminal import Page, encodable, page_for


@pytest.mark.parametrize(
    ("environment", "page"),
    [
        ({}, Page()),
        ({"FORCE_COLOR": "1"}, Page(colour=True)),
        ({"FORCE_COLOR": "0"}, Page()),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, Page()),
    ],
)
def test_what_is_no_terminal_has_neither_edge_nor_colour(environment: dict[str, str], page: Page) -> None:
    assert page_for(io.StringIO(), environment) == page


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colour: bool) -> None:
    monkeypatch.setenv("COLUMNS", "97")
    main, child = pty.openpty()
    with os.fdopen(child, "w") as stream:
        assert page_for(stream, environment) == Page(97, colour)
    os.close(main)


def test_signs_that_a_stream_cannot_carry() -> None:
    assert encodable("✓ a ← b │ … é", "utf-8") == "✓ a ← b │ … é"
    assert encodable("✓ a ← b │ … é", "ascii") == "+ a <- b | ... \\xe9"
    assert encodable("plain", None) == "plain"
