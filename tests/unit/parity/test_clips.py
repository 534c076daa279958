"""Clipping that a program does with code of its own is told from no clipping by what the optimizer takes."""

from __future__ import annotations

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.parity.compare import divergences, exactly


def run(norm: float | None, raw: float, taken: float) -> list[Observation]:
    """One update: the norm that clipping to 1 returned, and a gradient before and after it."""

    def seen(phase: Phase, quantity: str, value: Value) -> Observation:
        return Observation(0, phase, quantity, value, None)

    def tensor(size: float) -> Digest:
        return Digest((2,), "torch.float32", int(size * 1000), size, size, size)

    calls = [
        seen(Phase.GRADNORM, "what clip_grad_norm_ returns", norm),
        seen(Phase.CLIP, "the bound of clip_grad_norm_", 1.0),
    ]
    return [
        seen(Phase.GRAD, "gradient of w", tensor(raw)),
        seen(Phase.CLIP, "gradient taken of w", tensor(taken)),
        *(calls if norm is not None else []),
    ]


def found(ours: list[Observation], theirs: list[Observation]) -> set[Phase]:
    apart: list[Divergence] = divergences(ours, theirs, exactly, 1)
    return {entry.phase for entry in apart}


def test_the_same_cut_by_code_of_its_own() -> None:
    assert found(run(4.0, 4.0, 1.0), run(None, 1.0, 1.0)) == set()
    assert found(run(None, 1.0, 1.0), run(4.0, 4.0, 1.0)) == set()


def test_not_cut() -> None:
    assert found(run(4.0, 4.0, 1.0), run(None, 4.0, 4.0)) == {Phase.GRADNORM, Phase.CLIP}


def test_nothing_to_cut_shows_nothing() -> None:
    assert found(run(0.5, 0.5, 0.5), run(None, 0.5, 0.5)) == {Phase.GRADNORM, Phase.CLIP}
