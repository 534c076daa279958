"""The modes that trainlint knows: for each aspect what speaks for which value, and how a value is settled.

This is data. A further family of modes is a further `AspectTable`; the predicates look at what code does, and
only those of the weight NAME at what things are called.
"""

from __future__ import annotations

from collections.abc import Callable

from trainlint.chain.modes import clues
from trainlint.chain.modes.scene import Scene
from trainlint.facts.profile import Weight, Witness
from trainlint.record import record

FIXED, DYNAMIC = "fixed", "dynamic"
#: How a finding speaks of them.
AS_WORDS = {FIXED: "a fixed number of steps", DYNAMIC: "dynamic halting"}
CACHED, RE_ENCODED, NONE = "cached", "re-encoded", "none"
ENCODER, EMBEDDING = "encoder", "embedding"


@record
class Predicate:
    """What speaks for a value: `find` gives the places."""

    value: str
    witness: Witness
    weight: Weight
    find: clues.Clue


@record
class AspectTable:
    """One aspect: its predicates, and what settles its value once they have been looked for."""

    predicates: tuple[Predicate, ...]
    settle: Callable[[Scene], str | None]


#: Names are the weakest evidence: they never settle anything.
FIXED_NAMES = (r"(num|n|fixed)_act_steps", r"act_steps", r"num_online_steps")
DYNAMIC_NAMES = (r"halt_exploration_prob", r"act_exploration_prob", r"exploration_prob")
MODE_NAMES = {FIXED: FIXED_NAMES, DYNAMIC: DYNAMIC_NAMES}
FUNCTION_NAMES = {FIXED: ("online", "fixed"), DYNAMIC: ("original", "dynamic", "adaptive")}
ENCODER_NAMES = (r"encoder(_\w+)?",)


def _act_mode(scene: Scene) -> str | None:
    """Fixed where a batch gets several steps; dynamic where it gets one and its state goes on."""
    if scene.repetitions or scene.step.repeats:
        return FIXED
    return DYNAMIC if scene.step.kept is not None and scene.halting is not None else None


def _encoder(scene: Scene) -> str | None:
    if scene.encodings:
        return CACHED if all(found.kept is not None for found in scene.encodings) else RE_ENCODED
    return NONE if scene.followed else None


def _data(scene: Scene) -> str | None:
    if scene.encodings:
        return ENCODER
    return EMBEDDING if scene.identities and scene.followed else None


ACT_MODE = AspectTable(
    (
        Predicate(FIXED, Witness.MODEL, Weight.STRUCTURE, clues.steps_inside),
        Predicate(FIXED, Witness.SCRIPT, Weight.STRUCTURE, clues.forwards_repeated),
        Predicate(FIXED, Witness.SCRIPT, Weight.STRUCTURE, clues.state_renewed),
        Predicate(DYNAMIC, Witness.SCRIPT, Weight.STRUCTURE, clues.state_kept),
        Predicate(DYNAMIC, Witness.MODEL, Weight.STRUCTURE, clues.halts),
        Predicate(FIXED, Witness.CONFIG, Weight.NAME, clues.keys_like(*FIXED_NAMES)),
        Predicate(DYNAMIC, Witness.CONFIG, Weight.NAME, clues.keys_like(*DYNAMIC_NAMES)),
    ),
    _act_mode,
)
ENCODING = AspectTable(
    (
        Predicate(CACHED, Witness.MODEL, Weight.STRUCTURE, clues.encodes_once),
        Predicate(RE_ENCODED, Witness.MODEL, Weight.STRUCTURE, clues.encodes_again),
        Predicate(NONE, Witness.MODEL, Weight.STRUCTURE, clues.encodes_nothing),
    ),
    _encoder,
)
DATA = AspectTable(
    (
        Predicate(ENCODER, Witness.MODEL, Weight.STRUCTURE, clues.reads_demonstrations),
        Predicate(EMBEDDING, Witness.MODEL, Weight.STRUCTURE, clues.looks_up_identities),
        *(Predicate(v, Witness.DATA, Weight.RECORD, clues.recorded(value=v)) for v in (ENCODER, EMBEDDING)),
        Predicate(ENCODER, Witness.DATA, Weight.NAME, clues.named_path("encoder", "demos")),
        Predicate(EMBEDDING, Witness.DATA, Weight.NAME, clues.named_path("embedding", "embed", "emb")),
    ),
    _data,
)
