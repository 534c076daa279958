"""A revision of a git repository in, a folder with the files it had then out, for as long as it is needed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trainlint.diff.sides import SideError
from trainlint.record import record
from trainlint.source import Files

if TYPE_CHECKING:
    from subprocess import CompletedProcess

#: What a training program may be read from.
_SUFFIXES = (".py", ".ipynb", ".yaml", ".yml", ".json", ".toml", ".cfg", ".ini", ".txt", ".pyi")
#: Larger files, and more of them, are data and no program.
_LARGEST, _MOST = 4 * 1024 * 1024, 20_000
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


@record
class _Blob:
    """A file of a revision."""

    name: str
    digest: str


@contextmanager
def at_revision(files: Files, revision: str, paths: tuple[Path, ...]) -> Iterator[tuple[Path, ...]]:
    """Where the files stood at a revision, as paths below a folder that is removed at the end.

    What is shown of them is the path that they have in the repository with `@revision` behind it. Raises
    SideError where git, the repository, the revision or a file is not there.
    """
    import tempfile

    git = shutil.which("git")
    if git is None:
        raise SideError("git is not installed, and `--rev` asks it for the files", "install git")
    top = _top(git, files.absolute(paths[0]).parent, revision)
    commit = _commit(git, top, revision)
    with tempfile.TemporaryDirectory(prefix="trainlint-", ignore_cleanup_errors=True) as made:
        folder = Path(os.path.realpath(made))
        _write(git, top, commit, folder)
        files.copies[folder] = (top, f"@{revision}")
        yield tuple(_then(files, path, top, folder, revision) for path in paths)


def _run(git: str, folder: Path, *arguments: str, given: bytes | None = None) -> CompletedProcess[bytes]:
    """Ask git; what it reads is objects alone, so that no hook, filter or alias of the repository runs."""
    import subprocess

    environment = {**os.environ, **_QUIET}
    command = (git, "-C", os.fspath(folder), "--no-pager", *arguments)
    try:
        return subprocess.run(command, input=given or b"", capture_output=True, env=environment, check=False)
    except OSError as error:
        raise SideError(f"git cannot be started: {error.strerror}", "install git anew") from error


def _said(done: CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with {done.returncode}"


def _top(git: str, folder: Path, revision: str) -> Path:
    """The root of the repository that a folder belongs to."""
    if not os.path.isdir(folder):
        raise SideError(f"`{folder}` is no folder", "name a file that is there")
    done = _run(git, folder, "rev-parse", "--show-toplevel")
    text = done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")
    if done.returncode or not text:
        remedy = "`--rev` compares with an earlier commit: run it inside the repository, or name two files"
        raise SideError(f"there is no git repository for `--rev {revision}`: {_said(done)}", remedy)
    # Git resolves links; the path that the user gave may come through one.
    real = Path(text)
    depth = len(Path(os.path.realpath(folder)).relative_to(real).parts)
    return folder.parents[depth - 1] if depth else folder


def _commit(git: str, top: Path, revision: str) -> str:
    """The full name of a commit."""
    done = _run(git, top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or not commit:
        remedy = "`git log --oneline` lists the commits; a shallow clone lacks the older ones"
        raise SideError(f"`{revision}` is no revision of this repository", remedy)
    return commit


def _write(git: str, top: Path, commit: str, folder: Path) -> None:
    """Write what a program may be read from to a folder."""
    listed = _run(git, top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    if listed.returncode:
        raise SideError(f"git cannot list `{commit[:12]}`: {_said(listed)}", "run `git fsck`")
    blobs = list(_wanted(listed.stdout))
    names = "".join(f"{blob.digest}\n" for blob in blobs).encode()
    contents = _contents(_run(git, top, "cat-file", "--batch", given=names).stdout)
    for blob in blobs:
        text = next(contents, None)
        place = folder / blob.name
        if text is not None and folder in place.parents and ".." not in place.parts:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)


def _wanted(listing: bytes) -> Iterator[_Blob]:
    """The regular files of a listing that may be text of a program, the first of them at most."""
    found = 0
    for entry in listing.split(b"\0"):
        head, _, raw = entry.partition(b"\t")
        name, parts = os.fsdecode(raw), head.split()
        if len(parts) != 4 or not parts[0].startswith(b"100") or not parts[3].isdigit():
            continue
        if name.endswith(_SUFFIXES) and int(parts[3]) <= _LARGEST and found < _MOST:
            found += 1
            yield _Blob(name, parts[2].decode("ascii"))


def _contents(output: bytes) -> Iterator[bytes | None]:
    """What `cat-file --batch` gives, one after another; None for what is missing."""
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        head = output[position:end].split()
        position = end + 1
        if len(head) != 3:
            yield None
            continue
        size = int(head[2])
        yield output[position : position + size]
        position += size + 1


def _then(files: Files, path: Path, top: Path, folder: Path, revision: str) -> Path:
    """Where a file stood then."""
    path = files.absolute(path)
    if not path.is_relative_to(top):
        raise SideError(
            f"`{files.display(path)}` lies outside of the repository `{files.display(top)}`",
            "name files of one repository",
        )
    then = folder / path.relative_to(top)
    if not then.is_file():
        shown = files.display(path)
        remedy = f"`git log --follow -- {shown}` tells since when it is there, and under which names it was"
        raise SideError(f"`{shown}` is not there at `{revision}`", remedy)
    return then
