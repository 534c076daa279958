"""Runs that say nothing about training in, what a person can do about each out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from trainlint.parity.noise import UNREPEATED
from trainlint.parity.trial import Trial, missing_from

#: What is part of why a run was ended, and what helps.
_LIMITS = (
    ("--timeout", "give it longer (--timeout), or let less be done before and in an update by --args"),
    ("--memory", "let it hold more (--memory), or give it a smaller network or batch by --args"),
    ("its output", "let it write less by --args or --env"),
)
#: What a run says last, and what helps.
_SAID = tuple(
    (re.compile(pattern), advice)
    for pattern, advice in (
        (r"EOFError|EOF when reading", "nobody answers it: give what it asks for by --args or --env"),
        (
            r"(?i)cuda|nvidia|\bno gpu",
            "let it compute on the CPU by --args or --env, or run both where it finds its GPU",
        ),
        (
            r"ModuleNotFoundError|No module named",
            "name the interpreter that has the module (--python), or its folder by --env PYTHONPATH=…",
        ),
        (
            r"FileNotFoundError|No such file or directory|NotADirectoryError",
            "name the folder that it is started in (--ref-cwd, --new-cwd), or where its files lie by --args",
        ),
        (
            r"(?m)^usage: |unrecognized arguments|Could not override|Missing mandatory value",
            "give it the arguments that it takes: --args for both, --ref-args and --new-args for one",
        ),
        (
            r"Read-only file system|Permission denied",
            "let it write elsewhere by --args, or into a copy of its folder: without --in-place",
        ),
        (r"No space left on device|Disk quota exceeded", "set TMPDIR to a folder with more room"),
        (r"MemoryError|not enough memory", "give it a smaller network or batch by --args"),
        (
            r"(<frozen os>|os\.py)\", line \d+, in __getitem__|environment variable",
            "give it the variables that it reads by --env",
        ),
    )
)
#: Says itself whatever ended the run: workers that cannot be reached are waited for.
_SOCKETS = "AF_UNIX path too long"
_SHORTER = "set TMPDIR to a folder with a short path: workers of a DataLoader talk through sockets in it"
_SEEDED = (
    "fix the seed (not from the clock), sort what comes out of sets and folders, "
    "and ask torch for deterministic kernels"
)
_UNWATCHED = (
    "start what trains with an optimizer of torch, by the interpreter of --python and with the variables "
    "that it is given: where weights change by other means nothing is seen"
)
_MORE = "give it data and turns for an update by --args"
_BY_HAND = "start it by hand with the same arguments: what it misses there, it misses here"


def advised(trials: Sequence[Trial], missing: Iterable[str]) -> tuple[str, ...]:
    """What to do so that the next runs say something, each thing once."""
    found = [_of(trial) for trial in trials if any(missing_from(trial))]
    return tuple(dict.fromkeys([*found, *_repeated(missing)]))


def _repeated(missing: Iterable[str]) -> Iterator[str]:
    if any(UNREPEATED in reason for reason in missing):
        yield _SEEDED


def _of(trial: Trial) -> str:
    ended = trial.ended
    if _SOCKETS in ended.errors:
        return _SHORTER
    for sign, advice in _LIMITS:
        if sign in ended.reason:
            return advice
    if ended.code:
        return _failed(trial)
    return _MORE if trial.traces else _UNWATCHED


def _failed(trial: Trial) -> str:
    said = trial.ended.last_lines
    # A traceback ends with the error; warnings stand before it.
    for text in (said.rpartition("\n")[2], said):
        for pattern, advice in _SAID:
            if pattern.search(text):
                return advice
    if trial.updates:
        return f"let both end before it does: --steps {trial.updates} or fewer"
    return _BY_HAND
