"""trainlint: verifies machine-learning training launches without running them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from trainlint.engine.api import DiffResult

__version__ = "0.1.0"


def diff(
    reference: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    candidate: str | os.PathLike[str],
    *,
    revision: str | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    root: str | os.PathLike[str] = ".",
) -> DiffResult:
    """Compare what two training programs do, as `trainlint diff` does; nothing of them is run.

    `reference` is a script, or those that were merged; at `revision` of its git repository where one is
    given. `select` and `ignore` are codes or names of rules, on top of the settings that hold at `root`, the
    folder that paths are relative to. Raises DiffError where there is nothing to compare.
    """
    from trainlint.engine.api import compare_programs

    return compare_programs(reference, candidate, revision, (tuple(select), tuple(ignore)), root)


class _Package(ModuleType):
    """The package; importing its part of the same name does not take the function `diff` away."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "diff" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
