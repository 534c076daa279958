"""Words and a launcher's table in, its options with their values and what is wrong with them out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import field

from trainlint.facts.launch import InvalidOptionValue, LauncherOption, LauncherProblem, UnknownOption, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.launcher.table import Kind, Launcher, Option
from trainlint.record import record, state
from trainlint.regex import regex
from trainlint.source import Span

#: How alike a misspelt option must be to one of a table that may not be complete.
_NEAR = 0.85
_NEGATIVE = regex(r"-\d+(\.\d*)?\Z|-\.\d+\Z")
_PROGRAM = regex(r".*(\.py|\.sh)\Z|(.*/)?(python[\d.]*|torchrun|accelerate|deepspeed|bash)\Z", re.DOTALL)
_WORKERS = frozenset(("auto", "cpu", "gpu", "xpu"))


@record
class Given:
    """An option of the table that was given; `word` holds its value, behind `skip` characters."""

    option: Option
    value: Value[str] | None
    word: Word
    skip: int = 0


@state
class Parsed:
    """The options of one launcher and where the rest of the words begins."""

    launcher: Launcher
    given: list[Given] = field(default_factory=list)
    listed: list[LauncherOption] = field(default_factory=list)
    problems: list[LauncherProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    rest: int = 0
    ended: bool = False


def parse_options(words: Sequence[Word], start: int, parsed: Parsed) -> None:
    """Read options from `start` on, up to the first word that is none; `parsed.rest` moves there."""
    parsed.rest = start
    while parsed.rest < len(words) and not parsed.ended:
        word = words[parsed.rest]
        prefix, known = word.literal_prefix, isinstance(word.text, Known)
        if known and prefix == "--":
            parsed.rest, parsed.ended = parsed.rest + 1, True
        elif _is_option(prefix, parsed.launcher):
            _option(words, prefix, parsed)
        elif not prefix and not known and word.splits and _program_follows(words, parsed.rest + 1):
            reason = f"`{word.raw}` may hold options of `{parsed.launcher.name}`"
            parsed.unverified.append(Unknown(reason, word.span))
            parsed.rest += 1
        else:
            return


def _is_option(prefix: str, launcher: Launcher) -> bool:
    if not prefix.startswith("-") or (launcher.refuses_dashes and _NEGATIVE.match(prefix)):
        return False
    return prefix != "-" or "-" in launcher.by_name


def stops(option: Option) -> bool:
    """Whether everything behind the option belongs to the program: `python -m module …`."""
    return option.takes > 0 and option.meaning.name in ("MODULE", "CODE")


def _option(words: Sequence[Word], prefix: str, parsed: Parsed) -> None:
    word = words[parsed.rest]
    name, equals, _ = prefix.partition("=")
    long = prefix.startswith("--") or (parsed.launcher.single_dash and len(name) > 1)
    if isinstance(word.text, Unknown) and not equals and (long or len(prefix) < 3):
        parsed.unverified.append(word.text)
        parsed.rest += 1
    elif long:
        _long(words, name, bool(equals), parsed)
    else:
        _short(words, prefix, parsed)


def _long(words: Sequence[Word], name: str, has_value: bool, parsed: Parsed) -> None:
    word = words[parsed.rest]
    option = _find(parsed.launcher, name)
    if option is None:
        _unknown(words, name, has_value, parsed)
        return
    parsed.rest += 1
    if has_value:
        _give(parsed, option, Given(option, _behind(word, len(name) + 1), word, len(name) + 1))
    else:
        _take(words, option, word, parsed)


def _short(words: Sequence[Word], prefix: str, parsed: Parsed) -> None:
    """`-vn4`: switches in one word, the last of which may take the rest or the next word as its value."""
    word = words[parsed.rest]
    if _NEGATIVE.match(prefix) and parsed.launcher.name == "nice":
        parsed.rest += 1
        return
    for index in range(1, len(prefix)):
        option = parsed.launcher.by_name.get(prefix) if index == 1 else None
        option = option or parsed.launcher.by_name.get("-" + prefix[index])
        if option is None:
            _unknown(words, prefix if index == 1 else "-" + prefix[index], False, parsed)
            return
        whole = prefix in option.names
        attached = index + 1 < len(prefix) or isinstance(word.text, Unknown)
        if option.takes and attached and not whole:
            parsed.rest += 1
            _give(parsed, option, Given(option, _behind(word, index + 1), word, index + 1))
            return
        if option.takes or whole or index + 1 == len(prefix):
            parsed.rest += 1
            _take(words, option, word, parsed)
            return
        _give(parsed, option, Given(option, None, word))


def _take(words: Sequence[Word], option: Option, word: Word, parsed: Parsed) -> None:
    """Give an option the words that follow it."""
    if option.takes and (parsed.rest >= len(words) or _refused(words[parsed.rest], parsed.launcher)):
        problem = InvalidOptionValue(parsed.launcher.name, option.names[0], "", "a value", word.span)
        parsed.problems.append(problem)
        return
    if not option.takes:
        _give(parsed, option, Given(option, None, word))
        return
    value = words[parsed.rest + option.takes - 1] if parsed.rest + option.takes <= len(words) else words[-1]
    parsed.rest += option.takes
    _give(parsed, option, Given(option, value.text, value), word.span)


def _refused(word: Word, launcher: Launcher) -> bool:
    """Whether argparse takes the word for an option where a value is due."""
    prefix = word.literal_prefix
    looks_like_option = prefix.startswith("-") and prefix != "-" and " " not in prefix
    return launcher.refuses_dashes and looks_like_option and not _NEGATIVE.match(prefix)


def _give(parsed: Parsed, option: Option, given: Given, name_span: Span | None = None) -> None:
    span = given.word.span
    parsed.given.append(given)
    listed = LauncherOption(parsed.launcher.name, option.names[0], given.value, name_span or span)
    parsed.listed.append(listed)
    unwanted = option.takes == 0 and parsed.launcher.refuses_dashes
    if isinstance(given.value, Known) and (unwanted or not _fits(option, given.value.value)):
        wanted = " or ".join(f"`{choice}`" for choice in option.choices) or option.kind.value
        expected = "no value" if unwanted else wanted
        problem = InvalidOptionValue(
            parsed.launcher.name, option.names[0], given.value.value, expected, given.value.span
        )
        parsed.problems.append(problem)
    parsed.ended = parsed.ended or stops(option)


def _unknown(words: Sequence[Word], name: str, has_value: bool, parsed: Parsed) -> None:
    """An option that the table lacks: an error when the table is whole or one of it was surely meant."""
    launcher, word = parsed.launcher, words[parsed.rest]
    parsed.rest += 1
    near = _nearest(launcher, name)
    if near is None and not launcher.complete:
        reason = f"`{name}` is an option of `{launcher.name}` that is not known here"
        parsed.unverified.append(Unknown(reason, word.span))
    else:
        parsed.problems.append(
            UnknownOption(launcher.name, name, near, word.span_of(0, len(name)), launcher.complete)
        )
    if has_value:
        return
    likely = launcher.by_name[launcher.key(near)].takes if near else _seems_to_take(words, parsed.rest)
    parsed.rest = min(parsed.rest + likely, len(words))


def _nearest(launcher: Launcher, name: str) -> str | None:
    if not name.startswith("--") and not launcher.single_dash:
        return None
    spellings = [spelling for option in launcher.options for spelling in option.names]
    style = "_" if "_" in name else "-"
    spellings.sort(key=lambda spelling: style not in spelling[2:])
    cutoff = 0.6 if launcher.complete else _NEAR
    found = difflib.get_close_matches(name, spellings, n=1, cutoff=cutoff)
    return found[0] if found else None


def _seems_to_take(words: Sequence[Word], index: int) -> int:
    """Whether the word behind an option that we do not know looks like its value."""
    if index + 1 >= len(words):
        return 0
    prefix = words[index].literal_prefix
    return 0 if prefix.startswith("-") or _PROGRAM.match(prefix) else int(_program_follows(words, index + 1))


def _program_follows(words: Sequence[Word], index: int) -> bool:
    return any(_PROGRAM.match(word.literal_prefix) or word.raw == "-m" for word in words[index:])


def _find(launcher: Launcher, name: str) -> Option | None:
    key = launcher.key(name)
    exact = launcher.by_name.get(key)
    if exact is not None or not launcher.abbreviations:
        return exact
    found = {id(option): option for spelling, option in launcher.by_name.items() if spelling.startswith(key)}
    return next(iter(found.values())) if len(found) == 1 else None


def _behind(word: Word, skip: int) -> Value[str]:
    text = word.text
    if isinstance(text, Unknown):
        return text
    return Known(text.value[skip:], word.span_of(skip, len(text.value)))


def _fits(option: Option, text: str) -> bool:
    if option.kind is Kind.CHOICE:
        return text in option.choices
    if option.kind is Kind.INTEGER:
        return _is_integer(text)
    if option.kind is Kind.NUMBER:
        return _is_number(text)
    if option.kind is Kind.WORKERS:
        return text in _WORKERS or _is_integer(text)
    if option.kind is Kind.NODES:
        parts = text.split(":")
        return len(parts) <= 2 and all(map(_is_integer, parts))
    return True


def _is_integer(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
