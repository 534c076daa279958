"""Which programs put objects on a device where they make them."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.moves import moved_where_made
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("model = Network(3).to(device)\n", True),
        ("model = nets.Network().cuda()\n", True),
        ("model = Network()\nmodel.to(device)\n", False),
        ("inputs = torch.zeros(3).to(device)\n", False),
        ("model = Network().double()\n", False),
    ],
)
def test_moves_where_something_is_made(tmp_path: Path, text: str, moved: bool) -> None:
    (tmp_path / "train.py").write_text(text)
    source = Files(tmp_path).read(tmp_path / "train.py")
    assert isinstance(source, SourceFile)
    assert moved_where_made([read_module(source)]) is moved
