"""A Python file's text in, whether it is worth following as a launcher out: nothing heavy is imported."""

from __future__ import annotations

import re

from trainlint.source import SourceFile

_STARTS = re.compile(
    r"\bsubprocess\b|\bos\.(?:system|popen|exec[lv]|spawn[lv]|posix_spawn)|\bfrom os import\b"
    r"|\bcreate_subprocess_|\btorch\.distributed\.(?:run|launch)\b|\bCommandFunction\b"
)
_LAUNCHES = re.compile(
    r"\btorchrun\b|\bpython3?\b|\bsys\.executable\b|\baccelerate\b|\bdeepspeed\b|\bsrun\b|\bsbatch\b|\w\.(?:py|sh)\b"
)
#: Tests start programs that are meant to fail.
_TESTS = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test|conftest|noxfile|setup)\.py\Z")
_TESTING = re.compile(r"^\s*(?:import|from) (?:pytest|unittest|nox)\b", re.MULTILINE)


def looks_like_python_launcher(source: SourceFile) -> bool:
    """Whether a Python file found in a folder may start training: a cheap look at its text."""
    if _TESTS.match(source.path.as_posix()) or _TESTING.search(source.text):
        return False
    return bool(_STARTS.search(source.text) and _LAUNCHES.search(source.text))
