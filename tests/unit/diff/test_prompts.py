"""What a loop has a network go on from, read from programs as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import side
from trainlint.diff.compare import compare
from trainlint.facts.effects import Kind

PROGRAM = """\
import torch

WORDS = {{"a": 0, "b": 1, "b.txt": 2}}
model = torch.nn.Embedding(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    optimizer.zero_grad()
    model(torch.tensor([0])).mean().backward()
    optimizer.step()


def encode(text):
    return [WORDS[letter] for letter in text]


tokens = {start}
with torch.no_grad():
    for _ in range(20):
        tokens = torch.cat([tokens, model(tokens)[-1:].argmax(-1)])
"""


@pytest.mark.parametrize(
    ("start", "texts"),
    [
        ("torch.zeros(1, dtype=torch.long)", ()),
        ("torch.tensor([0], device='cpu')", ()),
        ("torch.tensor(encode('ab'))", ("ab",)),
        ("torch.tensor(encode('ab')).unsqueeze(0).to('cpu')", ("ab",)),
        ("torch.tensor(encode('a' if step else 'b'))", ("a", "b")),
    ],
)
def test_the_texts_that_a_prompt_is_made_of(tmp_path: Path, start: str, texts: tuple[str, ...]) -> None:
    program = side(tmp_path, {"train.py": PROGRAM.format(start=start)})
    (found,) = compare(program, program).reference.of(Kind.EVALUATION)
    prompt = found.part("prompt")
    assert prompt is not None
    assert tuple(part.value for part in prompt.operands) == texts
    assert found.made is not None
    assert found.made.line == 16


@pytest.mark.parametrize("start", ["torch.tensor(encode(input()))", "torch.tensor(encode(open('x').read()))"])
def test_a_prompt_that_only_a_run_knows_has_no_texts(tmp_path: Path, start: str) -> None:
    program = side(tmp_path, {"train.py": PROGRAM.format(start=start)})
    (found,) = compare(program, program).reference.of(Kind.EVALUATION)
    assert found.part("prompt") is None


def test_what_is_not_carried_is_no_prompt(tmp_path: Path) -> None:
    text = PROGRAM.format(start="one = torch.zeros(1, dtype=torch.long)").replace(
        "model(tokens)[-1:]", "model(one)"
    )
    program = side(tmp_path, {"train.py": text})
    (found,) = compare(program, program).reference.of(Kind.EVALUATION)
    assert found.part("prompt") is None
