"""A module that a config leads to in, what stops its import out."""

from __future__ import annotations

from trainlint.chain.imports import Found, Resolver
from trainlint.chain.startup import walk_import
from trainlint.facts.module import PythonProblem
from trainlint.facts.script import ImportProblem
from trainlint.record import record


@record
class ImportFaults:
    """Imports that fail and the first syntax error on the way; empty when nothing stops the import.

    `loaded` are the modules that the import surely loads.
    """

    imports: tuple[ImportProblem, ...] = ()
    syntax: PythonProblem | None = None
    loaded: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.imports) or self.syntax is not None


def import_faults(resolver: Resolver, module: Found) -> ImportFaults:
    """Follow everything that importing a module of the project imports."""
    facts = resolver.facts(module)
    if facts is None:
        return ImportFaults()
    startup = walk_import(resolver, module, facts)
    certain = [entry for entry in startup.loaded if not entry.guarded]
    found = (entry.facts.problem for entry in certain)
    errors = (problem for problem in found if problem is not None and not problem.newer_syntax)
    names = frozenset(entry.module.name for entry in certain)
    return ImportFaults(tuple(startup.problems), next(errors, None), names)
