"""A parser's facts and the words of a command in, what click makes of them and refuses out."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace

from trainlint.facts.arguments import (
    ANY_NUMBER,
    COMMAND,
    ONE_OR_MORE,
    OPTIONAL,
    Argument,
    ArgumentAction,
    ArgumentProblem,
    CommandLineFacts,
    GivenArgument,
    InvalidArgument,
    MissingArgument,
    UnknownArgument,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.parse.arguments.check import Checked
from trainlint.parse.arguments.tokens import Token, tokens
from trainlint.parse.arguments.values import refusal
from trainlint.source import Span

_ENDING = (ArgumentAction.HELP, ArgumentAction.VERSION)
_MANY = (ANY_NUMBER, ONE_OR_MORE)


def check_click(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """Hold words against a command as click's option parser does, and then its arguments."""
    run = _Run(facts, list(tokens(words)), place)
    run.start()
    return Checked(tuple(run.problems), tuple(dict.fromkeys(run.unverified)), tuple(run.given), ())


@dataclass
class _Run:
    """One pass over the tokens; `left` are those that are neither options nor their values.

    `doubt` says that words were met which may be anything: then nothing is missing or too many.
    """

    facts: CommandLineFacts
    rest: list[Token]
    place: Span
    problems: list[ArgumentProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    given: list[GivenArgument] = field(default_factory=list)
    left: list[Token] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    #: Refusals that click comes to only when all options are read, and `--help` is not among them.
    later: list[ArgumentProblem] = field(default_factory=list)
    doubt: bool = False
    stopped: bool = False
    helped: bool = False

    def start(self) -> None:
        """Options first, then the arguments, then the command of a group."""
        self.by_name = {name: option for option in self.facts.options for name in option.names}
        while self.rest and not self.stopped:
            token = self.rest.pop(0)
            if token.text == "--":
                break
            if token.loose:
                self._loose(token)
            elif len(token.prefix) > 1 and token.prefix[0] in self.facts.prefix_chars:
                self._option(token)
            elif token.text is None and token.prefix in ("", "-"):
                self._positional_or_option(token)
            elif self.facts.interspersed:
                self.left.append(token)
            else:
                self.rest.insert(0, token)
                break
        if self.helped:
            return
        self.problems += self.later
        if self.stopped:
            return
        self.left += self.rest
        self.later = []
        self._arguments()
        self.problems += self.later
        self._missing()

    def _loose(self, token: Token) -> None:
        self._unsure(f"`{token.word.raw}` may hold any arguments", token)

    def _unsure(self, reason: str, token: Token) -> None:
        self.unverified.append(Unknown(reason, token.word.span))
        self.doubt = True

    def _positional_or_option(self, token: Token) -> None:
        """A word of which nothing is known: an argument most often, an option where arguments are none."""
        if self.facts.positionals:
            self.left.append(token)
        else:
            self._unsure(f"`{token.word.raw}` may be any argument", token)

    def _option(self, token: Token) -> None:
        name, equals, _ = token.prefix.partition("=")
        option = self.by_name.get(name) if equals or token.text is not None else None
        if option is not None:
            self._long(option, name, token, len(name) + 1 if equals else None)
        elif token.prefix[:2] == "--" or token.prefix[1] == token.prefix[0]:
            self._foreign(name, token)
        else:
            self._short(token)

    def _long(self, option: Argument, name: str, token: Token, start: int | None) -> None:
        if option.nargs == 0:
            if start is not None:
                runtime = f"Error: Option '{name}' does not take a value."
                self._refused(name, token.shown[start:], "no value", token.word.span, runtime, option)
            self._seen(option, token, ())
        else:
            self._take(option, name, token, start)

    def _short(self, token: Token) -> None:
        """`-abc`, `-n5`: one letter after another, up to one that takes the rest as its value."""
        for index in range(1, len(token.prefix)):
            name = token.prefix[0] + token.prefix[index]
            option = self.by_name.get(name)
            if option is None:
                self._foreign(name if index > 1 else token.prefix.partition("=")[0], token)
                return
            if option.nargs != 0:
                more = index + 1 < len(token.prefix) or token.text is None
                self._take(option, name, token, index + 1 if more else None)
                return
            self._seen(option, token, ())
        if token.text is None:
            self._unsure(f"`{token.word.raw}` may be any option", token)

    def _foreign(self, name: str, token: Token) -> None:
        if token.text is None and "=" not in token.prefix:
            self._unsure(f"`{token.word.raw}` may be any option", token)
        elif self.facts.open is not None:
            self._unsure(f"`{name}` is not checked: {self.facts.open.reason}", token)
        elif self.facts.keeps_unknown:
            self.left.append(token)
        else:
            self._unknown_option(name, token)

    def _unknown_option(self, name: str, token: Token) -> None:
        long = [spelled for spelled in self.by_name if len(spelled) > 2]
        plain = [spelled for spelled in long if _plain(spelled) == _plain(name)]
        near = plain or difflib.get_close_matches(name, long, n=1, cutoff=0.7)
        span = token.span(0, len(name)) if token.prefix.startswith(name) else token.word.span
        runtime = f"Error: No such option: {name}"
        self.problems.append(UnknownArgument(name, near[0] if near else None, span, runtime))
        following = self.rest[0].prefix if self.rest else "-"
        if "=" not in token.prefix and following[:1] not in self.facts.prefix_chars:
            # what follows is most often its value, and click has stopped anyway
            self.rest.pop(0)
        self.doubt = True

    def _take(self, option: Argument, name: str, token: Token, start: int | None) -> None:
        """Give an option its values: what is stuck to it, then the words that follow, whatever they are."""
        count = option.nargs if isinstance(option.nargs, int) else 1
        words = [token] if start is not None else []
        if isinstance(option.nargs, Unknown):
            self._unsure(f"how many values `{name}` takes is not known", token)
            return
        if option.nargs == OPTIONAL and start is None and self._no_value_follows():
            self._seen(option, token, ())
            return
        while len(words) < count and self.rest:
            following = self.rest.pop(0)
            if following.loose:
                self._loose(following)
                self._seen(option, token, ())
                return
            words.append(following)
        if len(words) < count:
            wanted = "a value" if count == 1 else f"{count} values"
            said = "an argument" if count == 1 else f"{count} arguments"
            self._refused(
                name, None, wanted, token.word.span, f"Error: Option '{name}' requires {said}.", option
            )
            self.stopped = True
            return
        self._seen(option, token, tuple(entry.word for entry in words if entry is not token))
        for entry in words:
            self._convert(option, name, entry, start or 0 if entry is token else 0)

    def _no_value_follows(self) -> bool:
        prefix = self.rest[0].prefix if self.rest else "--"
        return len(prefix) > 1 and prefix[0] in self.facts.prefix_chars

    def _seen(self, argument: Argument, token: Token, values: tuple[Word, ...]) -> None:
        self.seen.add(argument.dest)
        self.given.append(GivenArgument(argument, token.word, values))
        self.helped = self.helped or argument.action in _ENDING

    def _convert(self, argument: Argument, name: str, token: Token, start: int) -> None:
        if token.text is None:
            return
        said = refusal(argument, token.text[start:])
        if said is not None:
            shown = f"'{argument.display}'"
            runtime = f"Error: Invalid value for {shown}: {token.text[start:]!r} is not {said.expected}."
            span = token.span(start, len(token.text)) if start < len(token.text) else token.word.span
            problem = InvalidArgument(
                name, token.text[start:], said.expected, span, runtime, argument.span, said.nearest
            )
            self.later.append(replace(problem, certain=said.certain and argument.certain))

    def _refused(
        self, name: str, value: str | None, expected: str, span: Span, runtime: str, argument: Argument
    ) -> None:
        if argument.unknown is None:
            self.problems.append(
                InvalidArgument(name, value, expected, span, runtime, argument.span, certain=argument.certain)
            )

    def _arguments(self) -> None:
        """Share what is left among the arguments: one that takes any number takes what the others leave."""
        left = list(self.left)
        positionals = list(self.facts.positionals)
        many = next((i for i, entry in enumerate(positionals) if not _count(entry)), len(positionals))
        behind = sum(_count(entry) for entry in positionals[many + 1 :])
        for entry in positionals:
            size = len(left) if entry.nargs == COMMAND else _count(entry) or max(len(left) - behind, 0)
            taken, left = left[:size], left[size:]
            if entry.nargs == COMMAND and taken:
                self._command(entry, taken)
            else:
                self._argument(entry, taken)
        if left and not self.doubt and self.facts.open is None:
            self._too_many(left)

    def _argument(self, entry: Argument, taken: list[Token]) -> None:
        if not taken:
            return
        count = _count(entry)
        if count > 1 and len(taken) < count and not self.doubt:
            runtime = f"Error: Argument '{entry.dest}' takes {count} values"
            self._refused(entry.dest, None, f"{count} values", taken[0].word.span, runtime, entry)
        self._seen(entry, taken[0], tuple(token.word for token in taken))
        for token in taken:
            self._convert(entry, entry.dest, token, 0)

    def _too_many(self, left: list[Token]) -> None:
        if left[0].text is None:
            self._unsure(f"`{left[0].word.raw}` may be any argument", left[0])
            return
        texts = " ".join(token.shown for token in left)
        key, equals, _ = left[0].shown.partition("=")
        near = f"--{key}" if equals and f"--{key}" in self.by_name else None
        span = left[0].span(0, len(key)) if near else left[0].word.span
        plural = "s" if len(left) > 1 else ""
        runtime = f"Error: Got unexpected extra argument{plural} ({texts})"
        self.problems.append(UnknownArgument(left[0].shown, near, span, runtime))

    def _command(self, entry: Argument, taken: list[Token]) -> None:
        commands = self.facts.subcommands
        assert commands is not None
        self.seen.add(entry.dest)
        name = taken[0]
        parser = next((facts for known, facts in commands.parsers if known == name.text), None)
        if parser is not None:
            inner = _Run(parser, taken[1:], name.word.span, doubt=self.doubt)
            inner.start()
            self.problems += inner.problems
            self.unverified += inner.unverified
            self.given += inner.given
        elif name.text is None or commands.open is not None or self.doubt:
            self._unsure(f"which command `{name.word.raw}` is, is not known", name)
        else:
            known = [known for known, _ in commands.parsers]
            near = difflib.get_close_matches(name.text, known, n=1)
            expected = " or ".join(f"`{known}`" for known in known[:8])
            runtime = f"Error: No such command '{name.text}'."
            problem = InvalidArgument(
                commands.display,
                name.text,
                expected,
                name.word.span,
                runtime,
                commands.span,
                near[0] if near else None,
            )
            self.problems.append(problem)

    def _missing(self) -> None:
        if self.doubt or self.facts.open is not None:
            return
        for entry in (*self.facts.options, *self.facts.positionals):
            if entry.required and entry.certain and entry.dest not in self.seen:
                kind = "option" if entry.is_option else "command" if entry.nargs == COMMAND else "argument"
                runtime = f"Error: Missing {kind} '{entry.display}'."
                self.problems.append(MissingArgument(entry.display, self.place, runtime, entry.span))


def _count(entry: Argument) -> int:
    """How many words an argument takes, 0 for any number."""
    if entry.nargs is None or entry.nargs == OPTIONAL:
        return 1
    return entry.nargs if isinstance(entry.nargs, int) else 0


def _plain(name: str) -> str:
    return name.lstrip("-+").replace("-", "").replace("_", "").lower()
