"""Looks at the tensors of loaded checkpoints, yields checkpoints that do not fit the model."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.weights import CheckpointFit, ShapeDifference
from trainlint.rules.base import Finding, rule, value_story

#: So many names of one kind are shown.
_NAMED = 3
_FAILS = "RuntimeError: Error(s) in loading state_dict"
_SILENT = "with strict=False nothing is loaded, without a word, and the model starts from nothing"


@rule(
    "TL515",
    "checkpoint-parameters-mismatch",
    severity=Severity.ERROR,
    link=LinkKind.CHECKPOINT,
    needs=("checkpoints",),
)
def checkpoint_parameters_mismatch(chain: Chain) -> Iterator[Finding]:
    """A checkpoint does not have the parameters of the model that it is loaded into."""
    for fit in chain.checkpoints:
        # A config value that decides shapes and differs is the cause, and told as such.
        if any(difference.shapes for difference in fit.differences):
            continue
        faults = [*_names(fit.missing, "is missing", "are missing"), *_shapes(fit.shapes)]
        faults += _names(fit.unexpected, "is not the model's", "are not the model's")
        if faults:
            yield _finding(fit, "; ".join(faults), _FAILS, Severity.ERROR)
        elif _fits_nowhere(fit):
            yield _finding(fit, "no parameter has the same name", _SILENT, Severity.WARNING)


def _fits_nowhere(fit: CheckpointFit) -> bool:
    return fit.unchecked is None and not fit.strict and fit.matching == 0 and fit.known


def _finding(fit: CheckpointFit, fault: str, runtime: str, severity: Severity) -> Finding:
    needed = fit.loaded.needed
    return Finding(
        needed.origin.span,
        f"`{needed.given}` does not fit the model: {fault}",
        help="load a checkpoint of this model, or build the model as it was when the checkpoint was saved",
        runtime=runtime,
        chain=(*value_story(needed.origin), Note(fit.place, "it is loaded into the model here")),
        severity=severity,
    )


def _names(names: tuple[str, ...], one: str, many: str) -> Iterator[str]:
    if names:
        shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{shown}{more} {one if len(names) == 1 else many}"


def _shapes(shapes: tuple[ShapeDifference, ...]) -> Iterator[str]:
    for shape in shapes[:1]:
        more = f", and {len(shapes) - 1} more differ" if len(shapes) > 1 else ""
        yield f"`{shape.name}` is {_shown(shape.theirs)} in it and {_shown(shape.ours)} in the model{more}"


def _shown(sizes: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in sizes) + "]"
