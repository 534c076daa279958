"""Processes are found below one of them, by Linux's own files and by what other systems have."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from trainlint.parity import processes
from trainlint.parity.processes import Family, command, held


@pytest.mark.parametrize("has_proc", [True, False], ids=["/proc", "ps"])
def test_children_and_their_memory(monkeypatch: pytest.MonkeyPatch, has_proc: bool) -> None:
    monkeypatch.setattr(processes, "_PROC", has_proc)
    program = "held = bytearray(50 << 20); print('ready', flush=True); input()"
    words = [sys.executable, "-c", program]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        members = [entry for entry in Family(os.getpid()).members() if entry.number == child.pid]
        assert [entry.parent for entry in members] == [os.getpid()]
        assert 50 << 20 < held(members, 1 << 40) < 500 << 20
        # What is shared with others counts less, what is its own does not.
        assert 50 << 20 < held(members, 1) <= held(members, 1 << 40)
        assert program in command(child.pid)
        child.communicate(b"\n")


@pytest.mark.parametrize("has_proc", [True, False], ids=["/proc", "ps"])
def test_who_lost_its_parent_is_known_by_its_group(monkeypatch: pytest.MonkeyPatch, has_proc: bool) -> None:
    monkeypatch.setattr(processes, "_PROC", has_proc)
    family = Family(os.getpid())
    orphaned = "sleep 60 & echo $!; read line"
    words = ["/bin/sh", "-c", orphaned]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdout is not None
        orphan = int(child.stdout.readline())
        assert orphan in [entry.number for entry in family.members()]
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.close()
        child.wait()
        assert orphan in [entry.number for entry in family.members()]
        os.kill(orphan, 9)
