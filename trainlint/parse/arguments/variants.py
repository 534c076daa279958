"""Facts of parsers that are nearly argparse and the words of a command in, what they make of them out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.facts.arguments import CommandLineFacts, InvalidArgument
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.arguments.check import Checked, check
from trainlint.source import Span

#: Texts that YAML reads as something else than a text, and that numbers can be made of.
_YAML_WORDS = frozenset(("true", "false", "yes", "no", "on", "off"))


def check_tyro(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """As argparse, but `--` ends nothing."""
    for word in words:
        text = word.text
        if isinstance(text, Known) and text.value == "--":
            return Checked((), (Unknown("what tyro makes of `--` is not known", word.span),), (), ())
    return check(facts, words, place)


def check_yaml_values(facts: CommandLineFacts, words: tuple[Word, ...], place: Span) -> Checked:
    """As argparse, with values that are read as YAML, the last one of each option only."""
    checked = check(facts, words, place)
    last = {name: entry.word.span for entry in checked.given for name in entry.argument.names}
    kept = tuple(
        problem
        for problem in checked.problems
        if not isinstance(problem, InvalidArgument) or problem.value is None or _counts(problem, last)
    )
    return replace(checked, problems=kept)


def _counts(problem: InvalidArgument, last: dict[str, Span]) -> bool:
    """Whether a value is the one that is converted; true and false are numbers too."""
    span, named = problem.span, last.get(problem.argument)
    is_last = named is None or (span.line, span.column) >= (named.line, named.column)
    return is_last and (problem.value or "").lower() not in _YAML_WORDS
