"""A call with its arguments evaluated."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from trainlint.chain.arguments.frame import Frame
from trainlint.chain.arguments.values import Closure, Constant, Group, Instance, Parser, Value
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class Site:
    """What is passed; `hidden` says that `*args` or `**kwargs` hold what is not known."""

    node: ast.Call
    frame: Frame
    span: Span
    positional: tuple[Value | None, ...]
    named: Mapping[str, Value | None]
    hidden: Unknown | None

    def given(self, name: str, position: int | None = None) -> Value | None:
        """The value for a parameter."""
        if name in self.named:
            return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    def has(self, name: str, position: int | None = None) -> bool:
        """Whether something is passed for a parameter."""
        return name in self.named or (position is not None and position < len(self.positional))

    def constant(self, name: str, position: int | None = None, default: object = None) -> object:
        """The constant for a parameter, `default` when it is none."""
        value = self.given(name, position)
        return value.value if isinstance(value, Constant) else default

    @property
    def values(self) -> tuple[Value | None, ...]:
        """All that is passed."""
        return (*self.positional, *self.named.values())

    @property
    def parsers(self) -> list[Parser | Group]:
        """The parsers that the callee gets hold of, those inside objects too."""
        found: list[Parser | Group] = []
        for value in self.values:
            inner = value.attributes.values() if isinstance(value, Instance) else (value,)
            found += [entry for entry in inner if isinstance(entry, (Parser, Group))]
        return found

    @property
    def functions(self) -> list[Closure]:
        """The functions of the project that the callee may call."""
        return [value for value in self.values if isinstance(value, Closure)]
