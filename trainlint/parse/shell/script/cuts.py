r"""A parsed text in, the commands that end before their writer meant them to end out.

A `\` at the end of a line joins the next one to it, and nothing else: a blank behind the `\` makes it an
escaped blank, and a comment or an empty line below it ends the command. Without one the command ends, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.facts.launch import Cut, CutCommand
from trainlint.parse.shell.script.syntax import Parsed, Simple
from trainlint.parse.shell.script.walk import walk
from trainlint.parse.shell.text import ShellText

_OPTION = re.compile(r"--?[A-Za-z]")
_OVERRIDE = re.compile(r"['\"]?[+~]*[\w./@\-]+=")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=", re.ASCII)
_EMPTY_BELOW = re.compile(r"[ \t]*\\\n(?P<empty>[ \t]*\n)")
_NEXT_LINE = re.compile(r"[ \t]*\n[ \t]*")
#: Words that make a command a launch: one of them is enough.
_PROGRAM = re.compile(
    r".*\.(?:py|sh|sbatch|slurm)|(?:.*/)?(?:python[\d.]*|torchrun|accelerate|deepspeed)|-m", re.DOTALL
)
_BLANK_BEHIND = re.compile(r"[ \t]*(?:#[^\n]*)?\n")


def cuts(source: ShellText, parsed: Parsed) -> Iterator[CutCommand]:
    """Each command that is cut short so that arguments below it are lost."""
    text, behind = source.text, 0
    for comment in parsed.comments:
        if comment.cuts and comment.start >= behind:
            lost, behind = _lost(text, comment.end + 1, _indent(text, comment.start))
            if lost:
                yield CutCommand(Cut.COMMENT, lost, source.span(comment.start, comment.end))
    before: Simple | None = None
    for node in walk(parsed.body):
        if isinstance(node, Simple) and node.words:
            yield from _cut(source, node)
            if before is not None and _should_be_one(text, before, node):
                last = before.words[-1]
                yield CutCommand(Cut.NO_BACKSLASH, (_line(text, node),), source.span(last.start, last.end))
            before = node


def _cut(source: ShellText, node: Simple) -> Iterator[CutCommand]:
    text, last = source.text, node.words[-1]
    if last.text in ("\\ ", "\\\t") and (behind := _BLANK_BEHIND.match(text, last.end)):
        lost, _ = _lost(text, behind.end(), 1)
        if lost:
            yield CutCommand(Cut.BLANK_AFTER_BACKSLASH, lost, source.span(last.start, last.end))
    elif below := _EMPTY_BELOW.match(text, node.end):
        lost, _ = _lost(text, below.end(), 1)
        if lost:
            place = text.index("\\", node.end)
            yield CutCommand(Cut.EMPTY_LINE, lost, source.span(place, place + 1))


def _should_be_one(text: str, node: Simple, after: Simple) -> bool:
    """Whether what bash takes for the next command are arguments of a launch on the line above."""
    if not _NEXT_LINE.fullmatch(text, node.end, after.start):
        return False
    texts = [word.text for word in after.words]
    first = next((text for text in texts if not _ASSIGNMENT.match(text)), texts[0])
    lost = _OPTION.match(first) or (_OVERRIDE.match(first) and not _ASSIGNMENT.match(first))
    return bool(lost) and any(_PROGRAM.fullmatch(word.text) for word in node.words)


def _line(text: str, node: Simple) -> str:
    end = text.find("\n", node.start)
    return text[node.start : end if end >= 0 else len(text)].removesuffix("\\").rstrip()


def _indent(text: str, position: int) -> int:
    """How far a place is indented."""
    return position - (text.rfind("\n", 0, position) + 1)


def _lost(text: str, position: int, indent: int) -> tuple[tuple[str, ...], int]:
    """The lines from here on that read like arguments of the command above, and where they end."""
    found: list[str] = []
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end].strip()
        deep = len(text[position:end]) - len(text[position:end].lstrip())
        position = end + 1
        if line.startswith("#"):
            continue
        if not _is_argument(line, deep >= max(indent, 1)):
            break
        found.append(line.removesuffix("\\").rstrip())
        if not line.endswith("\\"):
            break
    return tuple(found), position


def _is_argument(line: str, indented: bool) -> bool:
    if _OPTION.match(line):
        return True
    if not _OVERRIDE.match(line):
        return False
    return indented or not _ASSIGNMENT.match(line)
