"""A scene in, the parameters that its mode lives by and that no config sets out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.modes.scene import Scene
from trainlint.chain.operations import ABSENT
from trainlint.facts.profile import Aspect, ModeFault, ModeProblem, Weight, Witness
from trainlint.facts.symbols import Operation, Setting, Symbol
from trainlint.facts.value import Known
from trainlint.source import Span


def parameters_missing(scene: Scene, act_mode: Aspect) -> Iterator[ModeProblem]:
    """A probability of exploring, or a number of steps, that is left to a default without effect."""
    model = act_mode.by(Witness.MODEL, Weight.STRUCTURE)
    decision = scene.halting
    if decision is not None and decision.probability is not None and act_mode.value is not None:
        setting = _setting(decision.probability)
        if setting is not None and scene.origin(setting.path) is None:
            value = _value(scene, decision.probability)
            key = ".".join(setting.path)
            if value is ABSENT or value in (0, 0.0):
                yield ModeProblem(
                    ModeFault.PARAMETERS_MISSING,
                    _place(scene, setting),
                    key,
                    model,
                    f"`{key}` is not set: {_consequence(value)}",
                    remedy=f"set `{key}` in the arch config",
                    runtime=(
                        "the model cannot be made"
                        if value is ABSENT
                        else "it trains: a sample halts as soon as the network says so, right or wrong"
                    ),
                    certain=value is ABSENT,
                )


def _consequence(value: object) -> str:
    if value is ABSENT:
        return "the model decides who halts with a probability that it is not given"
    return f"halting is learned without exploration, since its default is {value}"


def _setting(symbol: Symbol) -> Setting | None:
    if isinstance(symbol, Operation) and symbol.name == "default":
        symbol = symbol.operands[0]
    return symbol if isinstance(symbol, Setting) and not symbol.hidden else None


def _value(scene: Scene, symbol: Symbol) -> object:
    found = scene.evaluation.value(symbol)
    return found.value if isinstance(found, Known) else None


def _place(scene: Scene, setting: Setting) -> Span:
    """Where the job takes the key away, else where the config holds the keys beside it."""
    taken = scene.launch.word("~" + ".".join(setting.path))
    if taken is not None:
        return taken
    for length in range(len(setting.path) - 1, 0, -1):
        origin = scene.origin(setting.path[:length])
        if origin is not None:
            return origin.span
    return scene.launch.start()
