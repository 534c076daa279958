"""A class with annotated fields in, a record or a small object out, made in a fraction of the time.

`dataclasses.dataclass` compiles up to eight methods for each class. With some four hundred classes that is a
third of a cold start. Here one `__init__` is compiled for all classes whose fields have the same shape, and
not before the first object of one is made; all else is shared. The classes are dataclasses to
`dataclasses.replace`, `dataclasses.fields` and type checkers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType, SimpleNamespace
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
_CHANGING = SimpleNamespace(frozen=False, eq=True, order=False, unsafe_hash=False, repr=True, init=True)


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
    made.__init__ = _first(made, fields, "_set_{0}(self, {1})")
    return made  # type: ignore[no-any-return]


@dataclass_transform(field_specifiers=(dataclasses.field,))
def state(cls: type[C]) -> type[C]:
    """Make a class one of objects that change, compared by value and therefore not to be hashed."""
    fields = _with_fields(cls)
    compared = [name for name, field in fields.items() if field.compare]
    for name, value in (("_compared", _getter(compared)), ("__eq__", _equal), ("__hash__", None)):
        setattr(cls, name, value)
    return cls


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
def entity(cls: type[C]) -> type[C]:
    """Make a class one of objects that change, each of them equal to itself alone."""
    _with_fields(cls)
    return cls


def _with_fields(cls: Any) -> dict[str, Any]:
    """Give a class that is no record its fields, their defaults, `__init__` and `__repr__`."""
    fields = _fields(cls)
    for name in cls.__annotations__:
        if name in fields and isinstance(cls.__dict__.get(name), dataclasses.Field):
            if fields[name].default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, fields[name].default)
    setattr(cls, _FIELDS, fields)
    cls.__dataclass_params__ = _CHANGING
    given = {name: field for name, field in fields.items() if field.init}
    cls.__init__ = _first(cls, given, "self._field_{0} = {1}")
    if "__repr__" not in cls.__dict__:
        cls.__repr__ = _repr
    return fields


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


def _first(cls: Any, fields: dict[str, Any], store: str) -> Any:
    """An `__init__` that the real one replaces as the first object is made: most runs need few classes."""

    def initialise(self: Any, *positional: Any, **keywords: Any) -> None:
        cls.__init__ = _initialiser(cls, fields, store)
        cls.__init__(self, *positional, **keywords)

    return initialise


def _initialiser(cls: Any, fields: dict[str, Any], store: str) -> Any:
    """`__init__` for a class; the slots of a record themselves take the values that its class refuses."""
    known: dict[str, Any] = {"_missing": dataclasses.MISSING}
    if store.startswith("_set_"):
        known |= {f"_set_{index}": getattr(cls, name).__set__ for index, name in enumerate(fields)}
    defaults: list[Any] = []
    for index, (name, field) in enumerate(fields.items()):
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{index}"] = field.default_factory
            defaults.append(dataclasses.MISSING)
        elif field.default is not dataclasses.MISSING:
            defaults.append(field.default)
        elif defaults:
            raise TypeError(f"non-default argument {name!r} follows default argument")
    made = tuple(field.default_factory is not dataclasses.MISSING for field in fields.values())
    code = _template(store, made, hasattr(cls, "__post_init__"))
    exchanged = {f"_field_{index}": name for index, name in enumerate(fields)}
    code = code.replace(
        co_varnames=("self", *fields), co_names=tuple(exchanged.get(name, name) for name in code.co_names)
    )
    initialiser = FunctionType(code, known, "__init__", tuple(defaults))
    initialiser.__qualname__ = f"{cls.__qualname__}.__init__"
    return initialiser


@cache
def _template(store: str, made: tuple[bool, ...], finished: bool) -> CodeType:
    """`__init__` with numbers in place of names; `made` says which fields have a factory."""
    lines = ["    pass"]
    for index, factory in enumerate(made):
        given = f"given_{index}"
        value = f"_make_{index}() if {given} is _missing else {given}" if factory else given
        lines.append("    " + store.format(index, value))
    if finished:
        lines.append("    self.__post_init__()")
    parameters = ", ".join(("self", *(f"given_{index}" for index in range(len(made)))))
    known: dict[str, Any] = {}
    exec(f"def __init__({parameters}):\n" + "\n".join(lines), known)
    code: CodeType = known["__init__"].__code__
    return code


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
