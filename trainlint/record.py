"""A class with annotated fields in, a frozen record with slots out, made in a fraction of the time.

`dataclasses.dataclass` compiles six to eight methods for each class. With some two hundred classes that
is a third of a cold start. Here only `__init__` is compiled; all else is shared. Records are dataclasses to
`dataclasses.replace`, `dataclasses.fields` and type checkers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[Any], Any]:
        """Only type checkers ask for more."""
        return lambda function: function


C = TypeVar("C")
_FIELDS = "__dataclass_fields__"
_OWN_FIELD: Any = dataclasses._FIELD  # type: ignore[attr-defined]  # what `replace` asks each field for

#: What a dataclass that inherits from a record asks of it.
_PARAMETERS = SimpleNamespace(frozen=True, eq=True, order=False, unsafe_hash=False, repr=True, init=True)


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[C]) -> type[C]:
    """Make a class a frozen record: fields in order of annotation, bases' first, compared by value.

    Supported are plain defaults and `field(default=…, default_factory=…, compare=…, repr=…)`.
    """
    fields = _fields(cls)
    names = tuple(fields)
    own = tuple(name for name in cls.__annotations__ if name in fields)
    body = {key: value for key, value in cls.__dict__.items() if key not in (*own, "__dict__", "__weakref__")}
    body |= {
        "__slots__": own,
        "__match_args__": names,
        "__qualname__": cls.__qualname__,
        "__setattr__": _refuse_set,
        "__delattr__": _refuse_delete,
        "__reduce__": _reduce,
        _FIELDS: fields,
        "__dataclass_params__": _PARAMETERS,
        "_compared": _getter([name for name, field in fields.items() if field.compare]),
    }
    for name, method in (("__eq__", _equal), ("__hash__", _hash), ("__repr__", _repr)):
        body.setdefault(name, method)
    if body["__hash__"] is None:
        body["__hash__"] = _hash
    metaclass: Any = type(cls)
    made = metaclass(cls.__name__, cls.__bases__, body)
    made.__init__ = _initialiser(made, fields)
    return made  # type: ignore[no-any-return]


def _fields(cls: type) -> dict[str, Any]:
    """The fields of the bases and of the class itself, with their defaults."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= base.__dict__.get(_FIELDS, {})
    for name, annotation in cls.__annotations__.items():
        if str(annotation).startswith(("ClassVar", "typing.ClassVar")):
            continue
        default = cls.__dict__.get(name, dataclasses.MISSING)
        field: Any = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
        field.name, field.type, field._field_type, field.kw_only = name, annotation, _OWN_FIELD, False
        found[name] = field
    return found


def _getter(names: list[str]) -> Any:
    """What reads the compared fields of a record at once; wrapped so that the class does not bind it."""
    return staticmethod(attrgetter(*names) if names else lambda record: ())


def _initialiser(cls: Any, fields: dict[str, Any]) -> Any:
    """`__init__` over the slots themselves: they take a value although the class refuses assignment."""
    known: dict[str, Any] = {}
    parameters, lines = [], []
    for name, field in fields.items():
        known[f"_set_{name}"] = getattr(cls, name).__set__
        value = name
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"], known["_missing"] = field.default_factory, dataclasses.MISSING
            parameters.append(f"{name}=_missing")
            value = f"_make_{name}() if {name} is _missing else {name}"
        elif field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"    _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("    self.__post_init__()")
    text = f"def __init__(self, {', '.join(parameters)}):\n" + ("\n".join(lines) or "    pass")
    exec(text, known)
    initialiser = known["__init__"]
    initialiser.__qualname__ = f"{cls.__qualname__}.__init__"
    return initialiser


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, f in getattr(self, _FIELDS).items() if f.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _reduce(self: Any) -> Any:
    return self.__class__, tuple(getattr(self, name) for name in getattr(self, _FIELDS))


def _refuse_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
