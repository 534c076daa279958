"""A program that rewrites what it is piped and its arguments in, the text that it prints out."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence

from trainlint.regex import regex

#: Longer texts than this come from no launch script.
_MAX_LENGTH = 20_000
_CLASSES = {
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "digit": string.digits,
    "alpha": string.ascii_letters,
    "alnum": string.ascii_letters + string.digits,
    "space": " \t\n\r\v\f",
}
_SET = regex(r"\[:(\w+):\]|\\([nt\\])|([^\\\[\]])-([^\\\[\]])|([^\\\[\]])")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}
_SUBSTITUTION = regex(r"s([/#|,:@!%])(.*)\1(g?)\Z", re.DOTALL)
#: A regular expression that means the same to every program: literals, dots, anchors, sets, one star.
_SIMPLE_REGEX = regex(
    r"\^?(?:[\w /:,=@%#~\-]|\.|\\[./\-]|\[\^?[\w.,/: \-]+\])*\*?(?:[\w /:,=@%#~\-]|\\[./])*\$?\Z"
)
_AWK = regex(r"\s*\{\s*print\s+(\$?)(\d{1,3}|NF)\s*;?\s*\}\s*\Z")
_COUNT = regex(r"-(?:n\s*)?(\d{1,4})\Z")
_FIELDS = regex(r"(\d{1,3})?(-)?(\d{1,3})?\Z")


def filtered(program: str, arguments: Sequence[str], text: str) -> str | None:
    """What the program makes of a text; None when that is not followed."""
    found = _FILTERS.get(program)
    if found is None or len(text) > _MAX_LENGTH or not text.isascii():
        return None
    return found(list(arguments), text)


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _joined(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _as_ended(printed: str, text: str) -> str:
    """Without a newline at the end if the text had none: most programs leave that as it is."""
    return printed if text.endswith("\n") else printed.removesuffix("\n")


def _cat(arguments: list[str], text: str) -> str | None:
    return None if arguments else text


def _tr(arguments: list[str], text: str) -> str | None:
    if len(arguments) != 2:
        return None
    if arguments[0] == "-d":
        removed = _characters(arguments[1])
        return None if removed is None else "".join(char for char in text if char not in removed)
    before, after = map(_characters, arguments)
    if not before or not after or arguments[0].startswith("-"):
        return None
    cases = {"[:upper:]", "[:lower:]"}
    if any("[:" in written for written in arguments) and set(arguments) != cases and len(set(after)) > 1:
        return None
    padded = after + after[-1] * (len(before) - len(after))
    table: dict[int, str] = {}
    for old, new in zip(before, padded, strict=False):
        table[ord(old)] = new
    return text.translate(table)


def _characters(written: str) -> str | None:
    """The characters of a set of `tr`."""
    found, position = "", 0
    while position < len(written):
        part = _SET.match(written, position)
        if part is None:
            return None
        named, escape, first, last, single = part.groups()
        if named:
            if named not in _CLASSES:
                return None
            found += _CLASSES[named]
        elif first:
            found += "".join(map(chr, range(ord(first), ord(last) + 1)))
        else:
            found += single or _ESCAPES[escape]
        position = part.end()
    return found


def _cut(arguments: list[str], text: str) -> str | None:
    delimiter = _option(arguments, "-d", "\t")
    wanted = _FIELDS.match(_option(arguments, "-f", ""))
    if arguments or len(delimiter) != 1 or wanted is None or not (wanted[1] or wanted[3]):
        return None
    first = int(wanted[1] or 1)
    last = int(wanted[3]) if wanted[3] else None if wanted[2] else first
    if first == 0 or (wanted[3] and not wanted[2]):
        return None
    lines = []
    for line in _lines(text):
        fields = line.split(delimiter)
        lines.append(delimiter.join(fields[first - 1 : last]) if len(fields) > 1 else line)
    return _joined(lines)


def _option(arguments: list[str], name: str, default: str) -> str:
    """The value of an option, which is taken out of the arguments."""
    for index, argument in enumerate(arguments):
        if argument == name and index + 1 < len(arguments):
            value = arguments[index + 1]
            del arguments[index : index + 2]
            return value
        if argument.startswith(name) and argument != name:
            del arguments[index]
            return argument[len(name) :]
    return default


def _sed(arguments: list[str], text: str) -> str | None:
    scripts = [argument for argument in arguments if argument not in ("-e", "-E", "-r")]
    found = _SUBSTITUTION.match(scripts[0]) if len(scripts) == 1 else None
    if found is None:
        return None
    delimiter, body, everywhere = found.groups()
    parts = re.split(rf"(?<!\\){re.escape(delimiter)}", body)
    if len(parts) != 2:
        return None
    old, new = (part.replace("\\" + delimiter, delimiter) for part in parts)
    starred = old.count("*") > 1 or old.startswith(("*", "^*"))
    if not old or starred or not _SIMPLE_REGEX.match(old) or re.search(r"[\\&\n]", new):
        return None
    pattern = re.compile(old.removesuffix("$") + (r"\Z" if old.endswith("$") else ""))
    if pattern.match(""):
        return None
    lines = [pattern.sub(new, line, count=0 if everywhere else 1) for line in _lines(text)]
    return _as_ended(_joined(lines), text)


def _awk(arguments: list[str], text: str) -> str | None:
    separator = _option(arguments, "-F", " ")
    program = _AWK.match(arguments[0]) if len(arguments) == 1 else None
    if program is None or len(separator) != 1 or separator not in " ,:-_/=@":
        return None
    lines = []
    for line in _lines(text):
        fields = line.split() if separator == " " else line.split(separator) if line else []
        if not program[1]:
            lines.append(str(len(fields)) if program[2] == "NF" else program[2])
            continue
        index = len(fields) if program[2] == "NF" else int(program[2])
        lines.append(line if index == 0 else fields[index - 1] if index <= len(fields) else "")
    return _joined(lines)


def _wc(arguments: list[str], text: str) -> str | None:
    counts = {"-l": text.count("\n"), "-w": len(text.split()), "-c": len(text)}
    return f"{counts[arguments[0]]}\n" if len(arguments) == 1 and arguments[0] in counts else None


def _head(arguments: list[str], text: str) -> str | None:
    count = _COUNT.match(" ".join(arguments))
    if count is None:
        return None
    kept = _lines(text)[: int(count[1])]
    return _as_ended(_joined(kept), text) if len(kept) == len(_lines(text)) else _joined(kept)


def _tail(arguments: list[str], text: str) -> str | None:
    count = _COUNT.match(" ".join(arguments))
    if count is None or count[1] == "0":
        return None
    return _as_ended(_joined(_lines(text)[-int(count[1]) :]), text)


def _xargs(arguments: list[str], text: str) -> str | None:
    return None if arguments or re.search(r"['\"\\]", text) else " ".join(text.split()) + "\n"


_FILTERS: dict[str, Callable[[list[str], str], str | None]] = {
    "cat": _cat,
    "tr": _tr,
    "cut": _cut,
    "sed": _sed,
    "awk": _awk,
    "wc": _wc,
    "head": _head,
    "tail": _tail,
    "xargs": _xargs,
}
