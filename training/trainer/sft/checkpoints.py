"""The checkpoints that `trl` writes, made whole or known not to be.

A checkpoint is a folder `checkpoint-<step>` with weights or adapters, optimizer, generators and tokenizer as
`transformers` saves them, and with `run.json` (the resolved configuration) and a manifest of all its files.
The manifest is written last: a folder without one is a save that was killed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from trainer.checkpointing import (
    MANIFEST,
    Checkpoint,
    first_whole,
    said_by_system,
    verify,
    write_manifest,
)
from trainer.errors import TrainerError

_RECORD = "run.json"


class SftCheckpoints:
    """The checkpoints of one run in one folder."""

    def __init__(self, folder: Path, keep_last: int) -> None:
        self.folder = folder
        self.keep_last = keep_last

    def seal(self, step: int, record: dict[str, Any]) -> Path:
        """Make the checkpoint of a step whole, and remove those that are more than `keep_last`.

        The oldest go only now: a save that is killed leaves those before it. Raises TrainerError when the
        disk refuses.
        """
        path = self.folder / f"checkpoint-{step}"
        try:
            text = json.dumps({"step": step, "config": record}, indent=1)
            (path / _RECORD).write_text(text, encoding="utf-8")
            write_manifest(path)
        except OSError as error:
            raise TrainerError(
                f"checkpoint {path} could not be written: {said_by_system(error)}; "
                "earlier checkpoints are whole"
            ) from error
        for old in self._sealed()[: -self.keep_last]:
            shutil.rmtree(old, ignore_errors=True)
        return path

    def recover(self) -> list[str]:
        """Nothing: what a killed save left is passed over, and written again when the run gets there."""
        return []

    def load(self, path: Path) -> Checkpoint:
        """Where to go on from, and its configuration; the weights are read by `transformers`.

        Raises TrainerError when it is missing, truncated or not ours.
        """
        verify(path)
        try:
            state = json.loads((path / _RECORD).read_text(encoding="utf-8"))
            return Checkpoint(
                path=path, step=int(state["step"]), weights={}, state={"config": state["config"]}
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainerError(
                f"checkpoint {path} is none of supervised fine-tuning: no {_RECORD}"
            ) from error

    def latest(self) -> tuple[Checkpoint | None, list[str]]:
        """The newest checkpoint that is whole, and what is wrong with those that were passed over."""
        unsealed = [
            f"checkpoint {path} has no {MANIFEST}: its save did not end"
            for path in sorted(self.folder.glob("checkpoint-*"))
            if not (path / MANIFEST).is_file()
        ]
        found, passed = first_whole(reversed(self._sealed()), self.load)
        return found, [*unsealed, *passed]

    def _sealed(self) -> list[Path]:
        """Oldest first, by time: a run that started afresh may have smaller steps than one before it."""
        return [
            manifest.parent
            for manifest in sorted(
                self.folder.glob(f"checkpoint-*/{MANIFEST}"), key=lambda file: file.stat().st_mtime_ns
            )
        ]
