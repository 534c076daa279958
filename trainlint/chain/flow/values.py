"""What a variable can hold as far as following the config needs it: frozen data, opaque things are None."""

from __future__ import annotations

import ast
from dataclasses import field

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import Function
from trainlint.record import entity, record


@record
class Config:
    """The config, or the part of it at `path`; "*" stands for every item of a list or mapping.

    `supplied` are keys that code put over it, `exact` is False when there may be more or fewer keys. `plain`
    says that OmegaConf made a dict of it, in which a `???` is a text like any other.
    """

    path: tuple[str, ...]
    supplied: frozenset[str] = frozenset()
    exact: bool = True
    plain: bool = False

    def child(self, key: str) -> Config:
        """The part below one key."""
        return Config((*self.path, key), exact=self.exact, plain=self.plain)


@record
class Text:
    """A known text."""

    text: str


@record
class Piece:
    """Part of the text at `path` after it was split at `separator`: `index` 0 is the first, -1 the last."""

    path: tuple[str, ...]
    separator: str
    index: int


@record
class Pieces:
    """All parts of the text at `path`, split at `separator`."""

    path: tuple[str, ...]
    separator: str


@record
class Joined:
    """A text put together from known and unknown parts (None)."""

    parts: tuple[Text | Piece | Config | None, ...]


@record
class Items:
    """A list or tuple that was written out."""

    items: tuple[Value | None, ...]


@record
class Pairs:
    """The (key, value) pairs of a part of the config, or numbered items of it."""

    value: Value | None


@record
class Code:
    """A function or class of the project; `bound` is the object that a method belongs to."""

    module: ModuleFacts = field(compare=False)
    node: Function | ast.ClassDef
    bound: Instance | None = None


@entity
class Instance:
    """An object of a class of the project with the attributes that were set on it."""

    module: ModuleFacts
    node: ast.ClassDef
    attributes: dict[str, Value | None] = field(default_factory=dict)


Value = Config | Text | Piece | Pieces | Joined | Items | Pairs | Code | Instance
