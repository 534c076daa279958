"""Facts of the networks of a program: what they are made of, and what differs between two of them."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.terms import Term
from trainlint.record import record
from trainlint.source import Span

#: The setting of a layer that says how often a loop makes it.
TIMES = "times"
#: The name of what is called in a network and cannot be told.
UNKNOWN = "?"


class Role(Enum):
    """What a part of a network is.

    LAYER: a layer with weights that is made. INITIAL: how weights begin. SHARED: a layer that takes the
    weights of another. FUNCTION: what the forward computes without weights; layers without weights are among
    them. OTHER: what else it calls.
    """

    LAYER = "layer"
    INITIAL = "initial weights"
    SHARED = "shared weights"
    FUNCTION = "function"
    OTHER = "other call"


@record
class NetworkPart:
    """One thing that a network is made of: `name` is its last name, `given` are its settings by name.

    `condition` are the tests under which the network has it, `loop` is where a loop makes it.
    """

    role: Role
    name: str
    given: tuple[tuple[str, Term], ...]
    span: Span
    condition: tuple[Term, ...] = ()
    loop: Span | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def setting(self, name: str) -> Term | None:
        """What it is given by a name."""
        return next((term for key, term in self.given if key == name), None)


@record
class NetworkChange:
    """What differs between two networks: a setting of parts that answer to each other, or a part of one.

    `setting` names it, and `before` and `after` are its values, None where none is given. A change without a
    setting is of the parts themselves; `place` is where the candidate has, or would have, it.
    """

    role: Role
    reference: NetworkPart | None
    candidate: NetworkPart | None
    place: Span
    setting: str = ""
    before: Term | None = None
    after: Term | None = None
