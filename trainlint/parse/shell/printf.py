"""The words behind `printf` in, the text that it prints out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.facts.launch import Word
from trainlint.facts.value import Known
from trainlint.parse.shell.state import Text, concatenated, text_of
from trainlint.regex import regex
from trainlint.source import Span

_DIRECTIVE = regex(r"%(?:(?P<text>s)|(?P<number>0?\d{0,3})[di]|(?P<percent>%))|\\(?P<escape>[nt\\])|[^%\\]+")
_INTEGER = regex(r"-?(?:0|[1-9]\d{0,17})\Z", re.ASCII)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def formatted(words: Sequence[Word], span: Span) -> Text | None:
    """What is printed; None for formats that are not followed. Words left over fill it in again."""
    form = words[0].text if words else None
    if not isinstance(form, Known) or form.value.startswith("-") or any(word.splits for word in words):
        return None
    arguments = list(words[1:])
    directives = _directives(form.value)
    found = [Text.at("", span)]
    while directives is not None:
        before = len(arguments)
        for directive in directives:
            printed = _printed(directive, arguments, words[0].span)
            if printed is None:
                return None
            found.append(printed)
        if not arguments:
            return concatenated(found)
        if len(arguments) == before:
            return None
    return None


def _directives(form: str) -> list[re.Match[str]] | None:
    """The parts of a format; None when one is not followed."""
    found, position = [], 0
    while position < len(form):
        directive = _DIRECTIVE.match(form, position)
        if directive is None:
            return None
        found.append(directive)
        position = directive.end()
    return found


def _printed(directive: re.Match[str], arguments: list[Word], span: Span) -> Text | None:
    if directive["escape"]:
        return Text.at(_ESCAPES[directive["escape"]], span)
    if directive["percent"]:
        return Text.at("%", span)
    if directive["text"] is None and directive["number"] is None:
        return Text.at(directive.group(), span)
    if not arguments:
        return Text.at("" if directive["text"] else f"%{directive['number']}d" % 0, span)
    argument = arguments.pop(0)
    if directive["text"]:
        return text_of(argument)
    text = argument.text
    if not isinstance(text, Known) or not _INTEGER.match(text.value):
        return None
    return Text.at(f"%{directive['number']}d" % int(text.value), argument.span)
