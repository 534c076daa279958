"""Hydra plugins are read where they are installed, and doubted where they compute."""

from __future__ import annotations

from pathlib import Path

from trainlint.chain.hydra_plugins import read_plugins
from trainlint.chain.imports import Library
from trainlint.facts.value import Unknown
from trainlint.source import Files

LAUNCHER = """
from dataclasses import dataclass
from hydra.core.config_store import ConfigStore

@dataclass
class FastConf:
    _target_: str = "hydra_plugins.fast.Fast"
    workers: int = 2

ConfigStore.instance().store(group="hydra/launcher", name="fast", node=FastConf)
"""
COLORS = """
class Colors(SearchPathPlugin):
    def manipulate_search_path(self, search_path):
        search_path.append("colors", "pkg://hydra_plugins.colors.conf")
"""
COMPUTED = """
class Somewhere(SearchPathPlugin):
    def manipulate_search_path(self, search_path):
        search_path.append("somewhere", find())
"""


def write(root: Path, name: str, text: str) -> None:
    path = root / "hydra_plugins" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_plugin_s_configs_and_places_are_found(tmp_path: Path) -> None:
    write(tmp_path, "fast/config.py", LAUNCHER)
    write(tmp_path, "colors/__init__.py", COLORS)
    plugins = read_plugins(Library(Files(tmp_path)), (tmp_path,))
    (stored,) = plugins.stored
    assert (stored.group.value, stored.name.value) == ("hydra/launcher", "fast")
    assert stored.schema is not None
    assert [field.name for field in stored.schema.fields] == ["_target_", "workers"]
    assert [place.text for place in plugins.places] == ["pkg://hydra_plugins.colors.conf"]


def test_a_place_that_is_computed_leaves_doubt(tmp_path: Path) -> None:
    write(tmp_path, "somewhere.py", COMPUTED)
    (place,) = read_plugins(Library(Files(tmp_path)), (tmp_path,)).places
    assert isinstance(place.directory, Unknown)


def test_without_plugins_nothing_is_read(tmp_path: Path) -> None:
    library = Library(Files(tmp_path))
    assert read_plugins(library, (tmp_path,)).stored == ()
    assert library.files.files_read == 0
