"""A parser and the arguments that were given in, the defaults that their own types refuse out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.facts.arguments import Argument, CommandLineFacts, InvalidArgument
from trainlint.facts.value import Known
from trainlint.parse.arguments.tokens import Token
from trainlint.parse.arguments.values import default_refusal


def refused_defaults(
    facts: CommandLineFacts, seen: Mapping[Argument, Token | None]
) -> Iterator[InvalidArgument]:
    """Defaults that are texts are converted as if they had been given; of a shared name only one is."""
    arguments = (*facts.options, *facts.positionals)
    dests = [entry.dest for entry in arguments]
    for entry in arguments:
        default = entry.default
        if seen.get(entry) is not None or not isinstance(default, Known) or dests.count(entry.dest) > 1:
            continue
        said = default_refusal(entry)
        if said is not None:
            yield InvalidArgument(
                entry.display,
                str(default.value),
                said.expected,
                default.span,
                said.runtime,
                entry.span,
                said.nearest,
                said.certain and entry.certain,
            )
