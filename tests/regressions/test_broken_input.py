"""Input that is broken or hostile: a clear word, the documented exit code, no traceback and no long wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """import hydra
{before}
@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    {body}
if __name__ == "__main__":
    main()
"""
JOB = b"[ ] python train.py\n"
PACK = b"pack: p\nrules:\n  - {id: LAB001, name: r-r, message: m, require: '%s'}\n"
ALIASES = ", ".join(["*k{0}"] * 9)
PACKED = {"trainlint.toml": b'packs = ["./pack.yaml"]\n'}


def script(body: str = "print(cfg.a)", before: str = "") -> dict[str, bytes]:
    """The script with this body."""
    return {"train.py": SCRIPT.format(body=body, before=before).encode()}


def config(text: str) -> dict[str, bytes]:
    """The config with this text."""
    return {"conf/config.yaml": text.encode()}


def pack(expression: str) -> dict[str, bytes]:
    """A pack of rules with this expression."""
    return {**PACKED, "pack.yaml": PACK % expression.encode()}


#: The files that differ from a good project, the exit code, and what is said.
CASES: dict[str, tuple[dict[str, bytes], int, str]] = {
    "a good project": ({}, 0, "1 passed"),
    "bytes for a job list": ({"jobs.txt": bytes(range(256))}, 1, "TL001"),
    "a job list of another encoding": ({"jobs.txt": "[ ] python train.py".encode("utf-16")}, 1, "TL001"),
    "an empty job list": ({"jobs.txt": b""}, 2, "nothing to check"),
    "a quote that is never closed": ({"jobs.txt": b'[ ] python train.py a="1\n'}, 1, "never closed"),
    "aliases of aliases": (
        config("k0: &k0 [x]\n" + "".join(f"k{n}: &k{n} [{ALIASES.format(n - 1)}]\n" for n in range(1, 12))),
        1,
        "aliases expand to more than",
    ),
    "an anchor that contains itself": (config("a: &x [*x]\n"), 1, "contains itself"),
    "a defaults list that contains itself": (config("defaults: [config]\na: 1\n"), 1, "go in a circle"),
    "interpolations in a circle": (config("a: ${b}\nb: ${a}\n"), 1, "refers back to itself"),
    # each of the keys was followed to the end of the series anew
    "a long series of interpolations": (
        config("".join(f"k{n}: ${{k{n + 1}}}\n" for n in range(2000)) + "a: ${k0}\n"),
        1,
        "TL308",
    ),
    # walking the key down went too deep for Python
    "a key with thousands of parts": (
        {"jobs.txt": b"[ ] python train.py +a" + b".b" * 3000 + b"=1\n"},
        0,
        "more than 120 parts",
    ),
    "thousands of calls in one another": (script("x = " + "f(" * 5000 + ")" * 5000), 1, "TL004"),
    "a class that inherits from itself": (
        script("A(cfg); B(cfg).f()", "class A(A): pass\nclass B(A): pass\nclass A(B): pass"),
        0,
        "1 launch",
    ),
    "functions that call one another": (
        script("f(cfg)", "def f(c): return g(c) + f(g)\ndef g(c): return f(f(c))"),
        0,
        "1 launch",
    ),
    "modules that import one another": (
        {
            **script("m.f(cfg)", "import m"),
            "m.py": b"from n import *\nfrom n import f\n",
            "n.py": b"from m import *\nfrom m import f\n",
        },
        0,
        "1 launch",
    ),
    "a checkpoint of any bytes": (
        {**script("import torch; torch.load(cfg.a)"), **config("a: m.pt\n"), "m.pt": bytes(range(256)) * 9},
        0,
        "1 launch",
    ),
    "a power that fills the memory": (pack("9**9**9"), 0, "the exponent is too large"),
    "a text that fills the memory": (pack('"a" * 10**9'), 0, "only numbers are multiplied"),
    "an expression that looks into Python": (pack("().__class__.__mro__"), 2, "not allowed"),
}


@pytest.mark.parametrize("name", CASES)
def test_broken_input_is_said(name: str, tmp_path: Path) -> None:
    files, code, words = CASES[name]
    for path, content in {"jobs.txt": JOB, **config("a: 1\n"), **script(), **files}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = check(tmp_path, "jobs.txt")
    assert "Traceback" not in found.stdout + found.stderr
    assert words in found.stdout + found.stderr
    assert found.returncode == code


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    found = check(tmp_path, ".")
    assert (found.returncode, "nothing to check" in found.stderr) == (2, True)


def check(folder: Path, *paths: str) -> subprocess.CompletedProcess[str]:
    """Run the command line; it may take no longer than a person waits."""
    command = [sys.executable, "-m", "trainlint", "check", *paths]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ)
    )
