"""Tokens and the state of a shell in, the commands it would start out; the state moves along."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import OPERATOR, Command, Swallowed, TextProblem, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.expand import expand, expand_assignment
from trainlint.parse.shell.pieces import Literal, Token, TokenKind
from trainlint.parse.shell.state import Shell, Text, text_of
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.source import Files

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)
_TAIL = re.compile(r"\S+")
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
#: Words after which another command begins, and words that only close what such a word opened.
_OPENING = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!", "{"))
_CLOSING = frozenset(("fi", "done", "esac", "}", "case", "[[", "function"))
_GLUING = frozenset(("&", "|", ";"))
_DECLARING = frozenset(("export", "declare", "typeset", "readonly", "local"))
#: Commands that can create the folder that a later `cd` enters.
_CREATING = frozenset(("git", "mkdir", "tar", "unzip", "cp", "mv", "rsync", "install", "ln", "wget", "curl"))


@record
class Started:
    """A command that the shell starts, with the state it starts in."""

    command: Command
    directory: Value[Path]
    exported: Mapping[str, Value[str]]
    start: int
    end: int


def run(shell: Shell, source: ShellText, tokens: Sequence[Token]) -> tuple[list[Started], list[TextProblem]]:
    """The commands that these tokens start; assignments, `cd` and `export` change the shell instead."""
    started: list[Started] = []
    problems: list[TextProblem] = []
    outer: list[Shell] = []
    current = shell
    piped = False
    for simple, closing in _simple_commands(tokens):
        pipes = closing is not None and closing.text in ("|", "|&")
        apart = piped or pipes or (closing is not None and closing.text == "&")
        started += _start(current.copy() if apart else current, source, simple)
        piped = pipes
        if closing is None or closing.text not in "()":
            continue
        if closing.text == "(" and not simple:
            outer.append(current)
            current = current.copy()
        elif closing.text == ")" and outer:
            current = outer.pop()
        else:
            message = f"the shell stops at an unquoted `{closing.text}`: quote the word"
            problems.append(TextProblem(message, source.span(closing.start, closing.end)))
            break
    return started, problems


def _simple_commands(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], Token | None]]:
    """The tokens of each simple command, and the operator that ends it; redirection targets drop out."""
    simple: list[Token] = []
    redirected = False
    for token in tokens:
        if token.kind is TokenKind.WORD:
            if not redirected:
                simple.append(token)
            redirected = False
        elif token.kind is TokenKind.REDIRECT:
            redirected = True
            simple.append(token)
        elif token.kind is TokenKind.OPERATOR:
            if token.text in _GLUING:
                simple.append(token)
            yield simple, token
            simple, redirected = [], False
    yield simple, None


def _start(shell: Shell, source: ShellText, simple: list[Token]) -> list[Started]:
    """What one simple command starts: at most one program."""
    words = [token for token in simple if token.kind is TokenKind.WORD]
    while words and words[0].text in _OPENING:
        words = words[1:]
    if not words or words[0].text in _CLOSING:
        return []
    if words[0].text in ("for", "select") and len(words) > 1:
        span = source.span(words[1].start, words[1].end)
        shell.assign(words[1].text, Text.of(Unknown(f"`${words[1].text}` is set by a loop", span)))
        return []
    split = next((index for index, token in enumerate(words) if _assigned(token) is None), len(words))
    if split == len(words):
        for token in words:
            _assign(shell, source, token)
        return []
    if words[split].text in _DECLARING:
        _declare(shell, source, words[split].text, words[split + 1 :])
        return []
    return _program(shell, source, words, split, simple)


def _program(
    shell: Shell, source: ShellText, words: list[Token], split: int, simple: list[Token]
) -> list[Started]:
    operators = [token for token in simple if token.kind is not TokenKind.WORD]
    expanded = [expand_assignment(token, source, shell) for token in words[:split]]
    for token in words[split:]:
        if token.pieces or operators:
            expanded += _swallowing(expand(token, source, shell), token, operators, source)
        else:
            span = source.span(token.start, token.end)
            expanded.append(Word(token.text, span, (token.text,), (span,)))
    if len(expanded) <= split or _builtin(shell, expanded[split:]):
        return []
    start, end = words[0].start, words[-1].end
    command = Command(tuple(expanded), source.span(start, end))
    return [Started(command, shell.directory, shell.environment(), start, end)]


def _swallowing(words: list[Word], token: Token, operators: Sequence[Token], source: ShellText) -> list[Word]:
    """The words; the last one notes an operator that stands in the middle of what looks like one word."""
    for operator in operators:
        follows = source.text[operator.end : operator.end + 1]
        if words and operator.start == token.end and not follows.isspace() and follows not in ")#":
            tail = _TAIL.match(source.text, operator.start)
            end = tail.end() if tail else operator.end
            effect = Swallowed(source.text[operator.start : end], OPERATOR, source.span(operator.start, end))
            last = words[-1]
            return [*words[:-1], replace(last, swallowed=(*last.swallowed, effect))]
    return words


def assigned_name(word: Word) -> str | None:
    """The variable that a word in front of a command assigns; None when it is no assignment."""
    found = _ASSIGNMENT.match(word.raw)
    return found[1] if found else None


def assigned_value(word: Word) -> Value[str]:
    """The value that an assignment word gives its variable."""
    text = word.text
    return text if isinstance(text, Unknown) else Known(text.value.partition("=")[2], text.span)


def _assigned(token: Token) -> re.Match[str] | None:
    """The name and operator of an assignment; quotes in front of the `=` make it an ordinary word."""
    first = token.pieces[0] if token.pieces else None
    if first is None:
        return _ASSIGNMENT.match(token.text)
    return _ASSIGNMENT.match(first.text) if isinstance(first, Literal) and not first.quoted else None


def _assign(shell: Shell, source: ShellText, token: Token) -> None:
    found = _assigned(token)
    if found is None:
        return
    name, appends = found.groups()
    text = text_of(expand_assignment(token, source, shell), found.end())
    if appends:
        before = shell.variables.get(name)
        if isinstance(before, Text):
            text = before + text
        else:
            text = Text.of(Unknown(f"`{name}` is appended to what the environment has", text.span))
    shell.assign(name, text)


def _declare(shell: Shell, source: ShellText, builtin: str, tokens: Sequence[Token]) -> None:
    exports = builtin == "export" or any(re.match(r"-\w*x", token.text) for token in tokens)
    for token in tokens:
        found = _assigned(token)
        name = found[1] if found else token.text
        if found and _has_braces(token):
            unknown = Unknown("braces expand before the assignment", source.span(token.start, token.end))
            shell.assign(name, Text.of(unknown))
        elif found:
            _assign(shell, source, token)
        if exports and _NAME.match(name):
            shell.exported |= {name}


def _has_braces(token: Token) -> bool:
    return any(
        isinstance(piece, Literal) and not piece.quoted and "{" in piece.text for piece in token.pieces
    )


def _builtin(shell: Shell, words: Sequence[Word]) -> bool:
    """Whether the command is one that changes the shell itself; if so, it has been done."""
    name = words[0].text
    if isinstance(name, Unknown):
        return False
    shell.creates |= name.value in _CREATING
    if name.value in ("cd", "pushd"):
        shell.directory = _entered(shell, words[0], [word for word in words[1:] if not _is_option(word)])
    elif name.value == "popd":
        shell.directory = Unknown("`popd` goes to a folder that is not followed", words[0].span)
    elif name.value == "unset":
        for word in words[1:]:
            shell.remove(word.literal_prefix)
    else:
        return False
    return True


def _is_option(word: Word) -> bool:
    return word.raw in ("-L", "-P", "-e", "-@", "--")


def _entered(shell: Shell, cd: Word, targets: Sequence[Word]) -> Value[Path]:
    """The folder after `cd`; one that is not there is left to the machine that runs the job."""
    if not targets or targets[0].raw == "-":
        return Unknown(f"`{cd.raw}` goes to a folder that only the run knows", cd.span)
    target = targets[0].text
    if isinstance(target, Unknown):
        return target
    return entered(shell.directory, target.value, targets[0], shell.files, shell.creates)


def entered(
    directory: Value[Path], target: str, word: Word, files: Files, may_create: bool = False
) -> Value[Path]:
    """The folder that a relative or absolute path leads to from another one."""
    if isinstance(directory, Unknown) and not os.path.isabs(target):
        return directory
    base = directory.value if isinstance(directory, Known) else Path("/")
    path = files.absolute(base / target)
    if not files.is_dir(path) and (os.path.isabs(target) or may_create):
        return Unknown(f"the folder `{target}` is not on this machine", word.span)
    return Known(path, word.span)
