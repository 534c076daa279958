"""The tokens of a line in, whether it is a command out: by evidence, since job lists also hold prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trainlint.facts.launch import Word
from trainlint.facts.value import Known
from trainlint.parse.launcher.names import known_program
from trainlint.parse.shell.pieces import Token, TokenKind
from trainlint.parse.shell.text import HOLE
from trainlint.regex import regex

_FIRST = regex(r"[^ \t\r\n;|&()]+")
_ASSIGNMENT = regex(r"[A-Za-z_]\w*\+?=", re.ASCII)
# `shell.bash` is no script: `conda shell.bash hook` prints what a shell needs to know of conda.
_EVIDENCE = regex(r"--?\w|(?!shell\.).*\.(?:py|sh|bash|sbatch|slurm)\b|.*[=/$<]", re.DOTALL)
_SCRIPT = regex(r".*\.(?:py|sh|bash|sbatch|slurm)\Z", re.DOTALL)
_STATE = frozenset(("export", "declare", "typeset", "readonly", "local", "cd", "pushd", "popd", "unset"))
_RESERVED = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!", "{", "for"))
#: Programs beside a launch on one line that are never a launch themselves.
_HELPERS = regex(
    r"echo|printf|mkdir|sleep|wait|set|source|\.|module|trap|test|\[|true|false|tee|cat|cp|mv|rm|ln|touch|date"
    r"|ulimit|hostname|nvidia-smi|pwd|ls|kill|shift|return|exit|break|continue|read|umask|shopt|alias|eval"
    r"|deactivate|git|pip|pip3|wget|curl|tar|unzip|chmod|find|grep|sed|awk|ssh|scp|rsync"
)


def may_begin_command(text: str, start: int, end: int) -> bool:
    """Whether the first word of a line allows it to be a command at all: a cheap first look."""
    if text[start] in "$(./~\"'<":
        return True
    found = _FIRST.match(text, start, end)
    if found is None:
        return False
    first = found.group()
    return bool(
        _ASSIGNMENT.match(first)
        or first in _STATE
        or first in _RESERVED
        or _SCRIPT.match(first)
        or known_program(first)
    )


def has_launch(tokens: Sequence[Token], marked: bool = False) -> bool:
    """Whether one of the commands of a line starts a program that we know; a mark makes less do."""
    return any(is_launch(texts) or (marked and is_bare_start(texts)) for texts in _commands(tokens))


def is_sentence(tokens: Sequence[Token]) -> bool:
    """Whether a line begins with the name of a program and yet reads like prose: `python is slow`."""
    texts = next(_commands(tokens), [""])
    return known_program(texts[0]) and not is_launch(texts) and len(texts) > 2


def changes_shell(tokens: Sequence[Token]) -> bool:
    """Whether the line begins with assignments only, or with a builtin such as `cd` and its argument."""
    texts = next(_commands(tokens), [])
    if not texts:
        return False
    if all(map(_ASSIGNMENT.match, texts)):
        return True
    return texts[0] in _STATE and (len(texts) <= 2 or texts[0] not in ("cd", "pushd", "popd"))


def is_launch(texts: Sequence[str]) -> bool:
    """Whether a command, word for word as written, starts a known program with arguments that fit one."""
    rest = list(texts)
    while rest and (_ASSIGNMENT.match(rest[0]) or rest[0] in _RESERVED):
        rest = rest[1:]
    if not rest:
        return False
    first, arguments = rest[0].strip("\"'"), rest[1:]
    evidence = any(map(_EVIDENCE.match, arguments))
    if _SCRIPT.match(first):
        return evidence or "/" in first
    if first.startswith("$"):
        return "-m" in arguments[:-1] or any(map(_SCRIPT.match, arguments))
    return evidence and known_program(first)


def is_bare_start(texts: Sequence[str]) -> bool:
    """Whether a command is a known program with one word behind it: `python start`, but no sentence."""
    return len(texts) == 2 and known_program(texts[0])


def is_launch_command(words: Sequence[Word]) -> bool:
    """The same for the words of a command that has been expanded."""
    return is_launch([word.raw for word in words])


def starts_program(words: Sequence[Word]) -> bool:
    """The same for a command of a script: words that came from a variable count as what they hold."""
    texts = [word.text.value if isinstance(word.text, Known) else word.raw for word in words]
    texts = [text.replace(HOLE, "$_") for text in texts]
    return is_launch(texts)


def is_helper(words: Sequence[Word]) -> bool:
    """Whether a command only prepares or accompanies a launch (`mkdir -p out`, `source env.sh`)."""
    names = [word.raw for word in words if not _ASSIGNMENT.match(word.raw)]
    return not names or bool(_HELPERS.fullmatch(names[0].rpartition("/")[2]))


def _commands(tokens: Sequence[Token]) -> Iterator[list[str]]:
    texts: list[str] = []
    for token in tokens:
        if token.kind is TokenKind.WORD:
            texts.append(token.text)
        elif token.kind is TokenKind.OPERATOR and texts:
            yield texts
            texts = []
    if texts:
        yield texts
