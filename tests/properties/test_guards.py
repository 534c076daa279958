"""Generated programs full of guards: what stops them is what trainlint says stops them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given

from tests.properties.effort import effort
from tests.properties.guarded import CONFIGS, programs, really, statically


def said(text: str, config: dict[str, Any]) -> list[tuple[int, str]]:
    """The lines at which trainlint says that the program stops, and with what."""
    with tempfile.TemporaryDirectory() as folder:
        found = statically(Path(folder), text, config).found
    return [(refusal.guard.span.line, refusal.words.partition(":")[0]) for refusal in found]


@effort(150)
@given(programs(plain=False), CONFIGS)
def test_what_is_said_to_stop_a_run_stops_it(text: str, config: dict[str, Any]) -> None:
    found = said(text, config)
    assert len(found) < 2
    if found:
        stopped = really(text, config)
        # What is under a handler counts as caught; where it is not, the run stops there already.
        assert stopped is not None
        assert stopped == found[0] or "try:" in text or "suppress" in text


@effort(150)
@given(programs(plain=True), CONFIGS)
def test_a_guard_that_the_config_decides_is_found(text: str, config: dict[str, Any]) -> None:
    stopped = really(text, config)
    if stopped is None:
        assert said(text, config) == []
    elif "cfg." in text.splitlines()[stopped[0] - 1]:
        assert said(text, config) == [stopped]
