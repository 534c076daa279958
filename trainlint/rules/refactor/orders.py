"""What has to come before what in a training loop, and what it does to a run where it does not."""

from __future__ import annotations

from trainlint.facts.effects import Kind

#: What is moved, past what, in words, and the harm.
Order = tuple[Kind, Kind, str, str]

ORDERS: tuple[Order, ...] = (
    (Kind.STEP, Kind.BACKWARD, "the optimizer steps", "a step uses the gradients of the batch before"),
    (Kind.CLIP, Kind.STEP, "gradients are clipped", "the step is made with gradients that are not clipped"),
    (
        Kind.CLIP,
        Kind.BACKWARD,
        "gradients are clipped",
        "the clipping does not see the gradients of the step",
    ),
    (Kind.CLIP, Kind.UNSCALE, "gradients are clipped", "the scale of the loss is in what is clipped"),
    (
        Kind.UNSCALE,
        Kind.STEP,
        "gradients are unscaled",
        "the step unscales them itself, too late for others",
    ),
    (Kind.SCALER_UPDATE, Kind.STEP, "the scaler is updated", "the step is made with another scale"),
    (Kind.LEARNING_RATE, Kind.STEP, "the learning rate is set", "each step has the rate of its neighbour"),
    (Kind.SCHEDULER_STEP, Kind.STEP, "the scheduler steps", "each step has the rate of its neighbour"),
    (Kind.AVERAGE, Kind.STEP, "the average of the weights is updated", "it lags one step behind"),
)
NAMES = {
    Kind.STEP: "the step of the optimizer",
    Kind.BACKWARD: "the backward pass",
    Kind.UNSCALE: "the unscaling of the gradients",
}
