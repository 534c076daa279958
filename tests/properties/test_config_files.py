"""A config file says to us what it says to Hydra: value for value, refusal for refusal."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tests.properties import texts
from tests.properties.case import Plain
from tests.properties.effort import effort
from tests.properties.trees import Setting, config_texts
from trainlint.facts.yaml import ConfigText, YamlList, YamlNode, YamlScalar
from trainlint.parse.yaml import read_config
from trainlint.source import SourceFile

#: What numbers, times and the other YAML 1.1 scalars are written with.
NUMBERS = st.text("0123456789.eE+-_:xXobaAfFnN~ ", min_size=1, max_size=7)
WORDS = st.text("aynofTFut01 -:#,[]{}&*!|>'\"%@`?=.${}\\\n", min_size=1, max_size=8)
SETTING = Setting({"g": ("x", "y"), "h": ("x",), "g/h": ("z",)}, faulty=True)
LISTED = (*texts.PLAIN, *texts.ODD, *texts.FLOW, *texts.INTERPOLATIONS, *texts.BROKEN)


def hydra_reads(text: str) -> tuple[str | None, Plain] | str:
    """Package header and content, or the name of the exception."""
    with TemporaryDirectory(prefix="case") as folder:
        (Path(folder) / "f.yaml").write_text(text, encoding="utf-8", newline="")
        try:
            loaded = FileConfigSource("main", folder).load_config("f")
            return loaded.header["package"], OmegaConf.to_container(loaded.config, resolve=False)
        except Exception as error:
            return f"{type(error).__name__}: {error}"


def we_read(text: str) -> tuple[str | None, Plain] | str:
    """The same of ours."""
    facts = read_config(SourceFile(Path("f.yaml"), "f.yaml", text.removeprefix("\ufeff")))
    if facts.problems or facts.duplicates:
        return "; ".join(str(problem) for problem in (*facts.problems, *facts.duplicates))
    return facts.package and facts.package[0], _content(facts)


def _content(facts: ConfigText) -> Plain:
    if facts.sequence is not None:
        return _plain(facts.sequence)
    entries = {entry.key: _plain(entry.node) for entry in facts.body.entries}
    return entries if facts.defaults is None else {**entries, "defaults": _plain(facts.defaults.node)}


def _plain(node: YamlNode) -> Plain:
    if isinstance(node, YamlScalar):
        return node.value
    if isinstance(node, YamlList):
        return [_plain(item) for item in node.items]
    return {entry.key: _plain(entry.node) for entry in node.entries}


def assert_same(text: str) -> None:
    theirs, ours = hydra_reads(text), we_read(text)
    if isinstance(theirs, str) or isinstance(ours, str):
        assert isinstance(theirs, str) == isinstance(ours, str), (text, theirs, ours)
    else:
        assert theirs[0] == ours[0], (text, theirs, ours)
        assert _ordered(theirs[1]) == _ordered(ours[1]), text


def _ordered(value: Plain) -> str:
    """A text that tells types, signs of zero and the order of keys apart; `defaults` is the last key."""
    if isinstance(value, dict) and "defaults" in value:
        value = {**{key: child for key, child in value.items() if key != "defaults"}, "": value["defaults"]}
    return repr(value)


@pytest.mark.parametrize("text", LISTED)
def test_listed_scalars(text: str) -> None:
    assert_same(f"a: {text}\n")
    assert_same(f"{text}\n")


@pytest.mark.parametrize("key", [*texts.ODD_KEYS, *texts.BROKEN_KEYS, *texts.ODD])
def test_listed_keys(key: str) -> None:
    assert_same(f"{key}: 1\n")
    assert_same(f"a:\n  {key}: 1\n")


@pytest.mark.parametrize("text", [*texts.BLOCKS, *(header + "\na: 1\n" for header in texts.BAD_HEADERS)])
def test_listed_files(text: str) -> None:
    assert_same(text)


@effort(700)
@given(NUMBERS | WORDS)
@example("1_000.5")
def test_scalars(text: str) -> None:
    assert_same(f"a: {text}\n")


@effort(400)
@given(config_texts(SETTING, "g", ("h", "g/h")))
def test_files(text: str) -> None:
    assert_same(text)
