"""The nearest settings file in, Settings out, or every reason why there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainlint.facts.settings import (
    STALE_SUFFIXES,
    FileSettings,
    HostSettings,
    PackName,
    Settings,
    SettingsProblem,
    SettingsProblems,
)
from trainlint.facts.suppression import Intended
from trainlint.parse.settings_schema import Rules, faults, is_strings
from trainlint.parse.toml_places import place, syntax_error
from trainlint.source import Files, SourceFile, Span, Unreadable

Table = Mapping[str, Any]
#: The packs that a settings file names and the file's folder in, the rules that selectors may mean out.
RulesOf = Callable[[tuple[PackName, ...], Path], Rules | SettingsProblems]

_DEFAULTS = Settings()
_SECTION = ("tool", "trainlint")


def read_settings(files: Files, start: Path, rules: RulesOf) -> Settings | SettingsProblems:
    """The settings of the nearest file at or above `start`; the defaults when there is none.

    In one folder `trainlint.toml` goes before `pyproject.toml`, which counts only with a
    `[tool.trainlint]` table.
    """
    folder = files.absolute(start)
    for directory in (folder, *folder.parents):
        for name in ("trainlint.toml", "pyproject.toml"):
            if files.is_file(directory / name):
                found = _read(files, directory / name, rules)
                if found is not None:
                    return found
    return Settings()


def read_settings_file(files: Files, path: Path, rules: RulesOf) -> Settings | SettingsProblems:
    """The settings of one file that was asked for by name."""
    found = _read(files, path, rules)
    if found is not None:
        return found
    source = files.read(path)
    help_ = "name a trainlint.toml, or add the table to this file"
    problem = SettingsProblem(Span.at(source.display), "there is no [tool.trainlint] table", help_)
    return SettingsProblems((problem,))


def _read(files: Files, path: Path, rules: RulesOf) -> Settings | SettingsProblems | None:
    """The settings of a file; None for a pyproject.toml that does not speak of trainlint."""
    in_section = path.name == "pyproject.toml"
    source = files.read(path)
    if isinstance(source, Unreadable):
        span = Span.at(source.display)
        message = f"it cannot be read: {source.reason}"
        return SettingsProblems((SettingsProblem(span, message, "mend or remove the file"),))
    if in_section and "trainlint" not in source.text:
        return None
    table = _load(source)
    if isinstance(table, SettingsProblem):
        return SettingsProblems((table,))
    if in_section:
        for part in _SECTION:
            table = table.get(part) if isinstance(table, Mapping) else None
    return None if table is None else _settings(files, source, table, in_section, rules)


def _load(source: SourceFile) -> Any | SettingsProblem:
    if sys.version_info >= (3, 11):
        import tomllib  # most runs have no settings to read
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:
        message, span = syntax_error(source, error)
        return SettingsProblem(span, f"this is no TOML: {message}", "mend the syntax")


def _settings(
    files: Files, source: SourceFile, table: Any, in_section: bool, rules: RulesOf
) -> Settings | SettingsProblems:
    section = _SECTION if in_section else ()
    folder = files.absolute(source.path).parent
    packs = _packs(table)
    known = rules(tuple(PackName(name, place(source, (*section, "packs"), name)) for name in packs), folder)
    if isinstance(known, SettingsProblems):
        return known
    problems = [
        SettingsProblem(place(source, (*section, *fault.path), fault.value), fault.message, fault.help)
        for fault in faults(table, known)
    ]
    if problems:
        return SettingsProblems(tuple(sorted(problems, key=lambda problem: problem.span)))
    intended = tuple(
        _intended(source, (*section, "diff", "intended"), entry) for entry in _differences(table)
    )
    return replace(_build(files, table, folder), intended=intended)


def _packs(table: Any) -> tuple[str, ...]:
    """The packs that a table names; none when it names them wrongly, which is told with the other faults."""
    named = table.get("packs") if isinstance(table, Mapping) else None
    return tuple(named) if is_strings(named) else ()


def _differences(table: Table) -> list[Any]:
    entries: list[Any] = table.get("diff", {}).get("intended", [])
    return entries


def _intended(source: SourceFile, path: tuple[str, ...], entry: str | Table) -> Intended:
    """A difference that is meant; it stands where its file is named, or else its code."""
    if isinstance(entry, str):
        return Intended(place(source, path, entry), (entry,), "")
    code, pattern = entry["code"], entry.get("file")
    return Intended(place(source, path, pattern or code), (code,), entry.get("reason", ""), pattern=pattern)


def _build(files: Files, table: Table, directory: Path) -> Settings:
    """Settings from a table without faults."""
    hosts = tuple(_host(name, entry, files, directory) for name, entry in table.get("hosts", {}).items())
    return Settings(
        select=tuple(table["select"]) if "select" in table else None,
        ignore=tuple(table.get("ignore", ())),
        severity=dict(table.get("severity", {})),
        stale_suffixes=tuple(table.get("stale-suffixes", STALE_SUFFIXES)),
        per_file=tuple(_file_settings(glob, entry) for glob, entry in table.get("per-file", {}).items()),
        python=_interpreter(files, table.get("python"), directory),
        all_jobs=table.get("all-jobs", False),
        sweep_cap=table.get("sweep-cap", _DEFAULTS.sweep_cap),
        exclude=tuple(table.get("exclude", ())),
        fail_on=table.get("fail-on", _DEFAULTS.fail_on),
        output_format=table.get("output-format", _DEFAULTS.output_format),
        packs=_packs(table),
        paths=table.get("paths", _DEFAULTS.paths),
        host=next((host for host in hosts if host.name == table.get("host")), None),
        hosts=hosts,
        here=os.path.relpath(files.root, directory),
    )


def _file_settings(pattern: str, entry: Table) -> FileSettings:
    select = tuple(entry["select"]) if "select" in entry else None
    return FileSettings(pattern, select, tuple(entry.get("ignore", ())))


def _host(name: str, entry: Table, files: Files, directory: Path) -> HostSettings:
    """A host; where its folders are seen from here counts from the settings file's folder."""
    seen_at = entry.get("seen-at", {}).items()
    return HostSettings(
        name,
        exists=tuple(entry.get("exists", ())),
        seen_at=tuple((prefix, str(files.absolute(directory / place))) for prefix, place in seen_at),
    )


def _interpreter(files: Files, text: str | None, directory: Path) -> str | None:
    """A path counts from the settings file's folder; a bare name is looked up by the shell's rules."""
    if text is None or os.sep not in text:
        return text
    return str(files.absolute(directory / text))
