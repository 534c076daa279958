"""A GitHub workflow in, the launches of its `run:` steps out: one for each literal point of a matrix."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.running import Collected
from trainlint.parse.embedded.tree import Tree
from trainlint.parse.embedded.yaml_view import View, documents
from trainlint.parse.shell.state import Shell, Text
from trainlint.source import Files, SourceFile, Span

_SIGN = re.compile(r"\brun[ \t]*:")
_LAUNCH = re.compile(r"\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m |sbatch|srun")
_EXPRESSION = re.compile(r"\$\{\{\s*(?P<inside>.*?)\s*\}\}", re.DOTALL)
_NAMED = re.compile(r"(?P<what>matrix|env)\.(?P<name>[\w.-]+)\Z")
_SHELL = re.compile(r"(?:\S*/)?(?:bash|sh|zsh|dash)\b")
#: So many points of a matrix are read.
_POINTS = 32

#: A point of a matrix: the value of each name.
_Point = Mapping[str, MappedText]


def read_workflow(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch of the steps; they run in the folder that holds `.github`, the root of the repository."""
    above = next((folder.parent for folder in source.path.parents if folder.name == ".github"), None)
    root = above or Tree.around(source.path, directory, files).root
    collected = Collected(Form.WORKFLOW)
    for document in documents(source)[:1]:
        reader = _Workflow(source, root, files, collected)
        for _, job in document["jobs"].entries():
            reader.read_job(document, job)
        for step in document["runs"]["steps"].elements():
            reader.read_step(_Scope((document["runs"],), {}, False), step)
    return collected.launches(source)


def looks_like(source: SourceFile) -> bool:
    """Whether a workflow has a step that may be a launch."""
    return _SIGN.search(source.text) is not None and _LAUNCH.search(source.text) is not None


@dataclass
class _Scope:
    """What holds for a step: the mappings around it, outermost first, and the point of the matrix."""

    around: tuple[View, ...]
    point: _Point
    is_elsewhere: bool


@dataclass
class _Workflow:
    """Reads jobs and steps of one workflow."""

    source: SourceFile
    root: Path
    files: Files
    collected: Collected

    def read_job(self, document: View, job: View) -> None:
        """All steps of a job for each point of its matrix."""
        steps = list(job["steps"].elements())
        elsewhere = any(
            _is_checkout(step) and (step["with"]["path"] or step["with"]["repository"]) for step in steps
        )
        is_windows = "windows" in job["runs-on"].value.lower()
        for point in _points(job["strategy"]["matrix"]):
            for step in steps:
                if not (is_windows and not _shell_name((document, job), step)):
                    self.read_step(_Scope((document, job), point, elsewhere), step)

    def read_step(self, scope: _Scope, step: View) -> None:
        """The commands of one step."""
        text = step["run"].text
        if text is None:
            return
        name = _shell_name(scope.around, step)
        if name and not _SHELL.match(name):
            if _LAUNCH.search(text.text):
                reason = f"`{name}` is no shell that is read"
                self.collected.unverified.append(Unknown(reason, step["shell"].span))
            return
        shell = Shell(self.files, self._directory(scope, step))
        environment = self._environment(scope, step)
        for key, value in environment.items():
            unknown = next(iter(value.holes.values()), None)
            place = self.source.span(*value.place(0, len(value.text)))
            shell.variables[key] = (
                Text.at(value.text, place) if unknown is None else Text((unknown,), (place,))
            )
        shell.exported = frozenset(environment)
        self.collected.run(self._filled(text, scope, environment), shell)

    def _environment(self, scope: _Scope, step: View) -> dict[str, MappedText]:
        """The variables of a step: those of the workflow, of the job, its own."""
        found: dict[str, MappedText] = {}
        for view in (*scope.around, step):
            for name, value in view["env"].entries():
                if (text := value.text) is not None:
                    found[name] = self._filled(text, scope, found)
        return found

    def _directory(self, scope: _Scope, step: View) -> Value[Path]:
        here = Known(self.root, Span.at(self.source.display))
        chosen = step["working-directory"]
        for view in reversed(scope.around):
            chosen = chosen or view["defaults"]["run"]["working-directory"]
        if scope.is_elsewhere:
            return Unknown("the checkout does not lie at the root of the workspace", step["run"].span)
        text = chosen.text
        if text is None:
            return here
        folder = self._filled(text, scope, {}).known
        place = chosen.span
        if folder is None:
            return Unknown("the working directory is known only to the workflow", place)
        path = self.files.absolute(self.root / folder)
        if not self.files.is_dir(path):
            return Unknown(f"the folder `{folder}` is not in this tree", place)
        return Known(path, place)

    def _filled(self, text: MappedText, scope: _Scope, environment: Mapping[str, MappedText]) -> MappedText:
        """The text with `${{ … }}` replaced by what it is, or a hole."""
        assembly = Assembly(self.source)
        position = 0
        for found in _EXPRESSION.finditer(text.text):
            assembly.splice(text, position, found.start())
            place = text.place(*found.span())
            named = _NAMED.match(found["inside"])
            known = (
                (scope.point if named["what"] == "matrix" else environment).get(named["name"])
                if named
                else None
            )
            if known is not None:
                assembly.insert(known, *place)
            else:
                reason = f"`{found.group()}` is known only to the workflow"
                assembly.hole(Unknown(reason, self.source.span(*place)), *place)
            position = found.end()
        assembly.splice(text, position, len(text.text))
        return assembly.text()


def _points(matrix: View) -> Iterator[_Point]:
    """The points of a matrix of literal lists; one without values when `include` or `exclude` changes it."""
    axes = [(name, list(values.elements())) for name, values in matrix.entries() if values.is_list]
    names = [name for name, _ in axes]
    if not axes or "include" in names or "exclude" in names:
        yield {}
        return
    literal = [(name, [value for value in values if value.is_scalar]) for name, values in axes]
    literal = [(name, values) for name, values in literal if values]
    combinations = itertools.product(*(values for _, values in literal))
    for values in itertools.islice(combinations, _POINTS):
        texts = {name: value.text for (name, _), value in zip(literal, values, strict=True)}
        yield {name: text for name, text in texts.items() if text is not None and "${{" not in text.text}


def _shell_name(around: tuple[View, ...], step: View) -> str:
    """The shell that a step names, or its job or workflow for it."""
    names = [step["shell"].value, *(view["defaults"]["run"]["shell"].value for view in reversed(around))]
    return next((name for name in names if name), "")


def _is_checkout(step: View) -> bool:
    return step["uses"].value.startswith("actions/checkout")
