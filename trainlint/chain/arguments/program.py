"""What the readers of a command line are given: a script, what it loads, and how names are followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.reach import Reached
from trainlint.chain.startup import Loaded
from trainlint.facts.module import ModuleFacts


@dataclass(frozen=True)
class Program:
    """A script as it starts; `loaded` begins with the script, `directory` is where the process runs.

    `reach` finds the functions that may run, which is asked for only when a reader needs it.
    """

    lookup: ModuleLookup
    loaded: tuple[Loaded, ...]
    reach: Callable[[], Reached]
    directory: Path | None

    @cached_property
    def reached(self) -> Reached:
        """The functions that starting the script may run."""
        return self.reach()

    @property
    def script(self) -> ModuleFacts:
        """The module that is started."""
        return self.loaded[0].facts
