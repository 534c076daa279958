"""Records against what `dataclasses.dataclass(frozen=True, slots=True)` makes of the same classes."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any, Generic, TypeVar

import pytest

from trainlint.record import record

T = TypeVar("T")


@record
class Place:
    """A record."""

    file: str
    line: int = 1
    notes: tuple[str, ...] = field(default_factory=tuple, compare=False)


@record
class Better(Place):
    column: int = 2

    @property
    def shown(self) -> str:
        """Methods see the fields."""
        return f"{self.file}:{self.line}:{self.column}"


@record
class Box(Generic[T]):
    content: T


@record
class Empty:
    """No fields at all."""


@dataclass(frozen=True, slots=True)
class Mixed(Place):
    """A dataclass over a record."""

    extra: int = 0


def twin() -> Any:
    """The dataclass that `Place` stands for."""

    @dataclass(frozen=True, slots=True)
    class Twin:
        file: str
        line: int = 1
        notes: tuple[str, ...] = field(default_factory=tuple, compare=False)

    return Twin


@pytest.mark.parametrize("arguments", [("a",), ("a", 2), ("b", 2, ("n",)), ("a", 1, ("other",))])
def test_fields_equality_and_hash_are_a_dataclass_s(arguments: tuple[Any, ...]) -> None:
    ours, theirs = Place(*arguments), twin()(*arguments)
    assert dataclasses.astuple(ours) == dataclasses.astuple(theirs)
    assert repr(ours) == repr(theirs).replace("twin.<locals>.Twin", "Place")
    for others in (("a",), ("a", 1, ("x",)), ("b", 2)):
        assert (ours == Place(*others)) == (theirs == twin_of(theirs, others))
        if ours == Place(*others):
            assert hash(ours) == hash(Place(*others))


def twin_of(like: Any, arguments: tuple[Any, ...]) -> Any:
    return type(like)(*arguments)


def test_values_cannot_be_changed_and_nothing_can_be_added() -> None:
    place = Place("a")
    for name in ("file", "line", "absent"):
        with pytest.raises(FrozenInstanceError):
            setattr(place, name, 1)
    with pytest.raises(FrozenInstanceError):
        del place.file
    assert not hasattr(place, "__dict__")


def test_replace_fields_and_patterns_work_as_on_dataclasses() -> None:
    place = replace(Place("a", notes=("n",)), line=5)
    assert (place.file, place.line, place.notes) == ("a", 5, ("n",))
    assert [entry.name for entry in dataclasses.fields(place)] == ["file", "line", "notes"]
    match place:
        case Place("a", line):
            assert line == 5
    with pytest.raises(TypeError):
        replace(place, absent=1)


def test_inheritance_puts_the_bases_fields_first_and_keeps_classes_apart() -> None:
    better = Better("a", 3, (), 4)
    assert better.shown == "a:3:4"
    assert better != Place("a", 3)
    assert Mixed("a", extra=1).extra == 1
    assert Mixed("a") == Mixed("a")


def test_generic_and_empty_records_and_missing_arguments() -> None:
    assert Box[int](3) == Box(3)
    assert Empty() == Empty()
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        Place()  # type: ignore[call-arg]  # the error is what is tested


def test_records_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(Better("a", 3, ("n",), 4))) == Better("a", 3, ("n",), 4)
