"""`trainlint train`: Hydra overrides in, a run of the bundled trainer in place of this process out."""

from __future__ import annotations

import importlib.util
import os
import sys

import click

from trainlint.engine.trainer import trainer_script
from trainlint.report.exit_code import USAGE

#: What the trainer imports, whatever it trains.
_NEEDED = ("torch", "numpy", "safetensors", "tokenizers", "transformers")


@click.command("train", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.option("--nproc", type=click.IntRange(min=1), help="Start this many processes with torchrun.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, nproc: int | None, arguments: tuple[str, ...]) -> None:
    """Train with the bundled reference trainer; ARGUMENTS go to it as they are.

    ARGUMENTS are Hydra's: `--config-name cfg_gpt data.path=story.txt steps=200`. What it writes lies below
    the working directory, in `output_dir`. Exit codes are the trainer's: 0 trained, 2 it could not start or
    go on.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        said = f"error: the trainer needs {', '.join(missing)}: pip install 'trainlint[train]'"
        click.echo(said, err=True)
        context.exit(USAGE)
    launcher = [] if nproc is None else ["-m", "torch.distributed.run", "--nproc-per-node", str(nproc)]
    words = [sys.executable, *launcher, str(trainer_script()), *arguments]
    sys.stdout.flush()
    # The trainer takes this process over, so that signals and exit codes are its own.
    os.execv(sys.executable, words)
