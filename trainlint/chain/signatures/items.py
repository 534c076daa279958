"""A launch and an entry of a group that code loops over in, whether the code uses that entry out."""

from __future__ import annotations

from dataclasses import field

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.resolving import Path
from trainlint.chain.symbolic.holdings import settings_in
from trainlint.facts.config import ConfigMap, ConfigNode
from trainlint.facts.symbols import External, Operation, Setting, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity

_MAPPINGS = frozenset(("dict", "omegaconf.DictConfig", "omegaconf.dictconfig.DictConfig"))


@entity
class ItemEvaluation(Evaluation):
    """The launch as it is in the turn of a loop that has reached one entry.

    `pattern` is the path of the entries, with "*" where the loop is, `entry` the path of this one.
    """

    pattern: tuple[str, ...] = ()
    entry: Path = ()
    node: ConfigNode | None = field(default=None)

    def _value(self, symbol: Symbol) -> Value[object]:
        known = self._is_mapping(symbol)
        return super()._value(symbol) if known is None else Known(known, self.place)

    def _is_mapping(self, symbol: Symbol) -> bool | None:
        """`isinstance(entry, DictConfig)`."""
        if not isinstance(symbol, Operation) or symbol.name != "isinstance" or len(symbol.operands) != 2:
            return None
        part, kind = symbol.operands
        named = isinstance(kind, External) and kind.name in _MAPPINGS
        if not named or not isinstance(part, Setting) or part.path != self.pattern:
            return None
        return isinstance(self.node, ConfigMap)

    def _turns(self, items: Symbol) -> bool | None:
        above = self.pattern[: self.pattern.index("*")]
        if any(part.path[: len(above)] == above for part in settings_in(items)):
            return True
        return super()._turns(items)


def for_item(
    launch: Evaluation, pattern: tuple[str, ...], entry: Path, node: ConfigNode | None
) -> ItemEvaluation:
    """The launch in the turn of one entry."""
    steps = tuple(str(key) for key in entry)

    def look(path: tuple[str, ...]) -> Value[object]:
        inside = path[: len(pattern)] == pattern
        found = launch.lookup((*steps, *path[len(pattern) :]) if inside else path)
        if isinstance(found, Unknown) and path == pattern and isinstance(node, ConfigMap):
            # Only its keys are asked for: what a value is made of may not be known.
            return Known(dict.fromkeys(str(key) for key in node.children), launch.place)
        return found

    return ItemEvaluation(
        look, launch.world_size, launch.environment, launch.place, pattern=pattern, entry=entry, node=node
    )
