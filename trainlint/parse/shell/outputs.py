"""The commands of `$(…)` in, what they print when they are as simple as `pwd` or `dirname x` out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.assign import assign, assigned
from trainlint.parse.shell.builtins import apply_builtin
from trainlint.parse.shell.expand import expand
from trainlint.parse.shell.filters import filtered
from trainlint.parse.shell.pieces import Token, TokenKind
from trainlint.parse.shell.printf import formatted
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, Text, concatenated, sliced, text_of
from trainlint.parse.shell.text import ShellText
from trainlint.regex import regex
from trainlint.source import Span

_MAX_NUMBERS = 1000
#: Redirections that only hide what is printed, and where to.
_SILENCING = {
    "2>": ("/dev/null",),
    ">": ("/dev/null",),
    "1>": ("/dev/null",),
    "&>": ("/dev/null",),
    ">&": ("/dev/null",),
    "2>&": ("1",),
}
#: Outputs inside outputs deeper than this are left to the shell.
_MAX_DEPTH = 8
_NO_NEWLINE = regex(r"-[eE]*n[neE]*\Z")
_NUMBER = regex(r"-?(?:0|[1-9]\d{0,8})\Z", re.ASCII)


def simple_output(source: ShellText, start: int, end: int, shell: Shell) -> Text | Unknown:
    """What the commands between two offsets print; Unknown with the reason for all but simple ones."""
    span = source.span(start, end)
    shown = " ".join(source.text[start:end].split())
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    unknown = Unknown(f"`$({shown})` is the output of a command", span)
    scanned = scan(source, start, end)
    pipelines = None if scanned.problems or shell.depth >= _MAX_DEPTH else _pipelines(scanned.tokens)
    if pipelines is None:
        return unknown
    inner = replace(shell, variables=dict(shell.variables), depth=shell.depth + 1)
    for before in pipelines[:-1]:
        if len(before) == 1 and all(assigned(token, source) for token in before[0]):
            for token in before[0]:
                assign(inner, source, token)
            continue
        words = _words(before[0], source, inner)
        if len(before) > 1 or not words or words[0].raw != "cd" or not apply_builtin(inner, words):
            return unknown
    first, *filters = [_words(tokens, source, inner) for tokens in pipelines[-1]]
    found = output_of(first, inner, span) if first else None
    if found is None or not filters:
        return found or unknown
    printed = _piped(found, first, filters)
    return unknown if printed is None else Text.at(printed.rstrip("\n"), span)


def _words(tokens: Sequence[Token], source: ShellText, shell: Shell) -> list[Word]:
    return [word for token in tokens for word in expand(token, source, shell)]


def _piped(text: Text, printer: Sequence[Word], filters: Sequence[Sequence[Word]]) -> str | None:
    """What programs make of the output of the first one, which ends its lines unless told not to."""
    name, *arguments = [word.raw for word in printer]
    endless = name == "printf" or (name == "echo" and any(map(_NO_NEWLINE.match, arguments[:2])))
    known = text.known
    printed = known if known is None or endless else known + "\n"
    for words in filters:
        program = _known(words)
        if printed is None or not program or any(word.splits for word in words):
            return None
        printed = filtered(program[0], program[1:], printed)
    return printed


def _pipelines(tokens: Sequence[Token]) -> list[list[list[Token]]] | None:
    """Pipelines joined by `&&` or `;`; None for anything else. Errors may go to `/dev/null`."""
    pipelines: list[list[list[Token]]] = [[[]]]
    targets: tuple[str, ...] = ()
    for token in tokens:
        command = pipelines[-1][-1]
        if token.kind is TokenKind.WORD:
            if not targets:
                command.append(token)
            elif token.text not in targets:
                return None
            targets = ()
        elif token.kind is TokenKind.REDIRECT and token.text in _SILENCING:
            targets = _SILENCING[token.text]
            if not token.text.startswith("2") and (not command or command[0].text != "cd"):
                return None
        elif token.kind is TokenKind.OPERATOR and token.text == "|":
            pipelines[-1].append([])
        elif token.kind is TokenKind.OPERATOR and token.text in ("&&", ";", "\n"):
            pipelines.append([[]])
        else:
            return None
    found = [pipeline for pipeline in pipelines if pipeline != [[]]]
    return None if not found or any([] in pipeline for pipeline in found) else found


def output_of(words: Sequence[Word], shell: Shell, span: Span) -> Text | None:
    """What one command prints, without newlines at the end; None when that is not known."""
    name = words[0].text
    printer = _PRINTERS.get(name.value) if isinstance(name, Known) else None
    arguments = list(words[1:])
    if printer is None or any(word.splits for word in arguments):
        return None
    return printer(arguments, shell, span)


def _known(words: Sequence[Word]) -> list[str] | None:
    texts = [word.text for word in words]
    known = [text.value for text in texts if isinstance(text, Known)]
    return known if len(known) == len(texts) else None


def _pwd(words: list[Word], shell: Shell, span: Span) -> Text | None:
    directory = shell.directory
    if isinstance(directory, Unknown) or any(word.raw not in ("-L", "-P") for word in words):
        return None
    if any(word.raw == "-P" for word in words):
        return _resolved(directory.value, shell, span)
    return Text.at(str(directory.value), span)


def _resolved(path: Path, shell: Shell, span: Span) -> Text | None:
    """A path without links in it; one that has some is left to the machine."""
    steps = [path, *path.parents]
    return None if any(shell.files.is_link(step) for step in steps) else Text.at(str(path), span)


def _behind_dashes(words: list[Word]) -> list[Word]:
    return words[1:] if words and words[0].raw == "--" else words


def _dirname(words: list[Word], _shell: Shell, span: Span) -> Text | None:
    words = _behind_dashes(words)
    known = _known(words)
    if known is None and len(words) == 1:
        return _cut_at_slash(text_of(words[0]))
    if known is None or len(known) != 1 or known[0].startswith("-"):
        return None
    stripped = known[0].rstrip("/")
    if not stripped:
        return Text.at("/" if known[0] else ".", span)
    head, slash, _ = stripped.rpartition("/")
    return Text.at((head.rstrip("/") or "/") if slash else ".", span)


def _cut_at_slash(path: Text) -> Text | None:
    """The folder of a path of which only the end is known: `$ROOT/conf/a.yaml`."""
    tail = path.parts[-1]
    if not isinstance(tail, str) or isinstance(path.parts[0], str):
        return None
    head, _, name = tail.rpartition("/")
    if not name or not head.startswith("/") or head.endswith("/"):
        return None
    end = Text((tail,), path.spans[-1:])
    return Text(path.parts[:-1], path.spans[:-1]) + sliced(end, 0, len(head))


def _from_slash(path: Text) -> str | None:
    """The last component of a path, with the slash before it, when only the end of the path is known."""
    tail = path.parts[-1]
    _, slash, name = tail.rpartition("/") if isinstance(tail, str) else ("", "", "")
    return slash + name if slash and name else None


def _basename(words: list[Word], _shell: Shell, span: Span) -> Text | None:
    words = _behind_dashes(words)
    suffixes = _known(words[1:])
    if not 1 <= len(words) <= 2 or suffixes is None:
        return None
    path = text_of(words[0])
    known = path.known if path.known is not None else _from_slash(path)
    if known is None or known.startswith("-"):
        return None
    name = known.rstrip("/").rpartition("/")[2]
    if not name:
        return Text.at("/" if known else "", span)
    suffix = suffixes[0] if suffixes else ""
    return Text.at(name if name == suffix else name.removesuffix(suffix), span)


def _realpath(words: list[Word], shell: Shell, span: Span) -> Text | None:
    """`realpath x` and `readlink -f x`: all but the last component must be there."""
    known = _known([word for word in words if word.raw not in ("-f", "-e", "-m", "--")])
    if known is None or len(known) != 1 or known[0].startswith("-") or isinstance(shell.directory, Unknown):
        return None
    target = PurePosixPath(known[0])
    path = Path("/") if target.is_absolute() else shell.directory.value
    if _resolved(path, shell, span) is None:
        return None
    for index, name in enumerate(target.parts):
        if index and not shell.files.is_dir(path):
            return None
        path = path.parent if name == ".." else path / name
        if shell.files.is_link(path):
            return None
    return Text.at(str(path), span)


def _readlink(words: list[Word], shell: Shell, span: Span) -> Text | None:
    return _realpath(words, shell, span) if any(word.raw == "-f" for word in words) else None


def _echo(words: list[Word], _shell: Shell, span: Span) -> Text | None:
    interprets = False
    while words and words[0].literal_prefix.startswith("-"):
        option = words[0].text
        if isinstance(option, Unknown) or re.match(r"-[neE]+\Z", option.value) is None:
            break
        interprets |= "e" in option.value
        words = words[1:]
    if words and isinstance(words[0].parts[0], Unknown):
        return None  # it may be an option
    if interprets and any("\\" in part for word in words for part in word.parts if isinstance(part, str)):
        return None
    return _spaced(words, span)


def _spaced(words: Sequence[Word], span: Span) -> Text:
    found = [Text.at("", span)]
    for word in words:
        found += [Text.at(" ", word.span), text_of(word)] if len(found) > 1 else [text_of(word)]
    return concatenated(found)


def _printf(words: list[Word], _shell: Shell, span: Span) -> Text | None:
    found = formatted(words, span)
    return Text(found.parts, found.spans) if found else None


def _seq(words: list[Word], _shell: Shell, span: Span) -> Text | None:
    known = _known(words)
    separator = "\n"
    if known and known[0] == "-s" and len(known) > 1:
        separator, known = known[1], known[2:]
    elif known and known[0].startswith("-s"):
        separator, known = known[0][2:], known[1:]
    if known is None or not 1 <= len(known) <= 3 or not all(map(_NUMBER.match, known)):
        return None
    numbers = [int(text) for text in known]
    first = numbers[0] if len(numbers) > 1 else 1
    step = numbers[1] if len(numbers) == 3 else 1
    if step == 0 or abs(numbers[-1] - first) // abs(step) > _MAX_NUMBERS:
        return None
    found = range(first, numbers[-1] + (1 if step > 0 else -1), step)
    return Text.at(separator.join(map(str, found)), span)


_PRINTERS: dict[str, Callable[[list[Word], Shell, Span], Text | None]] = {
    "pwd": _pwd,
    "dirname": _dirname,
    "basename": _basename,
    "realpath": _realpath,
    "readlink": _readlink,
    "echo": _echo,
    "printf": _printf,
    "seq": _seq,
}
