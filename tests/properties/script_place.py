"""A pair of scripts in, how our launches differ from those that bash starts out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.properties.bash_scripts import Sandbox
from tests.properties.script_compare import differences, is_launch, launches
from tests.properties.script_project import FILES, Scripts
from trainlint.facts.launch import Form, JobFacts
from trainlint.facts.value import Known
from trainlint.parse.shell.script.evaluate import evaluate_all
from trainlint.parse.shell.script.reader import end_of_script, job_of, script_shell
from trainlint.parse.shell.state import Text
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile


def every_launch(script: Path, folder: Path, files: Files, arguments: Sequence[str] = ()) -> list[JobFacts]:
    """What a script started in a folder can launch, on each path that it can take.

    Without arguments it is read as a script of which nobody knows how it is started.
    """
    source = SourceFile(script, script.name, script.read_bytes().decode("utf-8", "replace"))
    shell = script_shell(source, Known(folder, source.span(0, 0)), files)
    if arguments:
        shell.positional = tuple(Text.at(argument, source.span(0, 0)) for argument in arguments)
    everything = evaluate_all(FileText(source), 0, end_of_script(source.text), shell)
    return launches(job_of(start, Form.SHELL) for start in everything.started)


class Place:
    """A sandbox and a tree that is made anew for each script."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(folder / "sandbox")
        self.tree = folder / "tree"

    def lay_out(self, case: Scripts) -> None:
        shutil.rmtree(self.tree, ignore_errors=True)
        for name in FILES:
            path = self.tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        (self.tree / "run.sh").write_text(case.main, newline="")
        (self.tree / "other.sh").write_text(case.other, newline="")

    def differences(self, case: Scripts, exact: bool) -> list[str]:
        """What bash starts and we do not see; with `exact`, also what only we see."""
        self.lay_out(case)
        found = every_launch(self.tree / "run.sh", self.tree, Files(self.tree), case.arguments)
        ran = self.sandbox.run("run.sh", self.tree, case.arguments)
        programs = [program for program in ran.programs if is_launch(program)]
        assert ran.finished
        return differences(found, programs, exact)
