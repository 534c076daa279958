"""What a program prints and logs becomes observations by label and update, wherever in it the line stands."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.told import told
from trainlint.parity.trace import Event, Trace


def trace(*events: tuple[str, dict[str, object]]) -> Trace:
    step, made = 0, []
    for kind, data in events:
        made.append(Event(kind, step, data))
        step += kind == "update"
    return Trace(0, tuple(made), b"", b"", Path())


FORWARD = ("forward", {"grad": True, "training": True})
EVALUATION = ("forward", {"grad": False, "training": False})
UPDATE = ("update", dict[str, object]())


def line(text: str) -> tuple[str, dict[str, object]]:
    return "print", {"text": text}


def seen(*events: tuple[str, dict[str, object]]) -> list[tuple[int, Phase, str, object]]:
    return [(entry.step, entry.phase, entry.quantity, entry.value) for entry in told(trace(*events))]


def test_a_line_belongs_to_the_update_whose_pass_it_follows() -> None:
    late = seen(line("classes 10"), FORWARD, UPDATE, line("loss 2.5"), FORWARD, UPDATE, line("loss 2.25"))
    early = seen(line("classes 10"), FORWARD, line("loss 2.5"), UPDATE, FORWARD, line("loss 2.25"), UPDATE)
    assert late == early
    assert late == [
        (-1, Phase.INIT, "printed classes", 10.0),
        (0, Phase.FORWARD, "printed loss", 2.5),
        (1, Phase.FORWARD, "printed loss", 2.25),
    ]


def test_the_label_says_what_part_of_an_update_a_number_is_of() -> None:
    found = seen(FORWARD, line("loss 2.5, lr 0.1, grad norm 1.5"), EVALUATION, line("val loss 2, ratio 0.5"))
    assert [(phase, quantity) for _, phase, quantity, _ in found] == [
        (Phase.FORWARD, "printed loss"),
        (Phase.LR, "printed lr"),
        (Phase.GRADNORM, "printed grad norm"),
        (Phase.EVAL, "printed val loss"),
        (Phase.EVAL, "printed ratio"),
    ]


def test_what_stands_twice_is_numbered_with_how_often() -> None:
    found = seen(FORWARD, line("loss 2.5"), line("loss 2.25"))
    assert [quantity for _, _, quantity, _ in found] == ["printed loss (1 of 2)", "printed loss (2 of 2)"]


def test_logged_numbers_are_known_in_full_and_named_alike() -> None:
    values = {"train/loss": 2.5, "perf/mfu": 3.0}
    (found,) = told(trace(FORWARD, ("log", {"where": "wandb", "values": values})))
    assert found == Observation(0, Phase.FORWARD, "wandb train loss", 2.5, None, True, True, 0.0)


def test_the_step_that_something_is_logged_for_may_be_counted_from_elsewhere() -> None:
    def logged(step: float) -> list[Observation]:
        values = {"loss": 2.5, "epoch": step}
        return list(told(trace(FORWARD, ("log", {"where": "wandb", "values": values, "place": step}))))

    assert [entry.quantity for entry in logged(5.0)] == [
        "wandb loss",
        "wandb step of loss",
        "wandb epoch",
        "wandb step of epoch",
    ]
    assert divergences(logged(5.0), logged(6.0), exactly, 1) == []
    apart = divergences(logged(5.0), logged(0.0), exactly, 1)
    assert [entry.quantity for entry in apart] == ["wandb step of loss", "wandb epoch", "wandb step of epoch"]
