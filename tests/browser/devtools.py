"""A page's address in, what a browser makes of it out: one without a window, that is told through a pipe."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Message = dict[str, Any]

_FLAGS = (
    "--headless",
    # As root, in a container, no browser starts with it; what is looked at are pages of ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
)
#: The browser reads what it is told from descriptor 3 and answers on 4, whatever those are in the tests.
_MOVED = 'r=$1 w=$2; shift 2; exec "$@" 3<"/dev/fd/$r" 4>"/dev/fd/$w"'
_PATIENCE = 60.0


class Tab:
    """One page at a time, and what it did while it was looked at."""

    def __init__(self, told: int, answers: int, errors: Path) -> None:
        self._told, self._answers, self._errors = told, answers, errors
        self._waiting, self._last = b"", 0
        self._session: str | None = None
        self.events: list[Message] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> Message:
        """What the browser answers."""
        self._last += 1
        message: Message = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._told, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, address: str) -> None:
        """Load a page to its end; the events are those of this page alone."""
        self.events.clear()
        assert "errorText" not in self.call("Page.navigate", url=address), address
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def shown(self, width: int, scheme: str) -> None:
        """The page as on a screen of that width, for someone who prefers light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def _next(self) -> Message:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._waiting:
            if not select.select([self._answers], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError(f"the browser does not answer\n{self._said()}")
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise EOFError(f"the browser ended by itself\n{self._said()}")
            self._waiting += chunk
        message, _, self._waiting = self._waiting.partition(b"\0")
        return dict(json.loads(message))

    def _said(self) -> str:
        return self._errors.read_text(errors="replace")[-2000:]


@contextmanager
def browsing(command: Path, environment: Mapping[str, str], scratch: Path) -> Iterator[Tab]:
    """A browser that is started once and ended with all its children."""
    read, told = os.pipe()
    answers, written = os.pipe()
    line = ["sh", "-c", _MOVED, "sh", str(read), str(written), str(command), *_FLAGS]
    errors = scratch / "browser.err"
    with errors.open("wb") as said:
        process = subprocess.Popen(
            [*line, f"--user-data-dir={scratch / 'profile'}", "about:blank"],
            env={**os.environ, **environment},
            pass_fds=(read, written),
            stderr=said,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    os.close(read)
    os.close(written)
    try:
        yield Tab(told, answers, errors)
    finally:
        # A browser ends when nobody is left to tell it what to do.
        os.close(told)
        os.close(answers)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
