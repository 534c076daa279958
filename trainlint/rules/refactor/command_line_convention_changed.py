"""The options of two programs in, those that are given in another way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Option
from trainlint.facts.uses import is_given, is_variable, plain, shown_value, texts_asked
from trainlint.rules.base import Finding, difference
from trainlint.source import Span

Typed = tuple[Option, Option]


@difference("TL629", "command-line-convention-changed", severity=Severity.ERROR, harm=Harm.FEATURES)
def command_line_convention_changed(comparison: Comparison) -> Iterator[Finding]:
    """Command lines that start the reference do not start the candidate, or are read otherwise."""
    changed = dict[object, list[Typed]]()
    for one, other in (*comparison.options, *_words(comparison)):
        if one is None or other is None or not _is_typed(one) or not _is_typed(other):
            continue
        if one.ways and other.ways and not set(one.ways) <= set(other.ways):
            changed.setdefault(_change(one, other), []).append((one, other))
    for alike in changed.values():
        yield _finding(*alike[0], more=len(alike) - 1)
    yield from _by_hand(comparison)
    yield from _texts(comparison)


def _texts(comparison: Comparison) -> Iterator[Finding]:
    """Environment variables that count as set with another text; those first that are so by default."""
    mine, theirs = texts_asked(comparison.reference), texts_asked(comparison.candidate)
    found = dict[Span, list[tuple[Option, str, str]]]()
    for one, _ in comparison.options:
        before, after = (side.get(one.name, {}) if one is not None else {} for side in (mine, theirs))
        lost, new = [*before.keys() - after.keys()], [*after.keys() - before.keys()]
        if one is None or not is_variable(one) or not len(lost) == len(new) == 1 or lost[0][0] != new[0][0]:
            continue
        place = comparison.candidate.computed[after[new[0]]]
        found.setdefault(place, []).append((one, lost[0][1], new[0][1]))
    for place, alike in found.items():
        one, lost_text, new_text = min(alike, key=lambda entry: shown_value(entry[0].default) != entry[1])
        more = f", and {len(alike) - 1} more in the same way" if alike[1:] else ""
        now, before_now = [f"{one.name}={new_text}"], [f"{one.name}={lost_text}"]
        yield _told(place, f"`{one.name}`", now, before_now, one, more)


def _by_hand(comparison: Comparison) -> Iterator[Finding]:
    """Code of the candidate's own that takes words apart, and not as the reference does."""
    loops = comparison.candidate.by_hand
    taken = {way for loop in loops for way in loop.ways}
    for one, _ in comparison.options if loops else ():
        if one is None or not _is_typed(one):
            continue
        lost = [way for way in one.ways if "value" in way[1:] and _shape(way, _words_of(one)) not in taken]
        if lost:
            now = [way.replace("name", one.name) for way in loops[0].ways]
            yield _told(loops[0].span, f"`{one.name}`", now, lost, one)
            return


def _is_typed(option: Option) -> bool:
    """Whether it is given on the command line."""
    return is_given(option) and not is_variable(option)


def _words(comparison: Comparison) -> Iterator[Typed]:
    """What is given without a name in the reference alone, and what the candidate has in its place."""
    bare = [one for one, other in comparison.options if one is not None and other is None and _is_bare(one)]
    new = [other for one, other in comparison.options if one is None and other is not None and other.ways]
    if bare and new and not any(map(_is_bare, new)):
        yield bare[0], max(new, key=lambda option: plain(bare[0].name) in plain(option.name))


def _is_bare(option: Option) -> bool:
    return option.ways == ("value",)


def _change(one: Option, other: Option) -> object:
    """What is changed, the name of the option aside where only its separators are others."""
    same = plain(one.name) == plain(other.name)
    mine, theirs = _words_of(one), _words_of(other)
    kept = mine & theirs
    lost = frozenset(_shape(way, kept) for way in one.ways if way not in other.ways)
    new = frozenset(_shape(way, kept) for way in other.ways if way not in one.ways)
    return lost, new, None if same else one.name


def _words_of(option: Option) -> frozenset[str]:
    return frozenset(map(_word, option.ways))


def _word(way: str) -> str:
    """The name in a way to type an option."""
    return way.lstrip("-").partition("=")[0].partition(" ")[0]


def _shape(way: str, kept: frozenset[str]) -> str:
    """A way without the name; with what separates its words where those are others on the other side."""
    word = _word(way)
    look = "a-name" if "-" in word else "a_name" if "_" in word else "name"
    return way.replace(word, "name" if word in kept else look, 1)


def _finding(one: Option, other: Option, more: int) -> Finding:
    ways = [way for way in one.ways if way not in other.ways]
    beside = f", and {more} more in the same way" if more else ""
    return _told(other.told or other.span, f"`{other.name}`", other.ways, ways, one, beside)


def _told(
    place: Span, named: str, now: Sequence[str], ways: Sequence[str], one: Option, beside: str = ""
) -> Finding:
    return Finding(
        place,
        f"{named} is given as `{_first(now)}`: in the reference it is `{_first(ways)}`{beside}",
        runtime="the command lines and job files of the reference are refused or read otherwise",
        help=f"take `{_first(ways)}` too, or change every job file that gives it",
        reference=one.told or one.span,
    )


def _first(ways: Sequence[str]) -> str:
    """A way to show, before all one by the whole name."""
    return next((way for way in ways if way.startswith("--")), ways[0])
