"""A side of a comparison of runs in, the job that its command line would be out."""

from __future__ import annotations

from trainlint.facts.launch import JobFacts
from trainlint.parity.sides import Side
from trainlint.parse.joblist import read_command


def job_of(side: Side) -> JobFacts:
    """The program with its arguments, without its launcher."""
    program = ("-m", side.module) if side.module else (str(side.script),)
    return read_command(("python", *program, *side.arguments), side.folder).jobs[0]
