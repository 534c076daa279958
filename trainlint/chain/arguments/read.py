"""A program in, how it reads its command line out: each library of parsers has its own reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trainlint.chain.arguments.absl import read_absl
from trainlint.chain.arguments.argparse_reader import read_argparse
from trainlint.chain.arguments.click import read_click
from trainlint.chain.arguments.dotted import read_dotted
from trainlint.chain.arguments.fire import read_fire
from trainlint.chain.arguments.hf import read_hf
from trainlint.chain.arguments.jsonargparse import read_jsonargparse
from trainlint.chain.arguments.override_reader import read_overrides
from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.typer import read_typer
from trainlint.facts.arguments import CommandLineReading, ParserUse

#: A reader answers None when the program has nothing to do with its library.
Reader = Callable[[Program], "CommandLineReading | None"]
READERS: tuple[Reader, ...] = (
    read_argparse,
    read_hf,
    read_click,
    read_typer,
    read_fire,
    read_dotted,
    read_jsonargparse,
    read_overrides,
    read_absl,
)


def read_command_line(program: Program) -> CommandLineReading | None:
    """What all readers find, None when none of them finds anything."""
    readings = [found for reader in READERS if (found := reader(program)) is not None]
    if not readings:
        return None
    uses: list[ParserUse] = []
    for reading in readings:
        uses += [_shifted(use, len(uses)) for use in reading.uses]
    unverified = tuple(unknown for reading in readings for unknown in reading.unverified)
    merges = tuple(merge for reading in readings for merge in reading.merges)
    return CommandLineReading(tuple(uses), unverified, merges)


def _shifted(use: ParserUse, count: int) -> ParserUse:
    """A use among others: `count` stand before those of its own reading."""
    return use if use.after is None else replace(use, after=use.after + count)
