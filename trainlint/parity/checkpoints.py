"""A file that a run writes, as the probe saw it, in; its keys and what its tensors hold out.

A parameter goes by the name that both sides know it by: a renamed one is not a lost one, and parts of a whole
are put together as they are anywhere else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from trainlint.facts.parity import Digest, Observation, Phase
from trainlint.parity.pieces import Form, whole
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View
from trainlint.record import record

#: What an optimizer remembers of its n-th parameter in what `state_dict` gives.
_STATE = re.compile(r"(?P<before>(?:.+\.)?state\.)(?P<place>\d+)(?P<after>\.\w+)")


@record
class _Entry:
    """Where a tensor lies in a file: what stands before and after the parameter, and which it is of."""

    before: str
    place: int
    after: str


def saved(trace: Trace, event: Event, view: View) -> Iterator[Observation]:
    """What there is to compare of a file; it belongs to the update before it."""
    site, step, name = trace.site(event), event.step - 1, PurePath(event["file"]).name
    spelled, names = _spelled(view), view.names
    keys = sorted({_key(key, spelled, names) for key in event["keys"]})
    yield Observation(step, Phase.CHECKPOINT, f"keys of {name}", ", ".join(keys), site)
    numbers = event.data.get("numbers", {})
    schedules = _schedules(numbers)
    for key, number in numbers.items():
        # Counters and best values, but the time that it took as well: what programs tell, in a file.
        phase = Phase.LR if key.startswith(schedules) else Phase.CHECKPOINT
        yield Observation(step, phase, f"{key} in {name}", float(number), site, optional=True, told=True)
    numbered = sum(entry.kind == "optimizer" for entry in trace.events) == 1
    held: dict[tuple[str, str, str], dict[int, Digest]] = defaultdict(dict)
    for path, shape, dtype, number in event["tensors"]:
        value = trace.digest(number, shape, dtype)
        entry = _entry(path, spelled, numbered=numbered, view=view)
        if entry is None:
            yield Observation(step, Phase.CHECKPOINT, f"{path} in {name}", value, site)
        else:
            held[entry.before, names[entry.place], entry.after][entry.place] = value
    forms = {form.name: form for form in view.forms}
    for (before, what, after), parts in held.items():
        for spelling, tensor in _wholes(forms[what], parts, view):
            quantity = f"{before}{spelling}{after} in {name}"
            yield Observation(step, Phase.CHECKPOINT, quantity, tensor, site)


def _schedules(numbers: Iterable[str]) -> tuple[str, ...]:
    """How numbers begin that a scheduler of torch remembers: what decides the learning rates to come."""
    held = tuple(numbers)
    tables = (path.removesuffix("last_epoch") for path in held if path.endswith(".last_epoch"))
    return tuple(
        table
        for table in tables
        if any(path.startswith(table) and path.endswith("._step_count") for path in held)
    )


def _wholes(form: Form, parts: Mapping[int, Digest], view: View) -> Iterator[tuple[str, Digest | None]]:
    """The whole where all its parts are there, else each by its own name."""
    if set(form.parts) <= parts.keys():
        found = [parts[place] for place in form.parts]
        yield form.name, whole(found, form, found)
    else:
        yield from ((view.parameters[place].plain, digest) for place, digest in parts.items())


def _spelled(view: View) -> dict[str, tuple[int, str]]:
    """What a program calls its parameters; a tied one has further names."""
    known = {}
    for place, entry in view.parameters.items():
        known.update(dict.fromkeys(entry.aliases, (place, " (tied)")))
        known[entry.plain] = (place, "")
    return known


def _entry(path: str, spelled: Mapping[str, tuple[int, str]], *, numbered: bool, view: View) -> _Entry | None:
    words = path.split(".")
    for start in range(len(words)):
        found = spelled.get(".".join(words[start:]))
        if found is not None:
            before = "".join(f"{word}." for word in words[:start])
            return _Entry(before, found[0], found[1])
    state = _STATE.fullmatch(path) if numbered else None
    if state is None or int(state["place"]) not in view.parameters:
        return None
    return _Entry(state["before"], int(state["place"]), state["after"])


def _key(key: str, spelled: Mapping[str, tuple[int, str]], names: Mapping[int, str]) -> str:
    """A key of a file with the parameter that it ends in under the name that both sides know it by."""
    words = key.split(".")
    for start in range(len(words)):
        found = spelled.get(".".join(words[start:]))
        if found is not None:
            return ".".join([*words[:start], names[found[0]] + found[1]])
    return key
