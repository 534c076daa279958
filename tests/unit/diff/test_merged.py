"""Two scripts and the program that they were merged into."""

from __future__ import annotations

from pathlib import Path

from tests.unit.diff.programs import TRAINING, write
from trainlint.engine.compare import Ask, compare
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.facts.settings import Settings
from trainlint.source import Files

HEAD = "import os\nimport torch\n"
FRESH = HEAD + "torch.manual_seed(1)\n" + TRAINING
RESUMED = HEAD + "saved = torch.load('run.pt')\ntorch.manual_seed(2)\n" + TRAINING
MERGED = HEAD + (
    "if os.environ.get('RESUME'):\n"
    "    saved = torch.load('run.pt')\n"
    "    torch.manual_seed({resumed})\n"
    "else:\n"
    "    torch.manual_seed({fresh})\n"
)


def held(root: Path, fresh: int = 1, resumed: int = 2) -> Comparison:
    """Both scripts held against what they were merged into."""
    merged = MERGED.format(fresh=fresh, resumed=resumed) + TRAINING
    write(root, {"fresh.py": FRESH, "resumed.py": RESUMED, "merged.py": merged})
    found = compare(Ask(("fresh.py", "resumed.py"), "merged.py"), Files(root), Settings())
    assert isinstance(found, Comparison)
    return found


def seeds(found: Comparison) -> list[tuple[str, bool]]:
    """The file of each seed of the scripts, and whether it is kept."""
    pairs = found.pairs_of(Kind.SEED)
    return [(pair.reference.span.file, pair.differences == ()) for pair in pairs]


def test_each_script_is_held_against_its_part(tmp_path: Path) -> None:
    found = held(tmp_path)
    assert seeds(found) == [("fresh.py", True), ("resumed.py", True)]
    assert found.lost == ()


def test_a_change_is_told_of_the_script_that_it_concerns(tmp_path: Path) -> None:
    assert seeds(held(tmp_path, resumed=3)) == [("fresh.py", True), ("resumed.py", False)]
    assert seeds(held(tmp_path / "other", fresh=3)) == [("fresh.py", False), ("resumed.py", True)]
