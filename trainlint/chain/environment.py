"""An interpreter's path in, the folders that its installed packages stand in out; only files are read."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from trainlint.record import record
from trainlint.source import Files, SourceFile

_SITE_NAMES = ("site-packages", "dist-packages")


@record
class Environment:
    """Where installed packages are looked for.

    `hooks` says that a `.pth` file runs code that may make more packages importable (some editable installs).
    """

    site: tuple[Path, ...]
    standard_library: Path
    hooks: bool


def read_environment(files: Files, python: str | None) -> Environment:
    """The environment of `--python PATH` (an interpreter or its prefix), the running one without it."""
    if python is None:
        folders = tuple(Path(entry) for entry in sys.path if os.path.basename(entry) in _SITE_NAMES)
    else:
        folders = _site_folders(files, files.absolute(python))
    linked, hooks = _path_files(files, folders)
    return Environment((*folders, *linked), Path(sysconfig.get_path("stdlib")), hooks)


def _site_folders(files: Files, python: Path) -> tuple[Path, ...]:
    prefix = python if files.is_dir(python) else python.parent.parent
    configuration = files.read(prefix / "pyvenv.cfg")
    if isinstance(configuration, SourceFile):
        settings = _settings(configuration.text)
        system = settings.get("include-system-site-packages") == "true" and "home" in settings
        return (
            *_prefix_folders(files, prefix),
            *(_prefix_folders(files, Path(settings["home"]).parent) if system else ()),
        )
    if not files.is_dir(python):
        prefix = Path(os.path.realpath(python)).parent.parent
    return _prefix_folders(files, prefix)


def _prefix_folders(files: Files, prefix: Path) -> tuple[Path, ...]:
    folders = []
    for base in (prefix / "local", prefix):
        for library in ("lib", "lib64", "Lib"):
            names = [name for name in files.entries(base / library) if name.startswith("python")]
            parents = [base / library, *(base / library / name for name in names)]
            folders += [parent / site for parent in parents for site in _SITE_NAMES]
    return tuple(folder for folder in folders if files.is_dir(folder))


def _settings(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def _path_files(files: Files, folders: tuple[Path, ...]) -> tuple[tuple[Path, ...], bool]:
    """Folders that `.pth` files add, and whether one of them runs code."""
    linked: list[Path] = []
    hooks = False
    for folder in folders:
        for name in files.entries(folder):
            if not name.endswith(".pth"):
                continue
            source = files.read(folder / name)
            lines = source.text.splitlines() if isinstance(source, SourceFile) else []
            hooks = hooks or any(line.startswith(("import ", "import\t")) for line in lines)
            paths = (line.strip() for line in lines if not line.startswith(("#", "import ", "import\t")))
            linked += [folder / path for path in paths if path and files.is_dir(folder / path)]
    return tuple(linked), hooks
