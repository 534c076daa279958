"""A launch's arguments in, what Hydra's own command line parser makes of them out.

Hydra uses argparse with one positional of any length, so overrides form a single run of words: those
behind a later option are refused. The rules followed here are argparse's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from trainlint.facts.hydra_cli import HydraArguments, RefusedArgument
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record, state
from trainlint.regex import regex

_SHOW = ("job", "hydra", "all")
_INFO = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")
_NEGATIVE_NUMBER = regex(r"^-\d+$|^-\d*\.\d+$")


@record
class _Option:
    """One option of Hydra's parser: its spellings, and whether it takes a value."""

    name: str
    spellings: tuple[str, ...]
    takes_value: bool = False
    value_is_optional: bool = False
    choices: tuple[str, ...] = ()
    runs: bool = True


_OPTIONS = (
    _Option("help", ("--help", "-h"), runs=False),
    _Option("hydra-help", ("--hydra-help",), runs=False),
    _Option("version", ("--version",), runs=False),
    _Option("cfg", ("--cfg", "-c"), takes_value=True, choices=_SHOW, runs=False),
    _Option("resolve", ("--resolve",)),
    _Option("package", ("--package", "-p"), takes_value=True),
    _Option("run", ("--run", "-r")),
    _Option("multirun", ("--multirun", "-m")),
    _Option("shell-completion", ("--shell-completion", "-sc"), runs=False),
    _Option("config-path", ("--config-path", "-cp"), takes_value=True),
    _Option("config-name", ("--config-name", "-cn"), takes_value=True),
    _Option("config-dir", ("--config-dir", "-cd"), takes_value=True),
    _Option("experimental-rerun", ("--experimental-rerun",), takes_value=True),
    _Option("info", ("--info", "-i"), value_is_optional=True, choices=_INFO, runs=False),
)
_COMMANDS = ("run", "cfg", "multirun", "shell-completion", "info")
_BY_SPELLING = {spelling: option for option in _OPTIONS for spelling in option.spellings}


@record
class _Match:
    """How argparse reads one word: an option (None when it has no such), perhaps with a value attached."""

    option: _Option | None
    attached: str | None = None
    rivals: tuple[str, ...] = ()


@state
class _State:
    """What has been read so far."""

    runs: list[list[Word]] = field(default_factory=list)
    values: dict[str, Value[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    refused: list[RefusedArgument] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)


def read_arguments(words: Sequence[Word]) -> HydraArguments:
    """Take the arguments apart as `hydra.main` would; what it refuses is in `refused`."""
    state = _State()
    index, in_run = 0, False
    while index < len(words):
        word = words[index]
        if word.literal_prefix == "--" and isinstance(word.text, Known):
            _positional(state, list(words[index + 1 :]), in_run)
            break
        match = _match(word)
        if match is None:
            _positional(state, [word], in_run)
            index, in_run = index + 1, True
        else:
            index, in_run = index + _option(state, words, index, match), False
    return _result(state, words)


def _positional(state: _State, words: list[Word], in_run: bool) -> None:
    if in_run and state.runs:
        state.runs[-1] += words
    else:
        state.runs.append(words)
    for word in words:
        if word.parts and isinstance(word.parts[0], Unknown):
            state.unverified.append(word.parts[0])


def _match(word: Word) -> _Match | None:
    """The option that a word is, or None for a positional."""
    text, whole = word.literal_prefix, isinstance(word.text, Known)
    if not text.startswith("-") or text == "-":
        return None
    if whole and text in _BY_SPELLING:
        return _Match(_BY_SPELLING[text])
    name, equals, value = text.partition("=")
    if equals and name in _BY_SPELLING:
        return _Match(_BY_SPELLING[name], value)
    found = _abbreviated(name if text.startswith("--") else text, value if equals else None)
    if len({option.name for _, option, _ in found}) > 1:
        return _Match(None, rivals=tuple(spelling for spelling, _, _ in found))
    if found:
        return _Match(found[0][1], found[0][2])
    if whole and (_NEGATIVE_NUMBER.match(text) or " " in text):
        return None
    return _Match(None)


def _abbreviated(text: str, value: str | None) -> list[tuple[str, _Option, str | None]]:
    """The options that a shortened spelling may mean, each with the value attached to the word."""
    if text.startswith("--"):
        return [(s, option, value) for s, option in _BY_SPELLING.items() if s.startswith(text)]
    short = [(s, o, text[2:].removeprefix("=")) for s, o in _BY_SPELLING.items() if s == text[:2]]
    longer = [(s, o, value) for s, o in _BY_SPELLING.items() if s.startswith(text.partition("=")[0])]
    found: list[tuple[str, _Option, str | None]] = [*short, *longer]
    return found


def _option(state: _State, words: Sequence[Word], index: int, match: _Match) -> int:
    """Take one option; the number of words it uses up."""
    word, option = words[index], match.option
    if option is None:
        _refuse_option(state, word, match.rivals)
        return 1
    state.seen.add(option.name)
    if not option.takes_value and not option.value_is_optional:
        return 1 if match.attached is None else _joined(state, words, index, option, match.attached)
    if match.attached is not None:
        _value(state, option, _attached(word, match.attached), word)
        return 1
    following = words[index + 1] if index + 1 < len(words) else None
    if following is not None and _match(following) is None:
        _value(state, option, following.text, following)
        return 2
    if option.takes_value:
        reason = f"error: argument {'/'.join(option.spellings)}: expected one argument"
        _refuse(state, word, reason, f"give {option.spellings[0]} a value")
    return 1


def _joined(state: _State, words: Sequence[Word], index: int, option: _Option, attached: str) -> int:
    """Read what is attached to a switch: further short options (`-mr`), or nothing that is allowed."""
    word = words[index]
    short = word.literal_prefix[:1] + attached[:1]
    if word.literal_prefix.startswith("--") or not attached or short not in _BY_SPELLING:
        reason = f"error: argument {'/'.join(option.spellings)}: ignored explicit argument '{attached}'"
        _refuse(state, word, reason, "drop what is attached to the switch")
        return 1
    return _option(state, words, index, _Match(_BY_SPELLING[short], attached[1:] or None))


def _attached(word: Word, literal: str) -> Value[str]:
    """The value behind `=`, Unknown when the environment has a part in it."""
    whole = word.text
    return Known(literal, word.span) if isinstance(whole, Known) else whole


def _value(state: _State, option: _Option, value: Value[str], word: Word) -> None:
    if option.choices and isinstance(value, Known) and value.value not in option.choices:
        listed = ", ".join(f"'{choice}'" for choice in option.choices)
        names = "/".join(option.spellings)
        reason = f"error: argument {names}: invalid choice: '{value.value}' (choose from {listed})"
        _refuse(state, word, reason, f"choose one of {listed}")
    state.values[option.name] = value


def _refuse_option(state: _State, word: Word, rivals: tuple[str, ...]) -> None:
    if rivals:
        reason = f"error: ambiguous option: {word.raw} could match {', '.join(rivals)}"
        _refuse(state, word, reason, "write the option in full")
    else:
        reason = f"error: unrecognized arguments: {word.raw}"
        _refuse(state, word, reason, "Hydra takes `key=value` overrides, not options of the script")


def _refuse(state: _State, word: Word, reason: str, remedy: str) -> None:
    state.refused.append(RefusedArgument(word.raw, reason, remedy, word.span))


def _refuse_combinations(state: _State, words: Sequence[Word]) -> None:
    """Options that argparse takes one by one and Hydra refuses together."""
    if state.refused or not words:
        return
    commands = [name for name in _COMMANDS if name in state.seen]
    if len(commands) > 1:
        listed = "Only one of --run, --multirun, --cfg, --info and --shell_completion can be specified"
        _refuse(state, words[0], f"ValueError: {listed}", f"keep one of --{', --'.join(commands)}")
    elif "resolve" in state.seen and not {"cfg", "help"} & state.seen:
        reason = "The --resolve flag can only be used in conjunction with --cfg or --help"
        _refuse(state, words[0], f"ValueError: {reason}", "drop --resolve")


def _result(state: _State, words: Sequence[Word]) -> HydraArguments:
    overrides = tuple(state.runs[0]) if state.runs else ()
    for word in (word for run in state.runs[1:] for word in run):
        reason = f"error: unrecognized arguments: {word.raw}"
        _refuse(state, word, reason, "keep all overrides together, before or behind Hydra's own options")
    _refuse_combinations(state, words)
    shows = next((o.spellings[0] for o in _OPTIONS if o.name in state.seen and not o.runs), None)
    return HydraArguments(
        overrides=overrides,
        config_name=state.values.get("config-name"),
        config_path=state.values.get("config-path"),
        config_dir=state.values.get("config-dir"),
        multirun="multirun" in state.seen,
        shows=shows,
        refused=tuple(state.refused),
        unverified=tuple(state.unverified),
    )
