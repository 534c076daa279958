"""A token and the options of a parser in, the option that argparse would take it for out."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cached_property

from trainlint.facts.arguments import Argument, CommandLineFacts
from trainlint.parse.arguments.tokens import Token
from trainlint.record import record

#: What Python up to 3.13 takes for a negative number, and what 3.14 does.
_NEGATIVE = re.compile(r"-\d+$|-\d*\.\d+$")
_NEGATIVE_LATER = re.compile(r"-\.?\d")


@record
class Option:
    """An option that was named, as spelled out in full; `explicit` is the text behind `=` or a short name.

    `explicit` is a Token's text from `start` on: None when there is none.
    """

    argument: Argument
    name: str
    start: int | None = None
    attached: bool = False


@record
class Positional:
    """A token that is no option; `certain` is False when another version of Python takes it for one."""

    certain: bool = True


@record
class Ambiguous:
    """The beginning of several options; `certain` is False when they are spellings of one."""

    matches: tuple[str, ...]
    certain: bool


@record
class Foreign:
    """What looks like an option and is none of the parser's; `certain` is False when it may be one."""

    certain: bool = True


Kind = Option | Positional | Ambiguous | Foreign


@dataclass(frozen=True)
class OptionTable:
    """The options of one parser by their spellings."""

    facts: CommandLineFacts

    @cached_property
    def by_name(self) -> dict[str, Argument]:
        """Each spelling; the last definition of one wins."""
        return {name: option for option in self.facts.options for name in option.names}

    @cached_property
    def has_negative(self) -> bool:
        """Whether an option looks like a negative number."""
        return any(_NEGATIVE.match(name) for name in self.by_name)

    def kind(self, token: Token) -> Kind:
        """What argparse takes a token for."""
        known = token.prefix
        if not known or known[0] not in self.facts.prefix_chars:
            return Positional()
        if token.text is None:
            return self._partly_known(token)
        if known in self.by_name:
            return Option(self.by_name[known], known)
        if len(known) == 1:
            return Positional()
        name, separator, _ = known.partition("=")
        if separator and name in self.by_name:
            return Option(self.by_name[name], name, len(name) + 1)
        return self._not_exact(known)

    def _partly_known(self, token: Token) -> Kind:
        """`--lr=$LR`: the name is known as soon as `=` is; `--$NAME` may be anything."""
        name, separator, _ = token.prefix.partition("=")
        if not separator:
            short = token.prefix[:2]
            if len(token.prefix) >= 2 and short[1] not in self.facts.prefix_chars and short in self.by_name:
                return Option(self.by_name[short], short, 2, attached=True)
            return Foreign(certain=False)
        if name in self.by_name:
            return Option(self.by_name[name], name, len(name) + 1)
        return self._not_exact(token.prefix)

    def _not_exact(self, text: str) -> Kind:
        """An abbreviation, an option with its value stuck to it, a negative number, a text with blanks."""
        found = self._abbreviated(text)
        if len(found) > 1:
            same = len({option.argument for option in found}) == 1
            return Ambiguous(tuple(option.name for option in found), not same)
        if found:
            return found[0]
        if _NEGATIVE.match(text):
            return Foreign() if self.has_negative else Positional()
        if " " in text:
            return Positional()
        return Foreign(certain=not _NEGATIVE_LATER.match(text))

    def _abbreviated(self, text: str) -> list[Option]:
        chars = self.facts.prefix_chars
        if text[1] in chars:
            if self.facts.abbreviates is False:
                return []
            name, separator, _ = text.partition("=")
            start = len(name) + 1 if separator else None
            return [Option(self.by_name[full], full, start) for full in self.by_name if full.startswith(name)]
        found = []
        for full, argument in self.by_name.items():
            if full == text[:2]:
                found.append(Option(argument, full, 2, attached=True))
            elif full.startswith(text):
                found.append(Option(argument, full))
        return found

    def nearest(self, text: str) -> str | None:
        """The spelling that was probably meant: most often `-` for `_` or the other way round."""
        name = text.partition("=")[0]
        plain = _plain(name)
        same = [spelled for spelled in self.by_name if _plain(spelled) == plain]
        if same:
            return max(same, key=len)
        long = [spelled for spelled in self.by_name if len(spelled) > 2]
        found = difflib.get_close_matches(name, long, n=1, cutoff=0.7)
        return found[0] if found else None


def _plain(name: str) -> str:
    return name.lstrip("-+").replace("-", "").replace("_", "").lower()
