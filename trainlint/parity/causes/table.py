"""Divergences with what both runs showed in, the same with their causes out: what is tried where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes import (
    batches,
    checkpoints,
    clipping,
    generators,
    gradients,
    losses,
    options,
    passes,
    reasons,
    schedules,
    targets,
    telling,
    updates,
    weights,
)
from trainlint.parity.causes.evidence import Evidence

#: What a divergence looks like the work of in a sentence, empty where it does not look like that.
Signature = Callable[[Divergence, Evidence], str]

#: The first that says something counts.
_SIGNATURES: Mapping[Phase, tuple[Signature, ...]] = {
    Phase.CONFIG: (options.frozen, options.regrouped, options.meant),
    Phase.INIT: (
        weights.scaled,
        weights.constant,
        weights.spread,
        weights.reordered,
        generators.extra,
        weights.drawn,
    ),
    Phase.LR: (reasons.scheduler, schedules.moved, schedules.still, schedules.scaled, options.regrouped),
    Phase.BATCH: (
        batches.kind,
        targets.inputs_themselves,
        targets.moved,
        targets.passed_over,
        reasons.loader,
        batches.length,
        batches.shifted,
        generators.extra,
        batches.rows,
        batches.elsewhere,
        batches.order,
        batches.scaled,
    ),
    Phase.FORWARD: (
        reasons.mode,
        reasons.arguments,
        losses.scaled,
        losses.computed,
        generators.extra,
        losses.stochastic,
        losses.since,
        losses.network,
    ),
    Phase.GRAD: (
        gradients.some,
        gradients.unexchanged,
        gradients.kept,
        gradients.scaled,
        gradients.detached,
        gradients.partial,
    ),
    Phase.GRADNORM: (clipping.absent, gradients.kept, gradients.scaled, clipping.part, gradients.norm),
    Phase.CLIP: (clipping.absent, clipping.bound, clipping.applied),
    Phase.UPDATE: (updates.restored, updates.absent, updates.beside, updates.grouped),
    Phase.EVAL: (passes.in_training_mode, batches.kind, batches.shifted, batches.rows, losses.network),
    Phase.CHECKPOINT: (checkpoints.keys, batches.kind, checkpoints.earlier, batches.scaled),
    Phase.STRUCTURE: (passes.evaluated, passes.counted),
}


#: For what the programs themselves tell, whichever phase it is of.
_TELLING: tuple[Signature, ...] = (telling.other_name, telling.reduced, telling.scaled)
#: What is asked of all tensors of a phase, and answered for all of them at once.
_TOGETHER = {
    gradients.kept,
    gradients.scaled,
    gradients.detached,
    gradients.partial,
    clipping.applied,
    updates.restored,
    updates.grouped,
}


def named(entries: Iterable[Divergence], evidence: Evidence) -> list[Divergence]:
    """The divergences, each with its cause in a sentence where the numbers of both runs show one."""
    answered: dict[tuple[Signature, int, Phase], str] = {}

    def said(signature: Signature, entry: Divergence) -> str:
        if signature not in _TOGETHER:
            return signature(entry, evidence)
        place = signature, entry.step, entry.phase
        if place not in answered:
            answered[place] = signature(entry, evidence)
        return answered[place]

    def cause(entry: Divergence) -> str:
        signatures = _TELLING if entry.told else _SIGNATURES.get(entry.phase, ())
        tried = (said(signature, entry) for signature in signatures)
        return next(filter(None, tried), "")

    return [replace(entry, cause=entry.cause or cause(entry)) for entry in entries]
