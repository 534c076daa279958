"""What the probe's stream writes is what the trace reads, whole steps at least."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.training.mounts import run_on
from trainlint.facts.parity import Site
from trainlint.parity.probe.stream import Stream
from trainlint.parity.trace import read_traces


def written(folder: Path, contents: int = 0) -> None:
    stream = Stream(str(folder), contents)
    stream.event("start", argv=["python"])
    stream.open()
    number = stream.record((7, 1.5, 2.5, 3.5), b"abcd")
    stream.event("update", step=0, tensors=[number], at=f"{folder.parent / 'src' / 'train.py'}:12")
    stream.event("stopped", step=1)
    stream.flush()


def test_events_digests_and_places(tmp_path: Path) -> None:
    written(tmp_path / "trace", contents=100)
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    assert [event.kind for event in trace.events] == ["start", "update", "stopped"]
    assert (trace.rank, trace.updates, trace.is_stopped) == (0, 1, True)
    digest = trace.digest(0, [2], "torch.float32")
    assert (digest.crc, digest.norm, digest.total, digest.largest) == (7, 1.5, 2.5, 3.5)
    assert digest.contents == b"abcd"
    assert trace.site(trace.events[1]) == Site("src/train.py", 12)


def test_contents_only_where_they_are_wanted(tmp_path: Path) -> None:
    written(tmp_path / "trace")
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    assert trace.digest(0, [2], "torch.float32").contents is None


#: A program that would go on with half of what it did on record.
_STUBBORN = """
from trainlint.parity.probe.stream import Stream
stream = Stream({!r}, 1 << 30)
for step in range(999):
    try:
        stream.record((1, 1.0, 1.0, 1.0), bytes(999))
        stream.event("update", step=step)
        stream.flush()
    except BaseException:
        pass
stream.event("stopped", step=999)
stream.flush()
"""


def test_a_process_whose_trace_fills_the_disk_does_not_go_on(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    ended = run_on("size=64k", place, sys.executable, "-c", _STUBBORN.format(str(place / "trace")))
    if ended is None:
        return
    assert ended.returncode == os.EX_IOERR
    assert f"trainlint: {place}/trace takes no more of what is seen: [Errno 28]" in ended.stderr
    (trace,) = read_traces(tmp_path / "disk.kept" / "trace", tmp_path)
    assert not trace.is_stopped


def test_a_process_that_never_trains_leaves_nothing(tmp_path: Path) -> None:
    Stream(str(tmp_path / "trace"), 0).event("print", text="hello")
    assert read_traces(tmp_path / "trace", tmp_path) == ()


def test_half_a_line_is_left_away(tmp_path: Path) -> None:
    written(tmp_path / "trace")
    (events,) = (tmp_path / "trace").glob("*.jsonl")
    text = events.read_text()
    events.write_text(text[:-5])
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    assert [event.kind for event in trace.events] == ["start", "update"]


def test_no_event_refers_to_a_record_that_is_not_there(tmp_path: Path) -> None:
    """However often it writes, a process that is killed has written the tensors of its events."""
    stream = Stream(str(tmp_path / "trace"), 0)
    stream.open()
    for step in range(5_000):
        stream.event("update", step=step, tensors=[stream.record((step, 1.0, 1.0, 1.0), None)])
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    assert 0 < len(trace.events) < 5_000
    assert trace.digest(trace.events[-1]["tensors"][0], [1], "torch.float32").crc == trace.updates - 1


def test_of_two_processes_of_a_rank_the_one_that_trained_counts(tmp_path: Path) -> None:
    written(tmp_path / "trace")
    for suffix in (".jsonl", ".tensors", ".contents"):
        (tmp_path / "trace" / f"rank0-0{suffix}").write_bytes(b"")
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    assert trace.updates == 1


def test_contents_are_kept_from_an_update_on_until_there_is_no_room(tmp_path: Path) -> None:
    stream = Stream(str(tmp_path / "trace"), contents=10, since=1)
    stream.open()
    with stream.kept():
        stream.record((1, 1.0, 1.0, 1.0), b"init")
    stream.record((2, 1.0, 1.0, 1.0), b"skip" if stream.keeps else None)
    stream.reached(1)
    stream.record((3, 1.0, 1.0, 1.0), b"kept")
    stream.event("update", step=1, tensors=[2])
    stream.reached(2)
    stream.record((4, 1.0, 1.0, 1.0), b"full")
    stream.record((5, 1.0, 1.0, 1.0), b"f")
    stream.event("update", step=2, tensors=[4])
    stream.flush()
    (trace,) = read_traces(tmp_path / "trace", tmp_path)
    held = [trace.digest(number, [4], "torch.uint8").contents for number in range(5)]
    assert held == [b"init", None, b"kept", None, None]
    assert (trace.updates, trace.kept) == (3, 2)
