"""A launcher's options in, what they do to the program's folder, environment and number of processes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.launcher.options import Given, Parsed
from trainlint.parse.launcher.state import Peeling
from trainlint.parse.launcher.table import Meaning
from trainlint.parse.shell.builtins import entered
from trainlint.source import Span


def apply_options(state: Peeling, parsed: Parsed) -> None:
    """Do to the state what each option does to the program inside."""
    for given in parsed.given:
        effect = _EFFECTS.get(given.option.meaning)
        if effect is not None:
            effect(state, given)


def processes(parsed: Parsed, environment: Mapping[str, Value[str]], span: Span) -> Value[int]:
    """How many processes the launcher starts in all; srun takes from slurm what its options do not say."""
    launcher = parsed.launcher
    told = environment if launcher.name == "srun" else {}
    total = _number(parsed, Meaning.PROCESSES) or _told(told, "SLURM_NTASKS")
    if total is not None:
        return total
    nodes = _number(parsed, Meaning.NODES) or _told(told, "SLURM_NNODES") or _default(launcher.nodes, span)
    per_node = _number(parsed, Meaning.PER_NODE) or _told(told, "SLURM_NTASKS_PER_NODE")
    per_node = per_node or _default(launcher.per_node, span)
    if isinstance(nodes, Unknown):
        return nodes
    return per_node if isinstance(per_node, Unknown) else Known(nodes.value * per_node.value, span)


def _told(environment: Mapping[str, Value[str]], name: str) -> Value[int] | None:
    """The number that a variable of slurm holds."""
    value = environment.get(name)
    known = isinstance(value, Known) and value.value.isdecimal()
    return Known(int(value.value), value.span) if isinstance(value, Known) and known else None


def _default(number: int | None, span: Span) -> Value[int]:
    reason = "how many processes run is known only to the machines"
    return Unknown(reason, span) if number is None else Known(number, span)


def _number(parsed: Parsed, meaning: Meaning) -> Value[int] | None:
    """The number that an option gives; None when it is not given."""
    for given in reversed(parsed.given):
        if given.option.meaning is not meaning or given.value is None:
            continue
        if isinstance(given.value, Unknown):
            return given.value
        if given.value.value.isdecimal():
            return Known(int(given.value.value), given.value.span)
        return Unknown("how many processes run is known only to the machines", given.value.span)
    return None


def _enter(state: Peeling, given: Given) -> None:
    if isinstance(given.value, Known):
        target = given.value.value
        state.directory = entered(state.directory, target, given.word, state.files, may_create=True)
    elif given.value is not None:
        state.directory = given.value


def _set(state: Peeling, given: Given) -> None:
    if isinstance(given.value, Known):
        _assign(state, given.value.value, given.value.span)


def _set_list(state: Peeling, given: Given) -> None:
    if isinstance(given.value, Known):
        for item in given.value.value.split(","):
            _assign(state, item, given.value.span)


def _assign(state: Peeling, item: str, span: Span) -> None:
    name, equals, value = item.partition("=")
    if equals:
        state.environment[name] = Known(value, span)


def _unset(state: Peeling, given: Given) -> None:
    if isinstance(given.value, Known):
        state.environment.pop(given.value.value, None)


def _inside_container(state: Peeling, given: Given) -> None:
    state.directory = Unknown("the folders inside the container are not known", given.word.span)


_EFFECTS: dict[Meaning, Callable[[Peeling, Given], None]] = {
    Meaning.DIRECTORY: _enter,
    Meaning.SET: _set,
    Meaning.SET_LIST: _set_list,
    Meaning.UNSET: _unset,
    Meaning.CONTAINER: _inside_container,
}
