"""A word of the command line in, the override that Hydra makes of it out, with places."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.compose.grammar import Parsed, Plain, SyntaxFault, parse_text
from trainlint.compose.request import Override, OverrideKind, SweepKind
from trainlint.facts.config import (
    AmbiguousComma,
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    InclusionKind,
    Key,
    Origin,
    OverrideSyntax,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown


def parse_override(word: Word, parent: Inclusion | None = None) -> Override | OverrideSyntax | Unknown:
    """The override a word stands for; Unknown when not even its key can be told."""
    text = word.text
    if isinstance(text, Known):
        parsed = parse_text(text.value)
        return _built(word, text.value, parsed, None, parent)
    prefix = word.literal_prefix
    if "=" not in prefix:
        return Unknown(text.reason, word.span)
    parsed = parse_text(prefix[: prefix.index("=") + 1])
    return _built(word, _as_written(word), parsed, text, parent)


def _as_written(word: Word) -> str:
    return "".join(part if isinstance(part, str) else "…" for part in word.parts)


def _built(
    word: Word, text: str, parsed: Parsed | SyntaxFault, unknown: Unknown | None, parent: Inclusion | None
) -> Override | OverrideSyntax:
    inclusion = Inclusion(InclusionKind.OVERRIDE, text, word.span, None, parent)
    if isinstance(parsed, SyntaxFault):
        offset = parsed.offset
        span = word.span if offset is None else word.span_of(offset, offset + 1)
        return OverrideSyntax(span, parsed.hydra, inclusion, text, parsed.message)
    key_start, key_end, value_start = _places(text, parsed)
    key_span = word.span_of(key_start, key_end)
    value_span = word.span_of(value_start, len(text)) if unknown is None else word.span
    origin = Origin(value_span, key_span, inclusion)
    value: ConfigNode | None = None
    if unknown is not None:
        value = ConfigUnknown(unknown, origin)
    elif parsed.has_value and parsed.sweep_kind is None:
        value = as_node(parsed.value, origin)
    sweep = tuple([as_node(point, origin) for point in parsed.points]) if parsed.sweep_kind else None
    return Override(
        text,
        parsed.kind,
        parsed.key,
        parsed.package,
        value,
        sweep,
        key_span,
        value_span,
        word.span,
        inclusion,
        parsed.sweep_kind,
        parsed.include,
        parsed.exclude,
    )


def _places(text: str, parsed: Parsed) -> tuple[int, int, int]:
    """Where the key starts and ends, and where the value starts."""
    start = {OverrideKind.CHANGE: 0, OverrideKind.FORCE_ADD: 2}.get(parsed.kind, 1)
    equals = text.find("=")
    if equals < 0:
        return start, len(text), len(text)
    return start, equals, equals + 1


def as_node(value: Plain, origin: Origin) -> ConfigNode:
    """A plain value as a config node."""
    if isinstance(value, list):
        return ConfigList(tuple([as_node(item, origin) for item in value]), origin)
    if isinstance(value, dict):
        children: dict[Key, ConfigNode] = {}
        for key, item in value.items():
            children[_key(key)] = as_node(item, origin)
        return ConfigMap(children, origin)
    return ConfigScalar(value, origin)


def _key(key: Plain) -> Key:
    return key if isinstance(key, str | int | float | bool) else str(key)


def refuse_sweeps(overrides: Sequence[Override], *, multirun: bool) -> tuple[CompositionProblem, ...]:
    """The sweeps that Hydra refuses: any without `--multirun`, and with it those over Hydra's own config."""
    problems = [_sweep_problem(override, multirun) for override in overrides if override.sweep_kind]
    return tuple(problem for problem in problems if problem)


def _sweep_problem(override: Override, multirun: bool) -> CompositionProblem | None:
    if multirun:
        if not override.key.startswith(("hydra.", "hydra/")):
            return None
        words = f"Sweeping over Hydra's configuration is not supported : '{override.text}'"
        message = "Hydra's own configuration cannot be swept over"
    elif override.sweep_kind is SweepKind.SIMPLE:
        words = (
            f"Ambiguous value for argument '{override.text}'\n"
            "1. To use it as a list, use key=[value1,value2]\n"
            "2. To use it as string, quote the value: key=\\'value1,value2\\'\n"
            "3. To sweep over it, add --multirun to your command line"
        )
        return AmbiguousComma(override.value_span, words, override.inclusion, override.text)
    else:
        words = f"Sweep parameters '{override.text}' requires --multirun"
        message = "a sweep needs `--multirun`"
    return OverrideSyntax(override.value_span, words, override.inclusion, override.text, message)
