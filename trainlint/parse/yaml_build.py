"""PyYAML's node tree comes in, config facts with places, duplicates and refusals go out."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import yaml

from trainlint.facts.config import Key
from trainlint.facts.interpolation import InterpolationFault
from trainlint.facts.yaml import (
    YamlDuplicate,
    YamlEntry,
    YamlList,
    YamlMap,
    YamlNode,
    YamlProblem,
    YamlScalar,
)
from trainlint.parse.interpolation import parse_template
from trainlint.parse.yaml_merge import MergeFault, Pairs, merged_pairs
from trainlint.parse.yaml_scalars import CONVERSIONS, MERGE, PREFIX, STR, VALUE
from trainlint.record import state
from trainlint.source import SourceFile, Span

#: A text whose aliases expand to more nodes than this is a bomb.
MAX_NODES = 200_000

#: Refusals of OmegaConf, which sees only what YAML has loaded.
_LATE = ("GrammarParseError", "KeyValidationError")
_PATHS = tuple(f"{PREFIX}python/object/apply:pathlib.{name}" for name in ("Path", "PosixPath", "WindowsPath"))


class Refused(Exception):  # noqa: N818 - it ends a read, it is no error of ours
    """The text as a whole is no config."""

    def __init__(self, problem: YamlProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@state
class Builder:
    """One pass over a node tree; aliased nodes are built once and shared.

    `whole` stands for every place when the text is itself a scalar of another text.
    """

    source: SourceFile
    whole: Span | None = None
    problems: list[YamlProblem] = field(default_factory=list)
    duplicates: list[YamlDuplicate] = field(default_factory=list)
    _built: dict[int, tuple[YamlNode, int]] = field(default_factory=dict)
    _open: set[int] = field(default_factory=set)
    _pairs: dict[int, Pairs] = field(default_factory=dict)
    _size: int = 0
    _repeated: int = 0

    def read(self, root: yaml.Node) -> YamlNode:
        """The facts of a whole text; raises Refused when it is no config."""
        if isinstance(root, yaml.ScalarNode):
            return self._scalar(root, top_level=True)
        if "<<" in self.source.text:
            try:
                self._pairs = merged_pairs(root, self._find_duplicates)
            except MergeFault as fault:
                message = "`<<` takes a mapping or a list of mappings"
                raise Refused(YamlProblem(message, self._span(fault.node), str(fault))) from None
        return self.build(root)

    def build(self, node: yaml.Node) -> YamlNode:
        """The facts of a node, aliased ones built once."""
        if isinstance(node, yaml.ScalarNode):
            self._size += 1
            return self._scalar(node)
        known = self._built.get(id(node))
        if known is not None:
            self._grow(node, known[1])
            return known[0]
        if id(node) in self._open:
            raise Refused(YamlProblem("an anchor that contains itself", self._span(node), "RecursionError"))
        self._open.add(id(node))
        before = self._size
        self._size += 1
        built = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        self._open.discard(id(node))
        self._built[id(node)] = built, self._size - before
        return built

    def _grow(self, node: yaml.Node, nodes: int) -> None:
        """Count nodes that stand in the tree once more; a text alone can hold any number."""
        self._size += nodes
        self._repeated += nodes
        if self._repeated > MAX_NODES:
            message = f"aliases expand to more than {MAX_NODES} nodes"
            raise Refused(YamlProblem(message, self._span(node), "MemoryError"))

    def _span(self, node: yaml.Node) -> Span:
        if self.whole is not None:
            return self.whole
        start, end = node.start_mark, node.end_mark
        return Span(self.source.display, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _refuse(self, node: yaml.Node, message: str, hydra: str) -> None:
        self.problems.append(YamlProblem(message, self._span(node), hydra))

    def _scalar(self, node: yaml.ScalarNode, *, top_level: bool = False) -> YamlScalar:
        span = self._span(node)
        tag, text = node.tag, node.value
        if tag == STR:
            if "${" in text and not top_level:
                self._check_interpolation(text, span)
            return YamlScalar(text, span)
        conversion = CONVERSIONS.get(tag)
        if conversion is None:
            words = f"could not determine a constructor for the tag {tag!r}"
            self._refuse(node, f"the tag `{_short(tag)}` cannot be used in a config", words)
            return YamlScalar(text, span)
        try:
            return YamlScalar(conversion(text), span)
        except (ValueError, KeyError, IndexError) as error:
            self._refuse(node, f"`{text}` is not a valid {_short(tag)}", f"{type(error).__name__}: {error}")
            return YamlScalar(text, span)

    def _check_interpolation(self, text: str, span: Span) -> None:
        fault = parse_template(text)
        if isinstance(fault, InterpolationFault) and fault.on_load:
            message = f"`{text}` is not an interpolation that can be read: {fault.message}"
            self.problems.append(YamlProblem(message, span, f"GrammarParseError: {fault.message}"))

    def _sequence(self, node: Any) -> YamlNode:
        if node.tag in _PATHS:
            parts = [str(item.value) for item in node.value if isinstance(item, yaml.ScalarNode)]
            return YamlScalar("/".join(parts), self._span(node))
        items = tuple([self.build(item) for item in node.value])
        if node.tag != PREFIX + "seq":
            self._check_tag(node)
        return YamlList(items, self._extent(node, items[-1].span if items else None))

    def _mapping(self, node: Any) -> YamlMap:
        pairs = self._pairs.get(id(node))
        if pairs is None:
            pairs = node.value
            self._find_duplicates(pairs)
        entries: dict[Key, YamlEntry] = {}
        keys = [self._key(key_node) for key_node, _value in pairs]
        last_index = {key: index for index, key in enumerate(keys)}
        for index, (key_node, value_node) in enumerate(pairs):
            key, before = keys[index], len(self.problems)
            value = self.build(value_node)
            if last_index[key] != index:
                self._forget_late_problems(before)
            if key is not None:
                key = entries[key].key if key in entries else key
                entries[key] = YamlEntry(key, self._span(key_node), value)
        if node.tag != PREFIX + "map":
            self._check_tag(node)
        last = node.value[-1][1] if node.value else None
        end = self._built[id(last)][0].span if id(last) in self._built else last and self._span(last)
        return YamlMap(tuple(entries.values()), self._extent(node, end))

    def _forget_late_problems(self, before: int) -> None:
        """A value that a later key hides is loaded as YAML but never becomes a part of the config."""
        found = self.problems[before:]
        self.problems[before:] = [problem for problem in found if not problem.hydra.startswith(_LATE)]

    def _check_tag(self, node: Any) -> None:
        words = f"could not determine a constructor for the tag {node.tag!r}"
        self._refuse(node, f"the tag `{_short(node.tag)}` cannot be used in a config", words)

    def _extent(self, node: Any, last: Span | None) -> Span:
        """From the first character to the last child's end: block nodes end where the next one starts."""
        span = self._span(node)
        if last is None or node.flow_style or (last.end_line, last.end_column) < (span.line, span.column):
            return span
        return Span(span.file, span.line, span.column, last.end_line, last.end_column)

    def _key(self, node: Any) -> Key | None:
        if not isinstance(node, yaml.ScalarNode):
            raise Refused(
                YamlProblem("a list or mapping cannot be a key", self._span(node), "found unhashable key")
            )
        if node.tag in (STR, VALUE):
            return str(node.value)
        key = self._scalar(node).value
        if key is None:
            self._refuse(
                node, "`null` cannot be a key", "KeyValidationError: Incompatible key type 'NoneType'"
            )
        return key

    def _find_duplicates(self, pairs: Pairs) -> None:
        """Keys written twice; only strings stop OmegaConf, but any second one hides the first."""
        seen: dict[tuple[str, str], Any] = {}
        for key_node, _value in pairs:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == MERGE:
                continue
            first = seen.setdefault((key_node.tag, key_node.value), key_node)
            if first is not key_node:
                here, there = self._span(key_node), self._span(first)
                self.duplicates.append(
                    YamlDuplicate(str(key_node.value), here, there, refused=key_node.tag == STR)
                )


def _short(tag: str) -> str:
    return "!!" + tag.removeprefix(PREFIX) if tag.startswith(PREFIX) else tag
