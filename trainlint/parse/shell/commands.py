"""Tokens and the state of a shell in, the commands it would start out; the state moves along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import OPERATOR, Command, Swallowed, TextProblem, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.assign import assign, assigned, declare
from trainlint.parse.shell.builtins import apply_builtin
from trainlint.parse.shell.expand import expand, expand_assignment
from trainlint.parse.shell.pieces import Token, TokenKind
from trainlint.parse.shell.state import Array, Shell, Text
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.regex import regex

_ASSIGNMENT = regex(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)
_TAIL = regex(r"\S+")
#: `A[i + 1]=x`, which blanks have cut into several words.
_BROKEN = regex(r"([A-Za-z_]\w*)\[[^\]]*\Z", re.ASCII)
#: Words after which another command begins, and words that only close what such a word opened.
_OPENING = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!", "{"))
_CLOSING = frozenset(("fi", "done", "esac", "}", "case", "[[", "function"))
_GLUING = frozenset(("&", "|", ";"))
_DECLARING = frozenset(("export", "declare", "typeset", "readonly", "local"))


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
    split = next((index for index, token in enumerate(words) if assigned(token, source) is None), len(words))
    if split == len(words):
        for token in words:
            assign(shell, source, token)
        return []
    if broken := _BROKEN.match(words[split].text):
        span = source.span(words[0].start, words[-1].end)
        shell.variables[broken[1]] = Array(Unknown("which element is assigned is not known", span))
        return []
    if words[split].text in _DECLARING:
        declare(shell, source, words[split].text, words[split + 1 :])
        return []
    return _program(shell, source, words, split, simple)


def _program(
    shell: Shell, source: ShellText, words: list[Token], split: int, simple: list[Token]
) -> list[Started]:
    operators = [token for token in simple if token.kind is not TokenKind.WORD]
    expanded = [expand_assignment(token, source, shell) for token in words[:split]]
    for token in words[split:]:
        if token.pieces or operators:
            expanded += swallowing(expand(token, source, shell), token, operators, source)
        else:
            span = source.span(token.start, token.end)
            expanded.append(Word(token.text, span, (token.text,), (span,)))
    if len(expanded) <= split or apply_builtin(shell, expanded[split:]):
        return []
    start, end = words[0].start, words[-1].end
    command = Command(tuple(expanded), source.span(start, end))
    return [Started(command, shell.directory, shell.environment(), start, end)]


def swallowing(words: list[Word], token: Token, operators: Sequence[Token], source: ShellText) -> list[Word]:
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
