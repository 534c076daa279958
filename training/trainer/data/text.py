"""A text file in, its text out."""

from __future__ import annotations

from pathlib import Path

from trainer.errors import TrainerError


def read_text(path: Path) -> str:
    """The text of a file. Raises TrainerError when it is missing, empty or no UTF-8."""
    if path.is_dir():
        raise TrainerError(
            f"data.path {path} is a folder; one file is needed (data.kind shards reads folders)"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TrainerError(
            f"data.path {path} does not exist (seen from {Path.cwd()}); "
            f"training/dataset/build_text.py --output {path} draws a small one"
        ) from error
    except UnicodeDecodeError as error:
        raise TrainerError(f"data.path {path} is no UTF-8 text: {error}") from error
    if not text.strip():
        raise TrainerError(f"data.path {path} is empty")
    return text
