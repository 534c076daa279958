"""Records against what `dataclasses.dataclass(frozen=True, slots=True)` makes of the same classes."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any, Generic, TypeVar

import pytest

from trainlint.record import entity, record, state

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


@state
class Basket:
    """Changes, and is what it holds."""

    owner: str
    items: list[str] = field(default_factory=list)
    seen: int = field(default=0, compare=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = len(self.items)


@state
class Trolley(Basket):
    wheels: int = 4


@entity
class Shop:
    name: str = "corner"
    open: bool = True


def test_a_state_changes_and_is_compared_by_value() -> None:
    one, other = Basket("a"), Basket("a")
    one.seen = 3
    assert one == other
    assert one.items is not other.items
    one.items.append("pear")
    assert one != other
    assert repr(Basket("a", ["b"])) == "Basket(owner='a', items=['b'], seen=0, total=1)"
    assert (Trolley("a", wheels=3).wheels, Trolley("a", ["b"]).total, Trolley("a").wheels) == (3, 1, 4)
    assert replace(Trolley("a"), owner="b").owner == "b"
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'owner'"):
        Basket()  # type: ignore[call-arg]  # what is missing is what is tested


def test_an_entity_is_equal_to_itself_alone() -> None:
    one, other = Shop(), Shop()
    assert one != other
    assert len({one, other, one}) == 2
    one.open = False
    assert (one.open, other.open, dataclasses.asdict(one)) == (False, True, {"name": "corner", "open": False})


def test_a_field_without_default_cannot_follow_one_with_a_default() -> None:
    @state
    class Wrong:
        first: int = 0
        second: int  # type: ignore[misc]  # what is wrong is what is tested

    with pytest.raises(TypeError, match="'second' follows"):
        Wrong(1, 2)
