"""What the readers of a command line are given: a script, what it loads, and how names are followed."""

from __future__ import annotations

from pathlib import Path

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.reach import Reached
from trainlint.chain.startup import Loaded
from trainlint.facts.module import ModuleFacts
from trainlint.record import record


@record
class Program:
    """A script as it starts; `loaded` begins with the script, `directory` is where the process runs."""

    lookup: ModuleLookup
    loaded: tuple[Loaded, ...]
    reached: Reached
    directory: Path | None

    @property
    def script(self) -> ModuleFacts:
        """The module that is started."""
        return self.loaded[0].facts
