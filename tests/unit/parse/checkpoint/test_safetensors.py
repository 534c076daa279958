"""safetensors itself writes the files that are read; shards by their index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from trainlint.facts.checkpoint import Checkpoint, Damage, StoredOther, UnreadCheckpoint, stored_at, tensors
from trainlint.parse.checkpoint.read import read_checkpoint
from trainlint.source import Files

TYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8, torch.bool)
STATES = st.dictionaries(
    st.text("ab.w0_", min_size=1, max_size=6),
    st.tuples(st.lists(st.integers(0, 3), max_size=3), st.sampled_from(TYPES)),
    max_size=5,
)


@given(state=STATES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_saved_is_what_is_read(
    tmp_path: Path, state: dict[str, tuple[list[int], torch.dtype]]
) -> None:
    saved = {name: torch.zeros(shape, dtype=dtype) for name, (shape, dtype) in state.items()}
    save_file(saved, tmp_path / "model.safetensors", metadata={"format": "pt"})
    found = read_checkpoint(tmp_path / "model.safetensors", Files(tmp_path))
    assert isinstance(found, Checkpoint)
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in tensors(found.root)} == {
        name: (tuple(shape), str(dtype).removeprefix("torch.")) for name, (shape, dtype) in state.items()
    }


@pytest.mark.parametrize("size", [30, 200])
def test_a_file_that_is_cut_off(tmp_path: Path, size: int) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"w": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:size])
    found = read_checkpoint(path, Files(tmp_path))
    assert isinstance(found, UnreadCheckpoint)
    assert found.damage is Damage.CUT_OFF


@pytest.mark.parametrize(
    "header", [b"{", b"[]", b'{"w": 1}', b'{"w": {"shape": [-1], "data_offsets": [0, 1]}}', b"[" * 5000]
)
def test_a_damaged_header_is_said(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    assert isinstance(read_checkpoint(path, Files(tmp_path)), UnreadCheckpoint)


def test_shards_are_read_together(tmp_path: Path) -> None:
    shards = ("model-1.safetensors", "model-2.safetensors", "model-3.safetensors")
    save_file({"a": torch.zeros(2)}, tmp_path / shards[0])
    save_file({"b": torch.zeros(3)}, tmp_path / shards[1])
    index = {"metadata": {}, "weight_map": dict(zip("abc", shards, strict=True))}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    for path in (tmp_path, tmp_path / "model.safetensors.index.json"):
        found = read_checkpoint(path, Files(tmp_path))
        assert isinstance(found, Checkpoint)
        assert {name: tensor.shape for name, tensor in tensors(found.root)} == {"a": (2,), "b": (3,)}
        assert isinstance(stored_at(found.root, ("c",)), StoredOther)
        assert found.missing == (shards[2],)


def test_a_folder_without_weights(tmp_path: Path) -> None:
    found = read_checkpoint(tmp_path, Files(tmp_path))
    assert found == UnreadCheckpoint(".", "it is a folder without weights that are read")
