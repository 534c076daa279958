"""Tokens of assignments and declarations in, the variables of the shell changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.cells import Reader
from trainlint.parse.shell.closing import closing_bracket
from trainlint.parse.shell.expand import assigned_cells, expand, joined
from trainlint.parse.shell.pieces import Elements, Literal, Piece, Stretch, Token, TokenKind
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Array, Shell, Text, Variable, bounded, text_of, with_element
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.regex import regex

_HEAD = regex(r"([A-Za-z_]\w*)(?:(\+?)=|\[)", re.ASCII)
_EQUALS = regex(r"(\+?)=")
_NAME = regex(r"[A-Za-z_]\w*\Z", re.ASCII)
_OPTION = regex(r"[-+][A-Za-z]+\Z")
#: Attributes that change what is assigned: integer, name reference, lower and upper case.
_CHANGING = regex(r"-\w*[inlu]")


@record
class Target:
    """What a token assigns to, and where in the source its value begins."""

    name: str
    subscript: Stretch | None
    appends: bool
    value: int


def assigned(token: Token, source: ShellText) -> Target | None:
    """What a token assigns to; quotes in front of the `=` make it an ordinary word."""
    first = token.pieces[0] if token.pieces else None
    if first is not None and (not isinstance(first, Literal) or first.quoted):
        return None
    found = _HEAD.match(first.text if isinstance(first, Literal) else token.text)
    if found is None:
        return None
    if found[2] is not None:
        return Target(found[1], None, bool(found[2]), token.start + found.end())
    start = token.start + found.end()
    close = closing_bracket(source.text, start, token.end)
    equals = _EQUALS.match(source.text, close + 1, token.end) if close >= 0 else None
    if equals is None:
        return None
    return Target(found[1], Stretch(start, close), bool(equals[1]), equals.end())


def assign(shell: Shell, source: ShellText, token: Token, associative: bool = False) -> None:
    """Do the assignment that a token is; `associative` says that a new array is one."""
    target = assigned(token, source)
    if target is None:
        return
    pieces = _behind(token, target.value)
    span = source.span(token.start, token.end)
    before = shell.variables.get(target.name)
    if target.name in shell.special:
        unknown = Unknown(f"`{target.name}` has an attribute that changes what is assigned", span)
        shell.assign(target.name, Text.of(unknown))
    elif len(pieces) == 1 and isinstance(pieces[0], Elements) and target.subscript is None:
        associative = associative or (isinstance(before, Array) and before.associative)
        start = before if target.appends else None
        shell.variables[target.name] = bounded(_array(source, pieces[0].inner, shell, start, associative))
    else:
        word = joined(assigned_cells(pieces, source, shell), token.text, source.span(target.value, token.end))
        text = Text(word.parts or ("",), word.spans or (word.span,))
        if target.subscript is None:
            _assign_text(shell, target, text)
        else:
            _assign_element(shell, source, target, text)


def _assign_text(shell: Shell, target: Target, text: Text) -> None:
    before = shell.variables.get(target.name)
    if target.appends:
        if isinstance(before, Array):
            first = before.elements.get("0") if isinstance(before.elements, Mapping) else None
            text = first + text if first else text
        elif before is not None:
            text = before + text
        elif target.name not in shell.removed:
            unknown = Unknown(f"`{target.name}` is appended to what the environment has", text.span)
            text = Text.of(unknown) + text
    if target.name in shell.integers:
        text = _computed(shell, target, before, text)
    shell.assign(target.name, text)


def _computed(shell: Shell, target: Target, before: Variable | None, text: Text) -> Text:
    """What a variable with the integer attribute becomes; `text` has been appended already."""
    known = text.known
    if known is not None and target.appends and isinstance(before, Text) and before.known is not None:
        known = f"({before.known or 0})+({known[len(before.known) :]})"
    number = None if known is None else evaluate(known, shell)
    unknown = Unknown(f"`{target.name}` is computed when the job runs", text.span)
    return Text.of(unknown if number is None else Known(str(number), text.span))


def _assign_element(shell: Shell, source: ShellText, target: Target, text: Text) -> None:
    """`A[key]=text`."""
    assert target.subscript is not None
    before = shell.variables.get(target.name)
    array = before if isinstance(before, Array) else Array({"0": before} if before else {})
    raw = Reader(source, shell).text(target.subscript).known
    key = _key(array, raw, shell)
    if key is None or isinstance(array.elements, Unknown):
        unknown = Unknown(f"which element of `{target.name}` is assigned is not known", text.span)
        shell.variables[target.name] = Array(unknown, array.associative)
        return
    if target.appends and key in array.elements:
        text = array.elements[key] + text
    shell.variables[target.name] = with_element(array, key, text)


def _key(array: Array, raw: str | None, shell: Shell) -> str | None:
    if raw is None:
        return None
    if array.associative:
        return raw
    index = evaluate(raw, shell)
    return None if index is None or index < 0 else str(index)


def _behind(token: Token, start: int) -> list[Piece]:
    """The pieces of a token from an offset in its source on."""
    if not token.pieces:
        text = token.text[start - token.start :]
        return [Literal(text, True, start, token.end)] if text else []
    found: list[Piece] = []
    for piece in token.pieces:
        if piece.start >= start:
            found.append(piece)
        elif isinstance(piece, Literal) and piece.end > start:
            found.append(Literal(piece.text[start - piece.start :], piece.quoted, start, piece.end))
    return found


def _array(source: ShellText, inner: Stretch, shell: Shell, before: object, associative: bool) -> Array:
    """The array of `name=(…)`, or of `name+=(…)` when there is one before."""
    elements = _elements_before(before)
    for token in scan(source, inner.start, inner.end).tokens:
        span = source.span(token.start, token.end)
        if token.kind is TokenKind.COMMENT or token.text == "\n":
            continue
        if token.kind is not TokenKind.WORD:
            return Array(Unknown(f"`{token.text}` stands inside an array", span), associative)
        place = _keyed(token, source)
        if place is None and associative:
            return Array(Unknown("an associative array is given without its keys", span), True)
        if place is None:
            for word in expand(token, source, shell):
                elements[str(_next(elements))] = text_of(word)
            continue
        key = _key(Array({}, associative), Reader(source, shell).text(place[0]).known, shell)
        if key is None or any(text.splits for text in elements.values()):
            return Array(Unknown("which element is assigned is not known", span), associative)
        word = joined(assigned_cells(_behind(token, place[1]), source, shell), token.text, span)
        elements[key] = Text(word.parts or ("",), word.spans or (span,))
        if not associative:
            elements = dict(sorted(elements.items(), key=lambda item: int(item[0])))
    return Array(elements, associative)


def _elements_before(before: object) -> dict[str, Text]:
    if isinstance(before, Text):
        return {"0": before}
    if not isinstance(before, Array):
        return {}
    if isinstance(before.elements, Unknown):
        return {"0": Text((before.elements,), (before.elements.span,), True)}
    return dict(before.elements)


def _next(elements: dict[str, Text]) -> int:
    """The index behind the last one; the elements are in order."""
    return int(next(reversed(elements))) + 1 if elements else 0


def _keyed(token: Token, source: ShellText) -> tuple[Stretch, int] | None:
    """The subscript of an element `[key]=value`, and where its value begins."""
    if not token.text.startswith("["):
        return None
    close = closing_bracket(source.text, token.start + 1, token.end)
    if close < 0 or not source.text.startswith("=", close + 1) or close + 1 >= token.end:
        return None
    return Stretch(token.start + 1, close), close + 2


def declare(shell: Shell, source: ShellText, builtin: str, tokens: Sequence[Token]) -> None:
    """`export`, `declare`, `local`, `readonly`: assignments with attributes."""
    options = [token.text for token in tokens if _OPTION.match(token.text)]
    exports = builtin == "export" or any(option[0] == "-" and "x" in option for option in options)
    removes = builtin == "export" and "-n" in options
    if any(option[0] == "-" and set(option) & set("pfF") for option in options):
        return
    for token in tokens:
        if _OPTION.match(token.text):
            continue
        target = assigned(token, source)
        name = target.name if target else _quoted_assignment(shell, source, token)
        if any(map(_CHANGING.match, options)) and builtin != "export":
            _give_attribute(shell, source, token, target, options)
        _new_array(shell, name, options, bool(target))
        if target is None:
            if builtin == "local" and _NAME.match(name) and name == token.text:
                shell.remove(name)
                _new_array(shell, name, options, False)
        elif _has_braces(token):
            unknown = Unknown("braces expand before the assignment", source.span(token.start, token.end))
            shell.assign(name, Text.of(unknown))
        else:
            assign(shell, source, token)
        if exports and _NAME.match(name):
            shell.exported = shell.exported - {name} if removes else shell.exported | {name}


def _give_attribute(
    shell: Shell, source: ShellText, token: Token, target: Target | None, options: Sequence[str]
) -> None:
    """What is assigned to such a variable is not followed, nor to one that it is another name of."""
    name = target.name if target else token.text
    if all("n" not in option and "l" not in option and "u" not in option for option in options):
        shell.integers |= {name}
        return
    shell.special |= {name}
    if target is None or not any("n" in option for option in options):
        return
    word = joined(assigned_cells(_behind(token, target.value), source, shell), token.text, source.span(0, 0))
    other = word.text
    if isinstance(other, Known):
        span = source.span(token.start, token.end)
        shell.special |= {other.value}
        shell.variables[other.value] = Text.of(Unknown(f"`{name}` is another name for `{other.value}`", span))


def _new_array(shell: Shell, name: str, options: Sequence[str], assigned_too: bool) -> None:
    """`declare -A name` makes an empty array unless there is one."""
    associative = any("A" in option for option in options)
    if not associative and not any("a" in option for option in options):
        return
    before = shell.variables.get(name)
    if not isinstance(before, Array) or (associative and not before.associative):
        first = {"0": before} if isinstance(before, Text) and not assigned_too else {}
        shell.variables[name] = Array({} if associative else first, associative)


def _quoted_assignment(shell: Shell, source: ShellText, token: Token) -> str:
    """The name of `export "A=x"`, which has been assigned then; otherwise the word as it is."""
    if not token.pieces:
        return token.text
    for word in expand(token, source, shell):
        name, equals, _ = word.literal_prefix.partition("=")
        if equals and _NAME.match(name):
            shell.assign(name, text_of(word, len(name) + 1))
        return name
    return token.text


def _has_braces(token: Token) -> bool:
    return any(
        isinstance(piece, Literal) and not piece.quoted and "{" in piece.text for piece in token.pieces
    )
