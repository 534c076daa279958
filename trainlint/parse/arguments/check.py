"""A parser's facts and the words of a command in, what argparse makes of them and refuses out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trainlint.facts.arguments import (
    COMMAND,
    REMAINDER,
    Argument,
    ArgumentAction,
    ArgumentProblem,
    CommandLineFacts,
    GivenArgument,
    InvalidArgument,
    MissingArgument,
    ParserKind,
    UnknownArgument,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown, Value
from trainlint.parse.arguments.conflicts import conflicts, none_of
from trainlint.parse.arguments.defaults import refused_defaults
from trainlint.parse.arguments.extras import refused_extras
from trainlint.parse.arguments.options import Ambiguous, Foreign, Kind, Option, OptionTable, Positional
from trainlint.parse.arguments.patterns import (
    DASHES,
    LOOSE,
    OPTION,
    VALUE,
    option_values,
    positional_values,
)
from trainlint.parse.arguments.tokens import Token, tokens
from trainlint.parse.arguments.values import Refusal, given_no_value, refusal, unread
from trainlint.record import record
from trainlint.source import Span

_ENDING = (ArgumentAction.HELP, ArgumentAction.VERSION)


@record
class Checked:
    """What a parser makes of a command line; `left` are the words that it leaves to others.

    `kept` is what it would refuse of these if it did not leave them. `values` are of files, None: not known.
    """

    problems: tuple[ArgumentProblem, ...]
    unverified: tuple[Unknown, ...]
    given: tuple[GivenArgument, ...]
    left: tuple[Word, ...]
    kept: tuple[UnknownArgument, ...] = ()
    values: Mapping[str, Value[object]] | None = field(default_factory=dict)


def check(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """Hold words against a parser; what is missing altogether is blamed at `place`."""
    given = tokens(words, facts.from_file)
    run = _Run(replace(facts, positionals=()) if facts.intermixed else facts, given, place)
    run.start()
    if facts.intermixed:
        run.adopt(_Run(replace(facts, options=(), exclusive=()), tuple(run.extras), place))
    unknown = [token for token in run.extras if token.text is None and not token.prefix]
    closed = not run.doubt and facts.open is None
    refused = refused_extras([t for t in run.extras if t not in unknown], run.tables) if closed else ()
    problems = (*run.problems, *(() if facts.keeps_unknown else refused))
    if closed and not facts.keeps_unknown:
        run.unverified += [
            Unknown(f"`{token.word.raw}` may be any argument", token.word.span) for token in unknown
        ]
    left = tuple(token.word for token in run.extras)
    kept = tuple(refused) if facts.keeps_unknown else ()
    return Checked(problems, tuple(dict.fromkeys(run.unverified)), tuple(run.given), left, kept)


@dataclass
class _Run:
    """One pass of one parser over its tokens, in the order of argparse's own algorithm.

    `doubt` says that arguments were met which may be any: from then on nothing is missing or too many.
    """

    facts: CommandLineFacts
    tokens: tuple[Token, ...]
    place: Span
    doubt: bool = False
    ended: bool = False
    problems: list[ArgumentProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    given: list[GivenArgument] = field(default_factory=list)
    extras: list[Token] = field(default_factory=list)
    seen: dict[Argument, Token | None] = field(default_factory=dict)
    #: Values that stand behind an option which is not known: nobody can tell whose they are.
    tainted: set[int] = field(default_factory=set)

    def start(self) -> None:
        self.table = OptionTable(self.facts)
        self.tables = [self.table]
        self.kinds = self._kinds()
        self.pattern = "".join(self._letter(index) for index in range(len(self.tokens)))
        self.positionals = list(self.facts.positionals)
        self._taint()
        index = self._alternate()
        if not self.ended:
            index = self._positionals(index)
        if not self.ended:
            self.extras += self.tokens[index:]
            self._missing()
            self.problems += refused_defaults(self.facts, self.seen)

    def _kinds(self) -> list[Kind]:
        """What each token is; behind `--` nothing is an option."""
        return [
            Positional() if token.behind_dashes or token.text == "--" else self.table.kind(token)
            for token in self.tokens
        ]

    def _letter(self, index: int) -> str:
        kind, token = self.kinds[index], self.tokens[index]
        if token.text == "--" and not token.behind_dashes:
            return DASHES
        if token.loose:
            return LOOSE
        return VALUE if isinstance(kind, Positional) else OPTION

    def _taint(self) -> None:
        """Mark the values behind options that the parser does not have, or may not have."""
        behind = False
        for index, letter in enumerate(self.pattern):
            if letter != VALUE:
                behind = letter == LOOSE or self._may_take_values(index)
            elif behind:
                self.tainted.add(index)

    def _may_take_values(self, index: int) -> bool:
        """Whether a token is an option that is not the parser's, and may have values behind it.

        To a parser that keeps what it does not know they are arguments like any other.
        """
        if not isinstance(self.kinds[index], Foreign) or "=" in self.tokens[index].prefix:
            return False
        return self.facts.open is not None or not self.facts.keeps_unknown

    def _alternate(self) -> int:
        """Positionals and options in turn, up to the last option."""
        last = max((i for i, letter in enumerate(self.pattern) if letter in (OPTION, LOOSE)), default=-1)
        index = 0
        while index <= last and not self.ended:
            following = next(i for i in range(index, last + 1) if self.pattern[i] in (OPTION, LOOSE))
            if index != following:
                end = self._positionals(index)
                if end > index:
                    index = end
                    continue
            self.extras += self.tokens[index:following]
            index = self._option(following)
        return index

    def _positionals(self, start: int) -> int:
        """Give the values from here on to the positionals, as far as they go."""
        if self.doubt and start in self.tainted:
            return self._skip_values(start)
        counts = positional_values(self.positionals, self.pattern[start:])
        for argument, count in zip(self.positionals, counts, strict=False):
            self._take(argument, None, start, start + count)
            start += count
            if self.ended:
                return len(self.tokens)
        del self.positionals[: len(counts)]
        return start

    def _skip_values(self, start: int) -> int:
        rest = self.pattern[start:]
        return start + len(rest) - len(rest.lstrip(VALUE))

    def _option(self, index: int) -> int:
        """One option with its values; gives where the next token stands."""
        kind, token = self.kinds[index], self.tokens[index]
        if self.pattern[index] == LOOSE:
            return self._doubtful(index, f"`{token.word.raw}` may hold any arguments")
        if isinstance(kind, Option):
            return self._named(kind, index)
        if isinstance(kind, Ambiguous):
            name = token.prefix.partition("=")[0]
            runtime = f"ambiguous option: {token.shown} could match {', '.join(kind.matches)}"
            unsure = self.facts.open is not None or self.facts.abbreviates is None or not kind.certain
            if not (unsure and self.facts.open is not None):
                span = token.span(0, len(name))
                self.problems.append(UnknownArgument(name, kind.matches[0], span, runtime, not unsure))
            return self._skip_values(index + 1)
        assert isinstance(kind, Foreign)
        if token.text is None and not kind.certain:
            return self._doubtful(index, f"`{token.word.raw}` may be any option")
        if self.facts.open is not None and not self.facts.keeps_unknown:
            reason = f"`{token.prefix.partition('=')[0]}` is not checked: {self.facts.open.reason}"
            return self._doubtful(index, reason)
        self.extras.append(token)
        return index + 1

    def _doubtful(self, index: int, reason: str) -> int:
        self.unverified.append(Unknown(reason, self.tokens[index].word.span))
        self.doubt = True
        return self._skip_values(index + 1)

    def _named(self, option: Option, index: int) -> int:
        token = self.tokens[index]
        if option.start is not None:
            return self._explicit(option, token, index)
        count = option_values(option.argument, self.pattern[index + 1 :])
        if count is None:
            self._too_few(option, index)
            self.seen.setdefault(option.argument, token)
            return index + 1
        self._take(option.argument, index, index + 1, index + 1 + count)
        return index + 1 + count

    def _too_few(self, option: Option, index: int) -> None:
        """An option without its values; a negative number that newer versions read is no certain fault."""
        said = given_no_value(option.argument)
        following = self.kinds[index + 1] if index + 1 < len(self.kinds) else None
        certain = not (isinstance(following, Foreign) and not following.certain)
        if option.argument.unknown is None and not isinstance(option.argument.nargs, Unknown):
            self._refused(option.argument, option.name, None, said, self.tokens[index].word.span, certain)

    def _explicit(self, option: Option, token: Token, index: int) -> int:
        """`--name=value`, `-nvalue`, and flags run together: `-abc`."""
        argument, start = option.argument, option.start or 0
        takes = option_values(argument, VALUE)
        if takes == 0 and option.attached and token.prefix[start : start + 1]:
            self._take(argument, index, index + 1, index + 1)
            return self._run_together(option, token, index, start)
        if takes == 1:
            self._stuck(argument, token, start)
        elif argument.unknown is None:
            value = token.shown[start:] if token.text is not None else token.word.raw
            runtime = f"argument {argument.display}: ignored explicit argument {value!r}"
            said = given_no_value(argument) if takes is None else Refusal("no value", runtime)
            self._refused(argument, option.name, value, said, token.word.span)
        return index + 1

    def _run_together(self, option: Option, token: Token, index: int, start: int) -> int:
        """`-abc` where `-a` is a flag: go on with `-b`."""
        name = option.name[0] + token.prefix[start]
        following = self.table.by_name.get(name)
        if following is None:
            runtime = f"argument {option.argument.display}: ignored explicit argument {token.shown[start:]!r}"
            if self.facts.open is None:
                self.problems.append(UnknownArgument(token.shown, None, token.word.span, runtime))
            return index + 1
        rest = start + 1 if len(token.shown) > start + 1 else None
        return self._named(Option(following, name, rest, attached=True), index)

    def _stuck(self, argument: Argument, token: Token, start: int) -> None:
        """The one value that stands in the same word as its option."""
        self._meet(argument, token)
        self.given.append(GivenArgument(argument, token.word, (token.word,)))
        self._conflicting(argument, token, (token.prefix[start:],) if token.text is not None else ())
        if token.text is not None:
            self._unread(argument, token)
            said = refusal(argument, token.text[start:])
            if said is not None:
                span = token.span(start, len(token.text)) if start < len(token.text) else token.word.span
                self._refused(argument, token.text[:start].rstrip("="), token.text[start:], said, span)
        self._end_if(argument)

    def _take(self, argument: Argument, named: int | None, start: int, end: int) -> None:
        """Give tokens to an argument, and do what argparse does at once: convert, and look for conflicts."""
        values = [index for index in range(start, end) if self.pattern[index] != DASHES]
        token = self.tokens[named] if named is not None else (self.tokens[values[0]] if values else None)
        if self.facts.subcommands is not None and argument.nargs == COMMAND and named is None:
            self._command(argument, start, end)
            return
        if token is None and named is None:
            if argument.nargs == REMAINDER or not argument.required:
                return
            self.seen.setdefault(argument, None)
            return
        assert token is not None
        self._meet(argument, token)
        words = tuple(self.tokens[index].word for index in values)
        self.given.append(GivenArgument(argument, token.word, words))
        texts = tuple(self.tokens[index].shown for index in values)
        self._conflicting(argument, token, texts)
        self._convert(argument, named, values)
        self._end_if(argument)

    def _convert(self, argument: Argument, named: int | None, values: list[int]) -> None:
        unchecked = LOOSE in (self.pattern[index] for index in values) and len(values) > 1
        for index in values:
            token = self.tokens[index]
            if token.text is None and unchecked:
                reason = f"`{token.word.raw}` may hold any arguments"
                self.unverified.append(Unknown(reason, token.word.span))
                self.doubt = True
                return
            if token.text is None or index in self.tainted:
                continue
            self._unread(argument, token)
            said = refusal(argument, token.text)
            if said is not None and not (argument.nargs == REMAINDER and "choice" in said.runtime):
                shown = argument.dest if named is None else self._spelled(argument, named)
                self._refused(argument, shown, token.text, said, token.word.span)

    def _meet(self, argument: Argument, token: Token) -> None:
        self.seen[argument] = token
        if not argument.certain and self.facts.kind is ParserKind.ARGPARSE:
            reason = f"`{argument.display}` is defined on some runs only"
            self.unverified.append(Unknown(reason, token.word.span))

    def _unread(self, argument: Argument, token: Token) -> None:
        reason = unread(argument)
        if reason is not None:
            self.unverified.append(Unknown(reason, token.word.span))

    def _spelled(self, argument: Argument, index: int) -> str:
        kind = self.kinds[index]
        return kind.name if isinstance(kind, Option) and kind.argument is argument else argument.names[0]

    def _refused(
        self,
        argument: Argument,
        shown: str,
        value: str | None,
        said: Refusal,
        span: Span,
        certain: bool = True,
    ) -> None:
        certain = certain and said.certain and argument.certain
        self.problems.append(
            InvalidArgument(
                shown, value, said.expected, span, said.runtime, argument.span, said.nearest, certain
            )
        )

    def _end_if(self, argument: Argument) -> None:
        """`--help` and `--version` end the program before anything is missed."""
        self.ended = self.ended or argument.action in _ENDING

    def _conflicting(self, argument: Argument, token: Token, values: tuple[str, ...]) -> None:
        present = {other for other, seen in self.seen.items() if seen is not None}
        self.problems += conflicts(self.facts.exclusive, argument, token, values, present, self.given)

    def _command(self, argument: Argument, start: int, end: int) -> None:
        """The command and everything behind it, which is its own parser's."""
        commands = self.facts.subcommands
        assert commands is not None
        chosen, *rest = [index for index in range(start, end) if index != self.pattern.find(DASHES)]
        token = self.tokens[chosen]
        self.seen[argument] = token
        parser = next((facts for name, facts in commands.parsers if name == token.text), None)
        words = self.tokens[chosen + 1 : end] if rest else ()
        unsure = self.doubt and chosen in self.tainted
        if unsure or token.text is None or (parser is None and commands.open is not None):
            self.unverified.append(
                Unknown(f"which command `{token.word.raw}` is, is not known", token.word.span)
            )
            self.doubt, self.ended = True, True
        elif parser is None:
            said = refusal(argument, token.text)
            if said is not None:
                self._refused(argument, commands.display, token.text, said, token.word.span)
            self.ended = True
        else:
            inner = _Run(parser, words, token.word.span, doubt=self.doubt)
            self.adopt(inner)

    def adopt(self, inner: _Run) -> None:
        """Let another parser have its tokens, and take over what becomes of them."""
        inner.start()
        self.extras = [token for token in self.extras if token not in inner.tokens]
        self.tables += inner.tables
        self.problems += inner.problems
        self.unverified += inner.unverified
        self.given += inner.given
        self.extras += inner.extras
        self.doubt = self.doubt or inner.doubt or inner.facts.open is not None
        self.ended = self.ended or inner.ended

    def _missing(self) -> None:
        """What the parser insists on and was not given."""
        if self.doubt:
            return
        wanted = [entry for entry in (*self.facts.options, *self.facts.positionals) if entry.required]
        absent = [entry for entry in wanted if entry.certain and entry not in self.seen]
        absent = [entry for entry in absent if entry.is_option or self.facts.open is None]
        runtime = f"the following arguments are required: {', '.join(entry.display for entry in absent)}"
        for entry in absent:
            self.problems.append(MissingArgument(entry.display, self.place, runtime, entry.span))
        for group in self.facts.exclusive:
            if (
                group.required
                and group.certain
                and not any(self.seen.get(member) for member in group.members)
            ):
                self.problems.append(none_of(group, self.place))
