"""Paths in, text with positions out: the only reader of user files, and the only writer."""

from __future__ import annotations

import codecs
import os
import stat
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from trainlint.record import record, state

#: Files above this size are never training text; reading them would only hang the run.
MAX_BYTES = 16 * 1024 * 1024
#: No header of a checkpoint is larger; what is would fill the memory.
MAX_REGION = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text in a user's file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def at(cls, file: str, line: int = 1, column: int = 1) -> Span:
        """The empty span at one place."""
        return cls(file, line, column, line, column)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class SourceFile:
    """One file as text: `display` is its path as people see it, relative to the working directory.

    A subclass may hold text that was taken out of a file, with spans that say where it stands there.
    """

    path: Path
    display: str
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether lines and columns of the text are those of the file."""
        return True

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line."""
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    def span(self, start: int, end: int) -> Span:
        """The span of the characters `start` (inclusive) to `end` (exclusive), as offsets in `text`."""
        return self.stretch(*self.position(start), *self.position(end))

    def stretch(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The span of the lines and columns of `text`; text that was taken out of a file says where from."""
        return Span(self.display, line, column, end_line, end_column)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset in `text`."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Offset in `text` of a line and column that count from 1."""
        return self.line_starts[line - 1] + column - 1

    def line_text(self, line: int) -> str:
        """The text of a line without its end; empty past the last line."""
        if not 1 <= line <= len(self.line_starts):
            return ""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def edited(self, edits: Iterable[tuple[Span, str]]) -> str:
        """The text with others in place of some stretches of it, no two of which overlap."""
        text = self.text
        for span, put in sorted(edits, reverse=True):
            start = self.offset(span.line, span.column)
            text = text[:start] + put + text[self.offset(span.end_line, span.end_column) :]
        return text


@record
class Unreadable:
    """A file that exists or was asked for but gives no text; `reason` completes "cannot read x: …"."""

    path: Path
    display: str
    reason: str


@state
class Files:
    """Every look at the user's disk, each file read once a run; `root` is the working directory.

    `overlay` holds texts that stand for a path without being on disk (standard input). `copies` are folders
    with the text that another folder had: which one, and what people see behind the path of a file in it.
    """

    root: Path
    overlay: dict[Path, str] = field(default_factory=dict)
    copies: dict[Path, tuple[Path, str]] = field(default_factory=dict)
    _read: dict[Path, SourceFile | Unreadable] = field(default_factory=dict)
    _kinds: dict[Path, str | None] = field(default_factory=dict)
    _entries: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    _displays: dict[Path, str] = field(default_factory=dict)

    @property
    def files_read(self) -> int:
        """How many files gave text so far."""
        return sum(isinstance(entry, SourceFile) for entry in self._read.values())

    def sources(self) -> tuple[SourceFile, ...]:
        """Every file that gave text, in the order it was read."""
        return tuple(entry for entry in self._read.values() if isinstance(entry, SourceFile))

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """The files that were asked for and are there, but gave no text."""
        return tuple(
            entry
            for entry in self._read.values()
            if isinstance(entry, Unreadable) and self.kind(entry.path) is not None
        )

    def display(self, path: Path) -> str:
        """The path relative to the working directory, with forward slashes; absolute when outside it."""
        shown = self._displays.get(path)
        if shown is None:
            absolute = os.path.normpath(os.path.join(self.root, path))
            copy = next((folder for folder in self.copies if Path(absolute).is_relative_to(folder)), None)
            if copy is not None:
                original, mark = self.copies[copy]
                return self.display(original / Path(absolute).relative_to(copy)) + mark
            relative = os.path.relpath(absolute, self.root)
            shown = absolute if relative.startswith("..") else relative.replace(os.sep, "/")
            self._displays[path] = shown
        return shown

    def home(self, path: Path) -> Path:
        """The working directory as seen from a path: of one in a copy the same folder of the copy."""
        for folder, (original, _) in self.copies.items():
            if path.is_relative_to(folder):
                inside = self.root.is_relative_to(original)
                return folder / self.root.relative_to(original) if inside else folder
        return self.root

    def shown(self, display: str) -> SourceFile | None:
        """The file already read under this display path."""
        path = Path(os.path.normpath(os.path.join(self.root, display)))
        for folder, (original, mark) in self.copies.items():
            if display.endswith(mark) and path.is_relative_to(original):
                copied = folder / path.relative_to(original)
                path = copied.with_name(copied.name.removesuffix(mark))
        entry = self._read.get(path)
        return entry if isinstance(entry, SourceFile) else None

    def absolute(self, path: Path | str) -> Path:
        """The path made absolute against the working directory, `..` folded, symlinks kept."""
        return Path(os.path.normpath(os.path.join(self.root, path)))

    def read(self, path: Path) -> SourceFile | Unreadable:
        """The text of a file, or why there is none; UTF-8, with or without a byte order mark."""
        path = self.absolute(path)
        entry = self._read.get(path)
        if entry is None:
            entry = self._read[path] = self._load(path)
        return entry

    def kind(self, path: Path) -> str | None:
        """`"file"`, `"dir"`, `"other"` (device, pipe, socket) or None when nothing is there."""
        if path in self._kinds:
            return self._kinds[path]
        path = self.absolute(path)
        if path in self._kinds:
            return self._kinds[path]
        kind = "file" if path in self.overlay else _kind_on_disk(path)
        self._kinds[path] = kind
        return kind

    def is_file(self, path: Path) -> bool:
        """Whether a regular file stands there (symlinks followed)."""
        return self.kind(path) == "file"

    def is_dir(self, path: Path) -> bool:
        """Whether a directory stands there (symlinks followed)."""
        return self.kind(path) == "dir"

    def is_link(self, path: Path) -> bool:
        """Whether the path itself is a symbolic link."""
        return os.path.islink(self.absolute(path))

    def rewrite(self, source: SourceFile, text: str) -> str | None:
        """Put a text in place of a file's, all at once; why that cannot be, or None when it is done.

        A file that is no longer what was read is left as it is.
        """
        if source.path in self.overlay:
            return "it is no file on disk"
        before = _bytes_on_disk(source.path)
        if isinstance(before, str):
            return before
        mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
        if before != mark + source.text.encode("utf-8"):
            return "it changed while it was read"
        return put(source.path, mark + text.encode("utf-8"))

    def write(self, path: Path, text: str) -> str | None:
        """Write a file, all at once; why that cannot be, or None when it is done."""
        return put(self.absolute(path), text.encode("utf-8", "backslashreplace"))

    def peek(self, path: Path) -> SourceFile | None:
        """The text of a file that may turn out not to matter: a failure is not put on record."""
        path = self.absolute(path)
        entry = self._read.get(path) or self._load(path)
        return entry if isinstance(entry, SourceFile) else None

    def entries(self, path: Path) -> tuple[str, ...]:
        """Sorted names in a directory; empty when it cannot be listed."""
        path = self.absolute(path)
        names = self._entries.get(path)
        if names is None:
            laid = {over.name for over in self.overlay if over.parent == path}
            try:
                names = tuple(sorted(laid.union(os.listdir(path))))
            except OSError:
                names = tuple(sorted(laid))
            self._entries[path] = names
        return names

    def lay(self, path: Path, text: str) -> None:
        """Have a text stand for a path from here on."""
        path = self.absolute(path)
        self.overlay[path] = text
        for known in (self._read, self._kinds):
            known.pop(path, None)
        self._entries.pop(path.parent, None)

    def size(self, path: Path) -> int | None:
        """How many bytes a regular file has, None when there is none."""
        path = self.absolute(path)
        if not self.is_file(path):
            return None
        if path in self.overlay:
            return len(self.overlay[path].encode())
        try:
            return os.stat(path).st_size
        except OSError:
            return None

    def region(self, path: Path, start: int, size: int) -> bytes:
        """Bytes of a file that is no text; fewer than `size` where it ends or cannot be read."""
        path = self.absolute(path)
        if not self.is_file(path) or start < 0 or size <= 0:
            return b""
        if path in self.overlay:
            return self.overlay[path].encode()[start : start + size]
        try:
            with open(path, "rb") as file:
                file.seek(start)
                return file.read(min(size, MAX_REGION))
        except (OSError, OverflowError):
            return b""

    def _load(self, path: Path) -> SourceFile | Unreadable:
        display = self.display(path)
        if path in self.overlay:
            return SourceFile(path, display, self.overlay[path])
        data = _bytes_on_disk(path)
        if isinstance(data, str):
            return Unreadable(path, display, data)
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Unreadable(path, display, "it is UTF-16, not UTF-8")
        if b"\0" in data:
            return Unreadable(path, display, "it is a binary file")
        try:
            return SourceFile(path, display, data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            return Unreadable(path, display, f"it is not UTF-8 (first bad byte on line {line})")


def refused(path: Path) -> str | None:
    """Why a file could not be made anew, known without trying; None where nothing speaks against it."""
    if path.suffix == ".py":
        return "it is a program, which would be overwritten"
    folder = path.absolute().parent
    if os.path.isdir(path) or not os.path.isdir(folder):
        return "it is no file in a folder that is there"
    if _is_no_file(path):
        return None
    return None if os.access(folder, os.W_OK | os.X_OK) else f"nothing can be written into {folder}"


def put(path: Path, data: bytes) -> str | None:
    """Bytes in place of those of a file, never half of them; why that cannot be, or None when it is done."""
    if _is_no_file(path):
        # What is no file (a pipe, a terminal, nowhere) is written to; to replace it would be to take it away.
        return _written(path, data)
    # A link stays one: what is written is the file that it leads to.
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        temporary.write_bytes(data)
        if target.exists():
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        return (error.strerror or str(error)).lower()
    return None


def _is_no_file(path: Path) -> bool:
    return os.path.exists(path) and not os.path.isfile(path)


def _written(path: Path, data: bytes) -> str | None:
    try:
        path.write_bytes(data)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


def _kind_on_disk(path: Path) -> str | None:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode):
        return "file"
    return "dir" if stat.S_ISDIR(mode) else "other"


def _bytes_on_disk(path: Path) -> bytes | str:
    """The bytes of a regular file, or the reason why there are none."""
    try:
        info = os.stat(path)
        if stat.S_ISDIR(info.st_mode):
            return "it is a directory"
        if not stat.S_ISREG(info.st_mode):
            return "it is not a regular file"
        if info.st_size > MAX_BYTES:
            return f"it is larger than {MAX_BYTES // (1024 * 1024)} MiB"
        return path.read_bytes()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    except ValueError as error:
        return str(error)
