"""Checksums of several texts: each that of its text, whoever takes it, in a fork, too."""

from __future__ import annotations

import os
import zlib

import pytest

from trainlint.parity.probe.checksums import Checksums

TEXTS = [b"", b"few", *(bytes([place]) * (300_000 + place) for place in range(9))]


@pytest.mark.parametrize("texts", [[], TEXTS[:2], TEXTS])
def test_each_text_has_its_own(texts: list[bytes]) -> None:
    assert Checksums([memoryview(text) for text in texts]).taken() == [zlib.crc32(text) for text in texts]


def test_what_is_forked_while_threads_are_at_work_takes_its_own() -> None:
    begun = Checksums([memoryview(text) for text in TEXTS])
    child = os.fork()
    if not child:
        own = Checksums([memoryview(text) for text in TEXTS]).taken()
        os._exit(own != [zlib.crc32(text) for text in TEXTS])
    assert os.waitpid(child, 0)[1] == 0
    assert begun.taken() == [zlib.crc32(text) for text in TEXTS]
