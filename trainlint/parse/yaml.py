"""The text of a config file comes in, its nodes as OmegaConf would load them go out."""

from __future__ import annotations

from trainlint.facts.yaml import (
    ConfigText,
    YamlEntry,
    YamlList,
    YamlMap,
    YamlNode,
    YamlProblem,
    YamlScalar,
)
from trainlint.parse.yaml_build import Builder, Refused
from trainlint.parse.yaml_nodes import compose_nodes
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

#: Hydra looks for its header in so many characters.
_HEADER_CHARACTERS = 512
_HEADER = regex(r"\s*#\s*@")


def read_config(source: SourceFile) -> ConfigText:
    """The facts of one config file; never raises."""
    package, header_problem = _header(source)
    problems = [header_problem] if header_problem else []
    builder = Builder(source)
    body, sequence = _body(source, builder, problems)
    problems += builder.problems
    defaults = next((entry for entry in body.entries if entry.key == "defaults"), None)
    if defaults is not None:
        body = YamlMap(tuple(entry for entry in body.entries if entry is not defaults), body.span)
    return ConfigText(
        source.display, body, defaults, package, tuple(problems), tuple(builder.duplicates), sequence
    )


def _body(
    source: SourceFile, builder: Builder, problems: list[YamlProblem]
) -> tuple[YamlMap, YamlList | None]:
    """The top level as a mapping or a list: what OmegaConf makes of a text that is something else."""
    start = Span.at(source.display)
    node = _node(builder, problems)
    if isinstance(node, YamlList):
        return YamlMap((), start), node
    if isinstance(node, YamlScalar) and node.value is not None:
        if isinstance(node.value, str):
            return _lone_text(builder, node, problems)
        kind = type(node.value).__name__
        words = f"OSError: Invalid loaded object type: {kind}"
        problems.append(YamlProblem(f"a config must be a mapping, not a lone {kind}", node.span, words))
    return node if isinstance(node, YamlMap) else YamlMap((), start), None


def _node(builder: Builder, problems: list[YamlProblem]) -> YamlNode | None:
    root = compose_nodes(builder.source)
    if isinstance(root, YamlProblem):
        problems.append(root)
        return None
    try:
        return None if root is None else builder.read(root)
    except Refused as refused:
        problems.append(refused.problem)
        return None


def _lone_text(
    outer: Builder, text: YamlScalar, problems: list[YamlProblem]
) -> tuple[YamlMap, YamlList | None]:
    """OmegaConf reads a lone text as YAML once more; what is a text again is a key without a value."""
    source, span = outer.source, text.span
    inner = SourceFile(source.path, source.display, str(text.value))
    builder = Builder(inner, span, outer.problems, outer.duplicates)
    node = _node(builder, problems)
    if isinstance(node, YamlList):
        return YamlMap((), span), node
    if isinstance(node, YamlMap):
        return node, None
    if node is None or node.value is None:
        return YamlMap((), span), None
    if not isinstance(node.value, str):
        kind = type(node.value).__name__
        problems.append(YamlProblem(f"a config must be a mapping, not a lone {kind}", span, "AssertionError"))
        return YamlMap((), span), None
    return YamlMap((YamlEntry(node.value, span, YamlScalar(None, span)),), span), None


def _header(source: SourceFile) -> tuple[tuple[str, Span] | None, YamlProblem | None]:
    """The `# @package` header with the place of its value, read as Hydra reads it."""
    package = None
    position = 0
    for line in source.text[:_HEADER_CHARACTERS].splitlines(keepends=True):
        start, position = position, position + len(line)
        if not line.strip():
            continue
        if not _HEADER.match(line):
            break
        words = line.strip().lstrip("#").strip().split(" ")
        words = [word for word in words if word]
        if len(words) != 2:
            return package, _bad_header(source, start, line, len(words))
        key, value = words[0].strip(), words[1].strip()
        if key == "@package":
            offset = source.text.find(value, start + line.find("@package") + len("@package"))
            package = value, source.span(offset, offset + len(value))
    return package, None


def _bad_header(source: SourceFile, start: int, line: str, words: int) -> YamlProblem:
    text = line.strip().lstrip("#").strip()
    span = source.span(start, start + len(line.rstrip()))
    if words < 2:
        hydra = f"ValueError: Expected header format: KEY VALUE, got '{text}'"
        return YamlProblem(f"the header `{text}` has no value", span, hydra)
    return YamlProblem(
        f"the header `{text}` has too many words", span, f"ValueError: Too many components in '{text}'"
    )
