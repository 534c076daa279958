"""What goes on in a pass of the network: training or evaluation, and what its losses are made with."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

from trainlint.facts.parity import Digest, Phase
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.passes import ahead, counted, in_passes, passes
from trainlint.parity.probe.stream import RECORD
from trainlint.parity.trace import Event, Trace

Told = tuple[str, dict[str, object]]
UPDATE: Told = ("update", {})
BACKWARD: Told = ("backward", {"losses": [1.0]})


def forward(*, training: bool = True, grad: bool = True, autocast: str = "", root: int = 0) -> Told:
    entering = {"inputs": [], "tensors": [], "root": root}
    return "forward", {"grad": grad, "training": training, "autocast": autocast, **entering}


def criterion(number: int, length: int, **arguments: object) -> Told:
    said = {"name": "cross_entropy", "arguments": arguments, "length": length, "dtype": "torch.int64"}
    return "criterion", {**said, "tensors": [number]}


def trace(events: Iterable[Told], *tensors: bytes) -> Trace:
    step, made = 0, []
    for kind, data in events:
        made.append(Event(kind, step, data))
        step += kind == "update"
    records = b"".join(RECORD.pack(zlib.crc32(tensor), 1.0, 1.0, 1.0, -1, 0) for tensor in tensors)
    return Trace(0, tuple(made), records, b"", Path())


def named(*events: Told) -> list[tuple[int, str]]:
    return [(there.step, there.name) for event, there in passes(trace(events)) if event.kind == "forward"]


def test_passes_with_gradients_in_training_mode_train() -> None:
    found = named(forward(), BACKWARD, forward(), BACKWARD, UPDATE, forward(training=False, grad=False))
    assert found == [(0, "micro-step 1"), (0, "micro-step 2"), (0, "evaluation")]


def test_an_evaluation_may_have_gradients() -> None:
    assert named(forward(training=False), forward(), BACKWARD) == [(-1, "evaluation"), (0, "micro-step 1")]


def test_a_program_may_train_in_eval_mode() -> None:
    found = named(forward(training=False), BACKWARD, UPDATE, forward(training=False), forward(training=False))
    assert found == [(0, "micro-step 1"), (0, "evaluation"), (0, "evaluation")]


COPY = forward(training=False, grad=False, root=-1)
ITSELF = forward(training=False, grad=False)


def evaluations(*events: Told) -> list[tuple[str, object, bool]]:
    counts = counted(trace([forward(), BACKWARD, UPDATE, *events]))
    return [(e.quantity, e.value, e.optional) for e in counts if "evaluation" in e.quantity]


def test_an_average_of_the_weights_is_evaluated_in_place_of_the_network() -> None:
    assert named(forward(), BACKWARD, UPDATE, COPY) == [(0, "micro-step 1"), (0, "evaluation")]
    # What a teacher says may be kept instead.
    assert evaluations(COPY, COPY) == [("evaluation passes", 2.0, True)]
    assert evaluations(ITSELF, ITSELF) == [("evaluation passes", 2.0, False)]


def test_a_copy_beside_the_network_counts_for_nothing() -> None:
    assert evaluations(COPY, ITSELF) == [("evaluation passes", 1.0, False)]
    found = named(COPY, ITSELF, forward(), forward(root=-1), BACKWARD)
    assert [name for _, name in found] == [
        "evaluation of a copy",
        "evaluation",
        "micro-step 1",
        "evaluation of a copy",
    ]


def test_a_batch_that_is_left_over_stands_before_what_follows_the_update() -> None:
    saved: Told = ("save", {"file": "out/last.pt"})
    events = [forward(), BACKWARD, UPDATE, forward(), BACKWARD, COPY, ITSELF, saved, forward(), UPDATE, saved]
    assert [(e.step, e.quantity, e.value, e.explains) for e in ahead(trace(events))] == [
        (0, "training passes between the update and an evaluation", 1.0, Phase.EVAL),
        (0, "training passes between the update and last.pt", 1.0, Phase.CHECKPOINT),
        (1, "training passes between the update and last.pt", 0.0, Phase.CHECKPOINT),
    ]


def test_gradients_of_what_is_trained_are_a_backward_pass() -> None:
    events = [
        forward(),
        ("grad", {"losses": [1.0], "trained": True}),
        ("grad", {"losses": [], "trained": False}),
    ]
    found = {entry.quantity: entry.value for entry in counted(trace(events))}
    assert found == {"forward passes": 1.0, "backward passes": 1.0}


def test_a_loss_may_be_computed_in_parts() -> None:
    words = struct.pack("<4q", 3, 1, 4, 1)
    whole = trace([forward(), criterion(0, 4, reduction="mean")], words)
    parts = trace(
        [forward(), criterion(0, 3, reduction="sum"), criterion(1, 1, reduction="sum")],
        words[:24],
        words[24:],
    )
    ours, theirs = ({entry.quantity: entry for entry in in_passes(side)} for side in (whole, parts))
    target = ours["targets of micro-step 1"].value
    other = theirs["targets of micro-step 1"].value
    assert isinstance(target, Digest)
    assert isinstance(other, Digest)
    assert (target.crc, target.shape) == (other.crc, other.shape) == (zlib.crc32(words), (4,))
    # A mean, or a sum that is divided later: nothing that follows differs.
    assert divergences(list(in_passes(whole)), list(in_passes(parts)), exactly, 1) == []


def test_modes_say_why_something_differs() -> None:
    ours, theirs = (list(in_passes(trace([forward(autocast=kind)]))) for kind in ("", "torch.bfloat16"))
    (found,) = (entry for entry in theirs if entry.quantity.startswith("autocast"))
    assert (found.phase, found.value, found.explains) == (Phase.FORWARD, "torch.bfloat16", Phase.FORWARD)
    assert divergences(ours, theirs, exactly, 1) == []
