"""The form of a launcher config's table: data that says which keys there are and what each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from trainlint.record import record


class Shape(Enum):
    """Which values a key takes; the text completes "expects …"."""

    ANY = "anything"
    INTEGER = "an integer"
    SIZE = "an integer that is not negative"
    NUMBER = "a number"
    SWITCH = "true or false"
    CHOICE = "one of a list"
    SECTION = "a mapping"


class Surplus(Enum):
    """What the library does with a key that it does not have."""

    REFUSED = "refused"
    REFUSED_LATELY = "refused by the later releases, dropped by the earlier ones"
    DROPPED = "dropped"
    KEPT = "kept for others"


@record
class Setting:
    """One key; `choices` are all values of a CHOICE, `section` is what stands below a SECTION.

    `auto` says that the value "auto" leaves the choice to somebody else, `empty` that null does. Of a
    SECTION, `choices` are what may stand in the place of the mapping; nothing is refused when there are none.
    """

    name: str
    shape: Shape = Shape.ANY
    choices: tuple[object, ...] = ()
    section: Section | None = None
    auto: bool = False
    empty: bool = True
    folds_case: bool = False


@dataclass(frozen=True)
class Section:
    """The keys of one mapping; `versions` are those that were read for it.

    Keys may be written without `prefix`. Unknown keys with the value `dropped` are never refused.
    """

    settings: Mapping[str, Setting]
    surplus: Surplus
    versions: str
    runtime: str = ""
    prefix: str = ""
    dropped: object = None

    def find(self, name: str) -> Setting | None:
        """The setting that a key means; the section's prefix may be left out."""
        return self.settings.get(name) or (self.settings.get(self.prefix + name) if self.prefix else None)


def table(*groups: tuple[Setting, ...]) -> Mapping[str, Setting]:
    """Settings by name."""
    return {setting.name: setting for group in groups for setting in group}


def keys(
    names: str, shape: Shape = Shape.ANY, *, auto: bool = False, empty: bool = True
) -> tuple[Setting, ...]:
    """Settings of one shape, separated by blanks."""
    return tuple(Setting(name, shape, auto=auto, empty=empty) for name in names.split())


def choice(
    name: str, *values: object, auto: bool = False, empty: bool = True, folds_case: bool = False
) -> tuple[Setting, ...]:
    """A setting that takes one of some values."""
    return (Setting(name, Shape.CHOICE, values, auto=auto, empty=empty, folds_case=folds_case),)


def below(name: str, section: Section, *instead: object) -> tuple[Setting, ...]:
    """A setting that holds settings; with `instead` only those values may stand in their place."""
    return (Setting(name, Shape.SECTION, instead, section),)
