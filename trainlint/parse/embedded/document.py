"""Shell blocks of one document in reading order in, their launches out, each in the folder a reader is in."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from trainlint.facts.launch import CutCommand, Form, JobFacts, LaunchText, ShellProblem
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.near import home_of, is_slip
from trainlint.parse.embedded.placeholders import (
    named_options,
    settled,
    without_choices,
    without_placeholders,
)
from trainlint.parse.embedded.running import Ran, run_text, script_path, shell_script
from trainlint.parse.embedded.tree import Tree
from trainlint.parse.launcher.peel import peel
from trainlint.parse.shell.script.jobs import shown
from trainlint.parse.shell.state import Shell
from trainlint.source import Files, SourceFile, Span

_CLONE = re.compile(
    r"\bgit\s+clone\s+(?:-\S+\s+)*[\"']?(?P<url>[^\s\"'|;&]+)[\"']?(?:[ \t]+(?P<to>[\w./-]+))?"
)
_ENTER = re.compile(
    r"(?:\A|&&|;)[ \t]*(?:cd|pushd)[ \t]+"
    r"(?P<folder>(?P<quote>[\"']?)(?:\./)?(?P<name>[\w.-]+))(?=[/\"'\s;&]|\Z)"
)
_CONFIG = re.compile(r"(?:=|>)[ \t]*[\"']?[^\s\"']*?(?<![\w-])([\w-]{4,})\.ya?ml\b")
#: So many names of configs in one shell script are looked at.
_CONFIGS = 20
_ARGUMENT = re.compile(r"-{1,2}[A-Za-z]|[+~]*[\w./@-]+=")


@dataclass
class Document:
    """What a reader of a document knows when coming to a block: variables, folder, what has been cloned.

    With `is_placed` the text itself says in which folder its commands run.
    """

    source: SourceFile
    directory: Path
    files: Files
    form: Form
    tree: Tree
    shell: Shell
    elsewhere: str
    is_placed: bool = False
    problems: list[ShellProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    jobs: list[JobFacts] = field(default_factory=list)
    _has_cloned: bool = False
    _clones: set[str] = field(default_factory=set)
    _made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: SourceFile, directory: Path, files: Files, form: Form, elsewhere: str) -> Document:
        """A document at its beginning; `elsewhere` says where a script may be that is not in the tree."""
        shell = Shell(files, Known(directory, Span.at(source.display)))
        tree = Tree.around(source.path, directory, files)
        return cls(source, directory, files, form, tree, shell, elsewhere)

    def read_block(self, lines: Sequence[tuple[int, int]], failing: frozenset[int] = frozenset()) -> None:
        """The commands of one block; `lines` are what the reader types of it.

        `failing` are the numbers of lines after which the text shows that the command fails.
        """
        self.read_text(without_choices(self.source, lines), failing)

    def read_text(self, text: MappedText, failing: frozenset[int] = frozenset()) -> None:
        """The commands of a text; the state of the shell moves along."""
        ran = self._best(self._with_root(text))
        self.shell = ran.shell
        for job, path in zip(ran.jobs, ran.paths, strict=True):
            if not _is_typed(job):
                continue
            if job.span.end_line in failing:
                fails = Unknown("the text shows that this command fails", job.span)
                job = replace(job, directory=fails)
            self.jobs.append(self._prepared(self._settled(job)))
            if path is not None and path.suffix == ".sh":
                self._note_made(path)
        self.problems += [problem for problem in ran.shell_problems if _cuts_one(problem, ran.jobs)]
        self.unverified += ran.unverified

    def read_job(self, job: JobFacts) -> None:
        """A command that no shell reads, in the folder in which its script is."""
        placed = [replace(job, directory=folder) for folder in self._folders()]
        found = [one for one in placed if script_path(one, self.files) is not None]
        self.jobs.append(self._settled(found[0] if found else placed[0]))

    def launches(self) -> LaunchText:
        """What was found."""
        return LaunchText(
            self.source.display,
            tuple(self.jobs),
            (),
            form=self.form,
            shell_problems=tuple(self.problems),
            unverified=tuple(dict.fromkeys(self.unverified)) if self.jobs else (),
        )

    def _prepared(self, job: JobFacts) -> JobFacts:
        """The launch; left alone when it speaks of a config that an earlier step of the text makes."""
        for name, maker in self._made.items():
            if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", job.text):
                reason = f"`{maker}`, which the text runs before, makes a config that is not in this tree yet"
                return replace(job, directory=Unknown(reason, job.span))
        return job

    def _note_made(self, path: Path) -> None:
        """Note the configs that a shell script of the text makes: those it writes and the tree lacks."""
        script = self.files.peek(path)
        for name in dict.fromkeys(_CONFIG.findall(script.text if script is not None else "")[:_CONFIGS]):
            if not any(self.tree.has_file(name + suffix, self.files) for suffix in (".yaml", ".yml")):
                self._made[name] = self.files.display(path)

    def _with_root(self, text: MappedText) -> MappedText:
        """The text with each `cd` into a clone of this tree leading to its root."""
        assembly = Assembly(self.source)
        position = start = 0
        for line in text.text.split("\n"):
            for clone in _CLONE.finditer(line):
                if self.tree.is_own(clone["url"]):
                    self._has_cloned = True
                    self._clones.add(clone["to"] or "")
            for entered in _ENTER.finditer(line):
                if self._enters_root(entered["name"]):
                    first, last = start + entered.start("folder"), start + entered.end("folder")
                    assembly.splice(text, position, first)
                    assembly.replace(entered["quote"] + str(self.tree.root), *text.place(first, last))
                    position = last
            start += len(line) + 1
        assembly.splice(text, position, len(text.text))
        return assembly.text() if position else text

    def _enters_root(self, name: str) -> bool:
        """Whether `cd name` goes to the root of this tree, seen from beside it."""
        if name in self._clones:
            return True
        if not self.tree.has_name(name):
            return False
        here = self.shell.directory
        inside = isinstance(here, Known) and self.files.is_dir(here.value / name)
        return self._has_cloned or not inside

    def _best(self, text: MappedText) -> Ran:
        """The block run from the folder in which its scripts are, else from where the reader is."""
        first: Ran | None = None
        best: Ran | None = None
        most: list[Path] = []
        for folder in self._folders():
            if best is not None and len(most) == len(best.jobs) and not self._may_clash(best, folder):
                continue
            ran = run_text(text, replace(self.shell, directory=folder), self.form)
            first = first or ran
            found = [path for path in ran.paths if path is not None]
            if best is not None and len(found) == len(most) and found != most:
                return self._unclear(best, found[0], most[0])
            if len(found) > len(most):
                best, most = ran, found
            if not ran.jobs and _is_there(ran.shell.directory, self.files):
                return ran
        assert first is not None
        return best or first

    def _may_clash(self, ran: Ran, folder: Value[Path]) -> bool:
        """Whether another folder, too, has a script of the name that a block starts."""
        for job, path in zip(ran.jobs, ran.paths, strict=True):
            if path is None or isinstance(job.directory, Unknown) or isinstance(folder, Unknown):
                continue
            other = self.files.absolute(folder.value / os.path.relpath(path, job.directory.value))
            if other != path and self.files.is_file(other):
                return True
        return False

    def _folders(self) -> list[Value[Path]]:
        """Where the reader may be: where the last block ended, where the text starts, beside the text."""
        here = self.shell.directory
        if self.is_placed:
            return [here]
        places = [here.value] if isinstance(here, Known) else []
        places += [self.directory, *self.tree.above(self.source.path.parent)]
        known: list[Value[Path]] = [Known(place, here.span) for place in dict.fromkeys(places)]
        return known if isinstance(here, Known) else [here, *known]

    def _unclear(self, ran: Ran, one: Path, other: Path) -> Ran:
        """The launches when two folders hold scripts of these names."""
        shown = f"`{self.files.display(other)}` and `{self.files.display(one)}`"
        jobs = []
        for job in ran.jobs:
            reason = f"the text does not say in which folder this is run: {shown} both fit"
            jobs.append(replace(job, directory=Unknown(reason, job.span)))
        return replace(ran, jobs=tuple(jobs))

    def _settled(self, job: JobFacts) -> JobFacts:
        """The launch without placeholders; one whose script is not of this tree is left to its own."""
        words = named_options(tuple(without_placeholders(word) for word in job.command.words))
        exported = {name: settled(value) for name, value in job.exported.items()}
        command = replace(job.command, words=words)
        job = replace(job, command=command, text=shown(words), exported=exported)
        missing = self._missing(job)
        home = home_of(missing, self.tree, self.files) if missing is not None else None
        if home is not None:
            return replace(job, directory=Known(home, job.span), started_in=home)
        if missing is None or is_slip(missing, job, self.source.text, self.tree, self.files):
            return job
        reason = f"`{missing}` is not in this tree: {self.elsewhere}"
        return replace(job, directory=Unknown(reason, job.span))

    def _missing(self, job: JobFacts) -> str | None:
        """The script that a launch names and that is not there."""
        if isinstance(job.directory, Unknown):
            return None
        script = peel(job, self.files).script
        if script is not None:
            lost = script.path is None and bool(script.searched) and isinstance(script.text, Known)
            return script.text.value if lost and isinstance(script.text, Known) else None
        word = shell_script(job.command.words)
        text = word.text if word is not None else None
        if not isinstance(text, Known) or os.path.isabs(text.value):
            return None
        return None if self.files.is_file(job.directory.value / text.value) else text.value


def _is_typed(job: JobFacts) -> bool:
    """Whether a command can be one: `a/b.py`, alone or before prose, only names a file."""
    words = [word.raw for word in job.command.words]
    first = next((index for index, word in enumerate(words) if "=" not in word), 0)
    if not words[first].endswith(".py") or words[first].startswith(("./", "../", "/", "~", "$", "<")):
        return True
    return any(map(_ARGUMENT.match, words[first + 1 :]))


def _cuts_one(problem: ShellProblem, jobs: Sequence[JobFacts]) -> bool:
    """Whether a launch is cut short, and not a list of options that the text only shows."""
    near = (range(job.span.line, job.span.end_line + 2) for job in jobs)
    return isinstance(problem, CutCommand) and any(problem.span.line in lines for lines in near)


def _is_there(directory: Value[Path], files: Files) -> bool:
    return isinstance(directory, Unknown) or files.is_dir(directory.value)
