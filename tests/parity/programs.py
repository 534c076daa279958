"""A small program that trains, and ways to write it otherwise: some train the same, some do not."""

from __future__ import annotations

REFERENCE = '''\
"""Fits a small network to noisy sums."""

import torch
from torch import nn

STEPS, ACCUMULATION, BATCH = 6, 2, 8
torch.manual_seed(7)
features = torch.randn(96, 6)
targets = features.sum(1, keepdim=True) + 0.1 * torch.randn(96, 1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 12)
        self.drop = nn.Dropout(0.1)
        self.outer = nn.Linear(12, 1)

    def forward(self, rows):
        return self.outer(self.drop(torch.tanh(self.inner(rows))))


model = Network()
groups = [
    {"params": [w for w in model.parameters() if w.dim() > 1], "weight_decay": 0.1},
    {"params": [w for w in model.parameters() if w.dim() < 2], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.95))
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 0.5, 1.0, 4)


@torch.no_grad()
def evaluate():
    model.eval()
    loss = nn.functional.mse_loss(model(features[80:]), targets[80:])
    model.train()
    return loss.item()


for step in range(STEPS):
    for _ in range(ACCUMULATION):
        chosen = torch.randint(80, (BATCH,))
        loss = nn.functional.mse_loss(model(features[chosen]), targets[chosen])
        (loss / ACCUMULATION).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()
    print(f"step {step}: loss {loss.item():.4f}, held out {evaluate():.4f}")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, "last.pt")
'''

#: What a person who rewrites the program might lose: the name, what stood there, what stands there, the phase
#: in which that shows first.
BUGS = [
    ("loss not divided", "(loss / ACCUMULATION).backward()", "loss.backward()", "forward"),
    ("one pass too few", "range(ACCUMULATION)", "range(ACCUMULATION - 1)", "structure"),
    ("no clipping", "    nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", "", "gradnorm"),
    ("clipped elsewhere", "model.parameters(), 1.0", "model.parameters(), 2.0", "clip"),
    ("another decay", '"weight_decay": 0.1', '"weight_decay": 0.01', "config"),
    ("another beta", "(0.9, 0.95)", "(0.9, 0.999)", "config"),
    ("no warm-up", "    scheduler.step()\n", "", "lr"),
    ("warm-up from elsewhere", "optimizer, 0.5", "optimizer, 0.1", "lr"),
    ("held-out rows trained on", "randint(80,", "randint(96,", "batch"),
    ("ReLU for tanh", "torch.tanh(", "torch.relu(", "forward"),
    ("evaluated in training mode", "    model.eval()\n", "", "eval"),
    ("other rows evaluated", "features[80:]), targets[80:]", "features[:16]), targets[:16]", "eval"),
    ("wider at first", "Dropout(0.1)\n", "Dropout(0.1)\n        self.inner.weight.data *= 2\n", "init"),
    ("optimizer not saved", ', "optimizer": optimizer.state_dict()', "", "checkpoint"),
    ("gradients kept", "    optimizer.zero_grad()\n", "", "grad"),
]

_LAYERS = "nn.Sequential(inner, nn.Tanh(), self.drop, nn.Linear(12, 1))"

#: Other ways to write the same.
SAME = [
    ("names", [("chosen", "picked"), ("Network", "Fit"), ("inner", "first"), ("outer", "last_layer")]),
    ("forward by itself", [("model(features[", "model.forward(features[")]),
    (
        "a function",
        [
            ("for step in range(STEPS):\n", "def update(step):\n"),
            ('"last.pt")\n', '"last.pt")\n\n\nfor number in range(STEPS):\n    update(number)\n'),
        ],
    ),
    (
        "modules in a list",
        [
            ("self.outer(self.drop(torch.tanh(self.inner(rows))))", "self.layers(rows)"),
            ("self.inner = nn.Linear(6, 12)", "inner = nn.Linear(6, 12)"),
            ("self.outer = nn.Linear(12, 1)", f"self.layers = {_LAYERS}"),
        ],
    ),
]


def edited(edits: list[tuple[str, str]], text: str = REFERENCE) -> str:
    """The program with each piece of text put in place of another, which must be there."""
    for there, instead in edits:
        assert there in text, there
        text = text.replace(there, instead)
    return text
