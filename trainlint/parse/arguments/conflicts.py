"""An argument that is given and those given before in, which of them exclude each other out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from trainlint.facts.arguments import (
    Argument,
    ConflictingArgument,
    ExclusiveGroup,
    GivenArgument,
    MissingArgument,
)
from trainlint.facts.value import Unknown
from trainlint.parse.arguments.tokens import Token
from trainlint.source import Span


def conflicts(
    groups: Sequence[ExclusiveGroup],
    argument: Argument,
    token: Token,
    values: Sequence[str],
    present: Collection[Argument],
    given: Sequence[GivenArgument],
) -> Iterator[ConflictingArgument]:
    """Arguments given before that this one cannot stand beside."""
    for group in groups:
        if argument not in group.members:
            continue
        for other in group.members:
            if other is argument or other not in present:
                continue
            certain = group.certain and argument.certain and other.certain
            certain = certain and not (_may_be_default(argument, values) or _was_default(other, given))
            runtime = f"argument {argument.display}: not allowed with argument {other.display}"
            shown = token.prefix.partition("=")[0] if argument.names else argument.dest
            yield ConflictingArgument(shown, other.display, token.word.span, runtime, argument.span, certain)


def none_of(group: ExclusiveGroup, place: Span) -> MissingArgument:
    """A group that requires one of its members, and none is given."""
    names = [member.display for member in group.members]
    runtime = f"one of the arguments {' '.join(names)} is required"
    defined = group.members[0].span if group.members else None
    return MissingArgument(" or ".join(names), place, runtime, defined)


def _was_default(argument: Argument, given: Sequence[GivenArgument]) -> bool:
    return any(
        _may_be_default(argument, [word.raw.partition("=")[2] or word.raw for word in entry.values])
        for entry in given
        if entry.argument is argument
    )


def _may_be_default(argument: Argument, values: Sequence[str]) -> bool:
    """Whether a value may be the default's own object: older versions of Python take that for not given."""
    default = argument.default
    if argument.nargs == 0 or default is None:
        return False
    return isinstance(default, Unknown) or [str(default.value)] == list(values) or not values
