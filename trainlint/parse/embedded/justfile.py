"""A justfile in, the launches of its recipes out: parameters have their defaults, others are unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known, Unknown
from trainlint.parse.embedded.just_values import Values
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.running import Collected
from trainlint.parse.shell.state import Shell, Text
from trainlint.source import Files, SourceFile, Span

_SIGN = re.compile(
    r"^[ \t]+.*(?:\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m |sbatch|srun|\{\{)", re.MULTILINE
)
_ASSIGNMENT = re.compile(r"(?P<export>export[ \t]+)?(?P<name>[A-Za-z_][\w-]*)[ \t]*:=[ \t]*")
_SETTING = re.compile(r"set[ \t]+(?P<name>[\w-]+)(?:[ \t]*:=[ \t]*(?P<value>.*))?\Z", re.DOTALL)
_HEADER = re.compile(
    r"@?(?P<name>[A-Za-z_][\w-]*)(?P<parameters>(?:[^:'\"`]|'[^']*'|\"[^\"]*\"|`[^`]*`)*):(?!=)"
)
_PARAMETER = re.compile(
    r"(?P<kind>[+*]?)(?P<export>\$?)(?P<name>[A-Za-z_][\w-]*)[ \t]*"
    r"(?:=[ \t]*(?P<default>'[^']*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|\([^)]*\)|[A-Za-z_][\w-]*))?"
)
_INTERPOLATION = re.compile(r"\{\{\{\{|\{\{(?P<inside>(?:[^{}'\"]|'[^']*'|\"[^\"]*\"|\{[^{}]*\})*)\}\}")
_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?P<program>\S*)")
_PASSES = 4
_SHELLS = frozenset(("bash", "sh", "dash", "zsh", "ksh"))
_OTHER_FOLDER = re.compile(r"\[.*\b(?:no-cd|working-directory)\b.*\]")


@dataclass
class _Recipe:
    """A recipe: where its header is written and the lines below it."""

    header: re.Match[str]
    attributes: str
    lines: list[tuple[int, int]] = field(default_factory=list)


def read_justfile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch of the recipes; just runs them in the folder of the justfile, wherever it is started."""
    return _Justfile(source, source.path.parent or directory, files).read()


def looks_like(source: SourceFile) -> bool:
    """Whether a justfile has a recipe that may be a launch."""
    return _SIGN.search(source.text) is not None


class _Justfile:
    """One pass over the lines of a justfile."""

    def __init__(self, source: SourceFile, directory: Path, files: Files) -> None:
        self.source, self.directory, self.files = source, directory, files
        self.values = Values(source, {}, str(directory))
        self.exported: set[str] = set()
        self.exports_all = False
        self.shell_is_known = True
        self.recipes: list[_Recipe] = []
        self.assignments: dict[str, tuple[int, int]] = {}

    def read(self) -> LaunchText:
        """The launches of all recipes."""
        self._lines()
        for _ in range(min(len(self.assignments), _PASSES)):  # a value may speak of one that is set below it
            found = {name: self.values.value(*place) for name, place in self.assignments.items()}
            self.values.known = found
        collected = Collected(Form.JUSTFILE)
        for recipe in self.recipes:
            self._run(recipe, collected)
        return collected.launches(self.source)

    def _lines(self) -> None:
        position, attributes = 0, ""
        text = self.source.text
        while position < len(text):
            end = _line_end(text, position)
            line = text[position:end]
            if line[:1] in (" ", "\t"):
                if self.recipes and line.strip():
                    self.recipes[-1].lines.append((position, end))
            elif line.startswith("["):
                attributes += line
            elif line.strip() and not line.startswith("#"):
                end = self._statement(position, end, attributes)
                attributes = ""
            position = end + 1

    def _statement(self, start: int, end: int, attributes: str) -> int:
        """An assignment, a setting or the header of a recipe; where it ends."""
        text = self.source.text
        if found := _SETTING.match(text, start, end):
            self._set(found["name"], (found["value"] or "true").strip())
        elif found := _ASSIGNMENT.match(text, start, end):
            end = _value_end(text, found.end(), end)
            self.assignments[found["name"]] = (found.end(), _without_comment(text, found.end(), end))
            if found["export"]:
                self.exported.add(found["name"])
        elif found := _HEADER.match(text, start, end):
            self.recipes.append(_Recipe(found, attributes))
        return end

    def _set(self, name: str, value: str) -> None:
        if name == "export":
            self.exports_all = value == "true"
        elif name == "shell":
            self.shell_is_known = bool(re.match(r"\[\s*['\"](?:\S*/)?(?:ba|z|da|k)?sh['\"]", value))

    def _run(self, recipe: _Recipe, collected: Collected) -> None:
        """The commands of one recipe: each line by a shell of its own, a shebang recipe as one script."""
        if not recipe.lines:
            return
        known, exported = self._parameters(recipe.header)
        values = Values(self.source, {**self.values.known, **known}, self.values.folder)
        first = recipe.lines[0]
        shebang = _SHEBANG.match(self.source.text[slice(*first)].strip())
        if shebang is not None:
            if shebang["program"].rpartition("/")[2] in _SHELLS:
                texts = [self._joined(recipe.lines[1:], values)]
            else:
                reason = f"`{shebang['program']}` is no shell that is read"
                collected.unverified.append(Unknown(reason, self.source.span(*first)))
                return
        elif not self.shell_is_known:
            collected.unverified.append(
                Unknown("the shell of this justfile is not read", self.source.span(*first))
            )
            return
        else:
            texts = [self._joined(lines, values) for lines in _logical(self.source.text, recipe.lines)]
        for text in texts:
            collected.run(text, self._shell(recipe, values, exported))

    def _parameters(self, header: re.Match[str]) -> tuple[dict[str, MappedText], set[str]]:
        """The values that parameters have when just is called with none."""
        known: dict[str, MappedText] = {}
        exported: set[str] = set()
        for found in _PARAMETER.finditer(self.source.text, *header.span("parameters")):
            if found["default"] is not None:
                known[found["name"]] = self.values.value(*found.span("default"))
            else:
                assembly = Assembly(self.source)
                reason = f"`{found['name']}` is given when the recipe is called"
                assembly.hole(Unknown(reason, self.source.span(*found.span())), *found.span("name"))
                known[found["name"]] = assembly.text()
            if found["export"]:
                exported.add(found["name"])
        return known, exported

    def _joined(self, lines: list[tuple[int, int]], values: Values) -> MappedText:
        """Lines of a recipe as a shell gets them: without indentation and prefixes, with values."""
        assembly = Assembly(self.source)
        text = self.source.text
        for start, end in lines:
            while start < end and text[start] in " \t":
                start += 1
            while start < end and not assembly.length and text[start] in "@-":
                start += 1
            position = start
            for found in _INTERPOLATION.finditer(text, start, end):
                assembly.copy(position, found.start())
                if found["inside"] is None:
                    assembly.replace("{{", *found.span())
                else:
                    assembly.insert(values.value(*found.span("inside")), *found.span())
                position = found.end()
            assembly.copy(position, end)
            assembly.replace("\n", end, min(end + 1, len(text)))
        return assembly.text()

    def _shell(self, recipe: _Recipe, values: Values, exported: set[str]) -> Shell:
        """A new shell with the variables that just exports."""
        here = Span.at(self.source.display)
        directory: Known[Path] | Unknown = Known(self.directory, here)
        if _OTHER_FOLDER.search(recipe.attributes):
            place = self.source.span(*recipe.header.span())
            directory = Unknown("this recipe does not run in the folder of its justfile", place)
        shell = Shell(self.files, directory)
        names = set(values.known) if self.exports_all else (self.exported | exported) & set(values.known)
        for name in names:
            text = values.known[name]
            unknown = next(iter(text.holes.values()), None)
            place = text.span(0, len(text.text)) if text.text else here
            shell.variables[name] = (
                Text.at(text.text, place) if unknown is None else Text((unknown,), (place,))
            )
            shell.exported |= {name}
        return shell


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return len(text) if newline < 0 else newline


def _value_end(text: str, start: int, end: int) -> int:
    """The end of a value whose triple quotes or brackets go on over lines."""
    for _ in range(200):
        line = text[start:end]
        if line.count("'''") % 2 == 0 and line.count('"""') % 2 == 0 and line.count("(") <= line.count(")"):
            break
        if end >= len(text):
            break
        end = _line_end(text, end + 1)
    return end


def _without_comment(text: str, start: int, end: int) -> int:
    """The end of a value in front of a comment."""
    quote = ""
    for index in range(start, end):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "#":
            return index
    return end


def _logical(text: str, lines: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The lines that one shell gets: a backslash at the end takes the next line along."""
    found: list[list[tuple[int, int]]] = []
    continues = False
    for start, end in lines:
        if continues:
            found[-1].append((start, end))
        else:
            found.append([(start, end)])
        continues = text[start:end].rstrip("\r").endswith("\\")
    return found
