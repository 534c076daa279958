"""A rule's Markdown page in, its sections, shared files and cases out; and back into text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.specs.checkpoints import encoded

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "rules"

CASE = re.compile(r"^## (Fires|Silent|Unknown|Looks wrong but is fine): (.+)$")
FILE = re.compile(r"^`([^`\s]+)`(?: \(([\w-]+)\))?$")
FENCE = re.compile(r"^(`{3,})(\w*)\s*$")
#: What runs where a page names no command, by family.
_COMMANDS = {
    "TL6": "diff reference.py candidate.py",
    "TL7": "parity reference.py candidate.py --steps 2 --exact",
}
SECTIONS = ("What it catches", "Why it hurts a run", "How to fix")
KINDS = ("Fires", "Silent", "Unknown", "Looks wrong but is fine")


@dataclass
class Case:
    """One case: its files (the page's shared ones included) and the exact output expected."""

    kind: str
    title: str
    line: int
    files: dict[str, bytes]
    command: str
    expected: list[str] = field(default_factory=list)
    block: tuple[int, int] | None = None


@dataclass
class Page:
    """A spec page; `lines` are its text, `block` ranges of cases index into them."""

    path: Path
    code: str
    name: str
    sections: dict[str, str]
    cases: list[Case]
    lines: list[str]


class PageError(Exception):
    """A page that does not have the agreed form."""


def read_page(path: Path) -> Page:
    """Parse one page, strictly: what is not understood is an error, or a typo would switch a case off."""
    lines = path.read_text("utf-8").splitlines()
    heading = re.fullmatch(r"# ([A-Z]+\d{3}) ([a-z0-9-]+)", lines[0] if lines else "")
    if heading is None:
        raise PageError(f"{path}:1: the first line must be `# CODE name`")
    page = Page(path, heading[1], heading[2], {}, [], lines)
    shared: dict[str, bytes] = {}
    target: dict[str, bytes] | None = None
    case: Case | None = None
    index = 1
    while index < len(lines):
        line = lines[index]
        if line.startswith("## "):
            found = CASE.match(line)
            title = line[3:].strip()
            if found:
                case = Case(found[1], found[2], index + 1, dict(shared), _command(page.code))
                page.cases.append(case)
                target = case.files
            elif title == "Files":
                case, target = None, shared
            elif title in SECTIONS:
                case, target = None, None
                page.sections[title] = _prose(lines, index + 1)
            else:
                raise PageError(f"{path}:{index + 1}: unknown heading {line!r}")
        elif (fence := FENCE.match(line)) and target is not None:
            index = _block(page, lines, index, fence, target, case)
        index += 1
    return page


def _command(code: str) -> str:
    """What runs where a page names no command."""
    return _COMMANDS.get(code[:3], "check .")


def _prose(lines: list[str], start: int) -> str:
    end = next((i for i in range(start, len(lines)) if lines[i].startswith("## ")), len(lines))
    return "\n".join(lines[start:end]).strip()


def _block(
    page: Page,
    lines: list[str],
    index: int,
    fence: re.Match[str],
    target: dict[str, bytes],
    case: Case | None,
) -> int:
    """Take one fenced block; the index of its closing line."""
    end = next((i for i in range(index + 1, len(lines)) if lines[i].rstrip() == fence[1]), None)
    if end is None:
        raise PageError(f"{page.path}:{index + 1}: this block is never closed")
    body = lines[index + 1 : end]
    if fence[2] == "expect":
        if case is None:
            raise PageError(f"{page.path}:{index + 1}: an expect block outside a case")
        case.block = (index + 1, end)
        if body and body[0].startswith("$ trainlint "):
            case.command = body[0].removeprefix("$ trainlint ")
            case.block = (index + 2, end)
            body = body[1:]
        case.expected = body
        return end
    label = next((FILE.match(lines[i]) for i in range(index - 1, -1, -1) if lines[i].strip()), None)
    if label is None:
        raise PageError(f"{page.path}:{index + 1}: a block without its path in backticks above it")
    text = "\n".join(body) + "\n" if body else ""
    target[label[1]] = encoded(text, label[2] or "utf-8")
    return end


def all_pages() -> list[Path]:
    """Every spec page, in order."""
    return sorted(PAGES.glob("*/*.md"))
