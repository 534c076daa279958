"""Arguments that no parser took in, what is refused of them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.facts.arguments import UnknownArgument
from trainlint.parse.arguments.options import Foreign, OptionTable
from trainlint.parse.arguments.tokens import Token


def refused_extras(extras: Sequence[Token], tables: Sequence[OptionTable]) -> Iterator[UnknownArgument]:
    """Each stretch of arguments that is left over, an option with the values behind it as one.

    The first table is the parser's own, the others are those of the commands that were chosen.
    """
    chars = tuple(tables[0].facts.prefix_chars)
    for stretch in _stretches(extras, chars):
        first = stretch[0]
        named = _is_option(first, chars)
        name = first.prefix.partition("=")[0] if named else first.shown
        nearest = _nearest_option(name, tables) if named else _as_option(name, tables)
        written = name if named or nearest is None else name.partition("=")[0]
        span = first.span(0, len(written)) if first.text is not None or named else first.word.span
        runtime = f"unrecognized arguments: {' '.join(token.shown for token in stretch)}"
        yield UnknownArgument(name, nearest, span, runtime, _is_certain(first, tables[0]))


def _stretches(extras: Sequence[Token], chars: tuple[str, ...]) -> Iterator[list[Token]]:
    stretch: list[Token] = []
    for token in extras:
        if stretch and _is_option(token, chars):
            yield stretch
            stretch = []
        stretch.append(token)
    if stretch:
        yield stretch


def _is_option(token: Token, chars: tuple[str, ...]) -> bool:
    return len(token.prefix) > 1 and token.prefix.startswith(chars) and not token.behind_dashes


def _is_certain(token: Token, table: OptionTable) -> bool:
    kind = table.kind(token)
    return token.behind_dashes or not isinstance(kind, Foreign) or kind.certain


def _nearest_option(name: str, tables: Sequence[OptionTable]) -> str | None:
    found = [near for table in reversed(tables) if (near := table.nearest(name)) is not None]
    return found[0] if found else None


def _as_option(text: str, tables: Sequence[OptionTable]) -> str | None:
    """`lr=0.1` is how other tools write `--lr=0.1`."""
    key, separator, _ = text.partition("=")
    option = f"--{key}"
    return option if separator and any(option in table.by_name for table in tables) else None
