"""Code that reads arguments over a script's globals in, the ways to give it one, by trying them, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.chain.arguments.concrete import Concrete, GivenUpError, LoopControlError, Opaque, RefusedError
from trainlint.facts.arguments import COMMAND_LINE, FILE, LATER, Overrides
from trainlint.facts.value import Known

_WAYS = ("--{}=value", "{}=value", "--{} value", "{} value", "--{}")
_FAILS = (RefusedError, GivenUpError, LoopControlError, ValueError, TypeError, SyntaxError, KeyError)
_FILE = "settings.py"


def ways_to_set(overrides: Overrides, name: str) -> tuple[str, ...]:
    """The words that give a global another value, with `value` for it."""
    known = overrides.names.get(name)
    value = _another(known.value) if isinstance(known, Known) else None
    return tuple(_ways(overrides, name, value)) if value is not None else ()


def _ways(overrides: Overrides, name: str, value: object) -> Iterator[str]:
    for way in _WAYS:
        spelled = way.format(name)
        if spelled.endswith("value") or isinstance(value, bool):
            variables = _after(overrides, spelled.replace("value", str(value)).split())
            if variables is not None and variables.get(name) == value:
                yield spelled


def takes_files(overrides: Overrides) -> bool:
    """Whether a word that is no option names a file, by its path or in short, which is run."""
    run = list[str]()
    return _after(overrides, [_FILE], run) is not None and bool(run)


def last_say(overrides: Overrides) -> str | None:
    """Whether the command line or a file of settings holds where both set a global; None if it takes none."""
    if not takes_files(overrides):
        return None
    for name, known in overrides.names.items():
        way = next(iter(ways_to_set(overrides, name)), None)
        if way is not None and isinstance(known, Known):
            return _last(overrides, name, way, known.value)
    return None


def _last(overrides: Overrides, name: str, way: str, before: object) -> str:
    value = _another(before)
    other = before if isinstance(before, bool) else _another(value)
    words = way.replace("value", str(value)).split()
    held = [
        (_after(overrides, order, [], {name: other}) or {}).get(name)
        for order in ([_FILE, *words], [*words, _FILE])
    ]
    if held == [value, value]:
        return COMMAND_LINE
    return FILE if held == [other, other] else LATER


def _another(value: object) -> object:
    """A value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return f"{value}x".replace(" ", "") if isinstance(value, str) else None


def _after(
    overrides: Overrides,
    words: list[str],
    files: list[str] | None = None,
    told: Mapping[str, object] | None = None,
) -> dict[str, object] | None:
    """The globals when the code has read some words; None where it stops at them or cannot be followed.

    `files` are those that it runs, each of which tells what is `told`.
    """
    variables: dict[str, object] = {
        name: value.value if isinstance(value, Known) else Opaque() for name, value in overrides.names.items()
    }

    def run(path: str) -> None:
        if files is None:
            raise RefusedError(f"No such file: {path}")
        files.append(path)
        variables.update(told or {})

    try:
        Concrete(variables, words, run, lambda path: files is not None).run(overrides.code.tree.body)
    except _FAILS:
        return None
    return variables
