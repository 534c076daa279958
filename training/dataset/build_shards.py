"""Turns texts into tokens once and writes them as shards, which training maps into memory.

python training/dataset/build_shards.py --input datasets/arithmetic.txt --output-dir datasets/arithmetic
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# The folder of a script is on the path; the trainer lies beside that folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trainer.configuration.data import Tokenization, TokenizerConfig
from trainer.data.shards import SUFFIXES, write_shards
from trainer.data.text import read_text
from trainer.errors import TrainerError
from trainer.tokenizers import Tokenizer, build_tokenizer


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Write texts as shards of tokens.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument(
        "--input", type=Path, nargs="+", required=True, help="text files, one after the other"
    )
    parser.add_argument("--output-dir", type=Path, required=True)
    kinds = [kind.value for kind in Tokenization]
    parser.add_argument("--tokenizer", choices=kinds, default=Tokenization.auto.value)
    parser.add_argument("--tokenizer-name", help="folder or hub name of a gpt2 tokenizer")
    parser.add_argument("--vocab-size", type=int, default=512, help="of a bpe tokenizer")
    parser.add_argument("--shard-tokens", type=int, default=1 << 26, help="in one file")
    parser.add_argument("--suffix", choices=SUFFIXES, default=SUFFIXES[0], help="of the files")
    return parser.parse_args(arguments)


def build(args: argparse.Namespace) -> int:
    """Write the shards; how many tokens there are. Raises TrainerError for texts that are none."""
    config = TokenizerConfig(
        kind=Tokenization(args.tokenizer), vocab_size=args.vocab_size, name=args.tokenizer_name
    )
    tokenizer: Tokenizer = build_tokenizer(config, "".join(map(read_text, args.input)), args.tokenizer_name)
    return write_shards(
        args.output_dir,
        (tokenizer.encode(read_text(path)) for path in args.input),
        tokenizer,
        shard_tokens=args.shard_tokens,
        suffix=args.suffix,
    )


def main(arguments: list[str] | None = None) -> None:
    """Build the folder."""
    args = parse_args(arguments)
    try:
        tokens = build(args)
    except TrainerError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"{args.output_dir}: {tokens:,} tokens")


if __name__ == "__main__":
    main()
