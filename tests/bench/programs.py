"""A number of lines in, two generated training programs on disk out: the same bytes for the same number.

Each is a script of so many lines with ten local modules beside it. The candidate is the reference written in
another way (other names, another order of definitions), with every tenth quantity shown otherwise.
"""

from __future__ import annotations

from pathlib import Path

MODULES = 10
#: So many parts are added to the loss; the others only report.
ADDED = 5

_HEAD = """\
import argparse

import torch
import torch.nn.functional as F

{imports}

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=3e-4)
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch_size", type=int, default=8)
{options}
args = parser.parse_args()

model = torch.nn.Linear(64, 64)
optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
train_data = torch.load("train.pt")
val_data = torch.load("val.pt")
"""

_PART = """\


def {name}{part}(step, batch):
    rate = args.scale{part} * part{module}.warmed(step, {part} + args.period{part})
    if step % args.period{part} == 0:
        with torch.no_grad():
            first = val_data[: args.batch_size * {count}]
            loss = F.mse_loss(model(first), first)
        print(f"step {{step}} val loss {part} {{loss.item():.4f}}, rate {part} {{{shown}:.6f}}")
    if step == args.period{part} * {part} and args.scale{part} > 0:
        torch.save({{"model": model.state_dict(), "step": step}}, "part{part}.pt")
    return part{module}.weighted(F.mse_loss(model(batch), batch), rate)
"""

_LOOP = """\

for step in range(args.steps):
    start = step * args.batch_size
    batch = train_data[start : start + args.batch_size]
    optimizer.zero_grad()
    loss = F.mse_loss(model(batch), batch)
{calls}
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 10 == 0:
        print(f"step {{step}} train loss {{loss.item():.4f}}")
"""

_MODULE = """\
import math


def warmed(step, period):
    if step < period:
        return (step + 1) / (period + {number})
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (step - period) / (10 * period + {number}))))


def weighted(loss, rate):
    scaled = loss * rate
    return scaled / (1 + {number})


class Meter{number}:
    def __init__(self, window={number} + 1):
        self.window = window
        self.values = []

    def update(self, value):
        self.values = [*self.values[-self.window :], value]

    def mean(self):
        return sum(self.values) / max(1, len(self.values))
"""

#: A part stands in so many lines: two options, its function, its call.
_PER_PART = _PART.count("\n") + 3


def write_program(folder: Path, lines: int, candidate: bool) -> None:
    """One side: `train.py` of so many lines and ten modules."""
    folder.mkdir(parents=True)
    empty = "".join((_HEAD, _LOOP)).count("\n") + MODULES - 3
    parts = range((lines - empty) // _PER_PART)
    (folder / "train.py").write_text(_script(parts, candidate))
    for number in range(MODULES):
        (folder / f"part{number}.py").write_text(_MODULE.format(number=number))


def _script(parts: range, candidate: bool) -> str:
    name = "measure" if candidate else "report"
    options = [
        f'parser.add_argument("--{key}{part}", type={kind}, default={value})'
        for part in parts
        for key, kind, value in (("period", "int", 10 + part), ("scale", "float", f"0.{part + 1}"))
    ]
    functions = [
        _PART.format(
            name=name,
            part=part,
            module=part % MODULES,
            count=part + 1,
            shown="rate * 2" if candidate and part % 10 == 0 else "rate",
        )
        for part in (reversed(parts) if candidate else parts)
    ]
    imports = "\n".join(f"import part{number}" for number in range(MODULES))
    results = ("loss = loss + " if part < ADDED else "" for part in parts)
    calls = "\n".join(f"    {result}{name}{part}(step, batch)" for part, result in enumerate(results))
    head = _HEAD.format(imports=imports, options="\n".join(options))
    return "".join((head, *functions, _LOOP.format(calls=calls)))
