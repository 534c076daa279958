"""Two small programs written, what is different between them for certain compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.engine.compare import Ask, compare
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.settings import Settings
from trainlint.facts.terms import Term
from trainlint.source import Files

HEAD = """\
import sys
from contextlib import nullcontext
import torch
import torch.nn.functional as F

dtype = sys.argv[1] if len(sys.argv) > 1 else "float32"
x = torch.randn(8, 4)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
SCALED_IF_MADE = """\
scaler = None
if dtype == "float16":
    scaler = torch.cuda.amp.GradScaler()
for step in range(10):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    if scaler:
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
    else:
        loss.backward()
        optimizer.step()
"""
SCALED = """\
scaler = torch.cuda.amp.GradScaler(enabled=(dtype == "float16"))
for step in range(10):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
"""
IN_CONTEXT = """\
context = {context}
for step in range(10):
    optimizer.zero_grad()
    with context:
        loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    loss.backward()
    optimizer.step()
"""
CAST = 'torch.autocast("cpu", dtype=torch.bfloat16)'


def held(reference: str, candidate: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """Two programs with the same head, held against each other."""
    monkeypatch.chdir(folder)
    (folder / "reference.py").write_text(HEAD + reference, "utf-8")
    (folder / "candidate.py").write_text(HEAD + candidate, "utf-8")
    comparison = compare(Ask(("reference.py",), "candidate.py"), Files(folder), Settings())
    assert isinstance(comparison, Comparison)
    assert len(comparison.pairs) >= 5
    return comparison


def differences(reference: str, candidate: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The parts that differ for certain, with the kind of what they are parts of."""
    comparison = held(reference, candidate, folder, monkeypatch)
    return {
        f"{pair.reference.kind.name} {found.part}"
        for pair in comparison.pairs
        for found in pair.differences
        if found.certain
    }


def test_a_scaler_made_when_needed_is_one_that_is_enabled_when_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = differences(SCALED_IF_MADE, SCALED, tmp_path, monkeypatch)
    assert {part for part in found if part.startswith(("SCALER", "UNSCALE"))} == set()
    always = SCALED.replace('enabled=(dtype == "float16")', "")
    assert "UNSCALE condition" in differences(SCALED_IF_MADE, always, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("context", "found"),
    [
        (CAST, set()),
        (f'nullcontext() if dtype == "float16" else {CAST}', set()),
        ("nullcontext()", {"FORWARD within torch.autocast", "LOSS within torch.autocast"}),
    ],
    ids=["the same", "one of several", "none"],
)
def test_a_context_that_may_be_there_is_not_lost(
    context: str, found: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = (IN_CONTEXT.format(context=entry) for entry in (CAST, context))
    assert differences(*programs, tmp_path, monkeypatch) == found


READ_ONCE = """\
train = np.memmap("train.bin")
val = np.memmap("val.bin")
def batch(split):
    data = train if split == "train" else val
    return torch.from_numpy(data[:4])
"""
READ_EACH_TIME = """\
def batch(split):
    if split == "train":
        data = np.memmap("train.bin")
    else:
        data = np.memmap("val.bin")
    return torch.from_numpy(data[:4])
"""
BATCHES = """\
first = batch("train")
for step in range(10):
    for split in ("train", "val"):
        print(split, model(batch(split)).mean())
    model(batch("train")).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
"""


def test_a_file_that_is_opened_again_does_not_answer_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = [f"import numpy as np\n{opened}{BATCHES}" for opened in (READ_ONCE, READ_EACH_TIME)]
    pairs = held(*programs, tmp_path, monkeypatch).pairs_of(Kind.DATA)
    files = [{str(part.value) for part in parts_of(pair.candidate)} for pair in pairs]
    assert ["val.bin" in names for names in files] == [False, True]


def parts_of(effect: Effect) -> list[Term]:
    """All that the values of an effect are made of."""
    return [part for _, term in effect.parts for part in term.walk()]


RATE = """\
if dtype == "float16":
    model = torch.nn.Linear(4, 1, bias=False)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
for step in range(10):
    for group in optimizer.param_groups:
        group["lr"] = 0.1 * (step + {first}) / 10
    loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
"""


def test_the_rate_of_one_of_several_optimizers_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = (RATE.format(first=first) for first in (0, 1))
    assert differences(*programs, tmp_path, monkeypatch) == {"LEARNING_RATE value"}
    stored = RATE.format(first=0)
    updated = stored.replace('group["lr"] = 0.1 * (step + 0) / 10', "group.update(lr=0.1 * step / 10)")
    assert updated != stored
    assert differences(stored, updated, tmp_path, monkeypatch) == set()


DECAYED = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--decay", type=int, default=1)
decay = parser.parse_args().decay
for step in range(10):
    {set_rate}
    loss = F.mse_loss(model(x), x.sum(1, keepdim=True))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
"""
ONLY_IF = """if decay:
        optimizer.param_groups[0]["lr"] = 0.1 * step / 10"""
ALWAYS = 'optimizer.param_groups[0]["lr"] = 0.1 * step / 10 if decay else {otherwise}'


@pytest.mark.parametrize(("otherwise", "found"), [(0.1, set()), (0.2, {"LEARNING_RATE value"})])
def test_a_rate_that_is_not_set_is_what_the_optimizer_began_with(
    otherwise: float, found: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = ONLY_IF, ALWAYS.format(otherwise=otherwise)
    programs = (DECAYED.replace("{set_rate}", rate) for rate in rates)
    assert differences(*programs, tmp_path, monkeypatch) == found
