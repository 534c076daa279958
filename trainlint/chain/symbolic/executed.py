"""`exec` of a text over the globals of a script in, what becomes of these globals out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine, Site
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Constant, Made, Opaque, Setting, Symbol

_TEXTS = ("open.read", "pathlib.Path.read_text")
_FILES = ("open", "io.open", "pathlib.Path")


def executed(machine: Machine, site: Site) -> Symbol:
    """Globals that are arguments from here on, a file that is run in its place, or any values."""
    frame = machine.script
    own = len(site.positional) == 1 and not site.keywords
    if frame is None or not own:
        return Constant(None)
    if machine.overridden and machine.overriding is None:
        given(machine)
        return Constant(None)
    module = _file(machine, site.positional[0])
    if module is None or module.tree in machine.stack:
        _anything(machine, frame, site)
        return Constant(None)
    machine.stack.append(module.tree)
    machine.run(module.tree.body, Frame(module, site.frame.place, variables=frame.variables))
    machine.stack.pop()
    return Constant(None)


def given(machine: Machine) -> None:
    """From here on the globals of the script are what the command line says."""
    names = machine.script.variables if machine.script is not None else {}
    for name in machine.overridden & names.keys():
        machine.heap.write(names, name, Setting((name,), plain=True))


def _anything(machine: Machine, frame: Frame, site: Site) -> None:
    """Numbers and texts that globals hold may be others behind code that is not known."""
    reason = "the code that `exec` runs is not known"
    machine.note(reason, site.span)
    for name, value in list(frame.variables.items()):
        if isinstance(value, Constant):
            machine.heap.write(frame.variables, name, Opaque(reason, site.span))


def _file(machine: Machine, text: Symbol) -> ModuleFacts | None:
    """The file whose whole text is executed, None where that is not known or it cannot be read."""
    if isinstance(text, Made) and text.name == "compile" and text.positional:
        text = text.positional[0]
    if not isinstance(text, Made) or text.name not in _TEXTS or text.positional:
        return None
    opened = text.owner
    path = (
        opened.positional[0]
        if isinstance(opened, Made) and opened.name in _FILES and opened.positional
        else None
    )
    if not isinstance(path, Constant) or not isinstance(path.value, str):
        return None
    library = machine.lookup.resolver.library
    for place in _places(machine, path.value):
        if library.files.is_file(place):
            module = library.read(place)
            return module if isinstance(module, ModuleFacts) and module.problem is None else None
    return None


def _places(machine: Machine, path: str) -> Iterator[Path]:
    """Where a relative path may lead: scripts are mostly started in their own folder."""
    files = machine.lookup.files
    script = machine.loaded[0].path if machine.loaded else files.root
    yield script.parent / path
    yield files.home(script) / path
