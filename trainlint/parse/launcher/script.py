"""A script's name and where the process runs in, the file it means and where it was looked for out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainlint.facts.launch import ScriptKind, ScriptReference
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Files, Span


def resolve_file(
    text: Value[str], directory: Value[Path], files: Files, span: Span
) -> tuple[ScriptReference, Unknown | None]:
    """`script.py`, relative to the working directory; also why it could not be looked for."""
    unknown = _unknown(text, directory)
    if unknown is not None or isinstance(text, Unknown) or isinstance(directory, Unknown):
        return ScriptReference(ScriptKind.FILE, text, None, (), (), span), unknown
    path = files.absolute(directory.value / text.value)
    main = path / "__main__.py"
    for candidate in (path, main):
        if files.is_file(candidate):
            siblings = _shorter_names(text.value, path.parent, files)
            return ScriptReference(ScriptKind.FILE, text, candidate, (), siblings, span), None
    if _lies_elsewhere(text.value, path, files):
        reason = f"the folder of `{text.value}` is not on this machine"
        return ScriptReference(ScriptKind.FILE, text, None, (), (), span), Unknown(reason, span)
    searched = (files.display(path), files.display(main)) if files.is_dir(path) else (files.display(path),)
    neighbours = _neighbours(text.value, directory.value, files)
    return ScriptReference(ScriptKind.FILE, text, None, searched, neighbours, span), None


def resolve_shell(
    text: Value[str], directory: Value[Path], files: Files, span: Span
) -> Path | ScriptReference | Unknown:
    """A shell script: the file, the reference to one that is not there, or why it could not be looked for."""
    unknown = _unknown(text, directory)
    if unknown is not None:
        return unknown
    assert isinstance(text, Known)
    base = directory.value if isinstance(directory, Known) else Path("/")
    path = files.absolute(base / text.value)
    if files.is_file(path):
        return path
    if _lies_elsewhere(text.value, path, files):
        return Unknown(f"the folder of `{text.value}` is not on this machine", span)
    neighbours = _neighbours(text.value, base, files, path.suffix)
    return ScriptReference(ScriptKind.SHELL, text, None, (files.display(path),), neighbours, span)


def resolve_module(
    text: Value[str], directory: Value[Path], roots: Sequence[Path], files: Files, span: Span
) -> tuple[ScriptReference, Unknown | None]:
    """`-m package.module`, looked for in the import path; one that may be installed is not looked for."""
    unknown = _unknown(text, directory)
    if unknown is not None or isinstance(text, Unknown):
        return ScriptReference(ScriptKind.MODULE, text, None, (), (), span), unknown
    parts = text.value.split(".")
    tried: list[Path] = []
    for root in roots:
        base = root.joinpath(*parts)
        candidates = (base / "__main__.py", base.with_name(parts[-1] + ".py"))
        for candidate in candidates:
            if files.is_file(candidate):
                siblings = tuple(
                    ".".join([*parts[:-1], name.removesuffix(".py")])
                    for name in _shorter_names(parts[-1] + ".py", base.parent, files)
                )
                return ScriptReference(ScriptKind.MODULE, text, candidate, (), siblings, span), None
        tried += candidates
    if not any(_holds(root, parts, files) for root in roots):
        reason = f"the module `{text.value}` is none of the project's; it may be installed"
        return ScriptReference(ScriptKind.MODULE, text, None, (), (), span), Unknown(reason, span)
    searched = tuple(files.display(path) for path in tried)
    return ScriptReference(ScriptKind.MODULE, text, None, searched, _modules(parts, roots, files), span), None


def import_roots(
    script: ScriptReference | None,
    directory: Value[Path],
    environment: Mapping[str, Value[str]],
    files: Files,
) -> tuple[Path, ...]:
    """Where imports are looked for: the script's folder (for a module the working one), then PYTHONPATH."""
    roots: list[Path] = []
    if script is not None and script.kind is ScriptKind.FILE:
        roots += [script.path.parent] if script.path else []
    elif isinstance(directory, Known):
        roots.append(directory.value)
    pythonpath = environment.get("PYTHONPATH")
    base = directory.value if isinstance(directory, Known) else None
    if isinstance(pythonpath, Known):
        for entry in pythonpath.value.split(os.pathsep) if pythonpath.value else ():
            if base is not None or os.path.isabs(entry):
                path = files.absolute((base or Path("/")) / entry)
                roots += [path] if files.is_dir(path) else []
    return tuple(dict.fromkeys(roots))


def _unknown(text: Value[str], directory: Value[Path]) -> Unknown | None:
    if isinstance(text, Unknown):
        return text
    relative = not os.path.isabs(text.value)
    return directory if isinstance(directory, Unknown) and relative else None


def _lies_elsewhere(text: str, path: Path, files: Files) -> bool:
    """Whether an absolute path leads to another machine or into an image, where `/run.sh` may well be."""
    return os.path.isabs(text) and (not files.is_dir(path.parent) or path.parent == path.parent.parent)


def _holds(root: Path, parts: Sequence[str], files: Files) -> bool:
    """Whether the top-level package is the project's: a folder without code gives way to an installed one."""
    package = root / parts[0]
    names = files.entries(package) if files.is_dir(package) else ()
    has_code = any(name.endswith(".py") for name in names) or (len(parts) > 2 and parts[1] in names)
    return has_code or files.is_file(root / f"{parts[0]}.py")


def _shorter_names(text: str, folder: Path, files: Files) -> tuple[str, ...]:
    """Scripts beside one that is there whose name its own begins with (`train.py` for `train_old.py`)."""
    head, name = os.path.split(text)
    stem = name.removesuffix(".py")
    return tuple(
        os.path.join(head, entry)
        for entry in files.entries(folder)
        if entry.endswith(".py") and stem.startswith(entry[:-3]) and entry != name
    )


def _neighbours(text: str, directory: Path, files: Files, suffix: str = ".py") -> tuple[str, ...]:
    """Scripts that may have been meant, as one would write them in place of `text`."""
    folder, name = os.path.split(text)
    beside = [entry for entry in files.entries(files.absolute(directory / folder)) if entry.endswith(suffix)]
    found = [os.path.join(folder, entry) for entry in beside]
    found += [
        f"{entry}/{name}"
        for entry in files.entries(directory)
        if not entry.startswith(".") and files.is_file(directory / entry / name)
    ]
    if files.is_file(directory / name) and folder:
        found.append(name)
    return tuple(dict.fromkeys(found))


def _modules(parts: Sequence[str], roots: Sequence[Path], files: Files) -> tuple[str, ...]:
    """Modules beside the one that is missing."""
    found: list[str] = []
    for root in roots:
        folder = root.joinpath(*parts[:-1])
        stems = [entry[:-3] for entry in files.entries(folder) if entry.endswith(".py")]
        found += [".".join([*parts[:-1], stem]) for stem in stems if stem != "__init__"]
    return tuple(dict.fromkeys(found))
