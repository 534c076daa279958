"""Paths and files that code names in, what it reads of them out: mappings with the place of each value."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import Constant, Loaded, Opened, Pairs, Place, Value
from trainlint.facts.value import Known
from trainlint.facts.yaml import YamlMap, YamlScalar
from trainlint.parse.launcher_configs.document import Document, read_json, read_yaml
from trainlint.parse.yaml_values import values_in
from trainlint.regex import regex
from trainlint.source import SourceFile, Span

#: What PyYAML takes for a float (YAML 1.1, where an exponent has a sign).
_FLOAT = regex(
    r"[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
)
_SAME = ("resolve", "absolute", "expanduser")
_OPENS = ("open", "read_text", "read_bytes")


def path_of(value: Value | None) -> str | None:
    """The path that a value is, as a text or as an object."""
    if isinstance(value, Place):
        return value.path
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def attribute_of(owner: Place, name: str, span: Span) -> Value | None:
    """An attribute of a path."""
    if name == "parent":
        return Place(os.path.dirname(owner.path))
    if name in ("name", "stem", "suffix"):
        return Constant(getattr(Path(owner.path), name), span)
    return None


def method_of(owner: Place | Opened, name: str, site: Site) -> Value | None:
    """What a method of a path, or of an open file, gives back."""
    if isinstance(owner, Opened):
        return owner if name in ("read", "decode", "__enter__") else None
    if name in _OPENS:
        return Opened(owner.path)
    if name in _SAME:
        return owner
    given = [path_of(value) for value in site.positional]
    texts = [text for text in given if text is not None]
    if len(texts) < len(given) or not texts:
        return None
    if name == "joinpath":
        return joined(owner.path, *texts)
    if name in ("with_name", "with_suffix") and len(texts) == 1:
        return _renamed(Path(owner.path), name, texts[0])
    return None


def joined(*parts: str) -> Place:
    """Paths one below the other."""
    return Place(os.path.join(*parts))


def _renamed(path: Path, name: str, text: str) -> Place | None:
    try:
        return Place(str(path.with_name(text) if name == "with_name" else path.with_suffix(text)))
    except ValueError:
        return None


def _path(site: Site) -> Value | None:
    texts = [path_of(value) for value in site.positional]
    known = [text for text in texts if text is not None]
    return joined(*known) if known and len(known) == len(texts) else None


def _text_of(function: Callable[..., str]) -> Callable[[Site], Value | None]:
    """A function of `os.path` that takes and gives texts."""

    def read(site: Site) -> Value | None:
        texts = [path_of(value) for value in site.positional]
        known = [text for text in texts if text is not None]
        return Constant(function(*known), site.span) if known and len(known) == len(texts) else None

    return read


def _opened(site: Site) -> Value | None:
    mode = site.constant("mode", 1, "r")
    path = path_of(site.given("file", 0))
    return Opened(path) if path is not None and isinstance(mode, str) and "r" in mode else None


def _loaded(reader: Callable[[SourceFile], Document]) -> Callable[[Site], Value | None]:
    """A function that reads a mapping out of a file or its text."""

    def read(site: Site) -> Value | None:
        program = site.frame.machine.program
        given = site.positional[0] if site.positional else None
        path = given.path if isinstance(given, (Opened, Place)) else None
        if path is None or program.directory is None:
            return Loaded()
        place = Path(os.path.normpath(program.directory / path))
        source = program.lookup.files.read(place) if program.lookup.files.is_file(place) else None
        if not isinstance(source, SourceFile):
            return Loaded()
        document = reader(source)
        return _pairs(document.body, source) if document.problem is None else Loaded()

    return read


def _pairs(body: YamlMap, source: SourceFile) -> Pairs:
    pairs = dict[object, Value | None]()
    for entry in body.entries:
        if isinstance(entry.node, YamlMap):
            pairs[entry.key] = _pairs(entry.node, source)
        elif isinstance(entry.node, YamlScalar):
            pairs[entry.key] = Constant(_scalar(entry.node, source), entry.key_span)
        else:
            (known,) = (value for _, value in values_in(YamlMap((entry,), body.span)))
            pairs[entry.key] = Constant(known.value, entry.key_span) if isinstance(known, Known) else None
    return Pairs(pairs, body.span, of_file=True)


def _scalar(node: YamlScalar, source: SourceFile) -> object:
    """A scalar as PyYAML reads it, to which `1e-3` is a text: its floats have a point."""
    if not isinstance(node.value, float) or source.display.endswith(".json"):
        return node.value
    span = node.span
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    text = source.text[start:end]
    return node.value if _FLOAT.fullmatch(text) else text


#: What gives a mapping out of a file that is not read here.
_UNREAD = (
    *(
        "tomllib.load",
        "tomllib.loads",
        "tomli.load",
        "toml.load",
        "runpy.run_path",
        "omegaconf.OmegaConf.load",
    ),
)
#: What reads files, by its full name.
READERS: Mapping[str, Callable[[Site], Value | None]] = {
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "os.path.join": _text_of(os.path.join),
    "os.path.dirname": _text_of(os.path.dirname),
    "os.path.basename": _text_of(os.path.basename),
    "os.path.abspath": _text_of(str),
    "os.path.realpath": _text_of(str),
    "open": _opened,
    "yaml.safe_load": _loaded(read_yaml),
    "yaml.full_load": _loaded(read_yaml),
    "yaml.load": _loaded(read_yaml),
    **dict.fromkeys(_UNREAD, lambda site: Loaded()),
    "json.load": _loaded(read_json),
    "json.loads": _loaded(read_json),
}
