"""A resolver in, what readers of one module ask about others out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from trainlint.chain.imports import Found, Resolver
from trainlint.chain.names import Bound, Named, Unfollowed, find_name, imported_module
from trainlint.facts.module import Definition, ModuleFacts
from trainlint.record import state
from trainlint.regex import regex
from trainlint.source import Files

_RELEASE = regex(r"(?P<name>[\w.]+)-(?P<version>\d+(?:\.\d+)*)[^/]*\.dist-info$")


@state
class ModuleLookup:
    """Follows names out of a module, the imports inside its functions included."""

    resolver: Resolver
    _results: dict[tuple[str, str], Named] = field(default_factory=dict)

    @property
    def files(self) -> Files:
        """The reader of the user's disk."""
        return self.resolver.files

    def definition(self, module: ModuleFacts, dotted: str) -> tuple[ModuleFacts, Definition] | None:
        """The definition that a dotted name means in a module, None when it cannot be followed."""
        named = self.named(module, dotted)
        return (named.facts, named.definition) if isinstance(named, Bound) else None

    def major_version(self, package: str) -> int | None:
        """The major version of an installed package, None when it is not found."""
        version = self.installed_version(package)
        return int(version.partition(".")[0]) if version is not None else None

    def installed_version(self, package: str) -> str | None:
        """The release of an installed package, None when it is not found."""
        for folder in self.resolver.library.environment.site:
            for name in self.files.entries(folder):
                found = _RELEASE.match(name)
                if found is not None and found["name"].lower() == package:
                    return found["version"]
        return None

    def named(self, module: ModuleFacts, dotted: str) -> Named:
        """What a dotted name means in a module."""
        key = (str(module.path), dotted)
        if key not in self._results:
            self._results[key] = self._named(module, dotted)
        return self._results[key]

    def _named(self, module: ModuleFacts, dotted: str) -> Named:
        head, *rest = dotted.split(".")
        here = self.resolver.module_at(module.path)
        if head not in module.definitions:
            return self.imported(module, dotted)
        return self._inside(find_name(self.resolver, here, head), rest, dotted)

    def imported(self, module: ModuleFacts, dotted: str) -> Named:
        """What a dotted name means where its first part is what the module imports, not what it is later."""
        head, *rest = dotted.split(".")
        found = self._local(module, self.resolver.module_at(module.path), head)
        return self._inside(found, rest, dotted)

    def _inside(self, found: Named, names: Sequence[str], dotted: str) -> Named:
        """A name in a module, or in a module of a package."""
        for name in names:
            if not isinstance(found, Found):
                return Unfollowed(f"`{dotted}` is an attribute of something that is no module")
            found = find_name(self.resolver, found, name)
        return found

    def _local(self, module: ModuleFacts, here: Found, head: str) -> Named:
        """A name that only a function of the module imports, or that star imports bring."""
        for imported in module.imports:
            if imported.bound == head:
                source = imported_module(self.resolver, here, imported)
                if not isinstance(source, Found):
                    break
                if imported.name is not None:
                    return find_name(self.resolver, source, imported.name)
                top = self.resolver.find_module(imported.full_name)
                return top if isinstance(top, Found) else Unfollowed(f"`{head}` was not found")
        if any(imported.name == "*" for imported in module.imports):
            return find_name(self.resolver, here, head)
        return Unfollowed(f"`{head}` is no name of the module")
