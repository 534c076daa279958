"""A composed tree comes in, the values behind its interpolations, or why there are none, go out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field, replace
from functools import lru_cache

from trainlint.compose.keys import full_key, split_key
from trainlint.compose.render import container_text, scalar_text
from trainlint.compose.resolution import Failure, Found, Path, Resolved, Surroundings, UnseenResolver, Written
from trainlint.compose.resolvers import call_resolver, class_name
from trainlint.compose.typed import TypeFault, fit_result
from trainlint.facts.config import (
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Key,
    UnresolvedInterpolation,
    leaves,
    select,
)
from trainlint.facts.interpolation import (
    Argument,
    Call,
    InterpolationFault,
    ListArgument,
    Literal,
    MapArgument,
    Reference,
    Template,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.interpolation import parse_template
from trainlint.record import record, state
from trainlint.regex import regex

#: A chain of interpolations longer than this overflows Python's stack in OmegaConf too.
MAX_CHAIN = 60
#: Longer texts come only from interpolations that multiply one another.
MAX_TEXT = 1_000_000

#: An absolute key without brackets or indices: each part is a key of a mapping.
_PLAIN_KEY = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)

Pieces = tuple[str | Reference | Call, ...]

_LOOP = Failure(
    "InterpolationResolutionError",
    "Recursive interpolation detected",
    "it refers back to itself",
    cyclic=True,
)


@state
class Resolver:
    """Resolves the interpolations of one tree, each path once."""

    root: ConfigMap
    surroundings: Surroundings
    _known: dict[Path, Resolved] = field(default_factory=dict)
    _active: dict[Path, None] = field(default_factory=dict)

    def resolve(self, path: Path) -> Resolved:
        """The node that a path's value stands for; interpolations inside a container stay as they are."""
        here: Resolved = Found((), self.root)
        for key in path:
            if not isinstance(here, Found):
                return here
            child = select(here.node, (key,))
            if child is None:
                names = _names(here.node) if isinstance(here.node, ConfigMap) else ()
                return _not_found(full_key(self.root, path), names)
            here = self.follow((*here.path, key), child)
        return here

    def follow(self, path: Path, node: ConfigNode) -> Resolved:
        """A node itself, or what its interpolation leads to."""
        if isinstance(node, ConfigUnknown):
            return node.unknown
        if not (isinstance(node, ConfigScalar) and node.is_interpolation):
            return Found(path, node)
        known = self._known.get(path)
        if known is not None:
            return known
        if path in self._active or len(self._active) > MAX_CHAIN:
            return _LOOP
        self._active[path] = None
        try:
            result = self._as_field(self._evaluate_text(Written(path, node)), node)
        finally:
            del self._active[path]
        if not (isinstance(result, Failure) and result.cyclic):
            self._known[path] = result
        return result

    @staticmethod
    def _as_field(result: Resolved, node: ConfigScalar) -> Resolved:
        """The result as the type of the field allows it."""
        if not isinstance(result, Found):
            return result
        fitted = fit_result(result.node, node.type)
        if isinstance(fitted, TypeFault):
            words = f"While dereferencing interpolation '{node.value!s}': {fitted.words}"
            return Failure("InterpolationValidationError", words, "its value does not fit the field's type")
        return result if fitted is result.node else replace(result, node=fitted)

    def _evaluate_text(self, at: Written) -> Resolved:
        template = parse_template(str(at.node.value))
        if isinstance(template, InterpolationFault):
            return Failure("GrammarParseError", template.message, "it cannot be parsed")
        return self._template(template, at)

    def _template(self, template: Template, at: Written) -> Resolved:
        if len(template.parts) == 1 and not isinstance(template.parts[0], str):
            return self._interpolation(template.parts[0], at)
        text = self._text(template.parts, at)
        return text if isinstance(text, Failure | Unknown) else at.made(text.value)

    def _text(self, parts: Pieces, at: Written, name_of: str = "") -> Known[str] | Unknown | Failure:
        """The parts put together; a failure anywhere counts before an unknown.

        `name_of` says what the text names (a key, a resolver): then every part must be a text by itself.
        """
        texts: list[str] = []
        unknown: Unknown | None = None
        for part in parts:
            result = part if isinstance(part, str) else self._interpolation(part, at)
            if isinstance(result, str):
                texts.append(result)
            elif isinstance(result, Failure):
                return result
            elif isinstance(result, Unknown):
                unknown = unknown or result
            elif name_of and not (
                isinstance(result.node, ConfigScalar) and isinstance(result.node.value, str)
            ):
                return _no_name(name_of, part, result)
            else:
                texts.append(text_of(result.node))
        if unknown is None and sum(map(len, texts)) > MAX_TEXT:
            unknown = Unknown("its interpolations multiply", at.node.origin.span)
        return unknown or Known("".join(texts), at.node.origin.span)

    def _interpolation(self, part: Reference | Call, at: Written) -> Resolved:
        if isinstance(part, Reference):
            key = self._text(part.pieces, at, "key")
            return key if isinstance(key, Failure | Unknown) else self._reference(key.value, at.path)
        name = self._text(part.name, at, "resolver")
        if isinstance(name, Failure | Unknown):
            return name
        arguments = self._arguments(part.arguments, at)
        if isinstance(arguments, Failure):
            return arguments
        return call_resolver(self, name.value, arguments, at)

    def _arguments(self, arguments: Iterable[Argument], at: Written) -> tuple[Found | Unknown, ...] | Failure:
        values: list[Found | Unknown] = []
        for argument in arguments:
            value = self.argument(argument, at)
            if isinstance(value, Failure):
                return value
            values.append(value)
        return tuple(values)

    def argument(self, argument: Argument, at: Written) -> Resolved:
        """The value of one argument of a resolver."""
        if isinstance(argument, Literal):
            return at.made(argument.value)
        if isinstance(argument, Template):
            return self._template(argument, at)
        if isinstance(argument, ListArgument):
            items = self._nodes(argument.items, at)
            if isinstance(items, Failure):
                return items
            return Found(at.path, ConfigList(items, at.node.origin), raw=True)
        if isinstance(argument, MapArgument):
            items = self._nodes([value for _key, value in argument.items], at)
            if isinstance(items, Failure):
                return items
            keys = ["None" if key is None else key for key, _value in argument.items]
            return Found(at.path, ConfigMap(dict(zip(keys, items, strict=True)), at.node.origin), raw=True)
        text = self._text(argument.template.parts, at)
        return text if isinstance(text, Failure | Unknown) else at.made(text.value)

    def decoded(self, text: str, element: Argument, at: Written) -> Resolved:
        """What a decoded text stands for; it may decode itself again without passing through a node."""
        mark: Path = ("oc.decode", text)
        if mark in self._active or len(self._active) > MAX_CHAIN:
            return _LOOP
        self._active[mark] = None
        try:
            return self.argument(element, at)
        finally:
            del self._active[mark]

    def _nodes(self, arguments: Iterable[Argument], at: Written) -> tuple[ConfigNode, ...] | Failure:
        values = self._arguments(arguments, at)
        if isinstance(values, Failure):
            return values
        origin = at.node.origin
        return tuple(
            ConfigUnknown(value, origin) if isinstance(value, Unknown) else value.node for value in values
        )

    def _reference(self, key: str, path: Path) -> Resolved:
        start, rest = self.start_of(key, path)
        if start is None:
            words = f"ConfigKeyError while resolving interpolation: Error resolving key '{key}'"
            return Failure("InterpolationKeyError", words, "it has more leading dots than there are levels")
        result = _from_within(self.select(start, rest))
        if (
            isinstance(result, Found)
            and result.is_container
            and result.path == path[: len(result.path)] != path
        ):
            words = "Interpolation to parent node detected"
            return Failure("InterpolationResolutionError", words, "it refers to a mapping that holds it")
        return result

    def start_of(self, key: str, path: Path) -> tuple[Path | None, str]:
        """Where a key's lookup starts (None: above the root) and the key without its dots."""
        rest = key.lstrip(".")
        dots = len(key) - len(rest)
        if dots == 0:
            return (), key
        return (path[: len(path) - dots], rest) if dots <= len(path) else (None, rest)

    def select(self, start: Path, key: str) -> Resolved:
        """The node at a dotted key below a container, interpolations on the way followed."""
        here: Resolved = self.follow(start, select(self.root, start) or self.root)
        parts = split_key(key) if key else ()
        for position, part in enumerate(parts):
            if not isinstance(here, Found):
                return here
            if here.raw or not isinstance(here.node, ConfigMap | ConfigList):
                return _not_a_container(key, parts, position)
            found = _step(here.node, part)
            if isinstance(found, Failure):
                return found
            if found is None:
                return _not_found(key, _names(here.node))
            path = (*here.path, found[0])
            if isinstance(found[1], ConfigScalar) and found[1].is_missing:
                return _missing(full_key(self.root, path))
            here = self.follow(path, found[1])
        return here


def _step(node: ConfigMap | ConfigList, part: str) -> tuple[Key, ConfigNode] | Failure | None:
    """One part of a key taken: always a string in mappings, always a whole number in lists."""
    if isinstance(node, ConfigMap):
        child = node.children.get(part)
        return None if child is None else (part, child)
    try:
        index = int(part)
    except ValueError:
        return Failure("TypeError", f"Index '{part}' (str) is not an int", f"`{part}` is no index of a list")
    return (index, node.items[index]) if 0 <= index < len(node.items) else None


def _names(node: ConfigMap | ConfigList) -> tuple[str, ...]:
    return tuple(str(key) for key in node.children) if isinstance(node, ConfigMap) else ()


def _not_found(key: str, nearest: tuple[str, ...]) -> Failure:
    words = f"Interpolation key '{key}' not found"
    return Failure("InterpolationKeyError", words, f"there is no key `{key}`", nearest=nearest, absent=True)


def _not_a_container(key: str, parts: tuple[str, ...], position: int) -> Failure:
    parent = ".".join(parts[:position])
    words = f"Error trying to access {key}: node `{parent}` is not a container"
    words += f" and thus cannot contain `{parts[position]}`"
    return Failure("ConfigTypeError", words, f"`{parent}` is no mapping", absent=True)


def _missing(key: str) -> Failure:
    words = f"Missing mandatory value: {key}"
    return Failure("MissingMandatoryValue", words, f"`{key}` is `???`", missing=True)


def _from_within(result: Resolved) -> Resolved:
    """A lookup's result as the interpolation that asked for it passes it on."""
    if not isinstance(result, Failure):
        return result
    error, words = result.error, result.words
    if error == "MissingMandatoryValue":
        error = "InterpolationToMissingValueError"
        words = f"MissingMandatoryValue while resolving interpolation: {words}"
    elif not result.is_wrapped:
        error, words = (
            "InterpolationResolutionError",
            f"{error} raised while resolving interpolation: {words}",
        )
    return replace(result, error=error, words=words, absent=False, missing=False)


def _no_name(what: str, part: str | Reference | Call, found: Found) -> Failure:
    written = part if isinstance(part, str) else part.text
    value, kind = text_of(found.node), class_name(found)
    words = (
        "The following interpolation is used to denote a config key and thus should return a string, "
        f"but instead returned `{value}` of type `{kind}`: {written}"
    )
    if what == "resolver":
        words = f"The name of a resolver must be a string, but the interpolation {written} resolved to "
        words += f"`{value}` which is of type {kind}"
    return Failure("InterpolationResolutionError", words, f"`{written}` gives no text")


def text_of(node: ConfigNode) -> str:
    """What a value becomes inside a text."""
    if isinstance(node, ConfigScalar):
        return scalar_text(node.value)
    return container_text(node)


def resolve(root: ConfigMap, path: Path, surroundings: Surroundings) -> Value[ConfigNode] | Failure:
    """The value at a path with its interpolation followed."""
    result = Resolver(root, surroundings).resolve(path)
    return Known(result.node, result.node.origin.span) if isinstance(result, Found) else result


@record
class Checked:
    """What reading every interpolation gives: those that fail, and one place per unseen resolver."""

    problems: tuple[UnresolvedInterpolation, ...]
    unseen: tuple[UnseenResolver, ...]


def check_interpolations(
    root: ConfigMap, surroundings: Surroundings, found: Iterable[tuple[Path, ConfigNode]] | None = None
) -> Checked:
    """Every interpolation of a tree that fails when the program reads it, in order, and every doubt.

    `found` are the leaves to look at, for a caller that knows where the interpolations are.
    """
    resolver = Resolver(root, surroundings)
    problems = []
    unseen: dict[str, UnseenResolver] = {}
    for path, node in leaves(root) if found is None else found:
        if isinstance(node, ConfigScalar) and node.is_interpolation and not _plainly_resolves(root, node):
            result = resolver.follow(path, node)
            if isinstance(result, Failure):
                problems.append(_problem(full_key(root, path), node, result))
            elif isinstance(result, UnseenResolver):
                unseen.setdefault(result.name, result)
    return Checked(tuple(problems), tuple(unseen.values()))


def _plainly_resolves(root: ConfigMap, node: ConfigScalar) -> bool:
    """Whether an untyped text only refers to plain values that are there: most do, and most cheaply."""
    references = _plain_references(str(node.value)) if node.type is None else None
    if references is None:
        return False
    for reference in references:
        target = select(root, reference)
        if not isinstance(target, ConfigScalar) or target.is_missing or target.is_interpolation:
            return False
    return True


@lru_cache(maxsize=16384)
def _plain_references(text: str) -> tuple[Path, ...] | None:
    """The paths that a text refers to, None when it does more than name absolute dotted keys."""
    template = parse_template(text)
    if isinstance(template, InterpolationFault):
        return None
    found = []
    for part in template.parts:
        if isinstance(part, str):
            continue
        if not isinstance(part, Reference) or len(part.pieces) != 1 or not isinstance(part.pieces[0], str):
            return None
        if not _PLAIN_KEY.fullmatch(part.pieces[0]):
            return None
        found.append(tuple(part.pieces[0].split(".")))
    return tuple(found)


def _problem(key: str, node: ConfigScalar, failure: Failure) -> UnresolvedInterpolation:
    return UnresolvedInterpolation(
        span=node.origin.span,
        hydra=f"{failure.error}: {failure.words}\n    full_key: {key}",
        inclusion=node.origin.inclusion,
        key=key,
        expression=str(node.value),
        reason=failure.reason,
        nearest=failure.nearest,
    )
