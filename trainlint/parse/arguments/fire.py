"""A function's parameters as facts and the words of a command in, what fire makes of them out."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from trainlint.facts.arguments import (
    ANY_NUMBER,
    Argument,
    ArgumentProblem,
    CommandLineFacts,
    GivenArgument,
    InvalidArgument,
    MissingArgument,
    UnknownArgument,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.arguments.check import Checked
from trainlint.parse.arguments.tokens import Token, tokens
from trainlint.source import Span

_FLAG = re.compile(r"--|-[a-zA-Z]")
#: Words that fire keeps for itself: what follows goes to another call, or to fire.
_SEPARATORS = ("-", "--")


def check_fire(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """Hold words against a function: every parameter can be given by name or, in order, by place."""
    run = _Run(facts, list(tokens(words)), place)
    run.start()
    return Checked(tuple(run.problems), tuple(dict.fromkeys(run.unverified)), tuple(run.given), ())


@dataclass
class _Run:
    """One call of a function; `doubt` says that words were met which may be anything."""

    facts: CommandLineFacts
    tokens: list[Token]
    place: Span
    problems: list[ArgumentProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    given: list[GivenArgument] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    doubt: bool = False

    def start(self) -> None:
        """Choose the function, where there are several, then give it its arguments."""
        if self.facts.subcommands is not None:
            self._choose()
            return
        special = [token for token in self.tokens if token.loose or token.text in _SEPARATORS]
        if self.facts.open is not None:
            self.unverified.append(self.facts.open)
            return
        if special:
            word = special[0].word
            self.unverified.append(Unknown(f"`{word.raw}` may hold any arguments", word.span))
            return
        self._positionals(self._flags())
        if not self.doubt:
            self._missing()

    def _choose(self) -> None:
        commands = self.facts.subcommands
        assert commands is not None
        name = self.tokens[0] if self.tokens else None
        if name is None or name.text is None or _FLAG.match(name.text) or name.text in _SEPARATORS:
            span = self.place if name is None else name.word.span
            self.unverified.append(Unknown("which function is called is not known", span))
            return
        parser = next((facts for known, facts in commands.parsers if known == name.text), None)
        if parser is not None:
            inner = _Run(parser, self.tokens[1:], name.word.span)
            inner.start()
            self.problems, self.unverified, self.given = inner.problems, inner.unverified, inner.given
        elif commands.open is not None:
            self.unverified.append(commands.open)
        else:
            known = [entry for entry, _ in commands.parsers]
            near = difflib.get_close_matches(name.text, known, n=1)
            expected = " or ".join(f"`{entry}`" for entry in known[:8])
            runtime = f"ERROR: Cannot find key: {name.text}"
            self.problems.append(
                InvalidArgument(
                    "COMMAND",
                    name.text,
                    expected,
                    name.word.span,
                    runtime,
                    commands.span,
                    near[0] if near else None,
                )
            )

    def _flags(self) -> list[Token]:
        """Take the named arguments; gives the words that are left."""
        left: list[Token] = []
        skip = False
        for index, token in enumerate(self.tokens):
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            if skip:
                skip = False
            elif not _FLAG.match(token.prefix):
                left.append(token)
            elif token.text is None and "=" not in token.prefix:
                self._unsure(token)
            else:
                alone = "=" not in token.prefix and (following is None or bool(_FLAG.match(following.prefix)))
                if self._named(token, alone):
                    skip = "=" not in token.prefix and not alone
        return left

    def _named(self, token: Token, alone: bool) -> bool:
        """Whether a flag is a parameter's; `alone` when no value follows it."""
        written = token.prefix.partition("=")[0]
        key = written.lstrip("-").replace("-", "_")
        names = {entry.dest: entry for entry in self.facts.options}
        argument = names.get(key) or (names.get(key[2:]) if alone and key.startswith("no") else None)
        if argument is None and len(key) == 1 and not self.facts.keeps_unknown:
            matching = [entry for name, entry in names.items() if name[0] == key]
            argument = matching[0] if len(matching) == 1 else None
        if argument is not None:
            self.seen.add(argument.dest)
            self.given.append(GivenArgument(argument, token.word, ()))
            return True
        if self.facts.keeps_unknown:
            return True
        self._unknown(written, token, list(names))
        return False

    def _unknown(self, written: str, token: Token, names: list[str]) -> None:
        if written in ("--help", "-h"):
            self.doubt = True
            return
        near = difflib.get_close_matches(written.lstrip("-").replace("-", "_"), names, n=1, cutoff=0.7)
        runtime = f"ERROR: Could not consume arg: {token.shown}, after the function has run without it"
        span = token.span(0, len(written))
        nearest = f"--{near[0]}" if near else None
        certain = self.facts.borrowed is None
        self.problems.append(UnknownArgument(written, nearest, span, runtime, certain))
        self.doubt = True

    def _unsure(self, token: Token) -> None:
        self.unverified.append(Unknown(f"`{token.word.raw}` may be any argument", token.word.span))
        self.doubt = True

    def _positionals(self, left: list[Token]) -> None:
        """Words without a name go to the parameters that have no value yet, in order."""
        many = any(entry.nargs == ANY_NUMBER for entry in self.facts.positionals)
        for entry in self.facts.positionals:
            if left and entry.nargs != ANY_NUMBER and entry.dest not in self.seen:
                self.seen.add(entry.dest)
                self.given.append(GivenArgument(entry, left[0].word, (left.pop(0).word,)))
        if left and not many and not self.doubt:
            runtime = f"ERROR: Could not consume arg: {left[0].shown}, after the function has run without it"
            certain = self.facts.borrowed is None
            self.problems.append(
                UnknownArgument(left[0].shown, self._as_flag(left[0]), left[0].word.span, runtime, certain)
            )

    def _as_flag(self, token: Token) -> str | None:
        """`lr=0.1` is how other tools write `--lr=0.1`."""
        key, equals, _ = token.shown.partition("=")
        return f"--{key}" if equals and any(entry.dest == key for entry in self.facts.options) else None

    def _missing(self) -> None:
        for entry in self.facts.options:
            if entry.required and entry.dest not in self.seen:
                runtime = f"ERROR: The function received no value for the required argument: {entry.dest}"
                self.problems.append(MissingArgument(f"--{entry.dest}", self.place, runtime, entry.span))


def by_name(name: str, span: Span, required: bool | None, default: Known[object] | None = None) -> Argument:
    """A parameter of a function as an argument; fire looks at no type."""
    return Argument((f"--{name}",), name, span, f"--{name}", required=required, default=default)
