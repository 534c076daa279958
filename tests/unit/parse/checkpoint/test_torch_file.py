"""torch itself is the judge: what it saves is what is read, and what it cannot load is said to be damaged."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import pickle
import zipfile
from collections import OrderedDict, defaultdict
from typing import Any

import pytest
import torch
import torch.distributed.checkpoint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from trainlint.facts.checkpoint import (
    Checkpoint,
    Damage,
    Stored,
    StoredList,
    StoredOther,
    StoredTable,
    StoredTensor,
    StoredValue,
    UnreadCheckpoint,
    stored_at,
    tensors,
)
from trainlint.parse.checkpoint.read import read_checkpoint
from trainlint.source import Files

TYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)
KEYS = st.text("abcxyz_.0123456789", min_size=1, max_size=8)
SHAPES = st.lists(st.integers(0, 4), max_size=4)
TENSORS = st.builds(lambda shape, dtype: torch.zeros(shape, dtype=dtype), SHAPES, st.sampled_from(TYPES))
PLAIN = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | st.text()
STATES = st.recursive(
    TENSORS | PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.integers(-3, 300), inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=3).map(OrderedDict)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)


@dataclasses.dataclass
class Saved:
    """An object as people put it beside their weights."""

    lr: float
    sizes: tuple[int, ...]


def read(folder: pathlib.Path, state: Any, **options: Any) -> Checkpoint:
    torch.save(state, folder / "state.pt", **options)
    found = read_checkpoint(folder / "state.pt", Files(folder))
    assert isinstance(found, Checkpoint), found
    return found


def expected(value: Any) -> Stored:
    """What should be read of a value."""
    if isinstance(value, torch.Tensor):
        return StoredTensor(tuple(value.shape), str(value.dtype).removeprefix("torch."))
    if isinstance(value, dict):
        return StoredTable({key: expected(entry) for key, entry in value.items()})
    if isinstance(value, (list, tuple)):
        return StoredList(tuple(expected(entry) for entry in value))
    return StoredValue(value)


def without_storage(stored: Stored) -> Stored:
    if isinstance(stored, StoredTensor):
        return StoredTensor(stored.shape, stored.dtype)
    if isinstance(stored, StoredTable):
        entries = {key: without_storage(entry) for key, entry in stored.entries.items()}
        return StoredTable(entries, stored.type)
    if isinstance(stored, StoredList):
        return StoredList(tuple(without_storage(item) for item in stored.items))
    return stored


@given(state=STATES, protocol=st.integers(2, 5))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_torch_saves_is_what_is_read(tmp_path: pathlib.Path, state: Any, protocol: int) -> None:
    found = read(tmp_path, state, pickle_protocol=protocol)
    assert without_storage(found.root) == expected(state)


def test_a_state_of_training(tmp_path: pathlib.Path) -> None:
    model = torch.nn.Sequential(torch.nn.Embedding(7, 4), torch.nn.Linear(4, 7, bias=False))
    model[1].weight = model[0].weight
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.25)
    model(torch.tensor([1])).sum().backward()
    optimizer.step()
    wrapped = {f"module._orig_mod.{name}": tensor for name, tensor in model.state_dict().items()}
    config = OmegaConf.create({"arch": {"width": 4, "depths": [1, 2]}, "lr": 1e-3})
    state = {
        "model": wrapped,
        "optimizer": optimizer.state_dict(),
        "step": 12,
        "config": config,
        "args": argparse.Namespace(lr=0.1),
        "saved": Saved(0.5, (1, 2)),
        "device": torch.device("cpu"),
        "view": torch.arange(10)[2:5],
        "parameter": model[0].weight,
        "where": pathlib.Path("a/b"),
        "counts": defaultdict(int, a=1),
        "size": torch.Size([2, 3]),
        "kinds": {"x"},
    }
    root = read(tmp_path, state).root
    tied = [stored_at(root, ("model", f"module._orig_mod.{name}.weight")) for name in (0, 1)]
    assert tied[0] == tied[1] == stored_at(root, ("parameter",))
    assert isinstance(tied[0], StoredTensor)
    assert tied[0].shape == (7, 4)
    assert stored_at(root, ("optimizer", "param_groups", 0, "lr")) == StoredValue(0.25)
    assert dict(tensors(root))["optimizer.state.0.exp_avg"].shape == (7, 4)
    assert stored_at(root, ("step",)) == StoredValue(12)
    assert stored_at(root, ("config", "arch", "depths", 1)) == StoredValue(2)
    assert stored_at(root, ("args", "lr")) == StoredValue(0.1)
    assert stored_at(root, ("saved", "sizes")) == StoredList((StoredValue(1), StoredValue(2)))
    assert stored_at(root, ("device",)) == StoredValue("cpu")
    assert stored_at(root, ("where",)) == StoredValue("a/b")
    assert stored_at(root, ("counts", "a")) == StoredValue(1)
    assert stored_at(root, ("size",)) == StoredList((StoredValue(2), StoredValue(3)))
    assert isinstance(stored_at(root, ("kinds",)), StoredList)
    view = stored_at(root, ("view",))
    assert isinstance(view, StoredTensor)
    assert view.shape == (3,)


def test_the_metadata_of_a_state_dict_are_no_entries(tmp_path: pathlib.Path) -> None:
    model = torch.nn.BatchNorm1d(3)
    root = read(tmp_path, model.state_dict()).root
    assert isinstance(root, StoredTable)
    assert list(root.entries) == list(model.state_dict())


def test_a_deflated_archive_is_read(tmp_path: pathlib.Path) -> None:
    torch.save({"w": torch.zeros(2)}, tmp_path / "plain.pt")
    packing = zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(tmp_path / "plain.pt") as plain, packing as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    found = read_checkpoint(tmp_path / "packed.pt", Files(tmp_path))
    assert isinstance(found, Checkpoint)
    assert dict(tensors(found.root))["w"].shape == (2,)


def test_nothing_of_a_pickle_is_called(tmp_path: pathlib.Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (pathlib.Path.touch, (tmp_path / "called",))

    root = read(tmp_path, {"trap": Trap(), "w": torch.zeros(1)}).root
    assert not (tmp_path / "called").exists()
    assert isinstance(stored_at(root, ("trap",)), StoredOther)
    assert isinstance(stored_at(root, ("w",)), StoredTensor)


def test_what_describes_more_than_it_is_long_ends(tmp_path: pathlib.Path) -> None:
    doubled: Any = torch.zeros(1)
    for _ in range(200):
        doubled = [doubled, doubled]
    circular: list[Any] = []
    circular.append(circular)
    read(tmp_path, {"doubled": doubled, "circular": circular})


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.99])
def test_a_file_that_is_cut_off(tmp_path: pathlib.Path, keep: float) -> None:
    torch.save({"w": torch.zeros(1000)}, tmp_path / "state.pt")
    data = (tmp_path / "state.pt").read_bytes()
    (tmp_path / "state.pt").write_bytes(data[: int(len(data) * keep)])
    with pytest.raises((RuntimeError, OSError)):
        torch.load(tmp_path / "state.pt")
    found = read_checkpoint(tmp_path / "state.pt", Files(tmp_path))
    assert isinstance(found, UnreadCheckpoint)
    assert found.damage is Damage.CUT_OFF


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_bytes_are_no_crash(tmp_path: pathlib.Path, data: st.DataObject) -> None:
    if not (tmp_path / "sound.pt").exists():
        torch.save({"w": torch.zeros(3), "opt": {"lr": [1.5, "x", None]}, "n": 2**40}, tmp_path / "sound.pt")
    damaged = bytearray((tmp_path / "sound.pt").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "damaged.pt").write_bytes(damaged)
    found = read_checkpoint(tmp_path / "damaged.pt", Files(tmp_path))
    assert isinstance(found, (Checkpoint, UnreadCheckpoint))


@pytest.mark.parametrize(
    ("name", "content", "reason", "damage"),
    [
        ("old.pt", None, "the format of torch before 1.6 is not read", None),
        ("empty.pt", b"", "it is empty", Damage.EMPTY),
        ("plain.pkl", pickle.dumps({"a": 1}), "its format is not read", None),
        (
            "w.bin",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "it is a Git LFS pointer, not the file that it stands for",
            Damage.POINTER,
        ),
    ],
)
def test_what_is_not_read_says_why(
    tmp_path: pathlib.Path, name: str, content: bytes | None, reason: str, damage: Damage | None
) -> None:
    if content is None:
        torch.save({"w": torch.zeros(1)}, tmp_path / name, _use_new_zipfile_serialization=False)
    else:
        (tmp_path / name).write_bytes(content)
    assert read_checkpoint(tmp_path / name, Files(tmp_path)) == UnreadCheckpoint(name, reason, damage)


def test_a_program_is_not_read(tmp_path: pathlib.Path) -> None:
    torch.jit.trace(torch.nn.Linear(2, 2), torch.zeros(1, 2)).save(tmp_path / "program.pt")
    found = read_checkpoint(tmp_path / "program.pt", Files(tmp_path))
    assert found == UnreadCheckpoint("program.pt", "a TorchScript program is not read")


@pytest.mark.filterwarnings("ignore:torch.distributed is disabled")
def test_a_distributed_checkpoint_is_listed(tmp_path: pathlib.Path) -> None:
    state = {"model": torch.nn.Linear(3, 4).state_dict(), "step": 5}
    torch.distributed.checkpoint.save(state, checkpoint_id=tmp_path / "step_5")
    found = read_checkpoint(tmp_path / "step_5", Files(tmp_path))
    assert isinstance(found, Checkpoint)
    shapes = {name: tensor.shape for name, tensor in tensors(found.root)}
    assert shapes == {"model.weight": (4, 3), "model.bias": (4,)}
