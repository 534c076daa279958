"""A program in, the reader of its dataclasses out: it follows bases into installed packages."""

from __future__ import annotations

from dataclasses import dataclass

from trainlint.chain.arguments.program import Program
from trainlint.chain.imports import Found, Place
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound, find_name, imported_module
from trainlint.chain.pins import pinned
from trainlint.facts.module import Definition, Guard, ModuleFacts
from trainlint.facts.value import Unknown
from trainlint.parse.python.arguments.fields import FieldReader, FieldSet, with_doubt
from trainlint.source import Files, Span

_LEVELS = 6


@dataclass
class InstalledLookup:
    """Follows names into installed packages, also where a package loads its names lazily.

    Such a package names them once more for type checkers, and that is where they come from.
    """

    lookup: ModuleLookup

    @property
    def files(self) -> Files:
        """The reader of the user's disk."""
        return self.lookup.files

    def major_version(self, package: str) -> int | None:
        """The major version of an installed package, None when it is not found."""
        return self.lookup.major_version(package)

    def definition(self, module: ModuleFacts, dotted: str) -> tuple[ModuleFacts, Definition] | None:
        """The definition that a dotted name means in a module, None when it cannot be followed."""
        found = self.lookup.definition(module, dotted)
        if found is not None:
            return found
        head, _, rest = dotted.partition(".")
        full = ".".join(part for part in (module.aliases.get(head, ""), rest) if part)
        package, _, name = full.rpartition(".")
        located = self.lookup.resolver.find_module(package) if package and not full.startswith(".") else None
        return self._for_checkers(located, name) if isinstance(located, Found) else None

    def _for_checkers(
        self, located: Found, name: str, depth: int = 0
    ) -> tuple[ModuleFacts, Definition] | None:
        resolver = self.lookup.resolver
        facts = resolver.facts(located)
        if facts is None or located.place is not Place.INSTALLED or depth > _LEVELS:
            return None
        for imported in facts.imports:
            if imported.bound != name or imported.guard is not Guard.TYPE_CHECKING or imported.name is None:
                continue
            source = imported_module(resolver, located, imported)
            if isinstance(source, Found):
                named = find_name(resolver, source, imported.name)
                if isinstance(named, Bound):
                    return named.facts, named.definition
                return self._for_checkers(source, imported.name, depth + 1)
        return None


def field_reader(program: Program) -> FieldReader:
    """Reads the classes of the project and, where parsers are made from them, of installed packages."""
    own = program.lookup.resolver
    lookup = ModuleLookup(own.library.resolver(own.import_path))
    return FieldReader(program.lookup, InstalledLookup(lookup))


def settled(program: Program, fields: FieldSet) -> FieldSet:
    """The fields, with a doubt when the project asks for another version of what they come from."""
    for package in sorted(fields.outside):
        wanted = pinned(program.lookup.files, program.script.path.parent, package)
        installed = program.lookup.installed_version(package)
        if wanted is None or installed is None:
            continue
        if wanted.version.split(".")[:2] != installed.split(".")[:2]:
            reason = f"the project asks for {package} {wanted.version}, and {installed} is installed here"
            fields = with_doubt(fields, Unknown(reason, Span.at(fields.span.file)))
    return fields


def is_certain(program: Program, fields: FieldSet) -> bool:
    """Whether the classes are those of the run: the project's, or of the environment that was named."""
    return not fields.outside or program.lookup.resolver.library.python is not None
