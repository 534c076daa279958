"""What many launches set, refer to and name, held against a walk through each config alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.chain.given import ordered
from trainlint.chain.written import Written
from trainlint.compose.subtree_index import SubtreeIndex
from trainlint.facts.config import Composition, ConfigMap, ConfigNode, ConfigScalar, leaves
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_command
from trainlint.source import Files

CONFIG = """\
name: x
home: /home/ada/data
part: {size: 1, again: "${name}", items: [1, {deep: 2}], pairs: [{a: 1}]}
other: {size: 2, deep: {deeper: "${part.size}", place: ~/runs}}
"""
SCRIPT = """\
import hydra

@hydra.main(config_path=".", config_name="config", version_base=None)
def main(cfg):
    print(cfg.name)

main()
"""
LAUNCHES = [
    ("part.size=3", "name=y"),
    ("part.items=[4,5]", "part.pairs.0.a=2", "other.deep.deeper=1"),
    ("+part.new=${home}", "other.size=7"),
    ("+added.deep.list=[{a: 1}]", "~other.deep"),
    (),
    ("part.items=[]", "home=/home/grace/x", "other.deep.place='~/x'"),
]


def composed(folder: Path, builder: Builder, overrides: tuple[str, ...]) -> Composition:
    """The composition of one launch."""
    job = read_command(["python", "train.py", *overrides], folder).jobs[0]
    return builder.build(job).compositions[0]


@pytest.fixture
def configs(tmp_path: Path) -> list[Composition]:
    """The compositions of some launches of one script, which share what they do not set."""
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "train.py").write_text(SCRIPT)
    builder = Builder(Files(tmp_path), Settings())
    return [composed(tmp_path, builder, overrides) for overrides in LAUNCHES]


def test_the_leaves_of_the_command_are_those_that_a_walk_finds(configs: list[Composition]) -> None:
    written = Written()
    found = 0
    for config in configs * 2:
        assert config.root is not None
        walked = [(tuple(map(str, path)), leaf) for path, leaf in leaves(config.root) if ordered(leaf.origin)]
        assert list(written.ordered(config.root)) == walked
        found += len(walked)
    assert found > 10


def test_references_and_homes_are_those_that_a_walk_finds(configs: list[Composition]) -> None:
    written = Written()
    for config in configs * 2:
        assert config.root is not None
        scalars = [leaf for _, leaf in leaves(config.root) if isinstance(leaf, ConfigScalar)]
        references = {leaf.value for leaf in scalars if leaf.is_interpolation}
        assert set(filter(None, written.interpolations(config.root).split("\n"))) == references
        homes = [leaf for leaf in scalars if "/home/" in str(leaf.value) or "~" in str(leaf.value)]
        assert list(written.homes((config,))) == homes


def test_an_index_that_is_full_forgets_and_is_right_again(configs: list[Composition]) -> None:
    index = SubtreeIndex(lambda node: isinstance(node, ConfigScalar), 3)
    roots = [config.root for config in configs if isinstance(config.root, ConfigMap)]
    for root in roots * 2:
        expected: list[tuple[object, ConfigNode]] = [
            (path, leaf) for path, leaf in leaves(root) if isinstance(leaf, ConfigScalar)
        ]
        assert list(index.learn(root)) == expected == list(index.find(root))
        assert len(index._known) <= 3
