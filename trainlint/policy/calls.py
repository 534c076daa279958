"""The calls of a script in, what an expression sees of them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from trainlint.chain.calls import script_calls
from trainlint.chain.model import Chain
from trainlint.facts.arguments import CommandLineCheck
from trainlint.facts.calls import CallFacts, CallsFacts, FromCommand
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Unknown, Value
from trainlint.policy.evaluate import ABSENT, Leaf
from trainlint.policy.members import Record, leaf
from trainlint.record import record
from trainlint.source import Span


@dataclass
class CallsMemo:
    """The calls of each script, read once for all launches and rules, and only when a rule asks."""

    _read: dict[int, tuple[ScriptFacts, CallsFacts]] = field(default_factory=dict)

    def of(self, script: ScriptFacts) -> CallsFacts:
        """The calls of one script."""
        # The script is kept beside the result so that its id cannot be given to another object.
        if id(script) not in self._read:
            self._read[id(script)] = (script, script_calls(script))
        return self._read[id(script)][1]


@record
class Calls:
    """The calls of one launch's script, by a pattern of their names."""

    facts: CallsFacts
    command_line: CommandLineCheck | None
    place: Span

    def member(self, name: object) -> object:
        """The first call whose dotted name matches; a certain one goes before others."""
        pattern = str(name)
        found = [
            (position, call)
            for position, call in enumerate(self.facts.calls)
            if fnmatchcase(call.name, pattern)
        ]
        if found:
            return self._seen(*next((entry for entry in found if entry[1].certain), found[0]), found[0][0])
        last = pattern.rpartition(".")[2]
        if any(fnmatchcase(name, last) for name in self.facts.mentioned):
            return Unknown(f"`{last}` is called in code that was not reached from the start", self.place)
        if not self.facts.complete:
            return Unknown("the script calls too much to follow all of it", self.place)
        return ABSENT

    def names(self) -> object:
        """All names in order."""
        return Leaf([call.name for call in self.facts.calls], self.place)

    def plain(self) -> object:
        """All names, which is all that is plain of calls."""
        return [call.name for call in self.facts.calls]

    def _seen(self, position: int, call: CallFacts, first: int) -> Record:
        return Record(
            {
                "name": Leaf(call.name, call.span),
                "position": Leaf(position, call.span),
                "first": Leaf(first, call.span),
                "certain": Leaf(call.certain, call.span),
                "arguments": self._arguments(call),
                "literals": Leaf([entry.name for entry in call.arguments if entry.literal], call.span),
            }
        )

    def _arguments(self, call: CallFacts) -> Record:
        values = {entry.name: self._value(entry.value) for entry in call.arguments}
        open_ = Unknown("the call unpacks a mapping", call.span) if "**" in values else None
        return Record(values, open_)

    def _value(self, value: Value[object] | FromCommand) -> object:
        if not isinstance(value, FromCommand):
            return leaf(value)
        given = self.command_line.values if self.command_line is not None else None
        if given is None or value.name not in given:
            return Unknown(f"what the command line gives for `{value.name}` is not known", value.span)
        return leaf(given[value.name])


def calls_of(chain: Chain, memo: CallsMemo, script: ScriptFacts) -> Calls:
    """The calls of one launch."""
    return Calls(memo.of(script), chain.command_line, Span.at(script.module.display))
