"""A side in, whether it is a sweep of Hydra out: several runs where one is to be watched."""

from __future__ import annotations

from trainlint.chain.build import Builder, running_entry
from trainlint.engine.started import job_of
from trainlint.facts.script import EntryKind, ScriptFacts
from trainlint.facts.settings import Settings
from trainlint.facts.value import Known
from trainlint.parity.sides import Side
from trainlint.parse.hydra_cli import read_arguments
from trainlint.parse.launcher.peel import peel
from trainlint.source import Files

_MODE = "hydra.mode="


def is_sweep(side: Side, files: Files) -> bool:
    """Whether its arguments ask for one, and its script is one of Hydra's."""
    launch = peel(job_of(side), files)
    arguments = read_arguments(launch.arguments)
    given = (word.text.value for word in arguments.overrides if isinstance(word.text, Known))
    modes = [text.removeprefix(_MODE) for text in given if text.startswith(_MODE)]
    if not (arguments.multirun or modes[-1:] == ["MULTIRUN"]):
        return False
    # Only now is the script read: most launches have nothing that looks like a sweep.
    script = Builder(files, Settings()).script(launch)
    entry = running_entry(script) if isinstance(script, ScriptFacts) else None
    return entry is not None and entry.kind is EntryKind.MAIN
