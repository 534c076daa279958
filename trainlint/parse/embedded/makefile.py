"""A Makefile in, the launches of its recipes out: each line as make expands it and a shell reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known, Unknown
from trainlint.parse.embedded.makefile_expand import Expander, Variable
from trainlint.parse.embedded.makefile_rules import Makefile, Rule
from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.parse.embedded.running import Collected, script_path
from trainlint.parse.shell.state import Shell, Text
from trainlint.source import Files, SourceFile, Span

_SIGN = re.compile(r"\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m |sbatch|srun|[$]")
_PREFIX = re.compile(r"[@+\- \t]*")
#: A recipe is read for so many of its targets, since it may speak of them (`$@`).
_TARGETS = 50


def read_makefile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch of the recipes, run from its own folder; `directory` if scripts are only there."""
    own = _read(source, source.path.parent, files)
    if source.path.parent == directory or any(script_path(job, files) for job in own.jobs):
        return own
    other = _read(source, directory, files)
    return other if any(script_path(job, files) for job in other.jobs) else own


def looks_like(source: SourceFile) -> bool:
    """Whether a Makefile has a recipe that may be a launch."""
    return any(_SIGN.search(line) for line in source.text.split("\n") if line[:1] == "\t" or ";" in line)


def _read(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    expander = Expander(source, _builtin(source, directory))
    makefile = Makefile.read(source, expander)
    collected = Collected(Form.MAKEFILE)
    for rule in makefile.rules:
        for target in rule.targets[:_TARGETS]:
            _recipe(makefile, rule, target, directory, files, collected)
    collected.unverified += makefile.unverified
    return collected.launches(source)


def _builtin(source: SourceFile, directory: Path) -> dict[str, Variable]:
    known = {"CURDIR": str(directory), "MAKE": "make", "RM": "rm -f", "MAKEFILE_LIST": str(source.path)}
    return {name: Variable(_literal(source, value), False) for name, value in known.items()}


def _literal(source: SourceFile, value: str) -> MappedText:
    assembly = Assembly(source)
    assembly.replace(value, 0, 0)
    return assembly.text()


def _recipe(
    makefile: Makefile, rule: Rule, target: str, directory: Path, files: Files, collected: Collected
) -> None:
    expander = makefile.scoped(target)
    lines = expanded_recipe(makefile, rule, target)
    if makefile.one_shell and lines:
        assembly = Assembly(makefile.source)
        for line in lines:
            assembly.splice(line, 0, len(line.text))
            assembly.replace("\n", *line.place(len(line.text), len(line.text)))
        lines = [assembly.text()]
    for line in lines:
        collected.run(line, _shell(makefile, expander, directory, files))


def expanded_recipe(makefile: Makefile, rule: Rule, target: str) -> list[MappedText]:
    """The lines of a recipe as make hands them to the shell."""
    expander = replace(makefile.scoped(target), automatic=_automatic(makefile.source, rule, target))
    return [_without_prefix(expander.expand(line)) for line in rule.recipe]


def _automatic(source: SourceFile, rule: Rule, target: str) -> Mapping[str, str | Unknown]:
    """`$@`, `$<`, `$^` and their kin; of a pattern only the run of make knows them."""
    unknown = Unknown("make decides when it runs what this target is made from", Span.at(source.display))
    is_pattern = "%" in target or target == "?"
    normal: list[str] | None = None
    if rule.prerequisites is not None and not is_pattern:
        found = list(rule.prerequisites)
        normal = found[: found.index("|")] if "|" in found else found
    values: dict[str, str | Unknown] = {"@": unknown if is_pattern else target, "*": unknown, "?": unknown}
    values["<"] = unknown if normal is None else "".join(normal[:1])
    values["^"] = unknown if normal is None else " ".join(dict.fromkeys(normal))
    values["+"] = unknown if normal is None else " ".join(normal)
    for name in ("@", "<", "^"):
        value = values[name]
        for part, index in (("D", 0), ("F", 1)):
            known = isinstance(value, str)
            values[name + part] = (
                " ".join(_split(word)[index] for word in str(value).split()) if known else unknown
            )
    return values


def _split(word: str) -> tuple[str, str]:
    head, slash, name = word.rpartition("/")
    return (head if slash else "."), name


def _without_prefix(line: MappedText) -> MappedText:
    """The line without `@`, `-` and `+`, which tell make and not the shell."""
    found = _PREFIX.match(line.text)
    assembly = Assembly(line.source)
    assembly.splice(line, found.end() if found else 0, len(line.text))
    return assembly.text()


def _shell(makefile: Makefile, expander: Expander, directory: Path, files: Files) -> Shell:
    """A new shell with the variables that make exports."""
    nowhere = Span.at(makefile.source.display)
    shell = Shell(files, Known(directory, nowhere))
    for name, text in _exported(makefile, expander):
        shell.variables[name] = text
        shell.exported |= {name}
    return shell


def _exported(makefile: Makefile, expander: Expander) -> Iterator[tuple[str, Text]]:
    names = expander.variables if makefile.exports_all else makefile.exported & set(expander.variables)
    for name in names:
        variable = expander.variables[name]
        value = expander.expand(variable.text) if variable.recursive else variable.text
        if value.holes:
            unknown = next(iter(value.holes.values()))
            yield name, Text((unknown,), (unknown.span,))
        elif value.text:
            yield name, Text.at(value.text, value.span(0, len(value.text)))
