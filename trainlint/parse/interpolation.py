"""A string with `${…}` in it comes in, its parts (or why OmegaConf's grammar refuses it) go out."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Any

from trainlint.facts.config import ScalarValue
from trainlint.facts.interpolation import (
    Argument,
    Call,
    Interpolation,
    InterpolationFault,
    ListArgument,
    Literal,
    MapArgument,
    QuotedArgument,
    Reference,
    Template,
)
from trainlint.regex import regex

#: Interpolations whose reading is certain without the grammar: plain dotted keys and plain arguments.
_KEY = r"\.*[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
_ARGUMENT = r"[A-Za-z_/%][A-Za-z0-9_/.%\-]*"
_SIMPLE = regex(rf"\$\{{(?:({_KEY})|({_NAME}):((?:{_ARGUMENT}(?:,{_ARGUMENT})*)?))\}}", re.ASCII)
#: Interpolations that nest deeper overflow Python's stack in OmegaConf's parser.
MAX_DEPTH = 200
_KEYWORDS = frozenset(("null", "true", "false", "nan", "inf"))


@lru_cache(maxsize=16384)
def parse_template(text: str) -> Template | InterpolationFault:
    """The parts of a string that contains `${`."""
    return simple(text) or by_grammar(text)


@lru_cache(maxsize=1024)
def parse_element(text: str) -> Argument | InterpolationFault:
    """What `oc.decode` makes of a string: one element of OmegaConf's grammar."""
    from omegaconf.errors import GrammarParseError
    from omegaconf.grammar_parser import parse

    try:
        tree: Any = parse(text, parser_rule="singleElement", lexer_mode="VALUE_MODE")
        return _argument(tree.getChild(0))
    except GrammarParseError as error:
        return InterpolationFault(str(error))
    except RecursionError:
        return InterpolationFault("nested too deeply")


def simple(text: str) -> Template | None:
    """The parts when every interpolation is a simple one and nothing in between needs unescaping."""
    if "\\" in text:
        return None
    parts: list[str | Reference | Call] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        match = _SIMPLE.match(text, start)
        if match is None:
            return None
        if start > position:
            parts.append(text[position:start])
        interpolation = _simple_interpolation(match)
        if interpolation is None:
            return None
        parts.append(interpolation)
        position = match.end()
    if position < len(text):
        parts.append(text[position:])
    return Template(tuple(parts))


def _simple_interpolation(match: re.Match[str]) -> Interpolation | None:
    key, name, arguments = match.groups()
    if key is not None:
        return Reference((key,), match.group())
    words = arguments.split(",") if arguments else []
    if any(word.lower() in _KEYWORDS for word in words):
        return None
    return Call((name,), tuple(Literal(word) for word in words), match.group())


def _depth(text: str) -> int:
    """How deep the braces of a text nest."""
    steps = ((char == "{") - (char == "}") for char in text)
    return max(itertools.accumulate(steps), default=0)


def by_grammar(text: str) -> Template | InterpolationFault:
    """The parts of any string, read by OmegaConf's grammar, which is imported only now."""
    if text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        return InterpolationFault("nested too deeply")
    from omegaconf.errors import GrammarParseError
    from omegaconf.grammar_parser import SIMPLE_INTERPOLATION_PATTERN, parse

    try:
        tree: Any = parse(text)
        return _template(tree.getChild(0))
    except GrammarParseError as error:
        return InterpolationFault(str(error), on_load=SIMPLE_INTERPOLATION_PATTERN.match(text) is None)
    except RecursionError:
        return InterpolationFault("nested too deeply")


def _rule(context: Any) -> str:
    """The grammar's name of a parse tree node, empty for a token."""
    return type(context).__name__.removesuffix("Context")


def _symbol(token: Any) -> str:
    """The grammar's name of a token."""
    from omegaconf.grammar.gen.OmegaConfGrammarLexer import OmegaConfGrammarLexer

    return str(OmegaConfGrammarLexer.symbolicNames[token.symbol.type])


def _template(context: Any) -> Template:
    """A `text` node, or an unquoted concatenation: literal parts unescaped, interpolations kept."""
    parts: list[str | Reference | Call] = []
    children = list(context.getChildren())
    for index, child in enumerate(children):
        following = children[index + 1] if index + 1 < len(children) else None
        if _rule(child) == "Interpolation":
            parts.append(_interpolation(child))
            continue
        text = _unescaped(child, following)
        if parts and isinstance(parts[-1], str):
            parts[-1] += text
        else:
            parts.append(text)
    return Template(tuple(parts))


def _unescaped(token: Any, following: Any) -> str:
    text = str(token.symbol.text)
    symbol = _symbol(token)
    before_interpolation = following is not None and _rule(following) == "Interpolation"
    if symbol == "ESC_INTER":
        return text[-(len(text) // 2 + 1) :]
    if (
        symbol == "ESC"
        or (symbol == "TOP_ESC" and before_interpolation)
        or (symbol == "QUOTED_ESC" and (following is None or before_interpolation))
    ):
        return text[1::2]
    return text


def _interpolation(context: Any) -> Interpolation:
    inner = context.getChild(0)
    if _rule(inner) == "InterpolationNode":
        return Reference(_key_pieces(inner), str(context.getText()))
    name = tuple(_piece(child) for child in inner.getChild(1).getChildren())
    sequence = inner.getChild(3)
    arguments = _sequence(sequence) if _rule(sequence) == "Sequence" else ()
    return Call(_joined(name), arguments, str(context.getText()))


def _key_pieces(context: Any) -> tuple[str | Reference | Call, ...]:
    pieces: list[str | Reference | Call] = []
    for child in context.getChildren():
        if _rule(child) == "ConfigKey":
            pieces.append(_piece(child.getChild(0)))
        elif _symbol(child) not in ("INTER_OPEN", "INTER_CLOSE"):
            pieces.append(str(child.symbol.text))
    return _joined(tuple(pieces))


def _piece(context: Any) -> str | Reference | Call:
    if _rule(context) == "Interpolation":
        return _interpolation(context)
    return str(context.getText())


def _joined(pieces: tuple[str | Reference | Call, ...]) -> tuple[str | Reference | Call, ...]:
    """Neighbouring literal pieces in one."""
    joined: list[str | Reference | Call] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def _sequence(context: Any) -> tuple[Argument, ...]:
    """The elements of a comma list; a missing one is an empty string."""
    arguments: list[Argument] = []
    after_comma = True
    for child in context.getChildren():
        if _rule(child) == "Element":
            arguments.append(_argument(child))
            after_comma = False
        elif after_comma:
            arguments.append(Literal(""))
        else:
            after_comma = True
    if after_comma:
        arguments.append(Literal(""))
    return tuple(arguments)


def _argument(element: Any) -> Argument:
    context = element.getChild(0)
    rule = _rule(context)
    if rule == "QuotedValue":
        text = context.getChild(1) if context.getChildCount() == 3 else None
        return QuotedArgument(Template(("",)) if text is None else _template(text))
    if rule == "ListContainer":
        sequence = context.getChild(1)
        return ListArgument(_sequence(sequence) if _rule(sequence) == "Sequence" else ())
    if rule == "DictContainer":
        return MapArgument(tuple(_pair(child) for child in list(context.getChildren())[1:-1:2]))
    return _primitive(context)


def _pair(context: Any) -> tuple[ScalarValue, Argument]:
    key = _primitive(context.getChild(0))
    return (key.value if isinstance(key, Literal) else None), _argument(context.getChild(2))


def _primitive(context: Any) -> Argument:
    if context.getChildCount() > 1 or _rule(context.getChild(0)) == "Interpolation":
        template = _template(context)
        only = template.parts[0] if len(template.parts) == 1 else None
        return Literal(only) if isinstance(only, str) else template
    token = context.getChild(0)
    text = str(token.symbol.text)
    converted: dict[str, ScalarValue] = {"NULL": None, "BOOL": text.lower() == "true"}
    symbol = _symbol(token)
    if symbol == "INT":
        return Literal(int(text))
    if symbol == "FLOAT":
        return Literal(float(text))
    if symbol == "ESC":
        return Literal(text[1::2])
    return Literal(converted.get(symbol, text))
