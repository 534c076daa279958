"""A word with file name patterns in, the file names that bash would put in its place out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from trainlint.regex import regex
from trainlint.source import Files

#: A component of a pattern: its text, and for each character whether it is quoted (and so only itself).
Component = tuple[str, tuple[bool, ...]]

_MAX_MATCHES = 4096
#: File names have at most 255 bytes; a pattern this long would take forever and match none.
_MAX_PATTERN = 4096

#: The characters that may begin a file name pattern.
SPECIAL = regex(r"[*?\[]")
_CLASS = regex(r"\[[:.=]")


class UnclearPatternError(Exception):
    """A pattern with named classes, whose meaning depends on the language of the machine."""


def matches(components: tuple[Component, ...], directory: Path, files: Files) -> list[str]:
    """The paths below `directory` that the pattern names, sorted; empty when there are none."""
    components = _without_double_slashes(components)
    absolute = components[0][0] == "" and len(components) > 1
    found = [("/", Path("/"))] if absolute else [("", directory)]
    for index, component in enumerate(components[1:] if absolute else components):
        last = index == len(components) - 1 - absolute
        found = [step for prefix, base in found for step in _steps(prefix, base, component, last, files)]
        if not found or len(found) > _MAX_MATCHES:
            return []
    return sorted(prefix for prefix, _ in found)


def _without_double_slashes(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Behind the first pattern, bash writes one slash for several."""
    first = next((index for index, component in enumerate(components) if has_pattern(component)), None)
    if first is None:
        return components
    last = len(components) - 1
    kept = [part for index, part in enumerate(components) if part[0] or index <= first or index == last]
    return tuple(kept)


def _steps(
    prefix: str, base: Path, component: Component, last: bool, files: Files
) -> Iterator[tuple[str, Path]]:
    """The paths one component further."""
    text, quoted = component
    slash = "" if last else "/"
    if not has_pattern(component):
        path = base / text if text else base
        if files.is_dir(path) if not last else files.kind(path) is not None:
            yield prefix + text + slash, path
        return
    names = files.entries(base)
    literal = _literal_prefix(component)
    pattern = _compiled(text, quoted)
    for position in range(bisect_left(names, literal), len(names)):
        name = names[position]
        if not name.startswith(literal):
            return
        hidden = name.startswith(".") and not text.startswith(".")
        if not hidden and pattern.match(name) and (last or files.is_dir(base / name)):
            yield prefix + name + slash, base / name


def has_pattern(component: Component) -> bool:
    """Whether an unquoted character of the component is part of a pattern that can match something else."""
    text, quoted = component
    if len(text) > _MAX_PATTERN:
        return False
    for found in SPECIAL.finditer(text):
        if quoted[found.start()]:
            continue
        if found.group() != "[" or _bracket_end(component, found.start()) is not None:
            return True
    return False


def _literal_prefix(component: Component) -> str:
    text, quoted = component
    for index, char in enumerate(text):
        if char in "*?[" and not quoted[index]:
            return text[:index]
    return text


def _bracket_end(component: Component, start: int) -> int | None:
    """Where the bracket expression that starts here ends; None when it is never closed."""
    text, quoted = component
    index = start + 1
    if text[index : index + 1] in ("!", "^"):
        index += 1
    first = index
    while index < len(text):
        if text[index] == "]" and index > first and not quoted[index]:
            return index
        if _CLASS.match(text, index) and not quoted[index]:
            raise UnclearPatternError
        index += 1
    return None


@lru_cache(maxsize=1024)
def _compiled(text: str, quoted: tuple[bool, ...]) -> re.Pattern[str]:
    return re.compile(expression(text, quoted) + r"\Z", re.DOTALL)


def expression(text: str, quoted: tuple[bool, ...]) -> str:
    """A pattern as a regular expression; quoted characters mean only themselves."""
    parts, index = [], 0
    while index < len(text):
        char = text[index]
        end = _bracket_end((text, quoted), index) if char == "[" and not quoted[index] else None
        if end is not None:
            parts.append(_bracket(text[index + 1 : end], quoted[index + 1 : end]))
            index = end
        elif char in "*?" and not quoted[index]:
            parts.append(".*" if char == "*" else ".")
        else:
            parts.append(re.escape(char))
        index += 1
    return "".join(parts)


def _bracket(inner: str, quoted: tuple[bool, ...]) -> str:
    """A bracket expression as a regular expression; one that matches nothing when it is empty."""
    negated = inner[:1] in ("!", "^") and not quoted[0]
    start = 1 if negated else 0
    items, index = [], start
    while index < len(inner):
        char = inner[index]
        if inner[index + 1 : index + 2] == "-" and not quoted[index + 1] and index + 2 < len(inner):
            last = inner[index + 2]
            if char <= last:
                items.append(f"{re.escape(char)}-{re.escape(last)}")
            index += 3
        else:
            items.append(re.escape(char))
            index += 1
    if not items:
        return "." if negated else r"(?!)"
    return f"[{'^' if negated else ''}{''.join(items)}]"
