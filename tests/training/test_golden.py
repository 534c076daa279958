"""Each family trains to the last digit as it did when its golden numbers were kept."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import torch

from tests.training.golden import FAMILIES, difference, golden_path, inputs, setting, trained, write


class GoldenNotCompared(UserWarning):
    """A part of the golden numbers says nothing about this run of the tests."""


def say(what: str) -> None:
    """In the summary at the end of the tests."""
    warnings.warn(GoldenNotCompared(what), stacklevel=2)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the families learn from."""
    return inputs(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_trains_as_it_did(family: str, given: dict[str, Path], tmp_path: Path) -> None:
    numbers = trained(family, "cpu", given, tmp_path)
    assert difference(golden_path(family, "cpu"), setting("cpu"), numbers) is None


def test_a_family_trains_on_a_gpu_as_it_did(given: dict[str, Path], tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        say("no golden number of a GPU was compared: no CUDA device is here")
        return
    kept = [family for family in FAMILIES if golden_path(family, "cuda").exists()]
    if kept != list(FAMILIES):
        say(f"golden numbers of a GPU are kept for {kept} only: run `make golden`")
    for family in kept:
        numbers = trained(family, "cuda", given, tmp_path / family)
        assert difference(golden_path(family, "cuda"), setting("cuda"), numbers) is None


def test_no_number_is_kept_for_a_family_that_is_none() -> None:
    kept = {path.stem for path in golden_path("any", "cpu").parent.glob("*")}
    assert kept == set(FAMILIES)


def test_the_last_digit_counts_in_the_same_setting_and_rounding_passes_in_another(tmp_path: Path) -> None:
    here, kept = setting("cpu"), tmp_path / "gpt.json"
    write(kept, here, {"loss": [2.5, 1.0], "grad_norm": [1.0, 1.0]})
    rounded = {"loss": [2.5, 1.0000000000000002], "grad_norm": [1.0, 1.0]}
    said = difference(kept, here, rounded)
    assert said is not None
    assert said.startswith("gpt: loss of step 2 was 1.0 and is 1.0000000000000002 (bound 0: the same setting")

    elsewhere = json.loads(kept.read_text("utf-8"))
    elsewhere["setting"]["processor"] = "another"
    kept.write_text(json.dumps(elsewhere), "utf-8")
    assert difference(kept, here, rounded) is None
    said = difference(kept, here, {"loss": [2.5, 1.00001], "grad_norm": [1.0, 1.0]})
    assert said is not None
    assert "(bound 1e-06: Setting(" in said
    assert "'processor': 'another'" in said
