"""A script and arguments in, what trainlint says of the command and what the script itself does out."""

from __future__ import annotations

import contextlib
import io
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path

from trainlint.chain.build import Builder
from trainlint.facts.arguments import ArgumentProblem, CommandLineCheck
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_command
from trainlint.source import Files


@dataclass(frozen=True)
class Verdict:
    """What trainlint says: `refused` by an error, `verified` when everything was looked at."""

    refused: bool
    verified: bool
    problems: tuple[ArgumentProblem, ...]
    check: CommandLineCheck


def ours(script: Path, arguments: list[str], settings: Settings | None = None) -> Verdict:
    files = Files(script.parent)
    job = read_command(["python", script.name, *arguments], script.parent).jobs[0]
    check = Builder(files, settings or Settings()).build(job).command_line
    assert check is not None
    certain = tuple(problem for problem in check.problems if problem.certain)
    return Verdict(bool(certain), not check.unverified and certain == check.problems, check.problems, check)


def theirs(script: Path, arguments: list[str]) -> str | None:
    """What the script's library says when it refuses the arguments, None when it takes them."""
    saved, path = sys.argv, list(sys.path)
    sys.argv, said = [script.name, *arguments], io.StringIO()
    sys.path.insert(0, str(script.parent))
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as stop:
        return said.getvalue() or "stopped" if stop.code not in (0, None) else None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        sys.argv, sys.path[:] = saved, path
    return None


def agree(script: Path, arguments: list[str], settings: Settings | None = None) -> None:
    """Fail unless what trainlint is sure of is what happens."""
    verdict, said = ours(script, arguments, settings), theirs(script, arguments)
    if verdict.refused:
        assert said is not None, (arguments, verdict.problems)
    elif verdict.verified:
        assert said is None, (arguments, said)
