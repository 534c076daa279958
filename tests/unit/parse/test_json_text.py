"""The reader of JSON texts against Python's own, and its places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlint.facts.yaml import YamlList, YamlMap, YamlNode, YamlProblem, YamlScalar
from trainlint.parse.json_text import JsonReader
from trainlint.source import SourceFile


def source(text: str) -> SourceFile:
    return SourceFile(Path("c.json"), "c.json", text)


def plain(node: YamlNode) -> object:
    if isinstance(node, YamlScalar):
        return node.value
    if isinstance(node, YamlList):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.node) for entry in node.entries}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_reads_what_python_writes(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    node = JsonReader(source(text)).read()
    assert not isinstance(node, YamlProblem)
    assert plain(node) == json.loads(text)


@given(VALUES, st.data())
def test_refuses_what_python_refuses(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text)))
    broken = text[:cut] + data.draw(st.sampled_from(["", ",", "}", '"', "x", "]", ":"])) + text[cut + 1 :]
    try:
        expected: object = json.loads(broken)
    except json.JSONDecodeError:
        assert isinstance(JsonReader(source(broken)).read(), YamlProblem)
    else:
        node = JsonReader(source(broken)).read()
        assert not isinstance(node, YamlProblem)
        assert plain(node) == expected


def test_keys_and_values_have_places() -> None:
    node = JsonReader(source('{\n  "a": {"b": 5e8}\n}')).read()
    assert isinstance(node, YamlMap)
    inner = node.entries[0].node
    assert isinstance(inner, YamlMap)
    assert str(inner.entries[0].key_span) == "c.json:2"
    assert (inner.entries[0].key_span.column, inner.entries[0].node.span.column) == (9, 14)
    assert plain(node) == {"a": {"b": 5e8}}


def test_a_key_written_twice() -> None:
    reader = JsonReader(source('{"a": 1, "b": 2, "a": 3}'))
    node = reader.read()
    assert not isinstance(node, YamlProblem)
    assert plain(node) == {"b": 2, "a": 3}
    assert [(twice.key, twice.span.column, twice.first.column) for twice in reader.duplicates] == [
        ("a", 18, 2)
    ]


@pytest.mark.parametrize(
    "text", ["", "[", "{", '{"a"', '"\\x"', "[1,]", "{} {}", "01", "[" * 500, "'a'", "\u00a01"]
)
def test_says_where_a_text_is_no_json(text: str) -> None:
    assert isinstance(JsonReader(source(text)).read(), YamlProblem)
