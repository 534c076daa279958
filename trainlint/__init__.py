"""trainlint: verifies machine-learning training launches without running them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from trainlint.engine.api import DiffResult
    from trainlint.engine.parity import ParityResult

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


def parity(
    reference: str | os.PathLike[str],
    candidate: str | os.PathLike[str],
    *,
    steps: int = 10,
    args: Sequence[str] = (),
    reference_args: Sequence[str] = (),
    candidate_args: Sequence[str] = (),
    reference_folder: str | os.PathLike[str] = ".",
    candidate_folder: str | os.PathLike[str] = ".",
    processes: int | None = None,
    exact: bool = False,
    rtol: float | None = None,
    timeout: float = 600.0,
) -> ParityResult:
    """Run two training scripts for `steps` optimizer updates each, as `trainlint parity` does. It runs them.

    Each is a script, a module (`package.train`) or a line of a job list (`jobs.txt:12`). `args` are arguments
    of both, `reference_args` and `candidate_args` of one; each is started in its folder, on `processes` ranks
    (by default the job's, or one). `exact` lets nothing differ, `rtol` (a relative L2 distance) replaces the
    tolerance that is measured, `timeout` is in seconds for each run. Raises ParityError where a script cannot
    be started.
    """
    from trainlint.engine.parity import compare_scripts

    arguments = (*args, *reference_args), (*args, *candidate_args)
    folders = reference_folder, candidate_folder
    return compare_scripts((reference, candidate), arguments, folders, steps, processes, exact, rtol, timeout)


#: Functions of the package that share their name with a part of it.
_FUNCTIONS = ("diff", "parity")


class _Package(ModuleType):
    """The package; importing its part of the same name does not take a function away."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _FUNCTIONS or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
