"""What generated shell scripts are and stand in: the two scripts, and the files and folders around them."""

from __future__ import annotations

from dataclasses import dataclass

#: The folder that the scripts run in: its files are there for patterns, `cd` and `source`.
FILES = (
    "train.py",
    "eval.py",
    "a",
    "b.txt",
    "x.py",
    "lr=1",
    "conf/base.yaml",
    "conf/big.yaml",
    "conf/arch/small.yaml",
    "scripts/inner/deep.py",
    "two words/t.py",
    ".hidden",
    # what the scripts themselves write is there before, so that patterns match the same
    "out/x/y",
    "out.log",
    "log",
    "made.txt",
)
#: How scripts name its folders.
FOLDERS = (
    '"$ROOT/conf"',
    "$ROOT/conf/arch",
    '"$ROOT"/scripts/inner',
    '"$ROOT/two words"',
    '"$ROOT"',
    ".",
    "..",
)


@dataclass(frozen=True)
class Scripts:
    """A script, the script that it starts or reads, and the arguments that it is given."""

    main: str
    other: str
    arguments: tuple[str, ...] = ()
