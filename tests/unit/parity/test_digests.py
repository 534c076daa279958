"""Digests of tensors: the same for the same bytes, others for others, with sizes as fp64 has them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from trainlint.parity.probe.digests import written
from trainlint.parity.probe.stream import RECORD, Stream


def digests(folder: Path, *tensors: torch.Tensor) -> list[tuple[int, float, float, float]]:
    stream = Stream(str(folder), 0)
    stream.open()
    numbers = written(tensors, stream)
    stream.flush()
    (records,) = folder.glob("*.tensors")
    return [RECORD.unpack_from(records.read_bytes(), number * RECORD.size)[:4] for number in numbers]


def seeded(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool])
@pytest.mark.parametrize("length", [5, 200_011, 1_100_003])
def test_norm_sum_and_largest(tmp_path: Path, dtype: torch.dtype, length: int) -> None:
    tensor = (seeded(length) * 3).to(dtype)
    exact = tensor.double()
    ((_, norm, total, largest),) = digests(tmp_path, tensor)
    assert math.isclose(norm, float(exact.norm()), rel_tol=1e-7)
    assert abs(total - float(exact.sum())) <= 1e-6 * norm
    assert largest == float(exact.abs().max())


def test_numbers_that_are_none_and_numbers_too_large_to_be_squared(tmp_path: Path) -> None:
    nothing, huge = torch.full((200_000,), math.nan), torch.full((200_000,), 1e30)
    (_, norm, _, largest), (_, much, _, most) = digests(tmp_path, nothing, huge)
    assert math.isnan(norm)
    assert math.isnan(largest)
    assert math.isclose(much, 1e30 * math.sqrt(200_000), rel_tol=1e-6)
    assert math.isclose(most, 1e30, rel_tol=1e-6)


def test_a_piece_that_is_no_number_makes_the_whole_none(tmp_path: Path) -> None:
    held = torch.ones(1_100_003, dtype=torch.bfloat16)
    held[-1] = math.nan
    ((_, norm, total, largest),) = digests(tmp_path, held)
    assert math.isnan(norm)
    assert math.isnan(total)
    assert math.isnan(largest)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_no_tensor_is_held_a_second_time(tmp_path: Path, dtype: torch.dtype) -> None:
    tensor = torch.ones((48 << 20) // dtype.itemsize, dtype=dtype)
    before = status("VmRSS")
    # The largest memory that was held begins anew from here.
    Path("/proc/self/clear_refs").write_text("5")
    digests(tmp_path, tensor)
    # A second one of any type would take 48 MB at least; allocators and threads take some.
    assert status("VmHWM") - before < 40 << 10


def status(name: str) -> int:
    """A line about this process, in KB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def test_what_a_transform_of_functions_wraps_is_digested_as_what_it_holds(tmp_path: Path) -> None:
    inside = []

    def loss(weights: torch.Tensor) -> torch.Tensor:
        inside.append(digests(tmp_path, weights))
        return weights.square().sum()

    torch.func.grad(loss)(seeded(4))
    assert inside == [digests(tmp_path / "again", seeded(4))]


def test_what_is_negated_or_conjugated_in_name_only_is_taken_as_it_is(tmp_path: Path) -> None:
    values = torch.randn(3, dtype=torch.complex64, generator=torch.Generator().manual_seed(3))
    named, made = digests(tmp_path, values.conj().imag, -values.imag)
    assert named == made
