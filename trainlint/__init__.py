"""trainlint: verifies machine-learning training launches without running them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from trainlint.engine.api import DiffResult
    from trainlint.engine.parity import ParityResult
    from trainlint.facts.parity import Recording

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
    reference: str | os.PathLike[str] | None = None,
    candidate: str | os.PathLike[str] | None = None,
    *,
    steps: int | None = None,
    args: Sequence[str] = (),
    reference_args: Sequence[str] = (),
    candidate_args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    reference_env: Mapping[str, str] | None = None,
    candidate_env: Mapping[str, str] | None = None,
    reference_folder: str | os.PathLike[str] = ".",
    candidate_folder: str | os.PathLike[str] = ".",
    processes: int | None = None,
    reference_processes: int | None = None,
    candidate_processes: int | None = None,
    python: str = sys.executable,
    exact: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
    mapping: str | os.PathLike[str] | None = None,
    timeout: float = 600.0,
    memory: float | None = None,
    compiled: bool = False,
    in_place: bool = False,
    against: str | os.PathLike[str] | None = None,
    reference_trainer: Sequence[str] | None = None,
    resume_at: int = 0,
    resume_args: Sequence[str] = (),
) -> ParityResult:
    """Run two training scripts for `steps` optimizer updates each, as `trainlint parity` does. It runs them.

    Each is a script, a module (`package.train`) or a line of a job list (`jobs.txt:12`). `args` are arguments
    of both, `reference_args` and `candidate_args` of one; so are variables (`env`), folders to start in, and
    ranks (`processes`, by default the job's, or one). `exact` lets nothing differ; `rtol` (a relative L2
    distance) and `atol` replace the tolerance that is measured; `mapping` is a file that says which parameter
    is which. `timeout` (seconds) and `memory` (GB) are for each run, `compiled` lets torch.compile compile.

    In place of the reference stand the recording in the file `against`, or the bundled trainer with the words
    of `reference_trainer`. With `resume_at` the candidate (without one the reference) is stopped after so
    many updates and started again with `resume_args` added. Raises ParityError where a script cannot be
    started.
    """
    given = locals()
    from trainlint.engine.keywords import requested
    from trainlint.engine.parity import compare_scripts

    return compare_scripts(requested(given))


def record_parity(
    program: str | os.PathLike[str],
    file: str | os.PathLike[str],
    *,
    steps: int | None = None,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    folder: str | os.PathLike[str] = ".",
    processes: int | None = None,
    python: str = sys.executable,
    timeout: float = 600.0,
    memory: float | None = None,
    compiled: bool = False,
    in_place: bool = False,
) -> Recording:
    """Keep a run of a program in a file, as `trainlint parity --record` does. It runs the program.

    `parity(candidate=…, against=file)` compares with it. Raises ParityError where the program cannot be
    started, or makes no update.
    """
    given = locals()
    from trainlint.engine.keywords import requested_alone
    from trainlint.engine.parity import record_script

    return record_script(requested_alone(given), file)


#: Functions of the package that share their name with a part of it.
_FUNCTIONS = ("diff", "parity")


class _Package(ModuleType):
    """The package; importing its part of the same name does not take a function away."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _FUNCTIONS or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
