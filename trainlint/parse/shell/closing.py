"""Where a bracket, brace or backquote of shell text is closed, quotes and nesting respected."""

from __future__ import annotations

import re

from trainlint.regex import regex

_STEP = regex(r"\\.|\$?'|\"|`|\$\{|\$\(|[(){}\[\]]|(?<=[\s;(])#|<<-?(?=[ \t]*[\w'\"])", re.DOTALL)
_DELIMITER = regex(r"[ \t]*(['\"]?)(\w+)\1[^\n]*\n", re.ASCII)
_ANSI_STEP = regex(r"\\.|'", re.DOTALL)
_CLOSES = {"(": ")", "$(": ")", "${": "}", "{": "}"}


def closing_parenthesis(text: str, start: int, end: int) -> int:
    """Offset of the `)` that closes the one opened before `start`; -1 when there is none."""
    return _closing(text, start, end, ")")


def closing_brace(text: str, start: int, end: int) -> int:
    """Offset of the `}` that closes the `${` opened before `start`; -1 when there is none."""
    return _closing(text, start, end, "}")


def closing_bracket(text: str, start: int, end: int) -> int:
    """Offset of the `]` that closes the `[` opened before `start`; -1 when there is none."""
    return _closing(text, start, end, "]")


def find_open(text: str, start: int, end: int, wanted: str) -> int:
    """Offset of the first `wanted` outside quotes, escapes and expansions; -1 when there is none."""
    position = start
    while position < end:
        char = text[position]
        if char == wanted:
            return position
        after = _beyond(text, position, end)
        if after == 0:
            return -1
        position = after
    return -1


def _beyond(text: str, position: int, end: int) -> int:
    """The offset behind the quotes or the expansion that begins here; 0 when they are never closed."""
    char = text[position]
    if char == "\\":
        return position + 2
    if char == "'":
        return text.find("'", position + 1, end) + 1
    if char == '"':
        return _closing(text, position + 1, end, '"') + 1
    if char == "`":
        return backquote_end(text, position + 1, end) + 1
    if text.startswith("$'", position):
        return ansi_end(text, position + 2, end) + 1
    if text.startswith(("${", "$("), position):
        return _closing(text, position + 2, end, _CLOSES[text[position : position + 2]]) + 1
    return position + 1


def closing_quote(text: str, start: int, end: int) -> int:
    """Offset of the `"` that closes the one opened before `start`; -1 when there is none."""
    return _closing(text, start, end, '"')


def backquote_end(text: str, start: int, end: int) -> int:
    """Offset of the next backquote that no backslash escapes; -1 when there is none."""
    position = start
    while (found := text.find("`", position, end)) >= 0:
        escape = found
        while escape > start and text[escape - 1] == "\\":
            escape -= 1
        if (found - escape) % 2 == 0:
            return found
        position = found + 1
    return -1


def ansi_end(text: str, start: int, end: int) -> int:
    """Offset of the quote that ends `$'…`, whose text begins at `start`; -1 when there is none."""
    position = start
    while match := _ANSI_STEP.search(text, position, end):
        if match.group() == "'":
            return match.start()
        position = match.end()
    return -1


def _closing(text: str, start: int, end: int, wanted: str) -> int:
    """Walk the text with a stack of what is open, so that nesting costs no recursion."""
    stack = [wanted]
    position = start
    # how many are open where an arithmetic expression began, in which `#` and `<<` mean something else
    sums = int(text.startswith("(", start) or text.endswith("((", 0, start))
    while match := _STEP.search(text, position, end):
        position, found = match.end(), match.group()
        if stack[-1] == found:
            stack.pop()
            if not stack:
                return match.start()
            sums = sums if len(stack) >= sums else 0
        elif found in ("$(", "${"):
            stack.append(_CLOSES[found])
            if found == "$(" and not sums and text.startswith("(", position):
                sums = len(stack)
        elif stack[-1] == '"':
            continue
        elif found == '"':
            stack.append('"')
        elif found == "'":
            position = text.find("'", position, end) + 1
        elif found == "$'":
            position = ansi_end(text, position, end) + 1
        elif found == "`":
            position = backquote_end(text, position, end) + 1
        elif found == "(" and stack[-1] == ")":
            stack.append(")")
        elif found == "#" and stack[-1] == ")" and not sums:
            position = text.find("\n", position, end) + 1
        elif found in ("<<", "<<-") and stack[-1] == ")" and not sums:
            position = _behind_document(text, position, end)
        elif found == "[" and stack[-1] == "]":
            stack.append("]")
        if position == 0:
            return -1
    return -1


def _behind_document(text: str, position: int, end: int) -> int:
    """The offset behind the lines of a here-document whose operator ends here; the same if it is none."""
    found = _DELIMITER.match(text, position, end)
    if found is None:
        return position
    last = re.compile(rf"^\t*{found[2]}$", re.MULTILINE).search(text, found.end(), end)
    return position if last is None else last.end()
