"""The parameters of two networks and what answers to what: the vocabulary of matching."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from trainlint.facts.parity import Digest, Site
from trainlint.parity.pieces import Form
from trainlint.record import record

#: What wrappers put before a name.
_WRAPPERS = ("module.", "_orig_mod.", "_fsdp_wrapped_module.")
_DIGITS = re.compile(r"\d+")


@record
class Parameter:
    """A parameter before the first update: its place in the trace, its name, what it holds.

    `aliases` are the further names of a tied one, `gradient` is its first, `site` where its owner is made.
    """

    place: int
    name: str
    digest: Digest
    trainable: bool
    aliases: tuple[str, ...] = ()
    gradient: Digest | None = None
    site: Site | None = None

    @property
    def plain(self) -> str:
        """Its name without what wrappers put before it; its place where it has none."""
        return plain(self.name) or str(self.place)

    @property
    def module(self) -> str:
        """What it belongs to."""
        return self.plain.rpartition(".")[0]

    @property
    def last(self) -> str:
        """Its name within what it belongs to."""
        return self.plain.rpartition(".")[2]

    @property
    def digits(self) -> tuple[str, ...]:
        """The numbers in its name: those of the layers that it is in."""
        return tuple(_DIGITS.findall(self.plain))

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        return self.digest.shape

    @property
    def is_constant(self) -> bool:
        """Whether all of it is one number, up to the sign, which tells nothing of which parameter it is."""
        digest = self.digest
        spread = digest.largest * math.sqrt(math.prod(digest.shape))
        return not digest.norm or abs(spread - digest.norm) <= 1e-6 * digest.norm


@record
class Link:
    """Parameters of the reference and of the candidate that make the same whole."""

    reference: Form
    candidate: Form


@record
class Matching:
    """What answers to what, and the sides and names of what answers to nothing."""

    links: tuple[Link, ...]
    unmatched: tuple[tuple[str, str], ...]

    @property
    def ours(self) -> tuple[Form, ...]:
        """How the reference's parameters are compared."""
        return tuple(link.reference for link in self.links)

    @property
    def theirs(self) -> tuple[Form, ...]:
        """How the candidate's parameters are compared, under the reference's names."""
        return tuple(link.candidate for link in self.links)


@record
class Open:
    """What still answers to nothing, and the links so far."""

    ours: tuple[Parameter, ...]
    theirs: tuple[Parameter, ...]
    links: tuple[Link, ...] = ()

    def with_links(self, found: Iterable[Link]) -> Open:
        """More links; a parameter that is taken is not taken again."""
        ours, theirs = {entry.place for entry in self.ours}, {entry.place for entry in self.theirs}
        links = list(self.links)
        for link in found:
            if ours.issuperset(link.reference.parts) and theirs.issuperset(link.candidate.parts):
                ours.difference_update(link.reference.parts)
                theirs.difference_update(link.candidate.parts)
                links.append(link)
        return replace(
            self,
            ours=tuple(entry for entry in self.ours if entry.place in ours),
            theirs=tuple(entry for entry in self.theirs if entry.place in theirs),
            links=tuple(links),
        )


def plain(name: str) -> str:
    """A parameter's name without what wrappers put before it."""
    for wrapper in _WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def linked(ours: Sequence[Parameter], theirs: Sequence[Parameter], *, is_turned: bool = False) -> Link:
    """Parameters as they are, parts one below the other; `is_turned`: the candidate's lie the other way."""
    name = joint_name([entry.plain for entry in ours])
    return Link(
        Form(name, tuple(entry.place for entry in ours)),
        Form(name, tuple(entry.place for entry in theirs), is_turned),
    )


def joint_name(names: Sequence[str]) -> str:
    """One name for several parts: `attn.{q,k,v}.weight`."""
    if len(names) == 1:
        return names[0]
    split = [name.split(".") for name in names]
    if len({len(words) for words in split}) > 1:
        return "{" + ",".join(names) + "}"
    columns = [list(dict.fromkeys(column)) for column in zip(*split, strict=True)]
    return ".".join(column[0] if len(column) == 1 else "{" + ",".join(column) + "}" for column in columns)


def own_forms(parameters: Sequence[Parameter], links: Sequence[Form] = ()) -> tuple[Form, ...]:
    """The forms that parameters are linked in, and each of the others as it is, under its own name."""
    taken = {place for form in links for place in form.parts}
    rest = (Form(entry.plain, (entry.place,)) for entry in parameters if entry.place not in taken)
    return (*links, *rest)


def by_place(parameters: Iterable[Parameter]) -> Mapping[int, Parameter]:
    """Parameters by where they stand in the trace."""
    return {entry.place: entry for entry in parameters}
