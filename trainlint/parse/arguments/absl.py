"""The flags of a program and the words of a command in, what absl makes of them and refuses out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.arguments import (
    Argument,
    ArgumentAction,
    ArgumentProblem,
    CommandLineFacts,
    GivenArgument,
    InvalidArgument,
    MissingArgument,
    UnknownArgument,
    ValueKind,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.parse.arguments.check import Checked
from trainlint.parse.arguments.tokens import Token, tokens
from trainlint.parse.arguments.values import refusal, unread
from trainlint.source import Span

#: Flags that end the program before it starts.
_HELP = frozenset(("help", "helpfull", "helpshort", "helpxml", "only_check_args"))

_BASES = {"0x": 16, "0o": 8}


def check_absl(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """Hold words against the flags that the program defines; others are left to its `main`."""
    run = _Run(facts, tokens(words), place)
    run.start()
    return Checked(
        tuple(run.problems),
        tuple(dict.fromkeys(run.unverified)),
        tuple(run.given),
        tuple(token.word for token in run.left),
    )


@dataclass
class _Run:
    facts: CommandLineFacts
    tokens: tuple[Token, ...]
    place: Span
    problems: list[ArgumentProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    given: list[GivenArgument] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)
    undefined: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    doubt: bool = False

    def start(self) -> None:
        self.flags = _by_name(self.facts)
        self.undefined = _undefined(self.tokens)
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.text == "--":
                self.left += self.tokens[index + 1 :]
                break
            index = self._flag(index) if token.prefix.startswith("-") else self._other(index)
        if not self.doubt and not self.seen & _HELP:
            self._missing()

    def _other(self, index: int) -> int:
        token = self.tokens[index]
        if token.loose:
            self._any(token)
        self.left.append(token)
        return index + 1

    def _any(self, token: Token) -> None:
        self.unverified.append(Unknown(f"`{token.word.raw}` may hold any arguments", token.word.span))
        self.doubt = True

    def _flag(self, index: int) -> int:
        token = self.tokens[index]
        dashes = 2 if token.prefix.startswith("--") else 1
        name, separator, _ = token.prefix[dashes:].partition("=")
        start = dashes + len(name) + 1 if separator else None
        if token.text is None and not separator:
            self._any(token)
            return index + 1
        if not name:
            return self._other(index)
        if name in ("undefok", "flagfile"):
            if name == "flagfile":
                self.unverified.append(Unknown("the flags in the `--flagfile` are not read", token.word.span))
                self.doubt = True
            return index + (1 if separator else 2)
        flag = self.flags.get(name)
        if flag is None:
            return self._negated(index, name, separator)
        self.seen.add(flag.dest)
        return self._valued(flag, index, start)

    def _negated(self, index: int, name: str, separator: str) -> int:
        """`--noflag`, or a flag that is not there."""
        token = self.tokens[index]
        flag = self.flags.get(name[2:]) if name.startswith("no") else None
        if flag is not None and flag.action is ArgumentAction.BOOLEAN:
            self.seen.add(flag.dest)
            self.given.append(GivenArgument(flag, token.word, ()))
            if separator:
                runtime = f"Flags parsing error: {token.shown} does not take an argument"
                value = token.shown.partition("=")[2]
                self.problems.append(
                    InvalidArgument(f"--{name}", value, "no value", token.word.span, runtime, flag.span)
                )
            return index + 1
        if name not in self.undefined:
            self._unknown(token, name)
        return index + 1

    def _unknown(self, token: Token, name: str) -> None:
        if self.facts.open is not None:
            self.unverified.append(
                Unknown(f"`--{name}` is not checked: {self.facts.open.reason}", token.word.span)
            )
            return
        shown = token.prefix.partition("=")[0]
        near = difflib.get_close_matches(name, self.flags, n=1, cutoff=0.7)
        tail = f" Did you mean: {near[0]} ?" if near else ""
        runtime = f"Flags parsing error: Unknown command line flag '{name}'.{tail}"
        span = token.span(0, len(shown)) if token.prefix else token.word.span
        self.problems.append(UnknownArgument(shown, f"--{near[0]}" if near else None, span, runtime))

    def _valued(self, flag: Argument, index: int, start: int | None) -> int:
        token = self.tokens[index]
        if start is None and flag.action is ArgumentAction.BOOLEAN:
            self.given.append(GivenArgument(flag, token.word, ()))
            return index + 1
        if start is not None:
            self.given.append(GivenArgument(flag, token.word, (token.word,)))
            text = token.text[start:] if token.text is not None else None
            self._value(flag, text, token.span(start, len(token.text or "")) if text else token.word.span)
            return index + 1
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following is None:
            runtime = f"Flags parsing error: Missing value for flag {token.shown}"
            self.problems.append(
                InvalidArgument(token.shown, None, "a value", token.word.span, runtime, flag.span)
            )
        else:
            self.given.append(GivenArgument(flag, token.word, (following.word,)))
            self._value(flag, following.text, following.word.span)
        return index + 2

    def _value(self, flag: Argument, text: str | None, span: Span) -> None:
        if text is None:
            return
        reason = unread(flag)
        if reason is not None:
            self.unverified.append(Unknown(reason, span))
        if flag.type.kind is ValueKind.INT and text[:2] in _BASES:
            text = _decimal(text)
        said = refusal(flag, text)
        if said is not None and said.certain:
            runtime = f"Flags parsing error: flag --{flag.dest}={text}: {said.runtime.partition(': ')[2]}"
            self.problems.append(
                InvalidArgument(f"--{flag.dest}", text, said.expected, span, runtime, flag.span, said.nearest)
            )

    def _missing(self) -> None:
        for flag in self.facts.options:
            if flag.required and flag.certain and flag.dest not in self.seen:
                runtime = f"flag --{flag.dest}=None: Flag --{flag.dest} must have a value other than None."
                self.problems.append(MissingArgument(f"--{flag.dest}", self.place, runtime, flag.span))


def _decimal(text: str) -> str:
    """An integer that is written to another base, in decimals; any other text as it is."""
    try:
        return str(int(text, _BASES[text[:2]]))
    except ValueError:
        return text


def _by_name(facts: CommandLineFacts) -> Mapping[str, Argument]:
    return {name.lstrip("-"): option for option in facts.options for name in option.names}


def _undefined(given: tuple[Token, ...]) -> set[str]:
    """The flags that `--undefok=a,b` allows to be unknown."""
    found: set[str] = set()
    for index, token in enumerate(given):
        name, separator, value = (token.text or "").partition("=")
        if name.lstrip("-") == "undefok":
            following = given[index + 1].text if index + 1 < len(given) else ""
            names = [entry.strip() for entry in (value if separator else following or "").split(",")]
            found |= {*names, *(f"no{entry}" for entry in names)}
    return found
