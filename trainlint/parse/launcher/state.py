"""What is known of a launch while its launchers are peeled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path

from trainlint.facts.launch import (
    LauncherProblem,
    LauncherUse,
    ScriptReference,
    ShellCall,
    TextProblem,
    Word,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import state
from trainlint.source import Files, Span


@state
class Peeling:
    """The state that each launcher changes for the ones inside it."""

    files: Files
    environment: dict[str, Value[str]]
    directory: Value[Path]
    uses: list[LauncherUse] = field(default_factory=list)
    problems: list[LauncherProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)
    text_problems: list[TextProblem] = field(default_factory=list)
    world: Value[int] | None = None
    script: ScriptReference | None = None
    arguments: Sequence[Word] = ()
    idle: bool = False
    program: int = 0
    programs: int = 1
    shell: ShellCall | None = None
    written: frozenset[Path] = frozenset()
    fetches: bool = False

    def found(self, script: ScriptReference) -> None:
        """Note the program; one that is not there may be what commands before this one bring."""
        places = [self.files.absolute(place) for place in script.searched]
        if (
            script.path is None
            and places
            and (self.fetches or any(place in self.written for place in places))
        ):
            name = script.text.value if isinstance(script.text, Known) else "the script"
            self.doubt(f"`{name}` is not there; commands before this one may write or fetch it", script.span)
            script = replace(script, searched=(), neighbours=())
        self.script = script

    def doubt(self, reason: str, span: Span) -> None:
        """Note something that is not followed; the peeling ends there."""
        self.unverified.append(Unknown(reason, span))
