"""A YAML text comes in, PyYAML's node tree of it goes out, or the place where the text is no YAML.

The C parser is used wherever it surely agrees with the pure Python loader that OmegaConf uses; texts with
rare features, and texts that the C parser refuses, are decided by the pure Python one.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from trainlint.facts.yaml import YamlProblem
from trainlint.parse.yaml_scalars import PREFIX, STR, plain_tag
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

#: Deeper nesting than this is no config; Python's own recursion limit would stop Hydra nearby.
MAX_DEPTH = 120

#: Above so many characters only the C parser is asked: the other one would take seconds to minutes.
LARGE = 200_000

#: Texts with these are read by the loader that OmegaConf uses: tabs, other line ends, directives,
#: explicit keys, merge keys, tags, and the like.
_RARE = regex(
    r"[\t\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
    r"|<<|!|^%|^(?:---|\.\.\.)"
    r"|[|>][-+0-9]*#|(?m:^=)|[:\-,\[{ ] *= *(?:$|[\n,}\]:])",
    re.MULTILINE,
)


class TooDeepError(Exception):
    """The text nests deeper than any config does."""


class _Depth:
    """The parts of a loader that PyYAML's composers call for every node."""

    depth = 0

    def descend_resolver(self, _parent: Any, _index: Any) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeepError

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return plain_tag(value or "") if implicit[0] else STR
        return PREFIX + ("seq" if kind is yaml.SequenceNode else "map")


def _c_composer() -> type[Any]:
    from yaml._yaml import CParser

    class Composer(_Depth, CParser):
        """libyaml's parser with OmegaConf's resolution of scalars."""

    return Composer


def _pure_composer() -> type[Any]:
    class Composer(
        _Depth, yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer
    ):
        """PyYAML's own parser with OmegaConf's resolution of scalars."""

        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)

    return Composer


_C_COMPOSER = _c_composer()
_PURE_COMPOSER = _pure_composer()


def needs_pure_python(text: str) -> bool:
    """Whether the C parser might read a text in another way than OmegaConf's loader."""
    return _RARE.search(text) is not None


def compose_nodes(source: SourceFile) -> yaml.Node | YamlProblem | None:
    """The root node, None for an empty text."""
    is_large = len(source.text) > LARGE
    if is_large or not needs_pure_python(source.text):
        try:
            root: yaml.Node | None = _C_COMPOSER(source.text).get_single_node()
            return root
        except TooDeepError:
            return _too_deep(source)
        except yaml.YAMLError as error:
            if is_large:
                return yaml_problem(source, error)
    try:
        pure: yaml.Node | None = _PURE_COMPOSER(source.text).get_single_node()
        return pure
    except (TooDeepError, RecursionError):
        return _too_deep(source)
    except yaml.YAMLError as error:
        return yaml_problem(source, error)
    except (ValueError, IndexError, AttributeError) as error:
        return YamlProblem(f"not YAML: {error}", Span.at(source.display), f"{type(error).__name__}: {error}")


def compose_documents(source: SourceFile) -> list[yaml.Node] | YamlProblem:
    """The root nodes of a text of several documents, whose scalars nobody resolves."""
    try:
        composer = _C_COMPOSER(source.text)
        found = []
        while composer.check_node():
            found.append(composer.get_node())
        return found
    except TooDeepError:
        return _too_deep(source)
    except yaml.YAMLError as error:
        return yaml_problem(source, error)


def _too_deep(source: SourceFile) -> YamlProblem:
    message = f"nested deeper than {MAX_DEPTH} levels"
    return YamlProblem(message, Span.at(source.display), "RecursionError: maximum recursion depth exceeded")


def yaml_problem(source: SourceFile, error: yaml.YAMLError) -> YamlProblem:
    """Where and why PyYAML refuses a text."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        message = error.problem or error.context or "not YAML"
        span = Span.at(source.display, mark.line + 1, mark.column + 1) if mark else Span.at(source.display)
        return YamlProblem(message, span, str(error))
    if isinstance(error, yaml.reader.ReaderError):
        position = min(error.position, len(source.text))
        message = f"the character {str(error.character)!r} is not allowed in YAML"
        return YamlProblem(message, source.span(position, position + 1), str(error))
    return YamlProblem(str(error) or "not YAML", Span.at(source.display), str(error))
