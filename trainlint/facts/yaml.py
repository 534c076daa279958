"""Facts of one config file as it is written: nodes with places, before any composition."""

from __future__ import annotations

from trainlint.facts.config import Key, ScalarValue
from trainlint.record import record
from trainlint.source import Span


@record
class YamlScalar:
    """A scalar with OmegaConf's reading of it (YAML 1.1, its own float pattern)."""

    value: ScalarValue
    span: Span


@record
class YamlList:
    """A sequence."""

    items: tuple[YamlNode, ...]
    span: Span


@record
class YamlEntry:
    """One key of a mapping with its value."""

    key: Key
    key_span: Span
    node: YamlNode


@record
class YamlMap:
    """A mapping: entries in file order, merge keys (`<<`) already folded in, the last duplicate kept."""

    entries: tuple[YamlEntry, ...]
    span: Span


YamlNode = YamlScalar | YamlList | YamlMap


@record
class YamlProblem:
    """A file that is no YAML, is no mapping, or cannot be a config; `span` is where it goes wrong.

    `hydra` holds the words of the library that refuses it.
    """

    message: str
    span: Span
    hydra: str = ""


@record
class YamlDuplicate:
    """A key written twice in one mapping; OmegaConf refuses a text twice, of other keys the last wins."""

    key: str
    span: Span
    first: Span
    refused: bool = True


@record
class ConfigText:
    """One config file.

    `package` is the value of the `# @package` header, with its place. `defaults` is the node under the
    top-level `defaults` key when that key is there (Hydra removes it from the body). `sequence` is the
    whole text when it is a list, which Hydra takes only under a package.
    """

    file: str
    body: YamlMap
    defaults: YamlEntry | None
    package: tuple[str, Span] | None
    problems: tuple[YamlProblem, ...]
    duplicates: tuple[YamlDuplicate, ...]
    sequence: YamlList | None = None
