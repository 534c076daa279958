"""A program that has all that the probe looks at, and what a person might change of it."""

from __future__ import annotations

PROGRAM = '''\
"""Sorts rows into classes."""

import logging
import os
import random

import numpy
import safetensors.torch
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

STEPS = 6
logging.basicConfig(level=logging.INFO)
log = logging.getLogger("train")
ranks = int(os.environ.get("WORLD_SIZE", "1"))
if ranks > 1:
    torch.distributed.init_process_group("gloo")
torch.manual_seed(7)
own = torch.Generator().manual_seed(8)
rows = torch.randn(64, 6, generator=own)
classes = torch.randint(3, (64,), generator=own)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 12)
        self.norm = nn.BatchNorm1d(12)
        self.drop = nn.Dropout(0.1)
        self.outer = nn.Linear(12, 3)
        self.register_buffer("scale", torch.ones(3))

    def forward(self, rows):
        return self.scale * self.outer(self.drop(torch.tanh(self.norm(self.inner(rows)))))


network = Network()
model = nn.parallel.DistributedDataParallel(network) if ranks > 1 else network
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.9)
scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(0.9))
shadow = {name: value.detach().clone() for name, value in network.named_parameters()}
data = torch.utils.data.TensorDataset(rows[:48], classes[:48])
loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True, num_workers=2)
started = random.random() + numpy.random.rand() + numpy.random.default_rng(3).random()


@torch.compile(backend="eager")
def criterion(scores, wanted):
    return F.cross_entropy(scores, wanted) + 0 * torch.rand(1).sum()


def evaluate():
    model.eval()
    with torch.no_grad():
        loss = criterion(model(rows[48:]), classes[48:])
    model.train()
    return loss.item()


for step, (batch, wanted) in enumerate(loader):
    with torch.autocast("cpu", torch.bfloat16, enabled=step % 2 == 1):
        scores = model(batch)
    loss = F.cross_entropy(scores.float(), wanted, label_smoothing=0.1)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    scheduler.step()
    optimizer.zero_grad()
    average.update_parameters(network)
    with torch.no_grad():
        for name, value in network.named_parameters():
            shadow[name] = 0.8 * shadow[name] + 0.2 * value
    print(f"step {step}: loss {loss.item():.4f}, norm {norm:.3f}, 3.21 ms")
    log.info("held out %.6f", evaluate())
    if int(os.environ.get("RANK", "0")) == 0:
        compiled = hasattr(criterion, "__wrapped__")
        torch.save({"model": network.state_dict(), "step": step, "compiled": compiled}, "last.pt")
        safetensors.torch.save_file(network.state_dict(), "last.safetensors")
'''

#: One that has what the other has not: it logs elsewhere, and takes and cuts gradients in other words.
OTHER = """\
import torch
import wandb
from torch import nn
from torch.utils.tensorboard import SummaryWriter

run = wandb.init(mode="offline", settings=wandb.Settings(console="off", x_disable_stats=True))
writer = SummaryWriter("board")
network = nn.Linear(4, 1)
nn.init.ones_(network.weight)
# No such backend is there: it fails unless nothing is compiled.
model = torch.compile(network, backend="none")
optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
for step in range(2):
    loss = model(torch.ones(8, 4)).square().mean() + 1
    weights = list(network.parameters())
    for weight, slope in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = 8 * slope
    norm = nn.utils.get_total_norm([weight.grad for weight in weights])
    nn.utils.clip_grads_with_norm_(network.parameters(), 0.5, norm)
    nn.utils.clip_grad_value_(network.parameters(), 0.125)
    optimizer.step()
    optimizer.zero_grad()
    run.log({"train/loss": loss, "val": {"acc": 0.25, "name": "best"}}, step=step)
    wandb.log({"other": 2.0})
    writer.add_scalar("train/loss", loss, step)
    writer.add_scalars("rates", {"low": 0.5, "high": torch.tensor(1.5)}, step)
run.finish()
"""
