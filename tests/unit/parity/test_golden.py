"""Files that are no recordings, and places where none can be kept, are told by name and with what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.parity.simulated import Bench, Program
from trainlint.parity.golden import VERSION, Golden, GoldenError, read, write
from trainlint.parity.recorded import recorded


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a recording."""
    folder = tmp_path_factory.mktemp("whole")
    golden = recorded(Bench(folder, Program(), Program()).run, 2, compiled=False)
    assert isinstance(golden, Golden)
    write(golden, folder / "kept.jsonl")
    assert read(folder / "kept.jsonl").trial.updates == 2
    return (folder / "kept.jsonl").read_bytes()


def halved(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def newer(whole: bytes) -> bytes:
    return whole.replace(f'"version":{VERSION}'.encode(), f'"version":{VERSION + 1}'.encode(), 1)


FOREIGN = "is no recording of trainlint: record it again with --record"
CUT = "is cut off or was changed: record it again with --record"
DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda whole: b"", FOREIGN),
    "text": (lambda whole: b"loss 1.5\n", FOREIGN),
    "another JSON": (lambda whole: b'{"version": 1}\n[]\n', FOREIGN),
    "a list": (lambda whole: b"[1, 2]\n", FOREIGN),
    "binary": (lambda whole: bytes(range(256)) * 99, FOREIGN),
    "cut in the first line": (lambda whole: whole[:40], FOREIGN),
    "cut in the middle": (halved, CUT),
    "without its end": (lambda whole: whole[: whole.rstrip().rindex(b"\n") + 1], CUT),
    "binary from the middle on": (lambda whole: halved(whole) + b"\xff\xfe\x00", CUT),
    "one digit changed": (lambda whole: whole.replace(b'"code":0', b'"code":1'), CUT),
    "newer": (
        newer,
        f"has version {VERSION + 1} of the format, this is version {VERSION}: record it again with --record",
    ),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_recording(
    damage: Callable[[bytes], bytes], said: str, whole: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "other.jsonl"
    path.write_bytes(damage(whole))
    with pytest.raises(GoldenError) as raised:
        read(path)
    assert str(raised.value) == f"{path} {said}"


@pytest.mark.parametrize("path", [Path("/dev/zero"), Path("/nowhere/golden.jsonl")], ids=str)
def test_what_has_no_end_or_is_not_there(path: Path) -> None:
    with pytest.raises(GoldenError, match=r"with --record|that --record has written"):
        read(path)


def test_what_takes_no_recording_is_named_and_stays_what_it_is(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "kept.jsonl").write_bytes(whole)
    golden = read(tmp_path / "kept.jsonl")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(golden, pipe)
    assert os.read(reader, 1 << 20) == whole
    os.close(reader)
    assert pipe.is_fifo()
    with pytest.raises(GoldenError, match="cannot be written: not a directory; give --record a file in"):
        write(golden, tmp_path / "kept.jsonl" / "other.jsonl")
