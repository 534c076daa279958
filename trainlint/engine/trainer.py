"""The installation in, where the bundled trainer's entry is out."""

from __future__ import annotations

from pathlib import Path

import trainlint

_PACKAGE = Path(trainlint.__file__).resolve().parent


def trainer_script() -> Path:
    """The trainer's entry: inside the installed package, or beside it in a checkout."""
    folders = (_PACKAGE / "_training", _PACKAGE.parent / "training")
    return next(folder / "train.py" for folder in folders if (folder / "train.py").is_file())
