"""One process is held against two that share its batch, in real runs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.parity.runs import parity

ONE = """\
import torch
from torch import nn

torch.manual_seed(7)
features = torch.randn(96, 6)
targets = features.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
order = torch.Generator().manual_seed(3)
for step in range(6):
    chosen = torch.randint(96, (8,), generator=order)
    for half in chosen.chunk(2):
        loss = nn.functional.mse_loss(model(features[half]), targets[half]) / 2
        loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    print(f"step {step}: loss {2 * loss.item():.4f}")
"""
TWO = """\
import torch
import torch.distributed as dist
from torch import nn

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(7)
features = torch.randn(96, 6)
targets = features.sum(1, keepdim=True)
network = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1))
model = nn.parallel.DistributedDataParallel(network)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
order = torch.Generator().manual_seed(3)
for step in range(6):
    chosen = torch.randint(96, (8,), generator=order).chunk(world)[rank]
    loss = nn.functional.mse_loss(model(features[chosen]), targets[chosen])
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    if rank == 0:
        print(f"step {step}: loss {loss.item():.4f}")
dist.destroy_process_group()
"""
SHARDED = """\
import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch import nn
from torch.distributed.checkpoint.state_dict import get_state_dict
from torch.distributed.fsdp import fully_shard

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(7)
rows = torch.randn(96, 6)
model = fully_shard(nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
order = torch.Generator().manual_seed(3)
for step in range(4):
    chosen = torch.randint(96, (8,), generator=order).chunk(world)[rank]
    loss = nn.functional.mse_loss(model(rows[chosen]), rows[chosen].sum(1, keepdim=True))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    shared = loss.detach().clone()
    dist.all_reduce(shared)
    weights, averages = get_state_dict(model, optimizer)
    dcp.save({"model": weights, "optimizer": averages, "step": step}, checkpoint_id="saved")
    if rank == 0:
        print(f"step {step}: loss {shared.item() / world:.4f}")
dist.destroy_process_group()
"""


def warm(python: str) -> tuple[str, ...]:
    """What has an interpreter that runs already run each rank."""
    return ("--python", python, "--env", f"PYTHON_EXEC={python}", "--in-place")


def test_one_process_trains_as_two_that_share_its_batch(tmp_path: Path, python: str) -> None:
    (tmp_path / "one.py").write_text(ONE)
    (tmp_path / "two.py").write_text(TWO)
    ranks = ("--ref-nproc", "1", "--new-nproc", "2", "--steps", "2")
    done = parity(tmp_path, "one.py", "two.py", *ranks, *warm(python), "--output-format", "json")
    found = json.loads(done.stdout)
    assert found["verdict"] in ("equal", "equal-within-tolerance"), done.stdout
    assert found["summary"]["phases"]["batch"] is True
    assert found["summary"]["phases"]["grad"] is True


def test_ranks_that_exchange_nothing_drift_apart(tmp_path: Path, python: str) -> None:
    (tmp_path / "one.py").write_text(ONE)
    (tmp_path / "two.py").write_text(TWO.replace("nn.parallel.DistributedDataParallel(network)", "network"))
    ranks = ("--ref-nproc", "1", "--new-nproc", "2", "--steps", "2", "--exact")
    done = parity(tmp_path, "one.py", "two.py", *ranks, *warm(python))
    assert done.returncode == 1, done.stdout
    assert "diverged: update 1, grad: " in done.stdout
    assert "0.weight on rank 1 and on rank 0" in done.stdout


def test_a_loss_that_is_told_of_one_rank_alone_is_known_from_the_mean_of_all(
    tmp_path: Path, python: str
) -> None:
    """With weights that are sharded, and a checkpoint that both ranks write."""
    (tmp_path / "all.py").write_text(SHARDED)
    (tmp_path / "one.py").write_text(SHARDED.replace("shared.item() / world", "loss.item()"))
    words = ("--nproc", "2", "--steps", "1", "--exact", "--output-format", "json")
    found = json.loads(parity(tmp_path, "all.py", "one.py", *words, *warm(python)).stdout)
    assert found["first_divergence"]["quantity"] == "printed loss"
    assert found["first_divergence"]["cause"].startswith(
        "it is the loss of this rank alone, in the reference the mean over 2 ranks"
    )
    assert [name for name, same in found["summary"]["phases"].items() if same is False] == ["forward"]
    assert found["summary"]["phases"]["checkpoint"] is True
    assert not found["noise_floor"]
