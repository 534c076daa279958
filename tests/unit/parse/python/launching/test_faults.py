"""Entries of a table that the launcher's own code stumbles over, and code that looks as if it would."""

from __future__ import annotations

import pytest

from tests.unit.parse.python.launching.support import read
from trainlint.facts.launch import TableEntryError

START = 'subprocess.run(["python", "a.py", *words])'


def faults(table: str, body: str) -> list[tuple[str, str, bool]]:
    """Entry, message and certainty of each fault of a launcher that goes through a table."""
    indented = "\n".join(f"    {line}" for line in [*body.split("\n"), START])
    text = f"import os, shlex, subprocess\nRUNS = {table}\nfor name, run in RUNS.items():\n{indented}\n"
    found = [fault for fault in read(text).shell_problems if isinstance(fault, TableEntryError)]
    return [(fault.entry, fault.message, fault.certain) for fault in found]


GOOD = '"good": {"args": {"lr": 1}, "out": "x"}'

#: The entry `bad`, the code that works on it, and the finding; one to a paragraph.
FAULTS = """
"args": ["--lr"]
words = [k for k, v in run["args"].items()]
`args` is a `list` where `.items()` is called

"out": "x"
words = list(run["args"])
`run` has no key `args`, which the launcher reads

"args": {}, "out": 5
words = ["--out", run.get("out")]
`out` is an `int` in a command, where each argument must be a text

"args": {}, "out": None
words = ["--out=" + run["out"]]
`out` is a `NoneType` that is added to a text

"args": {}, "out": 1.5
words = " ".join(["--out", run["out"]]).split()
`out` is a `float` where texts are joined

"args": {}, "out": 7
words = [w for w in run["out"]]
`out` is an `int` that the launcher goes through

"args": ["a"]
words = [run["args"]["lr"]] and []
`args` is a `list` where `['lr']` is read

"args": ["a"]
words = [run["args"].get("lr")]
`args` is a `list` where `.get()` is called

"args": {}, "out": ["a", "b", "c"]
words = []; first, second = run["out"]
`out` has 3 elements where 2 are unpacked

"args": {}, "out": 3
words = [shlex.quote(run["out"])]
`out` is an `int` where a text is quoted
"""


@pytest.mark.parametrize("case", FAULTS.strip().split("\n\n"), ids=lambda case: case.rpartition("\n")[2])
def test_an_entry_that_the_code_cannot_work_with(case: str) -> None:
    entry, body, message = case.split("\n")
    found = faults(f'{{{GOOD}, "bad": {{{entry}}}}}', body)
    assert [fault for fault in found if fault[0] == "bad"] == [("bad", message, True)]


#: Code that works with the entry `bad` although it has no `args`; one to a paragraph.
CAREFUL = """
words = list(run["args"]) if "args" in run else []

words = run.get("args", [])
if isinstance(words, dict):
    words = list(words)

try:
    words = [k for k, v in run["args"].items()]
except (AttributeError, KeyError):
    words = []

words = [str(v) for v in run.values()]

if name == "bad":
    continue
words = list(run["args"].items()) and []

run = {"args": {}, **run}
words = [str(w) for w in run["args"]]

run.setdefault("args", [])
words = [str(w) for w in run["args"]]

assert "args" in run
words = [str(w) for w in run["args"]]

words = [str(w) for w in (run | {"args": []})["args"]]

words = run.pop("args", None) or []
"""


@pytest.mark.parametrize("body", CAREFUL.strip().split("\n\n"))
def test_code_that_looks_before_it_reads(body: str) -> None:
    assert faults(f'{{{GOOD}, "bad": {{"out": "x"}}}}', body) == []


def test_what_comes_only_under_another_condition_of_unknown_origin_is_not_certain() -> None:
    found = faults(
        f'{{{GOOD}, "bad": {{"args": ["x"]}}}}',
        'words = []\nif ready():\n    words = list(run["args"].items())',
    )
    assert [certain for entry, _, certain in found if entry == "bad"] == [False]


def test_what_depends_on_a_file_is_certain() -> None:
    body = 'words = []\nif not os.path.exists("x"):\n    words = list(run["args"].keys())'
    found = faults(f'{{{GOOD}, "bad": {{"args": ["x"]}}}}', body)
    assert [certain for entry, _, certain in found if entry == "bad"] == [True]


def test_a_fault_outside_of_a_table_is_not_reported() -> None:
    text = 'import subprocess\nwords = ["a"]\nwords.items()\nsubprocess.run(["python", "a.py"])\n'
    found = read(text)
    assert (found.jobs, found.shell_problems) == ((), ())
