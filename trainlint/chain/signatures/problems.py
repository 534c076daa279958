"""What a callee refuses of a node in, the problems with their places and Python's words out."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.chain.schema_check import value_problems
from trainlint.chain.signatures.bind import Refusal
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, Key, Origin
from trainlint.facts.construction import (
    ArgumentProblem,
    MissingArgument,
    SurplusArguments,
    UnexpectedArgument,
    WrongArgument,
)
from trainlint.facts.schema import SchemaFacts
from trainlint.facts.signature import ParameterFacts, SignatureFacts
from trainlint.facts.value import Known
from trainlint.record import record

#: The keys that Hydra takes for itself.
SPECIAL = frozenset(("_target_", "_convert_", "_recursive_", "_partial_", "_args_"))
#: Annotations that a text surely does not fit, and how they are read aloud.
_NUMBERS = {"int": "a whole number", "float": "a number", "bool": "true or false"}
_TRUTHS = {"true": "true", "false": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}


@record
class Node:
    """A node of the config that an object is built from; `passed` are names that the call passes itself."""

    path: Path
    node: ConfigMap
    text: str
    passed: frozenset[str]
    positional: int
    resolve: Resolve
    later: bool = False

    def key(self, name: str) -> str:
        """The config key of an argument."""
        return shown_key((*self.path, name))

    def runtime(self, words: str) -> str:
        """How Hydra passes Python's words on; what is called later fails without it."""
        if self.later:
            return words.replace('("', ": ").removesuffix('")')
        return f"hydra.errors.InstantiationException: Error in call to target '{self.text}': {words}"


def argument_problems(node: Node, signature: SignatureFacts, refusal: Refusal) -> Iterator[ArgumentProblem]:
    """Every problem of one object, each cause once: a misspelt name is not also a missing one."""
    available = tuple(entry.name for entry in signature.by_name)
    meant = set()
    for name in refusal.unexpected:
        free = [entry.name for entry in refusal.missing] or available
        meant.update(difflib.get_close_matches(name, free, n=1))
        yield _unexpected(node, signature, name, available)
    for name in refusal.twice:
        words = f"TypeError(\"{signature.owner}() got multiple values for argument '{name}'\")"
        yield UnexpectedArgument(
            name, node.key(name), _origin(node, name), available, node.runtime(words), twice=True
        )
    missing = [entry for entry in refusal.missing if entry.name not in meant]
    if missing:
        yield _missing(node, missing)
    if refusal.surplus > 0:
        yield _surplus(node, signature, refusal.surplus)
    yield from _wrong_texts(node, signature)
    if signature.schema is not None:
        yield from _wrong_values(node, signature.schema)


def _origin(node: Node, name: str) -> Origin | None:
    child = node.node.children.get(name)
    return child.origin if child is not None and name not in node.passed else None


def _unexpected(
    node: Node, signature: SignatureFacts, name: str, available: tuple[str, ...]
) -> UnexpectedArgument:
    words = f"{signature.owner}() got an unexpected keyword argument '{name}'"
    if not signature.parameters and "." not in signature.owner:
        words = f"{signature.owner}() takes no arguments"
    if signature.schema is not None:
        words = f"1 validation error for {signature.owner}: {name}: Extra inputs are not permitted"
    if signature.raises is not None:
        return UnexpectedArgument(
            name,
            node.key(name),
            _origin(node, name),
            available,
            node.runtime(f"{signature.raises}, which `{signature.owner}` raises"),
        )
    kind = "ValidationError" if signature.schema is not None else "TypeError"
    runtime = node.runtime(f'{kind}("{words}")')
    return UnexpectedArgument(name, node.key(name), _origin(node, name), available, runtime)


def _missing(node: Node, missing: list[ParameterFacts]) -> MissingArgument:
    first = missing[0]
    names = " and ".join(f"'{entry.name}'" for entry in missing if entry.owner == first.owner)
    count = sum(entry.owner == first.owner for entry in missing)
    kind = "keyword-only argument" if first.keyword_only else "positional argument"
    words = f"{first.owner}() missing {count} required {kind}{'s' if count > 1 else ''}: {names}"
    return MissingArgument(
        tuple(entry.name for entry in missing), first.span, node.runtime(f'TypeError("{words}")')
    )


def _surplus(node: Node, signature: SignatureFacts, surplus: int) -> SurplusArguments:
    taken = node.positional - surplus
    words = f"{signature.owner}() takes {taken} positional arguments but {node.positional} were given"
    child = node.node.children.get("_args_")
    origin = child.origin if child is not None else None
    return SurplusArguments(
        node.key("_args_"), origin, node.positional, taken, node.runtime(f'TypeError("{words}")')
    )


def _wrong_values(node: Node, schema: SchemaFacts) -> Iterator[WrongArgument]:
    """Values that a pydantic model refuses."""
    own = {
        key: child
        for key, child in node.node.children.items()
        if key not in SPECIAL and str(key) not in node.passed and not _builds(node, key, child)
    }
    for problem in value_problems(schema, node.path, replace(node.node, children=own), node.resolve):
        yield WrongArgument(
            problem.key.rpartition(".")[2],
            problem.key,
            problem.span,
            problem.inclusion or node.node.origin.inclusion,
            problem.value,
            problem.expected,
            problem.field_span,
            node.runtime(problem.hydra.removeprefix("pydantic_core.")),
        )


def _builds(node: Node, key: Key, child: ConfigNode) -> bool:
    """Whether an object is built in the place of a value."""
    value = followed((*node.path, key), child, node.resolve)
    return not isinstance(value, Known) or _has_target(value.value)


def _has_target(node: ConfigNode) -> bool:
    if isinstance(node, ConfigMap):
        return "_target_" in node.children or any(_has_target(child) for child in node.children.values())
    return isinstance(node, ConfigList) and any(_has_target(item) for item in node.items)


def _wrong_texts(node: Node, signature: SignatureFacts) -> Iterator[WrongArgument]:
    """Texts where the annotation says a number: Python does not refuse them, the code behind does."""
    for entry in signature.by_name:
        child = node.node.children.get(entry.name)
        wanted = _wanted(entry.annotation)
        if child is None or not wanted or entry.name in node.passed:
            continue
        value = followed((*node.path, entry.name), child, node.resolve)
        scalar = value.value if isinstance(value, Known) else None
        if not isinstance(scalar, ConfigScalar) or not isinstance(scalar.value, str) or scalar.is_missing:
            continue
        if _is_slip(scalar.value, wanted):
            yield WrongArgument(
                entry.name,
                node.key(entry.name),
                child.origin.span,
                child.origin.inclusion,
                repr(scalar.value),
                _shown(entry.annotation),
                entry.span,
                "",
                certain=False,
            )


def _shown(annotation: ast.expr | None) -> str:
    if isinstance(annotation, ast.Constant):
        return str(annotation.value)
    return ast.unparse(annotation) if annotation is not None else ""


def _is_slip(text: str, wanted: frozenset[str]) -> bool:
    """Whether a text is a number or truth value that was meant to be one."""
    if "bool" in wanted and text.lower() in _TRUTHS:
        return True
    if not wanted & {"int", "float"}:
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _wanted(annotation: ast.expr | None) -> frozenset[str]:
    """The plain types that an annotation names, empty when a text may fit it."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return frozenset()
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return frozenset(("None",))
    if isinstance(annotation, ast.Name):
        return frozenset((annotation.id,)) if annotation.id in _NUMBERS else frozenset()
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _all_of([annotation.left, annotation.right])
    if isinstance(annotation, ast.Subscript):
        name = ast.unparse(annotation.value).rpartition(".")[2]
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if name in ("Optional", "Union"):
            return _all_of(list(inner))
    return frozenset()


def _all_of(arms: list[ast.expr]) -> frozenset[str]:
    found = [_wanted(arm) for arm in arms]
    return frozenset().union(*found) if all(found) else frozenset()
