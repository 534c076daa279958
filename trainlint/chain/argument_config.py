"""The arguments of a launch that its script reads itself in, a config with them as its keys out."""

from __future__ import annotations

from trainlint.facts.arguments import CommandLineCheck
from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    InclusionKind,
    Key,
    Origin,
)
from trainlint.facts.launch import JobFacts
from trainlint.facts.value import Known, Value
from trainlint.source import Span


def argument_config(check: CommandLineCheck, job: JobFacts) -> Composition | None:
    """One key for each argument, set where the command or the parser sets it; None: not known."""
    if check.values is None:
        return None
    children: dict[Key, ConfigNode] = {
        name: _node(name, value, job.span) for name, value in check.values.items()
    }
    root = ConfigMap(children, _origin("the command line", job.span, job.span))
    return Composition(root, None, None, (), (), (), ())


def _node(name: str, value: Value[object], command: Span) -> ConfigNode:
    origin = _origin(name, value.span, command)
    return _plain(value.value, origin) if isinstance(value, Known) else ConfigUnknown(value, origin)


def _plain(value: object, origin: Origin) -> ConfigNode:
    if isinstance(value, (list, tuple)):
        return ConfigList(tuple(_plain(item, origin) for item in value), origin)
    if isinstance(value, dict):
        return ConfigMap({key: _plain(item, origin) for key, item in value.items()}, origin)
    if value is None or isinstance(value, (str, int, float, bool, bytes)):
        return ConfigScalar(value, origin)
    return ConfigScalar(str(value), origin)


def _origin(label: str, place: Span, command: Span) -> Origin:
    """Values that the command gives are overrides of the parser's defaults."""
    given = place.file == command.file and command.line <= place.line <= command.end_line
    kind = InclusionKind.OVERRIDE if given else InclusionKind.PRIMARY
    shown = f"--{label}" if given else f"the default of `{label}`"
    return Origin(place, place, Inclusion(kind, shown, place, None, None))
