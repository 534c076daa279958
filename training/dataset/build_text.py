"""Draws questions and answers of arithmetic and writes them as a text or as a CSV of conversations.

python training/dataset/build_text.py --output datasets/arithmetic.txt
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

# The folder of a script is on the path; the trainer lies beside that folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trainer.data.arithmetic import draw_arithmetic
from trainer.data.conversations import Conversation, as_text


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Draw a small data set of arithmetic.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--output", type=Path, required=True, help="a .csv gets columns, any other a text")
    parser.add_argument("--count", type=int, default=4000, help="of questions")
    parser.add_argument("--largest", type=int, default=20, help="number in a question")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def write_csv(path: Path, conversations: list[Conversation]) -> None:
    """One row for each turn, under the columns that `data.columns` has by default."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("question", "answer"))
        rows.writerows((turn.question, turn.answer) for talk in conversations for turn in talk.turns)


def main(arguments: list[str] | None = None) -> None:
    """Build the file."""
    args = parse_args(arguments)
    conversations = draw_arithmetic(args.count, args.largest, args.seed)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    if args.output.suffix == ".csv":
        write_csv(args.output, conversations)
    else:
        args.output.write_text(as_text(conversations), encoding="utf-8")
    print(f"{args.output}: {args.count} questions")


if __name__ == "__main__":
    main()
