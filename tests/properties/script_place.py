"""A pair of scripts in, how our launches differ from those that bash starts out."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.properties.bash_scripts import Sandbox
from tests.properties.script_compare import differences, is_launch, launches
from tests.properties.scripts import FILES, Scripts
from trainlint.facts.launch import Form, JobFacts
from trainlint.facts.value import Known
from trainlint.parse.shell.script.evaluate import evaluate_all
from trainlint.parse.shell.script.reader import job_of, script_shell
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile


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

    def ours(self) -> list[JobFacts]:
        path = self.tree / "run.sh"
        source = SourceFile(path, "run.sh", path.read_bytes().decode())
        shell = script_shell(source, Known(self.tree, source.span(0, 0)), Files(self.tree))
        everything = evaluate_all(FileText(source), 0, len(source.text), shell)
        return launches(job_of(start, Form.SHELL) for start in everything.started)

    def differences(self, case: Scripts, exact: bool) -> list[str]:
        """What bash starts and we do not see; with `exact`, also what only we see."""
        self.lay_out(case)
        found = self.ours()
        ran = self.sandbox.run("run.sh", self.tree, case.arguments)
        programs = [program for program in ran.programs if is_launch(program)]
        assert ran.finished
        return differences(found, programs, exact)
