"""Fine-tunes a local chat model on a CSV of conversations, by the names that such scripts commonly have.

python training/finetune.py --model models/chat --csv_file data.csv --max_steps 10 --show_examples --verbose

Each option is a key of `cfg_sft`; further overrides follow as they are. The run itself is that of `train.py`.
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

#: The key that each option with a value sets.
KEYS = {
    "model": "arch.folder",
    "csv_file": "data.path",
    "max_steps": "steps",
    "weight_decay": "optim.weight_decay",
    "save_steps": "checkpoint.interval",
    "save_total_limit": "checkpoint.keep_last",
    "output_dir": "output_dir",
}
#: The key that each flag switches on.
FLAGS = {"show_examples": "sft.show_examples", "verbose": "sft.verbose"}


def parse_args(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; what is not given stays as the configuration has it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--csv_file", required=True, help="questions and answers, a turn in each row")
    parser.add_argument("--model", help="a folder with a chat model and its tokenizer (models/chat)")
    parser.add_argument("--max_steps", type=int, help="optimizer steps (200)")
    parser.add_argument("--weight_decay", type=float, help="of matrices (0.001)")
    parser.add_argument("--save_steps", type=int, help="steps between two checkpoints (500)")
    parser.add_argument("--save_total_limit", type=int, help="checkpoints that are kept (5)")
    parser.add_argument("--output_dir", help="everything goes here (outputs/sft)")
    parser.add_argument("--show_examples", action="store_true", help="show what of an example is learned")
    parser.add_argument("--verbose", action="store_true", help="show the memory before and after")
    parser.add_argument("overrides", nargs="*", help="further Hydra overrides")
    return parser.parse_intermixed_args(arguments)


def overrides_of(given: argparse.Namespace) -> list[str]:
    """The options as Hydra overrides; those that stand alone last, so that they win."""
    values = {key: getattr(given, name) for name, key in KEYS.items()}
    return [
        *(f"{key}={_quoted(value)}" for key, value in values.items() if value is not None),
        *(f"{key}=true" for name, key in FLAGS.items() if getattr(given, name)),
        *given.overrides,
    ]


def _quoted(value: str | int | float) -> str:
    """A path may have any character: in quotes none of them means anything to Hydra."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def main() -> None:
    """Run `train.py` with the same meaning."""
    script = Path(__file__).resolve().with_name("train.py")
    sys.argv = [str(script), "--config-name=cfg_sft", *overrides_of(parse_args())]
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
