"""The guides cannot go stale: their commands are run, their files are read, their links lead somewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.docs.guide import ROOT, Block, blocks, console, files_in_front, guides, shell
from trainlint.engine.settings import AllRules
from trainlint.facts.settings import Settings
from trainlint.parse.settings import read_settings_file
from trainlint.source import Files

ALL = [(guide, block) for guide in guides() for block in blocks(guide.read_text("utf-8"))]


def name(value: object) -> str:
    return (
        value.name if isinstance(value, Path) else f"line {value.first}" if isinstance(value, Block) else ""
    )


def of_language(*languages: str) -> list[tuple[Path, Block]]:
    return [(guide, block) for guide, block in ALL if block.language in languages]


@pytest.mark.parametrize(("guide", "block"), of_language("console"), ids=name)
def test_commands_print_what_the_guide_shows(
    guide: Path, block: Block, tmp_path: Path, warm_programs: Path
) -> None:
    assert block.folder, "say where the commands run: <!-- run in fixtures/pipelines/… -->"
    files = files_in_front(block, blocks(guide.read_text("utf-8")))
    assert console(block, files, tmp_path, str(warm_programs / "python")) == block.content


@pytest.mark.parametrize(("guide", "block"), of_language("toml", "yaml", "json"), ids=name)
def test_files_can_be_read(guide: Path, block: Block, tmp_path: Path) -> None:
    if block.language == "yaml":
        assert yaml.safe_load(block.content)
    elif block.language == "json":
        assert json.loads(block.content)
    else:
        assert block.file, "label the block with the file's name"
        (tmp_path / block.file).write_text(block.content)
        settings = read_settings_file(Files(tmp_path), Path(block.file), lambda *_: AllRules())
        assert isinstance(settings, Settings), settings


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(child)


def trainlint_lines() -> list[tuple[Path, str]]:
    """The commands of CI files, which need a service to run as a whole."""
    found = [
        (guide, text)
        for guide, block in of_language("yaml")
        for text in strings(yaml.safe_load(block.content))
    ]
    return [
        (guide, line) for guide, text in found for line in text.splitlines() if line.startswith("trainlint ")
    ]


@pytest.mark.parametrize(("guide", "line"), trainlint_lines())
def test_commands_of_ci_files_are_understood(guide: Path, line: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "fixtures/pipelines/lightning-style", project)
    run = shell(line, project)
    assert run.returncode in (0, 1), run.stderr


@pytest.mark.parametrize("guide", guides(), ids=name)
def test_links_lead_somewhere(guide: Path) -> None:
    text = re.sub(r"```.*?```", "", guide.read_text("utf-8"), flags=re.S)
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [target for target in targets if not (guide.parent / target).exists()] == []


def test_every_setting_is_described() -> None:
    from trainlint.parse.settings_schema import SETTINGS

    text = (ROOT / "docs/configuration.md").read_text("utf-8")
    assert [setting for setting in SETTINGS if f"| `{setting}` |" not in text] == []
