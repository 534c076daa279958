"""What runs of two programs came to and what reading them found in, both brought together out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trainlint.facts.parity import (
    Divergence,
    Kind,
    ParityOutcome,
    Phase,
    Site,
    Standing,
    StaticFinding,
    Verdict,
)

_EVALUATING = (Phase.EVAL, Phase.STRUCTURE)
_BACKWARD = (Phase.FORWARD, Phase.GRAD, Phase.GRADNORM)
_ANY = tuple(Phase)

#: In which phases a run shows what a rule of `trainlint diff` finds, the likeliest first. Of the others a
#: short run shows nothing: what a run that goes on restores, what signals do, which checkpoint is the best.
PHASES: Mapping[str, tuple[Phase, ...]] = {
    "TL601": _EVALUATING,
    "TL603": (Phase.STRUCTURE, Phase.FORWARD),
    "TL605": (Phase.STRUCTURE, Phase.EVAL, Phase.BATCH, Phase.FORWARD),
    "TL606": (Phase.STRUCTURE, Phase.EVAL, Phase.BATCH, Phase.FORWARD),
    "TL607": _EVALUATING,
    "TL612": (Phase.INIT, Phase.CONFIG, Phase.BATCH, Phase.FORWARD),
    "TL613": _ANY,
    "TL614": _ANY,
    "TL615": _ANY,
    "TL616": _ANY,
    "TL617": _ANY,
    "TL618": _BACKWARD,
    "TL619": (Phase.LR, Phase.GRADNORM, Phase.CLIP, Phase.GRAD, Phase.UPDATE),
    "TL620": (Phase.GRADNORM, Phase.CLIP),
    "TL621": (Phase.GRAD, Phase.GRADNORM),
    "TL622": (Phase.EVAL, Phase.FORWARD, Phase.STRUCTURE),
    "TL623": (Phase.EVAL,),
    "TL625": (Phase.GRAD, Phase.BATCH, Phase.INIT, Phase.EVAL),
    "TL627": (Phase.STRUCTURE, Phase.EVAL, Phase.BATCH),
    "TL628": (*_BACKWARD, Phase.CLIP),
    "TL630": (Phase.INIT, Phase.BATCH, Phase.FORWARD),
    "TL631": (Phase.BATCH, Phase.EVAL),
    "TL632": (Phase.BATCH, Phase.EVAL),
    "TL633": (Phase.BATCH, Phase.FORWARD),
    "TL634": (Phase.LR,),
    "TL635": (Phase.CONFIG, Phase.LR, Phase.UPDATE),
    "TL636": (Phase.CHECKPOINT,),
    "TL637": (Phase.UPDATE, Phase.INIT, Phase.LR, Phase.CONFIG),
    "TL641": (Phase.INIT, Phase.FORWARD, Phase.CONFIG, Phase.EVAL),
    "TL643": (Phase.BATCH, Phase.INIT, Phase.EVAL),
    "TL644": (Phase.BATCH, Phase.EVAL),
}
#: Found in what a program prints and logs.
_TOLD = frozenset(("TL602", "TL604", "TL639"))
#: Shown by runs on several ranks alone.
_RANKED = frozenset(("TL603", "TL624", "TL625"))
#: About something that has a name, which a quantity of the optimizer has as well.
_NAMED = frozenset(("TL613", "TL614", "TL615", "TL616", "TL617"))
#: What differs may come later than a short run ends, or only where it is asked for.
_LATER = frozenset(("TL607", "TL614", "TL615", "TL616", "TL617", "TL627", "TL632", "TL634", "TL636", "TL637"))
#: What ends a run.
_STOPS = frozenset(("TL610", "TL612", "TL614", "TL626", "TL629", "TL643"))

#: Of a forward pass: about what comes out of the network, or about the loss that goes backward.
_OF_OUTPUTS = frozenset(("TL622", "TL641"))
_OF_LOSSES = frozenset(("TL618", "TL628"))

_QUOTED = re.compile(r"`([^`]+)`")
_OPTIONS = {"betas", "beta1", "beta2", "weight_decay", "eps", "momentum", "dampening", "nesterov", "amsgrad"}
_RATES = {"lr", "learning_rate", "max_lr", "base_lr", "learning rate"}
#: Lines further apart than this, or in other files, are not near.
_FAR = 400


def joined(outcome: ParityOutcome, found: Sequence[StaticFinding]) -> ParityOutcome:
    """The outcome with what reading both programs found: as the cause of what differs, or beside it."""
    told = _told(outcome)
    chosen = {place: finding for place, entry in told if (finding := _nearest(entry, found)) is not None}
    divergences = tuple(
        _because(entry, chosen[place]) if place in chosen else entry
        for place, entry in enumerate(outcome.divergences)
    )
    shown = {finding.place for finding in chosen.values()}
    entries = [entry for _, entry in told]
    static = tuple(
        replace(
            finding,
            standing=Standing.SHOWN if finding.place in shown else _standing(finding, entries, outcome),
        )
        for finding in found
    )
    return replace(outcome, divergences=divergences, static=static)


def _told(outcome: ParityOutcome) -> list[tuple[int, Divergence]]:
    """What differs by itself, by its place among all."""
    if outcome.verdict is not Verdict.DIVERGED:
        return []
    # What a program prints is the cause of nothing that it computes.
    first = next((place for place, entry in enumerate(outcome.divergences) if not entry.told), 0)
    every = enumerate(outcome.divergences)
    return [(place, entry) for place, entry in every if place in (0, first) or entry.independent]


def _because(entry: Divergence, finding: StaticFinding) -> Divergence:
    where = f", {finding.candidate}" if finding.candidate is not None else ""
    read = f"{finding.message} ({finding.code}{where})"
    return replace(entry, cause=f"{entry.cause}; {read}" if entry.cause else read, rule=finding.code)


def _nearest(entry: Divergence, found: Sequence[StaticFinding]) -> StaticFinding | None:
    """The finding that fits the phase of a divergence best and stands nearest to where it was seen."""
    fitting = [(_fit(entry, finding), place) for place, finding in enumerate(found)]
    ranked = sorted((fit, place) for fit, place in fitting if fit is not None)
    return found[ranked[0][1]] if ranked else None


def _fit(entry: Divergence, finding: StaticFinding) -> tuple[int, int, int] | None:
    """How well a finding explains a divergence, smaller is better; None where it cannot."""
    if entry.told:
        if finding.code not in _TOLD:
            return None
        return 0, 0, _far(entry, finding)
    phases = PHASES.get(finding.code, ())
    if entry.phase not in phases:
        return None
    if entry.kind is Kind.DRIFT and finding.code not in _RANKED:
        return None
    if entry.phase is Phase.FORWARD:
        is_loss = entry.quantity.startswith("the loss")
        if finding.code in (_OF_OUTPUTS if is_loss else _OF_LOSSES):
            return None
    if finding.code not in _NAMED:
        return 1, phases.index(entry.phase), _far(entry, finding)
    names = {name.lower() for name in _QUOTED.findall(finding.message)}
    if names & (_RATES if entry.phase is Phase.LR else {entry.quantity.lower()}):
        return 0, 0, _far(entry, finding)
    # What an optimizer is made with shows as that, and nothing else does.
    of_optimizer = entry.phase in (Phase.CONFIG, Phase.LR, Phase.UPDATE)
    return None if of_optimizer or names & (_OPTIONS | _RATES) else (2, 0, _far(entry, finding))


def _far(entry: Divergence, finding: StaticFinding) -> int:
    """How many lines a finding is away from where both sides showed the difference."""
    pairs = (entry.reference_site, finding.reference), (entry.candidate_site, finding.candidate)
    return sum(_lines(*pair) for pair in pairs)


def _lines(one: Site | None, other: Site | None) -> int:
    if one is None or other is None or one.file != other.file:
        return _FAR
    return min(abs(one.line - other.line), _FAR)


def _standing(finding: StaticFinding, told: Sequence[Divergence], outcome: ParityOutcome) -> Standing:
    """What the runs say of a finding that is not the nearest to any difference."""
    if outcome.verdict is Verdict.INCONCLUSIVE:
        return Standing.STOPS if finding.code in _STOPS else Standing.UNSEEN
    is_held = any(entry.independent for entry in outcome.divergences)
    # Without a run that is held to the reference nobody knows what follows from what.
    if any(_fit(entry, finding) is not None for entry in (told if is_held else outcome.divergences)):
        return Standing.FITS
    if finding.code in _RANKED and not _is_ranked(outcome):
        return Standing.UNSEEN
    watched = {phase for phase, fine in outcome.phases if fine is not None}
    is_watched = not watched.isdisjoint(PHASES.get(finding.code, ()))
    return Standing.UNCONFIRMED if is_watched and finding.code not in _LATER else Standing.UNSEEN


def _is_ranked(outcome: ParityOutcome) -> bool:
    return any("--nproc-per-node" in run.command for run in outcome.runs)
