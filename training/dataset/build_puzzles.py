"""Draws a set of small puzzles and writes it for the trainer.

python training/dataset/build_puzzles.py --kind sudoku4 --mode embedding --output-dir datasets/sudoku4
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# The folder of a script is on the path; the trainer lies beside that folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trainer.data.puzzles.build import KINDS, BuildConfig, build
from trainer.data.puzzles.metadata import Mode
from trainer.errors import TrainerError


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Draw a set of small puzzles.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--output-dir", type=Path, required=True, help="folder for train/ and val/")
    parser.add_argument("--kind", choices=list(KINDS), default=BuildConfig.kind)
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        default=BuildConfig.mode.value,
        help="for trm, for etrm",
    )
    parser.add_argument("--side", type=int, default=BuildConfig.side, help="of mazes and maps of colours")
    parser.add_argument("--colours", type=int, default=BuildConfig.colours, help="of maps of colours")
    parser.add_argument("--train-groups", type=int, default=BuildConfig.train_groups)
    parser.add_argument("--val-groups", type=int, default=BuildConfig.val_groups)
    parser.add_argument("--pairs", type=int, default=BuildConfig.pairs, help="of one group")
    parser.add_argument(
        "--demonstrations",
        type=int,
        default=BuildConfig.demonstrations,
        help="of one example, in encoder mode",
    )
    parser.add_argument("--seed", type=int, default=BuildConfig.seed)
    return parser.parse_args(arguments)


def main() -> None:
    """Build, or say in one line why not."""
    values = vars(parse_args())
    try:
        config = BuildConfig(**{**values, "mode": Mode(values["mode"])})
        build(config)
    except (TrainerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"built {config.output_dir} ({config.kind}, {config.mode.value} mode)")


if __name__ == "__main__":
    main()
