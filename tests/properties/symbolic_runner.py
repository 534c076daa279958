"""A program and a config in, where Python and the static reading of it disagree out."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import omegaconf
from omegaconf import DictConfig, OmegaConf

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.operations import ABSENT
from trainlint.chain.script import read_script
from trainlint.chain.symbolic.run import machine_for, of_function
from trainlint.facts.behaviour import Access, Behaviour, Call, Change, Place, Read, Step
from trainlint.facts.script import ScriptFacts
from trainlint.facts.symbols import Constant, External, Setting
from trainlint.facts.value import Known, Value
from trainlint.source import Files, Span

HEAD = "from probes import probe\n"
TAIL = """

import hydra


@hydra.main(config_path="c", config_name="n", version_base=None)
def entry(cfg):
    main(cfg)


if __name__ == "__main__":
    entry()
"""
#: The lines of the calls around a place, outermost first.
Stack = tuple[int, ...]
#: A probe by its number, or a key of the config, with the calls around it.
Where = tuple[object, Stack]


@dataclass
class Seen:
    """What really happened: every probe with its values, every key that was asked for."""

    probes: dict[Where, list[object]] = field(default_factory=lambda: defaultdict(list))
    reads: dict[Where, int] = field(default_factory=lambda: defaultdict(int))
    raised: BaseException | None = None


class _Traced(DictConfig):
    """A config that tells which keys it is asked for."""

    def _get_impl(self, key: Any, default_value: Any, validate_key: bool = True) -> Any:
        if _SEEN and _stack(sys._getframe(1)):
            _SEEN[-1].reads[self._get_full_key(key), _stack(sys._getframe(1))] += 1
        return super()._get_impl(key, default_value, validate_key)


_SEEN: list[Seen] = []


def _stack(frame: FrameType | None) -> Stack:
    """The lines of the program that are being run, from `entry` to the innermost."""
    lines: list[int] = []
    while frame is not None:
        if frame.f_code.co_filename == "program.py" and frame.f_code.co_name not in _INLINE:
            if frame.f_code.co_name == "<module>":
                break
            lines.append(frame.f_lineno)
        frame = frame.f_back
    return tuple(reversed(lines))


_INLINE = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"}


def really(text: str, config: dict[str, Any]) -> Seen:
    """Run the program with a config as Hydra gives it."""
    whole = OmegaConf.create(config)
    _trace(whole)
    OmegaConf.set_struct(whole, True)
    seen = Seen()

    def probe(number: int, value: object = None) -> object:
        seen.probes[number, _stack(sys._getframe(1))].append(_plain(value))
        return value

    names: dict[str, Any] = {"__name__": "program"}
    module = type(sys)("probes")
    module.probe = probe  # type: ignore[attr-defined]  # a module made for this run
    before = sys.modules.get("probes")
    sys.modules["probes"] = module
    _SEEN.append(seen)
    try:
        exec(compile(text, "program.py", "exec"), names)
        names["entry"].__wrapped__(whole)
    except BaseException as error:
        seen.raised = error
    finally:
        _SEEN.pop()
        sys.modules.pop("probes")
        if before is not None:
            sys.modules["probes"] = before
    return seen


def _trace(node: object) -> None:
    if isinstance(node, DictConfig):
        for key in node:
            child = node._get_node(key)
            _trace(child)
        object.__setattr__(node, "__class__", _Traced)


def _plain(value: object) -> object:
    """A value that stays what it is now."""
    if isinstance(value, omegaconf.Container):
        return OmegaConf.to_container(value, resolve=True)
    if isinstance(value, (list, dict, set, tuple)):
        return type(value)(list(map(_plain, value))) if not isinstance(value, dict) else dict(value)
    return value


def statically(folder: Path, text: str, config: dict[str, Any]) -> tuple[Behaviour, Evaluation]:
    """The behaviour of the program and the launch that gives its symbols their values."""
    path = folder / "program.py"
    path.write_text(text)
    resolver = Library(Files(folder)).resolver((folder,))
    script = read_script(resolver, path, as_file=True, directory=folder)
    assert isinstance(script, ScriptFacts), script
    point = script.points[0]
    assert point.function is not None
    done = of_function(machine_for(ModuleLookup(resolver), {}, script.loaded), point.module, point.function)
    place = Span("program.py", 1, 1, 1, 1)
    whole = OmegaConf.to_container(OmegaConf.create(config), resolve=True)

    def look(keys: tuple[str, ...]) -> Value[object]:
        value: Any = whole
        for key in keys:
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            elif key == "*":
                from trainlint.facts.value import Unknown

                return Unknown("the items differ", place)
            else:
                return Known(ABSENT, place)
        return Known(value, place)

    return done, Evaluation(look, Known(1, place), {}, place)


def _lines(place: Place, span: Span) -> Stack:
    calls = [step.span.line for step in place.outwards() if step.step is Step.CALL]
    return (*reversed(calls), span.line)


def disagreements(folder: Path, text: str, config: dict[str, Any]) -> list[str]:
    """Every claim that Python shows to be false."""
    whole = HEAD + text + TAIL
    seen = really(whole, config)
    done, run = statically(folder, whole, config)
    found: list[str] = []
    calls: dict[Where, list[Call]] = defaultdict(list)
    reads: dict[Where, list[Read]] = defaultdict(list)
    for event in done.events:
        if isinstance(event, Call) and event.callee == External("probes.probe"):
            number = event.positional[0]
            assert isinstance(number, Constant)
            calls[number.value, _lines(event.place, event.span)].append(event)
        elif isinstance(event, Read):
            reads[".".join(event.setting.path), _lines(event.place, event.span)].append(event)
    found += _missing(calls, reads, seen, run, done)
    for where, events in calls.items():
        found += _probes(where, events, seen, run)
    for where, read in reads.items():
        found += _reads(where, read, seen, run)
    return found


def _missing(
    calls: dict[Where, list[Call]],
    reads: dict[Where, list[Read]],
    seen: Seen,
    run: Evaluation,
    done: Behaviour,
) -> list[str]:
    """What happened where the static reading says that nothing does."""
    if not done.complete:
        return []
    found = [
        f"probe {where} happened and is not expected"
        for where in seen.probes
        if all(run.reached(event.place) is False for event in calls.get(where, []))
    ]
    # A key that is written to is looked up by OmegaConf, and so are those on the way to it.
    written = {
        ".".join((*event.owner.path, event.name)[:end])
        for event in done.events
        if isinstance(event, Change) and isinstance(event.owner, Setting)
        for end in range(len(event.owner.path) + 2)
    }
    asked = [(path.split("."), stack, event) for (path, stack), events in reads.items() for event in events]
    for key, stack in seen.reads:
        if str(key) not in written and not any(
            lines == stack and _covers(path, str(key).split(".")) and run.reached(event.place) is not False
            for path, lines, event in asked
        ):
            found.append(f"`{key}` was read at {stack} and that is not expected")
    return found


def _covers(path: list[str], key: list[str]) -> bool:
    """Whether the read of one path says that another key may be read: itself, or a whole part around it."""
    return all(one in ("*", other) for one, other in zip(path, key, strict=False)) and len(path) <= len(key)


def _probes(where: Where, events: list[Call], seen: Seen, run: Evaluation) -> list[str]:
    found = []
    actual = seen.probes.get(where, [])
    for event in events:
        if run.reached(event.place) is True and not actual and seen.raised is None:
            found.append(f"probe {where} is said to be reached and is not")
        if len(event.positional) < 2 or len(events) > 1:
            continue
        value = run.value(event.positional[1])
        truth = run.truth(event.positional[1])
        if isinstance(value, Known) and not isinstance(value.value, _THINGS):
            found += [
                f"probe {where} is {other!r}, not {value.value!r}"
                for other in actual
                if not _same(value.value, other)
            ]
        found += [
            f"probe {where} is {other!r}, said to be {truth}"
            for other in actual
            if truth is not None and _truth(other) is not truth
        ]
    return found


def _truth(value: object) -> bool | None:
    return bool(value)


def _things() -> tuple[type, ...]:
    from trainlint.facts.symbols import Code, Instance

    return (Code, Instance, External)


_THINGS = _things()


def _same(one: object, other: object) -> bool:
    if isinstance(other, float) and isinstance(one, float):
        return one == other or (one != one and other != other)
    return type(one) is type(other) and one == other


def _reads(where: Where, events: list[Read], seen: Seen, run: Evaluation) -> list[str]:
    key, _ = where
    sure = [event for event in events if event.access is Access.GET and run.reached(event.place) is True]
    if not sure or seen.raised is not None or where in seen.reads or sure[0].setting.copied:
        return []
    plain = any(
        event.setting.plain or event.setting.path == () or "*" in event.setting.path for event in sure
    )
    # An item of a list is no key of a mapping, and a dictionary does not tell.
    return (
        [] if plain or str(key).rpartition(".")[2].isdecimal() else [f"{where} is said to be read and is not"]
    )
