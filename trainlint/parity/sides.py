"""What a user names as the two programs in, the command lines that start them out."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from trainlint.record import record

#: A folder with so few parts in its path (`/`, `/home`) holds more than a run's own files.
_HIGH = 2


@record
class Side:
    """A program as it is started: `words` after the interpreter, in `folder`, with variables set on top.

    `python` is the interpreter; `processes` above 1 start that many ranks on this machine, and `launched` a
    single one as a rank, too. `module` is what `-m` names where it is started so; `script` is its file.
    With `elsewhere` the script is no part of what the run works in, and stays where it is.
    """

    name: str
    script: Path
    arguments: tuple[str, ...]
    folder: Path
    variables: tuple[tuple[str, str], ...]
    python: str
    processes: int = 1
    module: str = ""
    launched: bool = False
    elsewhere: bool = False

    @property
    def root(self) -> Path:
        """The folder that holds what the run needs: the working directory, more if the script is outside."""
        return self.folder.resolve() if self.stays else self._common

    @property
    def stays(self) -> bool:
        """Whether the script is started where it lies: the working directory and it share too little."""
        common, places = self._common, (self.folder.resolve(), self.script.resolve().parent)
        is_high = len(common.parts) <= _HIGH or common == Path.home()
        return self.elsewhere or (is_high and common not in places)

    @property
    def _common(self) -> Path:
        """The innermost folder that holds both."""
        folder, script = self.folder.resolve(), self.script.resolve()
        return next(parent for parent in (folder, *folder.parents) if script.is_relative_to(parent))

    @property
    def command(self) -> str:
        """The command line as a person would write it in the working directory."""
        script = self.script.resolve()
        script = script if self.stays else Path(os.path.relpath(script, self.folder.resolve()))
        return shlex.join([Path(self.python).name, *self._words(str(script))])

    def words(self, root: Path) -> list[str]:
        """The command line when `root` stands in for the side's own."""
        script = self.script.resolve()
        return [self.python, *self._words(str(script if self.stays else root / self.placed(script)))]

    def placed(self, path: Path) -> Path:
        """A path below the root as seen from there."""
        return path.resolve().relative_to(self.root)

    def _words(self, script: str) -> list[str]:
        launcher = []
        if self.processes > 1 or self.launched:
            ranks = ["--standalone", "--nproc-per-node", str(self.processes)]
            launcher = ["-m", "torch.distributed.run", *ranks]
        program = ["-m", self.module] if self.module else [script]
        return [*launcher, *program, *self.arguments]
