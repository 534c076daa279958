"""Facts of `[tool.trainlint]` and the command line: what to check and how to say it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from fnmatch import fnmatch

from trainlint.facts.suppression import Intended
from trainlint.record import record
from trainlint.source import Span

OUTPUT_FORMATS = ("text", "concise", "json", "github", "sarif")
DIFF_FORMATS = (*OUTPUT_FORMATS, "markdown")
PARITY_FORMATS = (*DIFF_FORMATS, "junit")
FAIL_ON = ("error", "warning", "info", "never")
PATHS = ("check", "warn", "off")
STALE_SUFFIXES = ("_old", "_original", "_backup", "_bak", "_deprecated", "_legacy")


@record
class FileSettings:
    """Settings for the files that match a glob pattern."""

    pattern: str
    select: tuple[str, ...] | None
    ignore: tuple[str, ...]


@record
class HostSettings:
    """A machine that runs are started on and that is not this one.

    What lies below one of `exists` is there, though nobody can look; what lies below the first part of a pair
    of `seen_at` is seen from here below the second.
    """

    name: str
    exists: tuple[str, ...] = ()
    seen_at: tuple[tuple[str, str], ...] = ()


@record
class Settings:
    """Everything a run can be told; `python` is the interpreter whose site-packages count as installed.

    `packs` are policy packs: names of those that come with trainlint, or paths of files.
    Patterns of files are relative to the folder of the settings file; `here` is the working directory as
    seen from there, which is what the paths of findings are relative to. `paths` says how much a path that is
    not there counts, `host` is the machine of `hosts` that the launches are meant for. `intended` are
    differences between two programs that are meant.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    stale_suffixes: tuple[str, ...] = STALE_SUFFIXES
    per_file: tuple[FileSettings, ...] = ()
    python: str | None = None
    all_jobs: bool = False
    sweep_cap: int = 64
    exclude: tuple[str, ...] = ()
    fail_on: str = "error"
    output_format: str = "text"
    here: str = "."
    packs: tuple[str, ...] = ()
    paths: str = "warn"
    host: HostSettings | None = None
    hosts: tuple[HostSettings, ...] = ()
    intended: tuple[Intended, ...] = ()

    def covers(self, pattern: str, file: str) -> bool:
        """Whether a pattern means a file or folder, by its path or by the last part of it."""
        path = os.path.normpath(os.path.join(self.here, file)).replace(os.sep, "/")
        return fnmatch(path, pattern) or fnmatch(path.rpartition("/")[2], pattern)


@record
class PackName:
    """A policy pack as settings name it, and where."""

    text: str
    span: Span


@record
class SettingsProblem:
    """A place in a settings file that cannot be followed, and what to write instead."""

    span: Span
    message: str
    help: str


@record
class SettingsProblems:
    """Why there are no settings: the run must not start with half of them."""

    problems: tuple[SettingsProblem, ...]
