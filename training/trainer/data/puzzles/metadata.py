"""What lies beside the arrays of a split of puzzles: a JSON file that says what they hold."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import Enum
from pathlib import Path

from trainer.errors import TrainerError

FILE = "dataset.json"


class Mode(Enum):
    """How a model is to know which rule a puzzle follows."""

    #: A learned vector for each puzzle's identifier.
    embedding = "embedding"
    #: Demonstrations that come with each puzzle.
    encoder = "encoder"


@dataclass(frozen=True, kw_only=True)
class PuzzleMetadata:
    """One split of a data set."""

    kind: str
    mode: str
    #: Tokens have numbers below it.
    vocab_size: int
    #: Cells of one puzzle.
    seq_len: int
    #: Demonstrations that an example has room for; 0 in embedding mode.
    num_demonstrations: int
    num_puzzle_identifiers: int
    #: Puzzles with their variants, or rules with their pairs.
    total_groups: int
    #: Examples of one group.
    mean_puzzle_examples: float
    seed: int

    @property
    def samples(self) -> float:
        """Examples of one epoch."""
        return self.total_groups * self.mean_puzzle_examples

    def write(self, folder: Path) -> None:
        """Write it beside the arrays."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> PuzzleMetadata:
        """Read what `write` wrote. Raises TrainerError when it is missing or something else."""
        try:
            found = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(**{field.name: found[field.name] for field in fields(cls)})
        except FileNotFoundError as error:
            raise TrainerError(
                f"{folder} has no puzzles: {FILE} is missing (seen from {Path.cwd()}). Build them with "
                f"`python training/dataset/build_puzzles.py --output-dir {folder.parent}`, "
                "whose --help lists the kinds"
            ) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise TrainerError(
                f"{folder / FILE} does not describe puzzles: {error!r}; build them again"
            ) from error
