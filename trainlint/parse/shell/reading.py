"""The words of `read` and the line that it is given in, the variables of the shell changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.cells import split_text
from trainlint.parse.shell.state import Array, Shell, Text, bounded

_OPTIONS = re.compile(r"-(?:r|a|ra|ar)\Z")
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


def read_line(shell: Shell, words: Sequence[Word], line: Text, separators: str) -> bool:
    """Whether `read` could be followed; if so, its variables have what the line holds."""
    options = [word.raw for word in words[1:] if word.raw.startswith("-")]
    names = [word.text.value for word in words[1 + len(options) :] if isinstance(word.text, Known)]
    known = line.known
    if known is None or "\n" in known or not names or not all(map(_NAME.match, names)):
        return False
    followed = all(map(_OPTIONS.match, options)) and len(names) == len(words) - 1 - len(options)
    if not followed or ("\\" in known and not any("r" in option for option in options)):
        return False
    if any("a" in option for option in options):
        if len(names) > 1:
            return False
        fields = split_text(line, separators)
        shell.variables[names[0]] = bounded(Array({str(index): text for index, text in enumerate(fields)}))
        return True
    _assign_each(shell, names, line, separators)
    return True


def _assign_each(shell: Shell, names: Sequence[str], line: Text, separators: str) -> None:
    """A field for each name; the last one gets all that is left, with what separates it."""
    fields = split_text(line, separators)
    for index, name in enumerate(names):
        last = index == len(names) - 1
        if last and len(fields) > len(names):
            rest = Unknown(f"`{name}` is what is left of a line", line.span)
            shell.assign(name, Text.of(rest))
        else:
            shell.assign(name, fields[index] if index < len(fields) else Text.at("", line.span))
