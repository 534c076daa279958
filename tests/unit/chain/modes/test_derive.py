from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from trainlint.cli.main import cli

HEAD = """
import hydra
import torch
from torch import nn
from dataclasses import dataclass


class Data:
    def __iter__(self):
        yield {"x": torch.zeros(2, 3), "y": torch.zeros(2), "t": torch.zeros(2)}


@dataclass
class State:
    z: torch.Tensor
    halted: torch.Tensor


class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        self.cell = nn.Linear(3, 3)
        self.head = nn.Linear(3, 1)

"""
HALTS = """
    def start(self, batch):
        return State(torch.zeros_like(batch["x"]), torch.ones(2))

    def forward(self, state, batch):
        z = self.cell(state.z + batch["x"])
        q = self.head(z)
        halted = (q > 0) & (torch.rand_like(q) > self.cfg.chance)
        return State(z.detach(), halted), (q - batch["y"]).mean()

"""
ONCE = """
    def forward(self, x):
        return self.head(self.cell(x))

"""
OVER_TIME = """
    def forward(self, x):
        h = torch.zeros(2, 3)
        for t in range(self.cfg.length):
            h = self.cell(x[:, t] + h)
        return self.head(h)

"""
TAIL = """

@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
    model = Net(cfg)
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.lr)
{loop}

if __name__ == "__main__":
    main()
"""
#: Loops that pass a state from batch to batch.
PASSING = {
    "a local variable": """
    state = None
    for batch in Data():
        if state is None:
            state = model.start(batch)
        state, loss = model(state, batch)
        loss.backward()
        optimizer.step()
""",
    "batches taken from an iterator": """
    batches, state = iter(Data()), None
    while True:
        batch = next(batches)
        state = state or model.start(batch)
        state, loss = model(state, batch)
        loss.backward()
        optimizer.step()
""",
    "a wrapped model and an accelerator": """
    from accelerate import Accelerator
    accelerator = Accelerator()
    model, state = torch.compile(model), None
    for epoch in range(cfg.length):
        for batch in Data():
            if state is None:
                state = model.start(batch)
            state, loss = model(state, batch)
            accelerator.backward(loss / 4)
            optimizer.step()
""",
}
#: Loops of models without a state.
PLAIN = """
    for batch in Data():
        loss = (model(batch["x"]) - batch["y"]).mean()
        loss.backward()
        optimizer.step()
"""
ACCUMULATING = """
    batches = iter(Data())
    for step in range(cfg.length):
        for micro in range(cfg.length):
            loss = model(next(batches)["x"]).mean()
            loss.backward()
        optimizer.step()
"""


def profile(folder: Path, body: str, loop: str) -> dict[str, object]:
    """The profile of a launch of a small script."""
    (folder / "conf").mkdir()
    (folder / "conf" / "config.yaml").write_text("lr: 0.1\nlength: 4\nchance: 0.1\n")
    (folder / "train.py").write_text(HEAD + body + TAIL.replace("{loop}", loop))
    (folder / "jobs.txt").write_text(f"[ ] cd {folder} && python train.py\n")
    result = CliRunner().invoke(cli, ["check", "--output-format", "json", str(folder / "jobs.txt")])
    (launch,) = json.loads(result.stdout)["launches"]
    return {name: aspect["value"] for name, aspect in launch["profile"].items()}


@pytest.mark.parametrize("loop", PASSING.values(), ids=PASSING)
def test_a_state_that_lives_on_is_dynamic(loop: str, tmp_path: Path) -> None:
    assert profile(tmp_path, HALTS, loop)["act_mode"] == "dynamic"


def test_a_state_that_is_dropped_at_the_end_of_a_batch_is_not(tmp_path: Path) -> None:
    loop = PASSING["a local variable"].rstrip() + "\n        state = None\n"
    assert profile(tmp_path, HALTS, loop)["act_mode"] is None


@pytest.mark.parametrize(("body", "loop"), [(ONCE, PLAIN), (ONCE, ACCUMULATING), (OVER_TIME, PLAIN)])
def test_a_model_without_state_has_no_modes(body: str, loop: str, tmp_path: Path) -> None:
    assert profile(tmp_path, body, loop) == {"act_mode": None, "encoder": None, "data": None}


def test_one_of_several_networks_that_only_a_run_chooses_has_no_modes(tmp_path: Path) -> None:
    loop = """
    import os
    other, state = nn.Linear(3, 1), None
    for batch in Data():
        if os.environ.get("KIND") == "plain":
            loss = other(batch["x"]).mean()
        else:
            state = state or model.start(batch)
            state, loss = model(state, batch)
        loss.backward()
        optimizer.step()
"""
    assert profile(tmp_path, HALTS, loop)["act_mode"] is None
