"""A module that a config leads to in, what stops its import out."""

from __future__ import annotations

from dataclasses import dataclass

from trainlint.chain.imports import Found, Resolver
from trainlint.chain.startup import walk_import
from trainlint.facts.module import PythonProblem
from trainlint.facts.script import ImportProblem


@dataclass(frozen=True, slots=True)
class ImportFaults:
    """Imports that fail and the first syntax error on the way; empty when nothing stops the import."""

    imports: tuple[ImportProblem, ...] = ()
    syntax: PythonProblem | None = None

    def __bool__(self) -> bool:
        return bool(self.imports) or self.syntax is not None


def import_faults(resolver: Resolver, module: Found) -> ImportFaults:
    """Follow everything that importing a module of the project imports."""
    facts = resolver.facts(module)
    if facts is None:
        return ImportFaults()
    startup = walk_import(resolver, module, facts)
    loaded = (entry.facts.problem for entry in startup.loaded if not entry.guarded)
    errors = (problem for problem in loaded if problem is not None and not problem.newer_syntax)
    return ImportFaults(tuple(startup.problems), next(errors, None))
