"""Installed Hydra plugins, read and not imported, in; the configs and search path places they bring out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.compose.request import Provider, SearchEntry
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Scope
from trainlint.parse.python.stores import registrations
from trainlint.record import record
from trainlint.regex import regex
from trainlint.source import Files, SourceFile, Span

#: Hydra imports everything below this namespace package when it starts.
_NAMESPACE = "hydra_plugins"
_PLACE = regex(r"""["']pkg://([\w./]+)["']""")


@record
class HydraPlugins:
    """What plugins bring: configs of their own, and places on the search path."""

    stored: tuple[StoredConfig, ...] = ()
    places: tuple[SearchEntry, ...] = ()


def read_plugins(library: Library, import_path: tuple[Path, ...]) -> HydraPlugins:
    """The plugins that a program with this import path has."""
    places: list[SearchEntry] = []
    stored: list[StoredConfig] = []
    lookup = ModuleLookup(library.resolver(import_path))
    schemas = SchemaReader(lookup)
    for folder in (*import_path, *library.environment.site):
        for source in _modules(library.installation, folder):
            if "manipulate_search_path" in source.text:
                places += _places(source, folder)
            module = library.read(source.path) if "ConfigStore" in source.text else None
            if isinstance(module, ModuleFacts):
                found = registrations(Scope(module, lookup), schemas)
                stored += [registration.stored for registration in found]
    return HydraPlugins(tuple(stored), tuple(places))


def _modules(files: Files, folder: Path) -> Iterator[SourceFile]:
    """The modules of the plugins in a folder of packages, one package deep as plugins are laid out."""
    namespace = folder / _NAMESPACE
    for name in files.entries(namespace):
        package = namespace / name
        for path in (package, *(package / inner for inner in files.entries(package))):
            source = files.read(path) if path.suffix == ".py" and files.is_file(path) else None
            if isinstance(source, SourceFile):
                yield source


def _places(source: SourceFile, folder: Path) -> Iterator[SearchEntry]:
    """What a search path plugin adds: the packages it names, or something that only a run knows."""
    span = Span.at(source.display)
    named = _PLACE.findall(source.text)
    for name in named:
        directory: Value[Path] = Unknown("the composer looks packages up itself", span)
        if name.startswith(f"{_NAMESPACE}."):
            directory = Known(folder.joinpath(*re.split("[./]", name)), span)
        yield SearchEntry(Provider.PACKAGE, f"pkg://{name}", directory, "plugin", span)
    if not named:
        unknown = Unknown("a Hydra plugin adds places to the search path that only a run knows", span)
        yield SearchEntry(Provider.FILE, "?", unknown, "plugin", span)
