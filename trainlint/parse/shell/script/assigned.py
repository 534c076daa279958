"""Statements in, the names of the variables that running them may set out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trainlint.parse.shell.pieces import Literal, Token
from trainlint.parse.shell.script.syntax import (
    Arithmetic,
    Background,
    Block,
    CountingFor,
    For,
    Function,
    Node,
    Pipeline,
    Simple,
    Subshell,
)
from trainlint.parse.shell.script.walk import parts, walk
from trainlint.parse.shell.script.world import Definition, Script

_ASSIGNED = re.compile(r"([A-Za-z_]\w*)(?:\[.*)?\+?=", re.ASCII | re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NAMING = frozenset(("export", "declare", "typeset", "readonly", "local", "read", "mapfile", "readarray"))
_NAMING |= {"getopts", "unset", "let", "printf"}
#: What getopts sets beside the variable that it is given.
_OPTIONS = ("OPTARG", "OPTIND")
_ARGUMENTS = "@"


def assigned_in(script: Script, block: Block, functions: Mapping[str, Definition]) -> tuple[str, ...]:
    """Every name once; `"@"` when the arguments may change, too."""
    return tuple(dict.fromkeys(_names(script, block, functions, frozenset())))


def _names(
    script: Script, block: Sequence[Node], functions: Mapping[str, Definition], inside: frozenset[str]
) -> Iterator[str]:
    for node in block:
        if isinstance(node, Simple):
            yield from _of_command(node.words, functions, inside)
        elif isinstance(node, Arithmetic):
            yield from _NAME.findall(script.source.text[node.start : node.end])
        elif isinstance(node, For):
            yield node.name.text
        elif isinstance(node, CountingFor):
            for start, end in node.header:
                yield from _NAME.findall(script.source.text[start:end])
        yield from _names(script, _same_shell(node), functions, inside)


def _same_shell(node: Node) -> Block:
    """The statements inside one that run in the same shell."""
    apart = isinstance(node, Background | Function | Pipeline | Subshell)
    return () if apart else parts(node)


def _of_command(
    words: Sequence[Token], functions: Mapping[str, Definition], inside: frozenset[str]
) -> Iterator[str]:
    position = 0
    while position < len(words) and (found := _ASSIGNED.match(_plain(words[position]))):
        yield found[1]
        position += 1
    if position == len(words):
        return
    command = words[position].text
    if command in _NAMING:
        for word in words[position + 1 :]:
            if named := _NAME.match(word.text):
                yield named.group()
        yield from _OPTIONS if command == "getopts" else ()
    elif command in ("set", "shift"):
        yield _ARGUMENTS
    elif command in functions and command not in inside:
        called = functions[command]
        yield from _names(called.script, (called.body,), functions, inside | {command})


def _plain(word: Token) -> str:
    first = word.pieces[0] if word.pieces else None
    return word.text if first is None or (isinstance(first, Literal) and not first.quoted) else ""


def named_in(script: Script, block: Sequence[Node]) -> Iterator[str]:
    """Every name that some statement sets, whether it runs or not."""
    for node in walk(tuple(block)):
        yield from _names(script, (node,), {}, frozenset())
