"""Facts of values in normal form: two ways to write the same value are the same term.

Terms are made by `trainlint.diff.terms.Terms` alone, which makes each of them once: within one comparison
two terms are equal where they are the same object.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from trainlint.record import record


class Sort(Enum):
    """What a term is.

    CONSTANT: `value`. OPTION: what the user sets, `value` is its name, the first operand its default (a
    NOTHING where there is none). ENVIRONMENT: the variable `value`. FACT: the world size, the rank, the local
    rank. COUNTER: a number of the turn of a loop, `value` says how deep that is; its operands are where it
    starts and what is added. CARRIED: another variable of a loop, its first operand is its value before.
    OPERATION: `value` is the operator (`+`, `*`, `<`, `and`, `if`, `[]` …). CALL: of the library function,
    method or class `value`; the first operand is the object of a method (NOTHING for a function), the others
    are ARGUMENTs. ARGUMENT: `value` is its name or position. OBJECT: of a class of the project. FUNCTION:
    code of the project. LIST, TABLE: written out. NAME: something of a library. NOTHING: there is none.
    UNKNOWN: `value` is the reason.
    """

    # It is a part of the key of every term, and an enumeration's own hash is slow.
    __hash__ = object.__hash__

    CONSTANT = "constant"
    OPTION = "option"
    ENVIRONMENT = "environment variable"
    FACT = "fact of the launch"
    COUNTER = "counter"
    CARRIED = "carried"
    OPERATION = "operation"
    CALL = "call"
    ARGUMENT = "argument"
    OBJECT = "object"
    FUNCTION = "function"
    LIST = "list"
    TABLE = "table"
    NAME = "name"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@record
class Term:
    """A value in normal form; equal to itself alone (see the module)."""

    sort: Sort
    value: object
    operands: tuple[Term, ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def walk(self, seen: set[int] | None = None) -> Iterator[Term]:
        """The term and all it is made of, each once, outermost first.

        What was `seen` in other walks is left out with all that it is made of.
        """
        seen = set() if seen is None else seen
        waiting = [] if id(self) in seen else [self]
        seen.add(id(self))
        while waiting:
            term = waiting.pop()
            yield term
            for operand in reversed(term.operands):
                if id(operand) not in seen:
                    seen.add(id(operand))
                    waiting.append(operand)

    @property
    def is_measured(self) -> bool:
        """Whether only a run knows it: it was computed from tensors or data, or carried through a loop."""
        return any(part.sort in (Sort.CALL, Sort.CARRIED) or part._is_member for part in self.walk())

    @property
    def _is_member(self) -> bool:
        """Whether it is an item or an attribute of something."""
        return self.sort is Sort.OPERATION and (str(self.value)[:1] in ("[", ".") or self.value == "item")

    @property
    def factors(self) -> tuple[Term, ...]:
        """What it is the product of; itself, where it is no product."""
        return self.operands if self.sort is Sort.OPERATION and self.value == "*" else (self,)

    @property
    def is_shared(self) -> bool:
        """Whether it is `steps // world size if distributed else steps`: the division, for one as well."""
        if self.sort is not Sort.OPERATION or self.value != "if":
            return False
        test, then, other = self.operands
        return test.sort is Sort.FACT and test.value == "distributed" and other in then.operands

    @property
    def is_known(self) -> bool:
        """Whether nothing in it is unknown."""
        return all(term.sort is not Sort.UNKNOWN for term in self.walk())
