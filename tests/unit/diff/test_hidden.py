"""Programs with a module that is not there, and which effects of the reference it may hide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import write
from trainlint.engine.compare import Ask, compare
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.facts.settings import Settings
from trainlint.source import Files

REFERENCE = """\
import torch

torch.manual_seed(3)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(4, 2)).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    print(f"loss {loss.item()}")
"""
CANDIDATE = """\
import torch
from own.parts import part

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(4, 2)).mean()
    loss.backward()
    optimizer.step()
"""
AT_IMPORT = {Kind.SEED}
ALWAYS = AT_IMPORT | {Kind.LOG}
ALL = ALWAYS | {Kind.ZERO_GRAD, Kind.CLIP}


def compared(root: Path, candidate: str) -> Comparison:
    write(root, {"train.py": REFERENCE, "new.py": candidate, "own/__init__.py": ""})
    found = compare(Ask(("train.py",), "new.py"), Files(root), Settings())
    assert isinstance(found, Comparison)
    return found


@pytest.mark.parametrize(
    ("added", "kinds"),
    [
        ("", AT_IMPORT),
        ("    part(step)\n", ALWAYS),
        ("    part(step, loss)\n", ALWAYS),
        ("    part(loss=loss.detach())\n", ALWAYS),
        ("    part(optimizer)\n", ALL),
        ("    part(step, [model])\n", ALL),
        ('    part({"parameters": model.parameters()})\n', ALL),
        ("    part(step).go(model)\n", ALL),
        ("    exec(input())\n", ALL),
    ],
)
def test_only_what_gets_an_object_may_have_what_is_done_to_it(
    tmp_path: Path, added: str, kinds: set[Kind]
) -> None:
    found = compared(tmp_path, CANDIDATE + added)
    lost = {effect.order: effect.kind for effect in found.lost}
    assert {lost[order] for order in found.hidden} & ALL == kinds
    told = [entry for entry in found.not_checked if "of the reference" in entry.reason]
    assert len(told) >= len(kinds)
    assert {entry.span.file for entry in told} == {"new.py"}


def test_a_class_with_a_base_that_is_not_there_may_do_everything(tmp_path: Path) -> None:
    loop = "class Own(part):\n    pass\n\nOwn().run()\n"
    found = compared(tmp_path, CANDIDATE + loop)
    assert {effect.kind for effect in found.lost if effect.order in found.hidden} >= ALL


def test_nothing_is_hidden_where_everything_was_followed(tmp_path: Path) -> None:
    found = compared(tmp_path, CANDIDATE.replace("from own.parts import part\n", ""))
    assert {effect.kind for effect in found.lost} >= ALL
    assert found.hidden == {}


def test_of_many_effects_the_first_are_listed(tmp_path: Path) -> None:
    shown = "".join(
        f'    print(f"value {letter * 3} {{loss.item() * {number}}}")\n'
        for number, letter in enumerate("abcdefghijklmnop", 2)
    )
    write(
        tmp_path,
        {"train.py": REFERENCE + shown, "new.py": CANDIDATE + "    part(step)\n", "own/__init__.py": ""},
    )
    found = compare(Ask(("train.py",), "new.py"), Files(tmp_path), Settings())
    assert isinstance(found, Comparison)
    told = [entry.reason for entry in found.not_checked if "of the reference" in entry.reason]
    assert len(told) == 13
    assert told[-1].startswith("whether 6 more effects")
