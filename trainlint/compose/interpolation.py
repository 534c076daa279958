"""A composed tree comes in, the values behind its interpolations, or why there are none, go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from trainlint.compose.keys import join_key, split_key
from trainlint.compose.render import container_text, scalar_text
from trainlint.compose.resolution import Failure, Found, Path, Resolved, Surroundings
from trainlint.compose.resolvers import call_resolver
from trainlint.compose.typed import TypeFault, fit_result
from trainlint.facts.config import (
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Key,
    ScalarValue,
    UnresolvedInterpolation,
    leaves,
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

#: A chain of interpolations longer than this overflows Python's stack in OmegaConf too.
MAX_CHAIN = 60
#: Longer texts come only from interpolations that multiply one another.
MAX_TEXT = 1_000_000

_LOOP = Failure(
    "InterpolationResolutionError",
    "Recursive interpolation detected",
    "it refers back to itself",
    cyclic=True,
)


@dataclass
class Resolver:
    """Resolves the interpolations of one tree, each path once."""

    root: ConfigMap
    surroundings: Surroundings
    _known: dict[Path, Resolved] = field(default_factory=dict)
    _depth: int = 0

    def resolve(self, path: Path) -> Resolved:
        """The node that a path's value stands for; interpolations inside a container stay as they are."""
        node = _child(self.root, path)
        if node is None:
            return _not_found(join_key(path), _siblings(self.root, path))
        return self.follow(path, node, frozenset())

    def follow(self, path: Path, node: ConfigNode, memo: frozenset[Path]) -> Resolved:
        """A node itself, or what its interpolation leads to."""
        if isinstance(node, ConfigUnknown):
            return node.unknown
        if not (isinstance(node, ConfigScalar) and node.is_interpolation):
            return Found(path, node)
        known = self._known.get(path)
        if known is not None:
            return known
        if self._depth > MAX_CHAIN:
            return _LOOP
        self._depth += 1
        try:
            result = self._as_field(self._evaluate_text(path, node, memo), node)
        finally:
            self._depth -= 1
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

    def _evaluate_text(self, path: Path, node: ConfigScalar, memo: frozenset[Path]) -> Resolved:
        template = parse_template(str(node.value))
        if isinstance(template, InterpolationFault):
            return Failure("GrammarParseError", template.message, "it cannot be parsed")
        return self.evaluate(template, path, node, memo)

    def evaluate(self, template: Template, path: Path, node: ConfigScalar, memo: frozenset[Path]) -> Resolved:
        """The value of a template written at `path`."""
        if len(template.parts) == 1 and not isinstance(template.parts[0], str):
            return self._interpolation(template.parts[0], path, node, memo)
        text = self._text(template.parts, path, node, memo)
        return text if isinstance(text, Failure | Unknown) else Found(path, _made(text.value, node))

    def _text(
        self, parts: tuple[str | Reference | Call, ...], path: Path, node: ConfigScalar, memo: frozenset[Path]
    ) -> Known[str] | Unknown | Failure:
        """The parts put together; a failure anywhere counts before an unknown."""
        texts: list[str] = []
        unknown: Unknown | None = None
        for part in parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            result = self._interpolation(part, path, node, memo)
            if isinstance(result, Failure):
                return result
            if isinstance(result, Unknown):
                unknown = unknown or result
            else:
                texts.append(text_of(result.node))
        if unknown is None and sum(map(len, texts)) > MAX_TEXT:
            unknown = Unknown("its interpolations multiply", node.origin.span)
        return unknown or Known("".join(texts), node.origin.span)

    def _interpolation(
        self, part: Reference | Call, path: Path, node: ConfigScalar, memo: frozenset[Path]
    ) -> Resolved:
        if isinstance(part, Reference):
            key = self._text(part.pieces, path, node, memo)
            return key if isinstance(key, Failure | Unknown) else self._reference(key.value, path, memo)
        name = self._text(part.name, path, node, memo)
        if isinstance(name, Failure | Unknown):
            return name
        arguments = self._arguments(part.arguments, path, node, memo)
        if isinstance(arguments, Failure):
            return arguments
        return call_resolver(self, name.value, arguments, path, node)

    def _arguments(
        self, arguments: tuple[Argument, ...], path: Path, node: ConfigScalar, memo: frozenset[Path]
    ) -> tuple[Found | Unknown, ...] | Failure:
        values: list[Found | Unknown] = []
        for argument in arguments:
            value = self.argument(argument, path, node, memo)
            if isinstance(value, Failure):
                return value
            values.append(value)
        return tuple(values)

    def argument(self, argument: Argument, path: Path, node: ConfigScalar, memo: frozenset[Path]) -> Resolved:
        """The value of one argument of a resolver."""
        if isinstance(argument, Literal):
            return Found(path, _made(argument.value, node))
        if isinstance(argument, Template):
            return self.evaluate(argument, path, node, memo)
        if isinstance(argument, ListArgument | MapArgument):
            return self._container(argument, path, node, memo)
        text = self._text(argument.template.parts, path, node, memo)
        return text if isinstance(text, Failure | Unknown) else Found(path, _made(text.value, node))

    def _container(
        self, argument: ListArgument | MapArgument, path: Path, node: ConfigScalar, memo: frozenset[Path]
    ) -> Resolved:
        is_list = isinstance(argument, ListArgument)
        items = (
            argument.items if isinstance(argument, ListArgument) else [value for _, value in argument.items]
        )
        values = self._arguments(tuple(items), path, node, memo)
        if isinstance(values, Failure):
            return values
        nodes: list[ConfigNode] = []
        for value in values:
            if isinstance(value, Unknown):
                nodes.append(ConfigUnknown(value, node.origin))
            else:
                nodes.append(value.node)
        if is_list or isinstance(argument, ListArgument):
            return Found(path, ConfigList(tuple(nodes), node.origin))
        keys = [key if key is not None else "None" for key, _ in argument.items]
        return Found(path, ConfigMap(dict(zip(keys, nodes, strict=True)), node.origin))

    def _reference(self, key: str, path: Path, memo: frozenset[Path]) -> Resolved:
        start, rest = self.start_of(key, path)
        if start is None:
            words = f"ConfigKeyError while resolving interpolation: Error resolving key '{key}'"
            return Failure("InterpolationKeyError", words, "it has more leading dots than there are levels")
        result = _from_within(self.select(start, rest, memo))
        above = isinstance(result, Found) and isinstance(result.node, ConfigMap | ConfigList)
        if above and isinstance(result, Found) and result.path == path[: len(result.path)] != path:
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

    def select(self, start: Path, key: str, memo: frozenset[Path]) -> Resolved:
        """The node at a dotted key below a container, interpolations on the way followed."""
        here: Resolved = self.follow(start, _child(self.root, start) or self.root, memo)
        parts = split_key(key) if key else ()
        for position, part in enumerate(parts):
            if not isinstance(here, Found):
                return here
            if not isinstance(here.node, ConfigMap | ConfigList):
                return _not_a_container(key, parts, position)
            found = _step(here.node, part)
            if isinstance(found, Failure):
                return found
            if found is None:
                return _not_found(key, _names(here.node))
            step, node = found
            path = (*here.path, step)
            if isinstance(node, ConfigScalar) and node.is_missing:
                return _missing(path)
            if position == len(parts) - 1:
                if path in memo:
                    return _LOOP
                return self.follow(path, node, memo | {path})
            here = self.follow(path, node, memo)
        return here


def _child(root: ConfigMap, path: Path) -> ConfigNode | None:
    node: ConfigNode | None = root
    for key in path:
        if isinstance(node, ConfigMap):
            node = node.children.get(key)
        elif isinstance(node, ConfigList) and isinstance(key, int) and 0 <= key < len(node.items):
            node = node.items[key]
        else:
            return None
    return node


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


def _siblings(root: ConfigMap, path: Path) -> tuple[str, ...]:
    parent = _child(root, path[:-1])
    return _names(parent) if isinstance(parent, ConfigMap) else ()


def _not_found(key: str, nearest: tuple[str, ...]) -> Failure:
    words = f"Interpolation key '{key}' not found"
    return Failure("InterpolationKeyError", words, f"there is no key `{key}`", nearest=nearest, absent=True)


def _not_a_container(key: str, parts: tuple[str, ...], position: int) -> Failure:
    parent = ".".join(parts[:position])
    words = f"Error trying to access {key}: node `{parent}` is not a container"
    words += f" and thus cannot contain `{parts[position]}`"
    return Failure("ConfigTypeError", words, f"`{parent}` is no mapping", absent=True)


def _missing(path: Path) -> Failure:
    key = join_key(path)
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
    elif not error.startswith("Interpolation"):
        error, words = (
            "InterpolationResolutionError",
            f"{error} raised while resolving interpolation: {words}",
        )
    return replace(result, error=error, words=words, absent=False)


def _made(value: ScalarValue, node: ConfigScalar) -> ConfigScalar:
    return ConfigScalar(value, node.origin)


def text_of(node: ConfigNode) -> str:
    """What a value becomes inside a text."""
    if isinstance(node, ConfigScalar):
        return scalar_text(node.value)
    return container_text(node)


def resolve(root: ConfigMap, path: Path, surroundings: Surroundings) -> Value[ConfigNode] | Failure:
    """The value at a path with its interpolation followed."""
    result = Resolver(root, surroundings).resolve(path)
    return Known(result.node, result.node.origin.span) if isinstance(result, Found) else result


def check_interpolations(
    root: ConfigMap, surroundings: Surroundings, found: Iterable[tuple[Path, ConfigNode]] | None = None
) -> tuple[UnresolvedInterpolation, ...]:
    """Every interpolation of a tree that fails when the program reads it, in order.

    `found` are the leaves to look at, for a caller that knows where the interpolations are.
    """
    resolver = Resolver(root, surroundings)
    problems = []
    for path, node in leaves(root) if found is None else found:
        if isinstance(node, ConfigScalar) and node.is_interpolation:
            result = resolver.follow(path, node, frozenset())
            if isinstance(result, Failure):
                problems.append(_problem(path, node, result))
    return tuple(problems)


def _problem(path: Path, node: ConfigScalar, failure: Failure) -> UnresolvedInterpolation:
    key = join_key(path)
    return UnresolvedInterpolation(
        span=node.origin.span,
        hydra=f"{failure.error}: {failure.words}\n    full_key: {key}",
        inclusion=node.origin.inclusion,
        key=key,
        expression=str(node.value),
        reason=failure.reason,
        nearest=failure.nearest,
    )
