"""Nothing in, a running browser out: the one that was installed for the tests, or the system's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.devtools import Tab, browsing
from tests.browser.install import COMMAND, HOME

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


def command() -> Path | None:
    """The browser to start."""
    if COMMAND.is_file():
        return COMMAND
    return next((Path(found) for found in map(shutil.which, _NAMES) if found), None)


@contextmanager
def started(browser: Path, scratch: Path) -> Iterator[Tab]:
    """A browser for as long as it is needed."""
    own = {"FONTCONFIG_PATH": str(HOME), "LD_LIBRARY_PATH": str(HOME / "lib")}
    with browsing(browser, own if browser == COMMAND else {}, scratch) as tab:
        yield tab
