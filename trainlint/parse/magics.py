"""The lines of a notebook's cell in, as many lines of plain Python out, with what was left out."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence

from trainlint.record import record
from trainlint.regex import regex

#: Cell magics whose body is Python that the notebook itself runs.
_RUN_BODIES = ("time", "timeit", "capture", "prun")
#: Line magics that change nothing of what the program does.
_SHOW_ONLY = (
    "matplotlib",
    "load_ext",
    "reload_ext",
    "autoreload",
    "config",
    "time",
    "xmode",
    "precision",
    "debug",
    "pdb",
    "who",
    "whos",
    "pwd",
    "history",
)
#: Commands that only look, or install what the imports ask for anyway.
_BESIDE = regex(
    r"\s*[!%]?\s*(?:uv\s+)?(?:pip3?|conda|mamba|apt(?:-get)?)\s+(?:-\S+\s+)*install\b|\s*!\s*nvidia-smi\b"
)
_CELL = regex(r"%%\s*(?P<name>\w*)\s*(?P<rest>.*)")
_WRITTEN = regex(r"(?P<append>-a\s+|--append\s+)?(?P<quote>[\"']?)(?P<file>[\w./-]+)(?P=quote)\s*")
_MAGIC = regex(r"\s*(?:[!?]|%\s*(?P<name>\w+))|.*[^\s?]\?{1,2}\s*$")
_TIMED = regex(r"%time\s+(?P<statement>\S.*)")
_TAKEN = regex(r"(?P<target>\s*[\w.,\[\]'\" ]+=\s*)(?:!|%\s*\w)")
#: Commands of the shell that a notebook takes without a mark, where no variable is called so.
_BARE = regex(r"(?:pip|conda|cd|ls|pwd|mkdir|cp|mv|rm|cat)(?:\s+[\w./~-].*)?$")
#: So often the parser is asked where the next line stands that is no Python.
_ATTEMPTS = 40


@record
class CellText:
    """A cell as Python: `lines` are as many as the cell has, `shifts` how far one was moved to the left.

    `unread` are lines (from 0) that are not followed, and why. `written` is the file that the cell writes
    in place of running.
    """

    lines: tuple[str, ...]
    unread: tuple[tuple[int, str], ...] = ()
    shifts: tuple[tuple[int, int], ...] = ()
    written: str | None = None


def read_cell(lines: Sequence[str]) -> CellText:
    """The Python of a cell; one that cannot be read has empty lines."""
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return CellText(("",) * len(lines))
    magic = _CELL.match(lines[first])
    if magic is None:
        return _repaired(list(lines))
    name = magic["name"]
    if name in _RUN_BODIES:
        return _repaired([*lines[:first], "", *lines[first + 1 :]])
    blank = ("",) * len(lines)
    if name == "writefile":
        target = _WRITTEN.fullmatch(magic["rest"])
        if target is not None and target["append"] is None and target["file"].endswith(".py"):
            kept = (*blank[: first + 1], *lines[first + 1 :])
            return CellText(kept, written=target["file"])
    return CellText(blank, ((first, f"a cell of `%%{name}` is not followed"),))


def _repaired(lines: list[str]) -> CellText:
    """The cell with its magics taken out, one after another as the parser meets them."""
    repair = _Repair.of(lines)
    for _ in range(_ATTEMPTS):
        stop = _first_error(repair.lines)
        if stop is None:
            return repair.done()
        if not repair.at(stop[0]):
            break
    for index in range(len(lines)):
        repair.at(index)
    stop = _first_error(repair.lines)
    if stop is None:
        return repair.done()
    reason = f"the cell cannot be parsed: {stop[1]}"
    return CellText(("",) * len(lines), ((stop[0], reason),))


def _first_error(lines: Sequence[str]) -> tuple[int, str] | None:
    """The line (from 0) at which the parser stops, and what it says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        return min(max((error.lineno or 1) - 1, 0), len(lines) - 1), error.msg or "invalid syntax"
    except (RecursionError, MemoryError):
        return 0, "the code is nested too deeply"
    except ValueError as error:
        return 0, str(error)
    return None


class _Repair:
    """A cell while magics are taken out of it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.unread: dict[int, str] = {}
        self.shifts: dict[int, int] = {}
        self.seen: set[int] = set()

    @classmethod
    def of(cls, lines: list[str]) -> _Repair:
        """A cell as it is written."""
        return cls(list(lines))

    def done(self) -> CellText:
        """What came of it."""
        return CellText(tuple(self.lines), tuple(sorted(self.unread.items())), tuple(self.shifts.items()))

    def at(self, index: int) -> bool:
        """Take the magic of a line out; False where there is none."""
        line = self.lines[index]
        if index in self.seen:
            return False
        timed, taken, magic = _TIMED.match(line), _TAKEN.match(line), _MAGIC.match(line)
        if timed is not None:
            self._put(index, timed["statement"])
            self.shifts[index] = timed.start("statement")
        elif taken is not None:
            self._put(index, f"{taken['target']}get_ipython()")
            self._note(index, line)
        elif magic is not None or _BARE.match(line) is not None:
            self._put(index, _indent(line) + "pass")
            asks = "?" in (line.strip()[0], line.strip()[-1])
            shows = magic is not None and magic["name"] in _SHOW_ONLY
            if not (asks or shows or _BESIDE.match(line)):
                self._note(index, line)
        else:
            return False
        return True

    def _put(self, index: int, text: str) -> None:
        """Replace a line, and with it those that a backslash joins to it."""
        continued = self.lines[index].rstrip().endswith("\\")
        self.lines[index] = text
        self.seen.add(index)
        while continued and index + 1 < len(self.lines):
            index += 1
            continued = self.lines[index].rstrip().endswith("\\")
            self.lines[index] = ""

    def _note(self, index: int, line: str) -> None:
        shown = " ".join(line.split())
        self.unread[index] = f"`{shown[:60]}{'…' if len(shown) > 60 else ''}` is no Python"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


#: How notebooks that were written out as Python mark a cell, or say at the top what they were made from.
_PERCENT = regex(r"^#\s*(?:%%|In\[)", re.M)
_HEAD = ("#", '"""', "'''")


def is_percent(text: str) -> bool:
    """Whether a Python file is a notebook: divided into cells by `# %%`, or exported from a `.ipynb`."""
    return _PERCENT.search(text) is not None or _is_exported(text)


def _is_exported(text: str) -> bool:
    """Whether the first words of a file, in a comment or docstring, name the notebook it was made from."""
    for line in text[:1000].split("\n"):
        if line.strip() and not line.lstrip().startswith(_HEAD):
            return False
        if ".ipynb" in line:
            return True
    return False


def percent_cells(text: str) -> list[list[str]]:
    """The lines of each cell of such a file, in order."""
    cells: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _PERCENT.match(line):
            cells.append([])
        cells[-1].append(line)
    return cells
