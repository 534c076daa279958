"""What programs show, under which labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import TRAINING, program
from trainlint.diff.labels import label_of
from trainlint.facts.effects import Kind

SHOWN = {
    "print(f'loss {loss.item():.4f}, step {step}')": ["loss", "step"],
    "print('loss {:.4f}'.format(loss.item()))": ["loss"],
    "print('loss %.4f' % loss.item())": ["loss"],
    "print('all is done')": ["all is done"],
    "import wandb\nwandb.log({'train/loss': loss.item(), 'lr': 0.1})": ["train/loss", "lr"],
    "import logging\nlogging.getLogger(__name__).info(f'best loss: {loss.item()}')": ["best loss"],
}


@pytest.mark.parametrize("text", SHOWN)
def test_each_value_has_the_words_in_front_of_it(text: str, tmp_path: Path) -> None:
    found = program(tmp_path, f"import torch\n{TRAINING}{text}\n")
    assert [effect.name for effect in found.of(Kind.LOG)] == SHOWN[text]


@pytest.mark.parametrize(
    ("text", "label"),
    [("Step 3, train loss: ", "train loss"), ("(lr=", "lr"), (" | val/loss = ", "val/loss"), ("", "")],
)
def test_the_last_words_count(text: str, label: str) -> None:
    assert label_of(text) == label
