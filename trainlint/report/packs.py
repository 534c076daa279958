"""What the rules of packs say of launches in, the explanation that a person reads out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.record import record
from trainlint.report.layout import Line, Role, plain, wrapped
from trainlint.report.terminal import Page, drawn

#: How each standing is shown.
_ROLES = {"holds": Role.GOOD, "fails": Role.ERROR, "not checked": Role.WARNING}
_WORD = 19


@record
class LaunchStory:
    """Where a rule stands in one launch; `values` are what it looked at, `reason` why it is not checked."""

    place: str
    standing: str
    values: tuple[str, ...]
    reason: str | None = None


@record
class RuleStory:
    """A rule of a pack, with the conditions and the demand as they are written."""

    code: str
    name: str
    severity: str
    applies: tuple[str, ...]
    when: str | None
    require: str
    launches: tuple[LaunchStory, ...]


@record
class PackStory:
    """A pack with its rules."""

    title: str
    summary: str
    rules: tuple[RuleStory, ...]


def render(stories: Iterable[PackStory], page: Page) -> str:
    """Each pack, each rule of it, and under it each launch."""
    lines = [line for story in stories for line in _pack(story, page.width)]
    return drawn(lines) if page.colour else plain(lines)


def _pack(story: PackStory, width: int | None) -> Iterator[Line]:
    yield ((story.title, Role.PLACE), (f": {story.summary}" if story.summary else "", Role.PLAIN))
    yield ()
    for rule in story.rules:
        yield from _rule(rule, width)
        yield ()


def _rule(rule: RuleStory, width: int | None) -> Iterator[Line]:
    yield ((f"{rule.code} {rule.name}", Role.PLACE), (f" ({rule.severity})", Role.PLAIN))
    for text in rule.applies:
        yield from _labelled("applies", text, width)
    if rule.when is not None:
        yield from _labelled("when", rule.when, width)
    yield from _labelled("requires", rule.require, width)
    column = max((len(launch.place) for launch in rule.launches), default=0)
    for launch in rule.launches:
        said = launch.reason if launch.reason is not None else ", ".join(launch.values)
        word = (launch.standing.ljust(_WORD), _ROLES.get(launch.standing, Role.QUIET))
        rows = wrapped(said, width and max(20, width - column - _WORD - 5))
        yield ((f"   {launch.place.ljust(column)}  ", Role.PLAIN), word, (f" {rows[0]}", Role.PLAIN))
        for row in rows[1:]:
            yield ((" " * (column + _WORD + 6) + row, Role.PLAIN),)


def _labelled(label: str, text: str, width: int | None) -> Iterator[Line]:
    for number, row in enumerate(wrapped(" ".join(text.split()), width and width - 12)):
        yield (("   " + ("" if number else label).ljust(9), Role.LABEL), (row, Role.PLAIN))
