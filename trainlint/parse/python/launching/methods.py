"""A method of a text, list, dict or path and its arguments in, the result out; lists and dicts change."""

from __future__ import annotations

import posixpath
import string
from collections.abc import Callable

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.commandline import environment_variable
from trainlint.parse.python.launching.containers import elements_of, forget, forget_all, merge
from trainlint.parse.python.launching.members import chosen_entry, entered
from trainlint.parse.python.launching.operations import path_joined, path_of
from trainlint.parse.python.launching.texts import (
    Part,
    as_text,
    blank_split,
    is_short,
    joined,
    located,
    mapped,
    parts_of,
    replaced,
    text_from,
)
from trainlint.parse.python.launching.values import (
    Call,
    FilePath,
    Items,
    Method,
    NotKnownError,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    key_of,
    python_of,
    type_name,
    value_of,
)
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text

_LONGEST = 10_000
#: A text with so many parts and places to replace is no argument of a program.
_MOST_PLACES = 50_000


def call_method(method: Method, call: Call) -> Value:
    """The result of a method of a built-in value."""
    owner = method.owner
    if isinstance(owner, Text):
        made = _TEXT.get(method.name, _plain_text)(owner, method.name, call)
    elif isinstance(owner, FilePath):
        made = _path(owner, method.name, call)
    elif isinstance(owner, Items):
        made = _items(owner, method.name, call)
    elif isinstance(owner, Table):
        made = _table(owner, method.name, call)
    else:
        made = None
    return made if made is not None else call.unknown()


def _plain_text(text: Text, name: str, call: Call) -> Value | None:
    """Methods whose result is the same text cut or changed letter by letter, or no text at all."""
    try:
        given = [python_of(value) for value in call.values]
        known = python_of(text)
        call.frame.run.route.step(len(str(known)) // 64)
        if call.words or any(isinstance(value, int) and abs(value) > _LONGEST for value in given):
            return None
        made = getattr(known, name)(*given)
    except (NotKnownError, TypeError, ValueError, AttributeError):
        return None
    if isinstance(made, str) and isinstance(known, str):
        if len(made) == len(known):
            return mapped(text, made)
        start = known.find(made)
        return located(text, made, start) if start >= 0 else Text((made,), (text.span,))
    return value_of(made, text.span)


def _join(text: Text, name: str, call: Call) -> Value | None:
    if len(call.values) != 1 or isinstance(call.values[0], Rest):
        return None
    texts: list[Text] = []
    for element in elements_of(call.values[0], call.node, call.frame):
        kind = None if isinstance(element, Rest | Text) else type_name(element)
        if kind is not None:
            message = f"is {a_kind(kind)} where texts are joined"
            runtime = f"TypeError: sequence item {len(texts)}: expected str instance, {kind} found"
            raise call.frame.run.raised("TypeError", message, element.span, runtime)
        texts.append(
            Text((element.unknown,), (element.span,)) if isinstance(element, Rest) else as_text(element)
        )
    call.frame.run.route.step(sum(len(part.parts) for part in texts))
    return joined(text, texts, call.span)


def _replace(text: Text, name: str, call: Call) -> Value | None:
    old, new, count = call.argument("old", 0), call.argument("new", 1), call.argument("count", 2)
    if not (isinstance(old, Text) and isinstance(new, Text)) or old.known is None or count is not None:
        return _plain_text(text, name, call)
    places = sum(part.count(old.known) for part in text.parts if isinstance(part, str)) * len(text.parts)
    call.frame.run.route.step(places // 16)
    made = replaced(text, old.known, new) if places < _MOST_PLACES else None
    if made is not None:
        return made
    return Text((call.unknown().unknown,), (text.span,))


def _split(text: Text, name: str, call: Call) -> Value | None:
    separator, most = call.argument("sep", 0), call.argument("maxsplit", 1)
    if text.known is None and separator is None and most is None:
        return Items(list(blank_split(text)), "list", call.span)
    try:
        known = str(python_of(text))
        by = python_of(separator) if separator is not None else None
        limit = python_of(most) if most is not None else -1
        made = getattr(known, name)(by, limit)
    except (NotKnownError, TypeError, ValueError):
        return Items([Rest(call.unknown().unknown)], "list", call.span)
    found: list[Value | Rest] = []
    position = 0
    for piece in made:
        start = known.find(piece, position)
        found.append(located(text, piece, start))
        position = start + len(piece)
    return Items(found, "list", call.span)


def _format(text: Text, name: str, call: Call) -> Value | None:
    if text.known is None or call.more is not None or any(isinstance(value, Rest) for value in call.values):
        return None
    found: list[Part] = []
    counter = position = 0
    try:
        pieces = list(string.Formatter().parse(text.known))
    except ValueError:
        return None
    for literal, field, spec, conversion in pieces:
        if literal:
            start = text.known.find(literal, position)
            found += parts_of(located(text, literal, start)) if start >= 0 else [(literal, text.span)]
            position = max(start, position) + len(literal)
        if field is None:
            continue
        given = call.argument(field) if field and not field.isdigit() else None
        if given is None and (not field or field.isdigit()):
            given = call.argument("", int(field) if field else counter)
            counter += 1
        if given is None:
            return None
        found += parts_of(_formatted(given, spec or "", conversion))
    return text_from(found, text.span)


def _formatted(given: Value, spec: str, conversion: str | None) -> Text:
    if not spec and conversion in (None, "s"):
        return as_text(given)
    try:
        if not is_short(spec):
            raise NotKnownError
        made = python_of(given)
        made = repr(made) if conversion == "r" else str(made) if conversion == "s" else made
        return Text((format(made, spec),), (given.span,))
    except (NotKnownError, TypeError, ValueError):
        return Text(
            (Unknown("a value is formatted that is only known at run time", given.span),), (given.span,)
        )


def _starts(text: Text, name: str, call: Call) -> Value | None:
    """`startswith` and `endswith`, of which a known end of the text may be enough."""
    given = call.argument("", 0)
    end = text.parts[0] if name == "startswith" else text.parts[-1]
    if isinstance(given, Text) and given.known is not None and isinstance(end, str):
        if getattr(end, name)(given.known):
            return Plain(True, text.span)
        if len(end) >= len(given.known):
            return Plain(False, text.span)
    return _plain_text(text, name, call)


_TEXT: dict[str, Callable[[Text, str, Call], Value | None]] = {
    "join": _join,
    "replace": _replace,
    "split": _split,
    "rsplit": _split,
    "splitlines": lambda text, name, call: _plain_text(text, name, call),
    "format": _format,
    "startswith": _starts,
    "endswith": _starts,
}


def _path(path: FilePath, name: str, call: Call) -> Value | None:
    frame = call.frame
    texts = [as_text(value) for value in call.values if isinstance(value, Text | FilePath | Opaque)]
    if name == "joinpath" and len(texts) == len(call.values):
        return FilePath(path_joined([path.text, *(path_of(text).text for text in texts)], call.span))
    if name in ("as_posix", "__str__", "__fspath__"):
        return path.text
    if name in ("exists", "is_file", "is_dir"):
        return frame.opaque(call.node, key=(name, path.text.parts), free=True)
    if name in ("resolve", "absolute", "expanduser") and path.text.known is not None:
        if name == "expanduser":
            return path if not path.text.known.startswith("~") else None
        if isinstance(frame.run.folder, Unknown):
            return None
        made = posixpath.normpath(posixpath.join(str(frame.run.folder.value), path.text.known))
        return path if made == path.text.known else FilePath(Text((made,), (path.span,)))
    if name in ("with_suffix", "with_name", "with_stem", "relative_to"):
        try:
            changed = getattr(python_of(path), name)(*(python_of(value) for value in call.values))
        except (NotKnownError, ValueError, TypeError):
            return None
        return FilePath(Text((str(changed),), (path.span,)))
    return None


def _items(items: Items, name: str, call: Call) -> Value | None:
    run, frame = call.frame.run, call.frame
    given = call.argument("", 0)
    if name in ("append", "add") and given is not None:
        items.elements.append(given)
    elif name in ("extend", "update") and given is not None:
        more = elements_of(given, call.node, frame)
        run.route.step(len(more))
        items.elements += more
    elif name == "insert" and len(call.values) == 2:
        _insert(items, call)
    elif name == "copy":
        return Items(list(items.elements), items.kind, items.span)
    elif name in ("index", "count", "isdisjoint", "issubset", "issuperset"):
        return None
    elif name == "reverse" and items.known is not None:
        items.elements.reverse()
    elif name == "clear":
        items.elements.clear()
    elif name == "pop" and items.known and given is None:
        run.changed.append(items)
        popped = items.elements.pop()
        return None if isinstance(popped, Rest) else popped
    elif name in ("union", "intersection", "difference"):
        return Items([Rest(call.unknown().unknown)], "set", call.span)
    else:
        items.elements.clear()
        forget_all(items, call.node, frame)
        return None
    run.changed.append(items)
    return frame.none(call.node)


def _insert(items: Items, call: Call) -> None:
    where, value = call.values
    if isinstance(value, Rest):
        items.elements.append(value)
        return
    place = where.constant if isinstance(where, Plain) else None
    clear = items.known is not None or (
        isinstance(place, int)
        and place >= 0
        and not any(isinstance(element, Rest) for element in items.elements[:place])
    )
    if isinstance(place, int) and clear:
        items.elements.insert(place, value)
    else:
        items.elements.clear()
        forget_all(items, call.node, call.frame)


def _table(table: Table, name: str, call: Call) -> Value | None:
    frame = call.frame
    rest = [Rest(table.open)] if table.open is not None else []
    if name == "items":
        pairs = [Items([*table.entries[key]], "tuple", table.entry_span(key)) for key in table.entries]
        return Items([*pairs, *rest], "list", table.span)
    if name == "keys":
        return Items([*(key for key, _ in table.entries.values()), *rest], "list", table.span)
    if name == "values":
        return Items([*(value for _, value in table.entries.values()), *rest], "list", table.span)
    if name == "copy":
        return Table(dict(table.entries), table.span, table.open, table.name)
    if name == "get":
        return _get(table, call)
    frame.run.changed.append(table)
    if name == "update":
        for value in call.values:
            merge(table, value if not isinstance(value, Rest) else call.unknown(), call.node, frame)
        for word, value in call.words.items():
            table.entries[word] = (Text((word,), (call.span,)), value)
        if call.more is not None:
            forget(table, call.node, frame)
        return frame.none(call.node)
    if name in ("pop", "setdefault"):
        return _take(table, name, call)
    if name == "clear":
        table.entries.clear()
        table.open = None
        return frame.none(call.node)
    forget(table, call.node, frame)
    return None


def _get(table: Table, call: Call) -> Value | None:
    index, default = call.argument("", 0), call.argument("default", 1)
    absent = default if default is not None else call.frame.none(call.node)
    if index is None:
        return None
    try:
        key = key_of(index)
    except NotKnownError:
        return chosen_entry(table, index, call.node, call.frame, absent)
    if key in table.entries:
        return entered(table, key, call.frame)
    if table is call.frame.run.environment:
        return environment_variable(call, key)
    return None if table.open is not None else absent


def _take(table: Table, name: str, call: Call) -> Value | None:
    index, default = call.argument("", 0), call.argument("default", 1)
    try:
        key = key_of(index) if index is not None else None
    except NotKnownError:
        forget(table, call.node, call.frame)
        return None
    if key in table.entries:
        return table.entries.pop(key)[1] if name == "pop" else table.entries[key][1]
    if table.open is not None or index is None:
        return None
    if name == "pop" and default is None:
        message = f"has no key `{key}`, which the launcher takes out"
        raise call.frame.run.raised("KeyError", message, table.span, f"KeyError: {key!r}")
    value = default if default is not None else call.frame.none(call.node)
    if name == "setdefault":
        table.entries[key] = (index, value)
    return value
