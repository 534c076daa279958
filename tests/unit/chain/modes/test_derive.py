from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
#: Ways to learn from a loss that libraries have.
BACKWARDS = {
    "a gradient scaler": ("scaler = torch.amp.GradScaler()", "scaler.scale(loss).backward()"),
    "fabric": ("import lightning\n    fabric = lightning.Fabric()", "fabric.backward(loss)"),
    "accelerate": ("import accelerate\n    helper = accelerate.Accelerator()", "helper.backward(loss)"),
    "deepspeed": (
        "import deepspeed\n    engine = deepspeed.initialize(model=model)[0]",
        "engine.backward(loss)",
    ),
}
#: Trainers that run the loop themselves.
TRAINERS = {
    "Lightning": (
        "import lightning\n\nclass Net(lightning.LightningModule):",
        "lightning.Trainer(max_steps=9).fit(model, Data())",
    ),
    "transformers": (
        "import transformers\n\nclass Net(nn.Module):",
        "transformers.Trainer(model=model, train_dataset=Data()).train()",
    ),
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
    (launch,) = checked(folder, HEAD + body, loop)["launches"]
    return {name: aspect["value"] for name, aspect in launch["profile"].items()}


def checked(folder: Path, head: str, loop: str, config: str = "") -> dict[str, Any]:
    """All that is said of a launch of a small script."""
    (folder / "conf").mkdir()
    (folder / "conf" / "config.yaml").write_text(f"lr: 0.1\nlength: 4\nchance: 0.1\n{config}")
    (folder / "train.py").write_text(head + TAIL.replace("{loop}", loop))
    (folder / "jobs.txt").write_text(f"[ ] cd {folder} && python train.py\n")
    result = CliRunner().invoke(cli, ["check", "--output-format", "json", str(folder / "jobs.txt")])
    found: dict[str, Any] = json.loads(result.stdout)
    return found


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


@pytest.mark.parametrize(("made", "backward"), BACKWARDS.values(), ids=BACKWARDS)
def test_libraries_learn_from_a_loss_too(made: str, backward: str, tmp_path: Path) -> None:
    loop = PASSING["a local variable"].replace("loss.backward()", backward)
    assert profile(tmp_path, HALTS, f"\n    {made}{loop}")["act_mode"] == "dynamic"


def test_a_module_of_lightning_may_learn_by_itself(tmp_path: Path) -> None:
    base, loop = TRAINERS["Lightning"]
    head = (HEAD + HALTS).replace("class Net(nn.Module):", base)
    step = """
    def training_step(self, batch, index):
        if index == 0:
            self.state = self.start(batch)
        self.state, loss = self(self.state, batch)
        self.manual_backward(loss)
"""
    assert unseen(checked(tmp_path, head + step, f"\n    {loop}")) == []


@pytest.mark.parametrize(("base", "loop"), TRAINERS.values(), ids=TRAINERS)
def test_a_model_that_halts_in_a_loop_of_a_library_is_not_checked(
    base: str, loop: str, tmp_path: Path
) -> None:
    head = (HEAD + HALTS).replace("class Net(nn.Module):", base)
    step = """
    def training_step(self, batch, index):
        self.state, loss = self(self.state, batch)
        return loss
"""
    (reason,) = unseen(checked(tmp_path, head + step, f"\n    {loop}"))
    assert reason == (
        "`Net` decides which samples halt, and the loop that trains it was not found: its modes are not known"
    )


def test_a_plain_model_in_a_loop_of_a_library_has_no_modes_to_check(tmp_path: Path) -> None:
    base, loop = TRAINERS["transformers"]
    head = (HEAD + ONCE).replace("class Net(nn.Module):", base)
    assert unseen(checked(tmp_path, head, f"\n    {loop}")) == []


def test_a_mask_that_is_drawn_at_random_is_no_halting(tmp_path: Path) -> None:
    base, loop = TRAINERS["Lightning"]
    body = """
    def forward(self, x):
        masked = torch.rand_like(x) < self.cfg.chance
        return State(self.cell(torch.where(masked, x, 0)), masked)

    def training_step(self, batch, index):
        return self(batch["x"]).z.mean()
"""
    head = (HEAD + body).replace("class Net(nn.Module):", base)
    assert unseen(checked(tmp_path, head, f"\n    {loop}")) == []


def unseen(found: dict[str, Any]) -> list[str]:
    """What is said of loops that were not found."""
    return [entry["reason"] for entry in found["not_checked"] if "the loop" in entry["reason"]]


@pytest.mark.parametrize(
    ("config", "severities"),
    [
        ("num_act_steps: 8\n", ["info"]),
        ("halt_exploration_prob: 0.1\n", ["info"]),
        ("halt_exploration_prob: 0.0\n", []),
        ("num_act_steps: 8\nhalt_exploration_prob: 0.1\n", []),
        ("", []),
    ],
)
def test_one_name_alone_is_a_note(config: str, severities: list[str], tmp_path: Path) -> None:
    found = checked(tmp_path, HEAD + ONCE, PLAIN, config)["diagnostics"]
    assert [entry["severity"] for entry in found if entry["code"] == "TL501"] == severities
