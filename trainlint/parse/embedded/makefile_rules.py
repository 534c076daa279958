"""A Makefile's lines in, its rules and variables out: conditionals and assignments are followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from trainlint.facts.value import Unknown
from trainlint.parse.embedded.makefile_expand import Expander, Variable
from trainlint.parse.embedded.makefile_lines import MakeLine, make_lines
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.record import record
from trainlint.source import SourceFile

_ASSIGNMENT = re.compile(
    r"[ \t]*(?P<words>(?:(?:override|export|private|unexport)[ \t]+)*)"
    r"(?P<name>[^\s:#=!?+][^\s:#=!?+]*)[ \t]*(?P<op>:{1,3}=|[?+!]?=)[ \t]*(?P<value>.*)\Z",
    re.DOTALL,
)
_EXPORT = re.compile(r"[ \t]*(?P<what>export|unexport|undefine|override[ \t]+undefine)\b(?P<names>[^=]*)\Z")
_CONDITION = re.compile(
    r"[ \t]*(?P<word>ifeq|ifneq|ifdef|ifndef|else|endif)\b[ \t]*(?P<rest>.*)\Z", re.DOTALL
)
_DEFINE = re.compile(
    r"[ \t]*(?:(?:override|export)[ \t]+)*define[ \t]+(?P<name>[^\s:=?+!]+)[ \t]*(?P<op>[:?+!]*=)?[ \t]*\Z"
)
_INCLUDE = re.compile(r"[ \t]*[-s]?include\b(?P<names>.*)\Z", re.DOTALL)
_RULE = re.compile(r"(?P<targets>[^\t:=#][^:=#]*?)[ \t]*(?P<colon>&?::?)(?!=)(?P<rest>.*)\Z", re.DOTALL)
_STATIC = re.compile(r"(?P<pattern>[^:=]*%[^:=]*):(?!=)(?P<rest>.*)\Z", re.DOTALL)


@dataclass
class Rule:
    """One rule: its targets, prerequisites, recipe lines and the variables that only it has."""

    targets: tuple[str, ...]
    prerequisites: tuple[str, ...] | None
    recipe: list[MappedText] = field(default_factory=list)


@record
class _Branch:
    """A conditional: whether the branch read now counts, and whether one up to it does; None if unknown."""

    counts: bool | None
    taken: bool | None


@dataclass
class Makefile:
    """What the lines of a Makefile say, read from the top."""

    source: SourceFile
    expander: Expander
    rules: list[Rule] = field(default_factory=list)
    own: dict[str, list[MakeAssignment]] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    exports_all: bool = False
    one_shell: bool = False
    unverified: list[Unknown] = field(default_factory=list)
    _current: list[Rule] = field(default_factory=list)
    _branches: list[_Branch] = field(default_factory=list)
    _define: tuple[str, str, list[MakeLine]] | None = None

    @classmethod
    def read(cls, source: SourceFile, expander: Expander) -> Makefile:
        """Everything that a Makefile says."""
        makefile = cls(source, expander)
        for line in make_lines(source):
            makefile._line(line)
        return makefile

    def _line(self, line: MakeLine) -> None:
        text = line.text.text
        if self._define is not None:
            self._defined(line)
        elif line.is_recipe and self._current:
            if self._state() is not False:
                for rule in self._current:
                    rule.recipe.append(line.text)
        elif (condition := _CONDITION.match(text)) is not None:
            self._condition(condition["word"], line.text, condition.start("rest"))
        elif self._state() is not False:
            self._statement(line.text)

    def _statement(self, line: MappedText) -> None:
        text = line.text
        if define := _DEFINE.match(text):
            self._define = (define["name"], define["op"] or "=", [])
        elif assignment := _ASSIGNMENT.match(text):
            self._current = []
            self._assign(assignment, line, self.expander.variables)
        elif _EXPORT.match(text):
            self._export(text)
        elif _INCLUDE.match(text):
            self._current = []
            self.unverified.append(Unknown("what `include` brings in is not read", line.span(0, len(text))))
        elif rule := _RULE.match(text):
            self._rule(rule, line)

    def _state(self) -> bool | None:
        """Whether the lines here count: None when only the run of make knows."""
        states = [branch.counts for branch in self._branches]
        return False if False in states else None if None in states else True

    def _condition(self, word: str, line: MappedText, start: int) -> None:
        if word == "endif":
            del self._branches[-1:]
        elif word != "else":
            value = self._holds(word, line, start)
            self._branches.append(_Branch(value, value))
        elif self._branches:
            before = self._branches.pop().taken
            nested = _CONDITION.match(line.text, start)
            value = True if nested is None else self._holds(nested["word"], line, nested.start("rest"))
            other = None if before is None else not before
            self._branches.append(_Branch(_both(other, value), _either(before, value)))

    def _holds(self, word: str, line: MappedText, start: int) -> bool | None:
        """Whether a condition is true."""
        if self._state() is False:
            return False
        rest = line.text[start:].strip()
        if word in ("ifdef", "ifndef"):
            known = rest in self.expander.variables
            if not known:
                return None
            return bool(self.expander.variables[rest].text.text) is (word == "ifdef")
        sides = _sides(line, start)
        if sides is None:
            return None
        one, other = (self.expander.expand(side).known for side in sides)
        if one is None or other is None:
            return None
        return (one.strip() == other.strip()) is (word == "ifeq")

    def _assign(self, found: re.Match[str], line: MappedText, scope: dict[str, Variable]) -> None:
        """One assignment, as its operator says; its value is unknown under a condition that is."""
        name, operator = found["name"], found["op"]
        if "export" in found["words"].split():
            self.exported.add(name)
        if "$" in name:
            return
        raw = _cut(line, found.start("value"), len(line.text))
        value = self._value_of(name, operator, raw, line, scope)
        if value is None:
            return
        if self._state() is None:
            assembly = Assembly(self.source)
            reason = f"`{name}` depends on a condition that only make knows"
            assembly.hole(Unknown(reason, line.span(0, len(line.text))), *line.place(0, len(line.text)))
            value = Variable(assembly.text(), False)
        scope[name] = value

    def _value_of(
        self, name: str, operator: str, raw: MappedText, line: MappedText, scope: dict[str, Variable]
    ) -> Variable | None:
        before = scope.get(name) or self.expander.variables.get(name)
        if operator == "=":
            return Variable(raw, True)
        if operator == "?=":
            return None if before is not None else Variable(raw, True)
        if operator == "!=":
            assembly = Assembly(self.source)
            reason = f"`{name}` is the output of a command"
            assembly.hole(Unknown(reason, line.span(0, len(line.text))), *line.place(0, len(line.text)))
            return Variable(assembly.text(), False)
        if operator == "+=":
            recursive = before.recursive if before is not None else True
            added = raw if recursive else self.expander.expand(raw)
            return (
                Variable(_with(before.text, added, line), recursive)
                if before is not None
                else Variable(added, True)
            )
        return Variable(self.expander.expand(raw), False)

    def _defined(self, line: MakeLine) -> None:
        """A line of `define … endef`."""
        assert self._define is not None
        name, operator, lines = self._define
        if line.text.text.strip() != "endef":
            lines.append(line)
            return
        self._define = None
        assembly = Assembly(self.source)
        for index, one in enumerate(lines):
            if index:
                assembly.replace("\n", one.start, one.start)
            assembly.splice(one.text, 0, len(one.text.text))
        text = assembly.text()
        is_simple = operator.startswith(":")
        if self._state() is not False:
            self.expander.variables[name] = Variable(
                self.expander.expand(text) if is_simple else text, not is_simple
            )

    def _export(self, text: str) -> None:
        found = _EXPORT.match(text)
        assert found is not None
        names = found["names"].split()
        if found["what"] == "export":
            self.exports_all |= not names
            self.exported |= set(names)
        elif found["what"] == "unexport":
            self.exported -= set(names)
        else:
            for name in names:
                self.expander.variables.pop(name, None)

    def _rule(self, found: re.Match[str], line: MappedText) -> None:
        """A rule, or variables that belong to targets alone."""
        targets = self.expander.expand(_cut(line, 0, found.end("targets"))).known
        start = found.start("rest")
        self._current = []
        if targets is None:
            targets = "?"
        names = tuple(targets.split())
        own = _ASSIGNMENT.match(line.text, start)
        if own is not None:
            for name in names:
                self.own.setdefault(name, []).append((own, line))
            return
        if names == (".ONESHELL",):
            self.one_shell = True
        if names == (".EXPORT_ALL_VARIABLES",):
            self.exports_all = True
        if static := _STATIC.match(line.text, start):
            start = static.start("rest")
        recipe = line.text.find(";", start)
        end = recipe if recipe >= 0 else len(line.text)
        listed = self.expander.expand(_cut(line, start, end)).known
        rule = Rule(names, None if listed is None or static else tuple(listed.split()))
        if recipe >= 0:
            rule.recipe.append(_cut(line, recipe + 1, len(line.text)))
        self.rules.append(rule)
        self._current = [rule]

    def scoped(self, target: str) -> Expander:
        """The variables as a target's recipe sees them."""
        scope = dict(self.expander.variables)
        for found, line in self.own.get(target, ()):
            self._branches = []
            self._assign(found, line, scope)
        return replace(self.expander, variables=scope)


MakeAssignment = tuple["re.Match[str]", MappedText]


def _both(one: bool | None, other: bool | None) -> bool | None:
    return False if False in (one, other) else None if None in (one, other) else True


def _either(one: bool | None, other: bool | None) -> bool | None:
    return True if True in (one, other) else None if None in (one, other) else False


def _cut(raw: MappedText, start: int, end: int) -> MappedText:
    assembly = Assembly(raw.source)
    assembly.splice(raw, start, end)
    return assembly.text()


def _with(before: MappedText, added: MappedText, line: MappedText) -> MappedText:
    """Two texts with a blank between them."""
    if not added.text:
        return before
    assembly = Assembly(before.source)
    assembly.splice(before, 0, len(before.text))
    if before.text:
        assembly.replace(" ", *line.place(0, 0))
    assembly.splice(added, 0, len(added.text))
    return assembly.text()


def _sides(line: MappedText, start: int) -> tuple[MappedText, MappedText] | None:
    """The two texts of `(a,b)`, `"a" "b"` or `'a' 'b'`."""
    text = line.text
    if text.startswith("(", start):
        close, depth, comma = len(text.rstrip()) - 1, 0, -1
        for index in range(start + 1, close):
            depth += (text[index] in "({") - (text[index] in ")}")
            if text[index] == "," and depth == 0 and comma < 0:
                comma = index
        if comma < 0:
            return None
        return _cut(line, start + 1, comma), _cut(line, comma + 1, close)
    quoted = re.match(r"([\"'])(.*?)\1\s*([\"'])(.*?)\3\s*\Z", text[start:], re.DOTALL)
    if quoted is None:
        return None
    return (
        _cut(line, start + quoted.start(2), start + quoted.end(2)),
        _cut(line, start + quoted.start(4), start + quoted.end(4)),
    )
