"""Builds what a named run needs and trains it: `python training/launch.py MODEL [--dataset-only]`.

The table of runs is checked before anything starts. A data set that is whole is not built again, and a run
that has a checkpoint goes on from it by itself.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: What an argument of a data set builder may be.
Argument = str | int | float | bool | Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What a run learns from, and how it is made."""

    #: A script below this folder.
    dataset_builder: str
    #: Its options by name: `{"output_dir": "x", "augment": True}` becomes `--output-dir x --augment`.
    #: The words themselves will do too: `["--output-dir", "x", "--augment"]`.
    dataset_args: Mapping[str, Argument] | Sequence[str]
    #: Which of them says where the data go, and so what the trainer reads.
    output_option: str
    #: What the builder writes last, below its output: when it is there, the data set is whole.
    last_file: str = ""

    @property
    def path(self) -> str:
        """Where the data go."""
        return str(options(self.dataset_args)[self.output_option])

    @property
    def file(self) -> Path:
        """What is there when the data set is whole."""
        return Path(self.path) / self.last_file


@dataclass(frozen=True, kw_only=True)
class Model:
    """One run: which config and architecture, and on what."""

    title: str
    #: A primary config of `config/`, without `.yaml`.
    config: str
    #: An option of the group `arch`.
    architecture: str
    dataset: Dataset
    output_dir: str


SUMS = Dataset(
    dataset_builder="dataset/build_text.py",
    dataset_args={"output": "datasets/arithmetic.txt", "count": 4000},
    output_option="output",
)
CONVERSATIONS = Dataset(
    dataset_builder="dataset/build_text.py",
    dataset_args={"output": "datasets/arithmetic.csv", "count": 4000},
    output_option="output",
)
SUDOKU = Dataset(
    dataset_builder="dataset/build_puzzles.py",
    dataset_args={"kind": "sudoku4", "mode": "embedding", "output_dir": "datasets/sudoku4"},
    output_option="output_dir",
    last_file="val/dataset.json",
)
COLOURS = Dataset(
    dataset_builder="dataset/build_puzzles.py",
    dataset_args={"kind": "colours", "mode": "encoder", "output_dir": "datasets/colours_encoder"},
    output_option="output_dir",
    last_file="val/dataset.json",
)

MODELS: dict[str, Model] = {
    "bigram": Model(
        title="bigram baseline on arithmetic",
        config="cfg_bigram",
        architecture="bigram",
        dataset=SUMS,
        output_dir="outputs/bigram",
    ),
    "gpt": Model(
        title="GPT from scratch on arithmetic",
        config="cfg_gpt",
        architecture="gpt",
        dataset=SUMS,
        output_dir="outputs/gpt",
    ),
    "sft": Model(
        title="fine-tuning of the chat model in models/chat on arithmetic",
        config="cfg_sft",
        architecture="chat",
        dataset=CONVERSATIONS,
        output_dir="outputs/sft",
    ),
    "trm-sudoku": Model(
        title="TRM with puzzle embeddings on Sudoku 4x4",
        config="cfg_trm",
        architecture="trm",
        dataset=SUDOKU,
        output_dir="outputs/trm-sudoku",
    ),
    "etrm-colours": Model(
        title="TRM with a demonstration encoder on maps of colours",
        config="cfg_etrm",
        architecture="etrm_hybrid",
        dataset=COLOURS,
        output_dir="outputs/etrm-colours",
    ),
}


class LaunchError(Exception):
    """The table or the data cannot be used; the message says why."""


def problems(models: Mapping[str, Model]) -> list[str]:
    """Everything that is wrong with the table, each in a sentence."""
    return [f"{name}: {words}" for name, model in models.items() for words in _wrong(model)]


def _wrong(model: Model) -> list[str]:
    files = {
        "config": HERE / "config" / f"{model.config}.yaml",
        "architecture": HERE / "config" / "arch" / f"{model.architecture}.yaml",
        "dataset_builder": HERE / model.dataset.dataset_builder,
    }
    found = [
        f"{field} {file.relative_to(HERE)} does not exist"
        for field, file in files.items()
        if not file.is_file()
    ]
    try:
        given = options(model.dataset.dataset_args)
    except LaunchError as error:
        return [*found, str(error)]
    if model.dataset.output_option not in given:
        found.append(f"dataset_args have no {model.dataset.output_option}: nobody knows where the data go")
    return found


def options(given: Mapping[str, Argument] | Sequence[str]) -> dict[str, Argument]:
    """A builder's options by name; words are read as they would be typed. Raises LaunchError for others."""
    if isinstance(given, Mapping):
        return dict(given)
    found: dict[str, list[str]] = {}
    for word in () if isinstance(given, str) else given:
        if word.startswith("--"):
            found[word.removeprefix("--").replace("-", "_")] = []
        elif found:
            found[next(reversed(found))].append(word)
        else:
            break
    if not found:
        raise LaunchError(
            "dataset_args is neither a mapping of options to values nor a list that begins with one"
        )
    return {
        name: True if not values else values if len(values) > 1 else values[0]
        for name, values in found.items()
    }


def builder_command(dataset: Dataset) -> list[str]:
    """The command that makes the data set: a true flag stands alone, a false one is left out."""
    words = [sys.executable, str(HERE / dataset.dataset_builder)]
    for name, value in options(dataset.dataset_args).items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words += [flag] if value else []
        elif isinstance(value, str | int | float):
            words += [flag, str(value)]
        else:
            words += [flag, *map(str, value)]
    return words


def trainer_command(model: Model, overrides: Sequence[str]) -> list[str]:
    """The command that trains, or goes on where a checkpoint lies."""
    return [
        *(sys.executable, str(HERE / "train.py"), f"--config-name={model.config}"),
        f"arch={model.architecture}",
        f"data.path={model.dataset.path}",
        f"output_dir={model.output_dir}",
        "checkpoint.resume=auto",
        *overrides,
    ]


def build_dataset(dataset: Dataset) -> None:
    """Make the data set unless it is whole. Raises LaunchError when its builder fails."""
    if dataset.file.exists():
        print(f"data set: {dataset.file} is there")
        return
    command = builder_command(dataset)
    print(f"data set: {shlex.join(command)}", flush=True)
    code = subprocess.run(command, check=False).returncode
    if code:
        raise LaunchError(f"the data set was not built: {dataset.dataset_builder} ended with code {code}")
    if not dataset.file.exists():
        raise LaunchError(
            f"{dataset.dataset_builder} wrote no {dataset.file}: correct last_file or the builder's arguments"
        )


def main(words: Sequence[str] | None = None) -> int:
    """Launch one model of the table; the trainer's exit code, 2 when it could not be started."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", choices=sorted(MODELS), help="a run of the table")
    parser.add_argument("--dataset-only", action="store_true", help="build the data set and stop")
    parser.add_argument("overrides", nargs="*", help="further Hydra overrides")
    given = parser.parse_intermixed_args(words)
    model = MODELS[given.model]
    if wrong := problems(MODELS):
        print("\n".join(f"error: {line}" for line in wrong), file=sys.stderr)
        return 2
    print(f"{model.title}: config {model.config}, architecture {model.architecture}", flush=True)
    latest = Path(model.output_dir) / "checkpoints" / "latest"
    print(f"checkpoint: {latest.read_text().strip() if latest.exists() else 'none, a fresh run'}", flush=True)
    try:
        build_dataset(model.dataset)
    except LaunchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if given.dataset_only:
        return 0
    command = trainer_command(model, given.overrides)
    print(f"command: {shlex.join(command)}", flush=True)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
