"""Folders of foreign repositories in, how the launches in their shell scripts compare with bash's out.

`python -m tests.properties.public_scripts FOLDER…` runs every script in a jail with all programs replaced,
without arguments and with some, from the folder that `trainlint check` takes it to be started in.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.properties.bash_scripts import Program, Ran, Sandbox
from tests.properties.jail import Jail, refused
from tests.properties.script_compare import difference, is_launch, shown
from tests.properties.script_place import every_launch
from trainlint.engine.inputs import collect
from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.source import Files

_ENDINGS = (".sh", ".sbatch", ".slurm", ".bash")
_ARGUMENTS: tuple[tuple[str, ...], ...] = ((), ("8", "train", "data/x", "1", "2"))


def scripts_in(folder: Path) -> Iterator[Path]:
    """The shell scripts below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _ENDINGS and path.is_file() and not path.is_symlink():
            yield path


def started_in(found: LaunchText, root: Path) -> Path:
    """The folder that a script was taken to be started in."""
    return next((job.started_in for job in found.jobs if job.started_in is not None), root)


def is_all_known(job: JobFacts) -> bool:
    """Whether nothing of a launch is left open."""
    return all(isinstance(word.text, Known) for word in job.command.words)


class Study:
    """Runs scripts one by one and counts."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(folder / "sandbox")
        self.jail = Jail(folder / "jail")
        self.counts: Counter[str] = Counter()

    def script(self, path: Path, root: Path) -> None:
        text = path.read_bytes().decode("utf-8", "replace")
        if refused(text):
            self.counts["scripts refused"] += 1
            return
        self.counts["scripts"] += 1
        started = time.perf_counter()
        files = Files(root)
        folder = started_in(collect([str(path)], files, Settings()).texts[0], root)
        found = [every_launch(path, folder, files, arguments) for arguments in _ARGUMENTS]
        seconds = time.perf_counter() - started
        if seconds > 1:
            print(f"{path}: read in {seconds:.1f} s")
        everything: list[Program] = []
        for arguments, launches in zip(_ARGUMENTS, found, strict=True):
            ran = self._run(path, root, folder, arguments)
            everything += ran.programs
            self._compare(path, arguments, launches, ran)
        self._only_ours(path, found[0], everything)

    def _run(self, path: Path, root: Path, folder: Path, arguments: Sequence[str]) -> Ran:
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        entrance = self.jail.entrance(root, self.sandbox, folder)
        ran = self.sandbox.run(str(name), folder, arguments, entrance)
        if not ran.finished:
            self.counts["runs stopped after their time"] += 1
        return ran

    def _compare(self, path: Path, arguments: Sequence[str], found: Sequence[JobFacts], ran: Ran) -> None:
        for program in filter(is_launch, ran.programs):
            self.counts["launches of bash"] += 1
            match = next((job for job in found if difference(job, program) is None), None)
            if match is not None:
                self.counts["equal" if is_all_known(match) else "equal where known"] += 1
                continue
            self.counts["differing"] += 1
            print(f"{path} {list(arguments)}: bash starts {list(program.words)[:6]} in {program.directory}")
            for job in found[:12]:
                print(f"    {job.span.line}: {difference(job, program)}")

    def _only_ours(self, path: Path, found: Sequence[JobFacts], programs: Sequence[Program]) -> None:
        """Launches of ours that neither run came to: another branch, or a fault."""
        for job in found:
            self.counts["launches of ours"] += 1
            if not any(difference(job, program) is None for program in programs):
                self.counts["launches of ours that no run came to"] += 1
                print(f"{path}:{job.span.line}: only ours: {shown(job.command.words)[:8]}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        study = Study(Path(name).resolve())
        for root in map(Path, sys.argv[1:]):
            study.counts["folders"] += 1
            for path in scripts_in(root.resolve()):
                study.script(path, root.resolve())
        for what, count in study.counts.items():
            print(f"{count:7} {what}")


if __name__ == "__main__":
    main()
