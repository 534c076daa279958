"""The options of two programs in, those that are given in another way out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Option
from trainlint.facts.uses import is_given, is_variable
from trainlint.rules.base import Finding, difference

#: The ways to give an option that a program which takes it in one way takes too.
_TAKES = {
    "--name value": {"--name value", "--name=value"},
    "--name=value": {"--name=value"},
    "--name": {"--name"},
    "name": {"name"},
    "key=value": {"key=value"},
}


@difference("TL629", "command-line-convention-changed", severity=Severity.ERROR, harm=Harm.FEATURES)
def command_line_convention_changed(comparison: Comparison) -> Iterator[Finding]:
    """Command lines that start the reference do not start the candidate, or are read otherwise."""
    told = set[tuple[str, str]]()
    for one, other in comparison.options:
        if one is None or other is None or not _is_typed(one) or not _is_typed(other):
            continue
        ways = one.form, other.form
        if one.form in _TAKES.get(other.form, ()) or ways in told:
            continue
        told.add(ways)
        yield Finding(
            other.span,
            f"`{other.name}` is given as `{_spelled(other)}`: in the reference it is `{_spelled(one)}`",
            runtime="the command lines and job files of the reference are refused or read otherwise",
            help=f"take `{_spelled(one)}` too, or change every job file that gives it",
            reference=one.span,
        )


def _is_typed(option: Option) -> bool:
    """Whether it is given on the command line."""
    return is_given(option) and not is_variable(option)


def _spelled(option: Option) -> str:
    """How it is typed."""
    return option.form.replace("name", option.name).replace("key", option.name)
