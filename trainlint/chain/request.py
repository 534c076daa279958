"""A script's Hydra entry and a launch's arguments in, the composer's request out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trainlint.chain.hydra_plugins import HydraPlugins
from trainlint.chain.imports import Found, Place, Resolver
from trainlint.compose.request import ComposeRequest, Provider, SearchEntry
from trainlint.facts.hydra_cli import HydraArguments
from trainlint.facts.launch import LaunchFacts, Word
from trainlint.facts.script import EntryKind, HydraEntry, ScriptFacts
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Files, Span

_PACKAGE = "pkg://"


def compose_request(
    entry: HydraEntry,
    arguments: HydraArguments,
    launch: LaunchFacts,
    script: ScriptFacts,
    settings: Settings,
    resolver: Resolver,
    plugins: HydraPlugins,
) -> ComposeRequest:
    """What Hydra is asked when this launch reaches this entry."""
    files = resolver.files
    config_path: Value[str | None] = arguments.config_path or entry.config_path
    config_name: Value[str | None] = arguments.config_name or entry.config_name
    search_path = [
        *_main(entry, config_path, files),
        *plugins.places,
        *_command_line(arguments, launch, files),
    ]
    return ComposeRequest(
        search_path=tuple(search_path),
        config_name=config_name,
        overrides=(*_own_overrides(entry), *arguments.overrides),
        multirun=arguments.multirun,
        environment={**script.environment, **launch.environment},
        import_path=script.import_path or launch.import_path,
        directory=launch.directory,
        span=entry.span,
        version_base=entry.version_base,
        stored=(*script.stored, *plugins.stored),
        resolvers=script.resolvers,
        opaque_resolvers=script.opaque_resolvers,
        packages=InstalledPackages(resolver),
        sweep_cap=settings.sweep_cap,
    )


@dataclass(frozen=True, eq=False)
class InstalledPackages(Mapping[str, Path]):
    """The folders of top-level packages by name, each looked for when it is asked for."""

    resolver: Resolver

    def __getitem__(self, name: str) -> Path:
        found = self.resolver.find_module(name)
        certain = isinstance(found, Found) and found.place is not Place.ASSUMED
        if not certain or not isinstance(found, Found) or found.path is None or not found.directories:
            raise KeyError(name)
        return found.directories[0]

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _own_overrides(entry: HydraEntry) -> list[Word]:
    """The overrides that a `compose(...)` call passes itself, as words."""
    return [
        Word(
            raw=value.value if isinstance(value, Known) else "?",
            span=value.span,
            parts=(value.value if isinstance(value, Known) else value,),
            spans=(value.span,),
        )
        for value in entry.overrides
    ]


def _command_line(arguments: HydraArguments, launch: LaunchFacts, files: Files) -> list[SearchEntry]:
    """The folder of `--config-dir`, relative to where the process runs."""
    given = arguments.config_dir
    if given is None:
        return []
    directory = _joined(given, launch.directory, files)
    text = given.value if isinstance(given, Known) else "?"
    return [SearchEntry(Provider.FILE, text, directory, "command-line", given.span)]


def _main(entry: HydraEntry, config_path: Value[str | None], files: Files) -> list[SearchEntry]:
    """The folder of `config_path`, relative to the file that declares the entry; none for None."""
    if isinstance(config_path, Unknown):
        return [SearchEntry(Provider.FILE, "?", config_path, "main", config_path.span)]
    text = config_path.value
    if text is None:
        return []
    if text.startswith(_PACKAGE) or entry.module:
        name = text.removeprefix(_PACKAGE)
        unknown = Unknown("the composer looks packages up itself", config_path.span)
        return [SearchEntry(Provider.PACKAGE, name, unknown, "main", config_path.span)]
    here = Known(Path(os.path.realpath(entry.file.parent)), entry.span)
    directory = _joined(Known(text, config_path.span), here, files)
    return [SearchEntry(Provider.FILE, text, directory, "main", config_path.span)]


def _joined(text: Value[str], start: Value[Path], files: Files) -> Value[Path]:
    """A path relative to a folder; Unknown when either is, unless the text is absolute."""
    if isinstance(text, Unknown):
        return text
    if isinstance(start, Unknown) and not os.path.isabs(text.value):
        return start
    base = start.value if isinstance(start, Known) else Path("/")
    return Known(files.absolute(base / text.value), text.span)


def runs_hydra(entry: HydraEntry) -> bool:
    """Whether the launch's own arguments go through Hydra's parser."""
    return entry.kind is EntryKind.MAIN


def no_arguments(span: Span) -> HydraArguments:
    """The arguments of an entry that takes none from the command line."""
    return HydraArguments(overrides=())
