"""A zip file's directory in, its entries and the bytes of one of them out; reads nothing else of the file."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from trainlint.record import record
from trainlint.source import MAX_REGION, Files

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_UNSET = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8


@record
class Entry:
    """A file of an archive: its name, how it is kept, and where its header starts."""

    name: str
    method: int
    packed: int
    size: int
    offset: int


def directory(path: Path, files: Files) -> tuple[Entry, ...] | None:
    """The entries of an archive in their order; None when it has no directory, as one that is cut off."""
    length = files.size(path) or 0
    tail_start = max(0, length - 65_557)
    tail = files.region(path, tail_start, length - tail_start)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        return None
    size, start = struct.unpack_from("<II", tail, at + 12)
    if _UNSET in (size, start) or tail[at - 20 : at - 16] == _LOCATOR_64:
        wide = _wide(path, files, tail[at - 20 : at]) if at >= 20 else None
        if wide is None:
            return None
        size, start = wide
    data = files.region(path, start, size)
    return tuple(_entries(data)) if len(data) == size else None


def content(path: Path, files: Files, entry: Entry) -> bytes | None:
    """The bytes of an entry; None when they are not there or packed in a way that is not read."""
    head = files.region(path, entry.offset, 30)
    if len(head) < 30 or head[:4] != _LOCAL or max(entry.size, entry.packed) > MAX_REGION:
        return None
    name, extra = struct.unpack_from("<HH", head, 26)
    data = files.region(path, entry.offset + 30 + name + extra, entry.packed)
    if len(data) != entry.packed:
        return None
    if entry.method == _DEFLATED:
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, MAX_REGION)
        except zlib.error:
            return None
    return data if entry.method in (_STORED, _DEFLATED) else None


def _wide(path: Path, files: Files, locator: bytes) -> tuple[int, int] | None:
    """Size and start of the directory as a large archive keeps them."""
    if locator[:4] != _LOCATOR_64:
        return None
    end = files.region(path, struct.unpack_from("<Q", locator, 8)[0], 56)
    if len(end) < 56 or end[:4] != _END_64:
        return None
    size, start = struct.unpack_from("<QQ", end, 40)
    return size, start


def _entries(data: bytes) -> list[Entry]:
    found, at = [], 0
    while data[at : at + 4] == _ENTRY and at + 46 <= len(data):
        method, packed, size = struct.unpack_from("<H8xII", data, at + 10)
        name_size, extra_size, comment_size = struct.unpack_from("<HHH", data, at + 28)
        offset = struct.unpack_from("<I", data, at + 42)[0]
        name_end = at + 46 + name_size
        name = data[at + 46 : name_end].decode("utf-8", "replace")
        extra = data[name_end : name_end + extra_size]
        size, packed, offset = _widened(extra, size, packed, offset)
        found.append(Entry(name, method, packed, size, offset))
        at = name_end + extra_size + comment_size
    return found


def _widened(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The numbers of an entry, those that do not fit taken from its extra field, in this order."""
    at, wide = 0, b""
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = extra[at + 4 : at + 4 + length]
        at += 4 + length
    numbers = []
    for number in (size, packed, offset):
        if number == _UNSET and len(wide) >= 8:
            numbers.append(struct.unpack_from("<Q", wide)[0])
            wide = wide[8:]
        else:
            numbers.append(number)
    return numbers[0], numbers[1], numbers[2]
