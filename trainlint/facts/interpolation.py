"""Facts of one string with `${…}` in it: its parts as OmegaConf's grammar reads them, before resolution."""

from __future__ import annotations

from trainlint.facts.config import ScalarValue
from trainlint.record import record


@record
class Reference:
    """`${a.b}`, `${.x}`: the key with its leading dots; pieces are joined once nested ones are resolved."""

    pieces: tuple[str | Reference | Call, ...]
    text: str


@record
class Call:
    """`${name:argument,…}`; `texts` are the arguments as written."""

    name: tuple[str | Reference | Call, ...]
    arguments: tuple[Argument, ...]
    text: str


@record
class Template:
    """Text with interpolations in it; a template of a single interpolation keeps that one's type."""

    parts: tuple[str | Reference | Call, ...]


@record
class Literal:
    """A plain argument of a resolver."""

    value: ScalarValue


@record
class ListArgument:
    """A list written as an argument."""

    items: tuple[Argument, ...]


@record
class MapArgument:
    """A mapping written as an argument."""

    items: tuple[tuple[ScalarValue, Argument], ...]


@record
class QuotedArgument:
    """A quoted argument: always a string, whatever its interpolations give."""

    template: Template


Argument = Literal | Template | ListArgument | MapArgument | QuotedArgument
Interpolation = Reference | Call


@record
class InterpolationFault:
    """A string that OmegaConf's grammar refuses, in its words.

    `on_load` is False for the few that OmegaConf takes into a config and refuses only when they are read.
    """

    message: str
    on_load: bool = True
