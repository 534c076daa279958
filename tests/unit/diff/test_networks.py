"""Two small networks written, what differs between them looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.compare import compare
from trainlint.diff.sides import read_side
from trainlint.facts.settings import Settings
from trainlint.source import Files

TRAIN = """
import torch
import torch.utils.checkpoint
from elsewhere import KIND, KINDS, NORMS
from torch import nn
from torch.nn import functional as F
{code}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(4, 8)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def network(made: str, result: str) -> str:
    body = "".join(f"        {line}\n" for line in ("super().__init__()", *made.splitlines()))
    return (
        f"class Network(nn.Module):\n    def __init__(self):\n{body}"
        f"    def forward(self, x):\n        return {result}\nmodel = Network()\n"
    )


def changes(root: Path, reference: str, candidate: str) -> list[str]:
    """Each change in short: the setting or the names of the parts, `-` where there is none."""
    for name, code in (("reference", reference), ("candidate", candidate)):
        (root / f"{name}.py").write_text(TRAIN.format(code=code))
    builder = Builder(Files(root), Settings())
    sides = [read_side(name, (root / f"{name}.py",), builder) for name in ("reference", "candidate")]
    found = compare(*sides).networks
    return sorted(
        change.setting
        or f"{change.reference.name if change.reference else '-'} > "
        f"{change.candidate.name if change.candidate else '-'}"
        for change in found
    )


BASE = network("self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "F.gelu(self.n(self.a(x)))")
SAME = (
    network(
        "self.b = nn.Linear(8, 2 * 2, bias=True)\nself.m = nn.LayerNorm(4, 1e-5)", "F.gelu(self.m(self.b(x)))"
    ),
    network("self.all = nn.Sequential(nn.Linear(8, 4), nn.LayerNorm(4), nn.GELU())", "self.all(x)"),
    network(
        "self.n = nn.LayerNorm(4)\nself.a = nn.Linear(8, 4)\nself.f = nn.GELU('none')",
        "self.f(self.n(self.a(x)))",
    ),
    "model = nn.Sequential(nn.Linear(8, 4), nn.LayerNorm(4), nn.GELU())\n",
    network(
        "self.all = nn.ModuleList([nn.Linear(8, 4), nn.LayerNorm(4)])", "F.gelu(self.all[1](self.all[0](x)))"
    ),
)
DIFFERENT = {
    network("self.a = nn.Linear(8, 5)\nself.n = nn.LayerNorm(5)", "F.gelu(self.n(self.a(x)))"): [
        "normalized_shape",
        "out_features",
    ],
    network("self.a = nn.Linear(8, 4, bias=False)\nself.n = nn.LayerNorm(4)", "F.gelu(self.n(self.a(x)))"): [
        "bias"
    ],
    network("self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "F.silu(self.n(self.a(x)))"): [
        "gelu > silu"
    ],
    network("self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "self.n(self.a(x))"): ["gelu > -"],
    network("self.a = nn.Linear(8, 4)", "F.gelu(self.a(x))"): ["LayerNorm > -"],
    network("self.a = nn.Linear(8, 4)\nself.n = nn.GroupNorm(2, 4)", "F.gelu(self.n(self.a(x)))"): [
        "LayerNorm > GroupNorm"
    ],
    network(
        "self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)\nnn.init.normal_(self.a.weight, std=0.1)",
        "F.gelu(self.n(self.a(x)))",
    ): [],
}
#: What may be the same, written in another way.
UNCLEAR = (
    network(
        "self.a = nn.Linear(8, 2)\nself.b = nn.Linear(8, 2)\nself.n = nn.LayerNorm(4)", "F.gelu(self.n(x))"
    ),
    network(
        "self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "x * 0.5 * (1 + torch.erf(self.n(self.a(x))))"
    ),
    network("self.a = nn.Linear(8, 4)\nself.w = nn.Parameter(torch.ones(4))", "F.gelu(self.a(x) * self.w)"),
    network("self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "getattr(F, KIND)(self.n(self.a(x)))"),
    network("self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)", "KINDS[KIND](self.n(self.a(x)))"),
    network(
        "self.a = nn.Linear(8, 4)\nself.n = nn.Sequential(nn.LayerNorm(4), nn.GELU())",
        "torch.utils.checkpoint.checkpoint(self.n, self.a(x))",
    ),
    network("self.a = nn.Linear(8, 4)\nself.n = NORMS[KIND](4)", "F.gelu(self.n(self.a(x)))"),
)


@pytest.mark.parametrize("candidate", SAME)
def test_another_way_to_write_a_network(tmp_path: Path, candidate: str) -> None:
    assert changes(tmp_path, BASE, candidate) == []


@pytest.mark.parametrize("candidate", list(DIFFERENT))
def test_another_network(tmp_path: Path, candidate: str) -> None:
    assert changes(tmp_path, BASE, candidate) == DIFFERENT[candidate]


@pytest.mark.parametrize("candidate", UNCLEAR)
def test_what_is_taken_apart_is_not_said_to_differ(tmp_path: Path, candidate: str) -> None:
    assert changes(tmp_path, BASE, candidate) == []
    assert changes(tmp_path, candidate, BASE) == []


def test_weights_that_begin_otherwise(tmp_path: Path) -> None:
    made = "self.a = nn.Linear(8, 4)\nself.b = nn.Linear(4, 8)\n"
    reference = network(
        made + "nn.init.normal_(self.a.weight, std=0.02)\nself.b.weight = self.a.weight", "self.b(self.a(x))"
    )
    wider = network(
        made + "self.a.weight.data.normal_(0.0, 0.2)\nself.b.weight = self.a.weight", "self.b(self.a(x))"
    )
    assert changes(tmp_path, reference, wider) == ["std"]
    assert changes(tmp_path, reference, network(made, "self.b(self.a(x))")) == ["normal_ > -", "weight > -"]


def test_a_dropout_that_is_off_adds_nothing(tmp_path: Path) -> None:
    options = "import argparse\nparser = argparse.ArgumentParser()\n"
    options += "parser.add_argument('--dropout', type=float, default={})\nargs = parser.parse_args()\n"
    made = "self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)\nself.d = nn.Dropout(args.dropout)"
    added = network(made, "self.d(F.gelu(self.n(self.a(x))))")
    assert changes(tmp_path, BASE, options.format(0.0) + added) == []
    assert changes(tmp_path, BASE, options.format(0.1) + added) == ["- > dropout"]


def test_options_that_are_off_add_nothing(tmp_path: Path) -> None:
    options = "import argparse\nparser = argparse.ArgumentParser()\n"
    options += "parser.add_argument('--extra', action='store_true')\nargs = parser.parse_args()\n"
    added = network(
        "self.a = nn.Linear(8, 4)\nself.n = nn.LayerNorm(4)\nif args.extra:\n    self.c = nn.Linear(4, 4)",
        "F.gelu(self.n(self.a(x)))",
    )
    assert changes(tmp_path, BASE, options + added) == []


def test_another_default_is_told_at_the_option(tmp_path: Path) -> None:
    options = "import argparse\nparser = argparse.ArgumentParser()\n"
    options += "parser.add_argument('--width', type=int, default={})\nargs = parser.parse_args()\n"
    wide = network(
        "self.a = nn.Linear(8, args.width)\nself.b = nn.Linear(args.width, 1)", "self.b(self.a(x))"
    )
    twice = wide.replace("args.width", "2 * args.width")
    assert changes(tmp_path, options.format(4) + wide, options.format(8) + wide) == []
    assert changes(tmp_path, options.format(4) + wide, options.format(4) + twice) == [
        "in_features",
        "out_features",
    ]
