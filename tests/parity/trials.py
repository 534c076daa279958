"""A side and a plan in, its trial out; what ran once in a way is read again, by later processes as well."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from trainlint.parity import probe
from trainlint.parity.launch import Ended, Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trace import read_traces
from trainlint.parity.trial import Trial, tried

_PROBE = Path(probe.__file__).parent
_LIMITS = Limits(240, 8 << 30)
_ENDED = "ended.json"


@dataclass(frozen=True)
class Trials:
    """Runs kept in a folder, each under a digest of all that it depends on, the probe's code included.

    `python` is the interpreter; which of several ways to start the same one is no part of the digest.
    """

    folder: Path
    python: str = sys.executable

    def run(self, name: str, side: Side, plan: Plan) -> Trial:
        """Run a side, or read what its run left when it has run in this way before."""
        place = self.folder / self._key(side, plan)
        if not (place / _ENDED).is_file():
            shutil.rmtree(place, ignore_errors=True)
            ended = tried(name, self._copied(side, place), plan, _LIMITS, place, in_place=True).ended
            (place / _ENDED).write_text(json.dumps(asdict(ended)))
            shutil.rmtree(place / "work")
        ended = Ended(**json.loads((place / _ENDED).read_text()))
        return Trial(name, side, ended, place / "trace", read_traces(place / "trace", place / "work"))

    def _copied(self, side: Side, place: Path) -> Side:
        """The same in a copy of its folder: an interpreter that runs already sees no folder laid over one."""
        root = shutil.copytree(side.root, place / "work")
        return replace(
            side,
            script=root / side.script.resolve().relative_to(side.root),
            folder=root / side.folder.resolve().relative_to(side.root),
            python=self.python,
            variables=(*side.variables, ("PYTHON_EXEC", self.python)),
        )

    def _key(self, side: Side, plan: Plan) -> str:
        root = side.root
        places = (side.script.resolve().relative_to(root), side.folder.resolve().relative_to(root))
        how = (*map(str, places), side.arguments, side.variables, side.processes, plan)
        return sha256(f"{_code()} {contents([root])} {how!r}".encode()).hexdigest()[:20]


@cache
def _code() -> str:
    return contents([_PROBE, _PROBE.with_name("inject")])


def contents(folders: Iterable[Path]) -> str:
    """A digest of the files in some folders, with their names."""
    digest = sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            if "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(folder)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
