"""Everything that a text starts in, without what another start at the same place tells better, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.script.evaluation import Start
from trainlint.source import Span

#: With more starts than this at one place, only those that leave most open are held against the others.
_MANY = 64


def without_subsumed(started: Sequence[Start]) -> tuple[Start, ...]:
    """The starts without those that differ from another only by not knowing what that one knows."""
    places: dict[Span, list[Start]] = {}
    for start in started:
        places.setdefault(start.command.span, []).append(start)
    dropped: set[int] = set()
    for alike in places.values():
        if len(alike) > _MANY:
            # the launches of a sweep leave the same things open: none of them tells more than another
            fewest = min(map(_open_parts, alike))
            open_ones = [start for start in alike if _open_parts(start) > fewest]
        else:
            open_ones = alike if len(alike) > 1 else []
        for start in open_ones:
            if any(
                other is not start and id(other) not in dropped and _tells_more(other, start)
                for other in alike
            ):
                dropped.add(id(start))
    return tuple(start for start in started if id(start) not in dropped)


def _open_parts(start: Start) -> int:
    """How many things of a start are not known."""
    parts = sum(isinstance(part, Unknown) for word in start.command.words for part in word.parts)
    values = (start.directory, *start.exported.values())
    return parts + sum(isinstance(value, Unknown) for value in values)


def _tells_more(known: Start, start: Start) -> bool:
    """Whether a start can be the other one, as far as it is known."""
    return (
        _folder_fits(known.directory, start.directory)
        and _exports_fit(known.exported, start.exported)
        and _words_fit(known.command.words, start.command.words)
    )


def _folder_fits(known: Value[Path], other: Value[Path]) -> bool:
    return isinstance(other, Unknown) or (isinstance(known, Known) and known.value == other.value)


def _exports_fit(known: Mapping[str, Value[str]], other: Mapping[str, Value[str]]) -> bool:
    for name, value in other.items():
        mine = known.get(name)
        if isinstance(value, Known) and not (isinstance(mine, Known) and mine.value == value.value):
            return False
    return True


def _words_fit(known: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether words fit a series in which some are not known and may even be any number of words."""
    ends = {0}
    for word in other:
        if word.splits:
            ends = set(range(min(ends), len(known) + 1)) if ends else set()
        else:
            ends = {end + 1 for end in ends if end < len(known) and _word_fits(known[end], word)}
        if not ends:
            return False
    return len(known) in ends


def _word_fits(known: Word, other: Word) -> bool:
    # Most words of two starts at one place are the same, part by part.
    if known.parts == other.parts and all(isinstance(part, str) for part in other.parts):
        return True
    wanted = other.text
    if isinstance(wanted, Unknown):
        return known.literal_prefix.startswith(other.literal_prefix)
    given = known.text
    return isinstance(given, Known) and given.value == wanted.value
