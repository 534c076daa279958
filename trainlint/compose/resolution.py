"""What resolving an interpolation needs and gives, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.config import ConfigMap, ConfigNode, Key
from trainlint.facts.value import Unknown, Value

Path = tuple[Key, ...]


@dataclass(frozen=True)
class Surroundings:
    """Everything outside the config tree that an interpolation can ask.

    `environment` answers `oc.env`, `hydra` is the tree behind `${hydra:…}`; custom resolvers that exist
    are in `resolvers`, and `opaque_resolvers` says that others may.
    """

    environment: Mapping[str, Value[str]] = field(default_factory=dict)
    resolvers: frozenset[str] = frozenset()
    opaque_resolvers: bool = False
    hydra: ConfigMap | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A node of the tree, or one that a resolver made at `path`."""

    path: Path
    node: ConfigNode


@dataclass(frozen=True, slots=True)
class Failure:
    """OmegaConf would raise `error` with these words; `reason` is a plain sentence.

    `missing` is set when the target is a `???`, `absent` when the very key that was asked for is not there
    (and not one that an interpolation on the way needs); `nearest` are the keys beside it.
    """

    error: str
    words: str
    reason: str
    missing: bool = False
    nearest: tuple[str, ...] = ()
    cyclic: bool = False
    absent: bool = False


Resolved = Found | Unknown | Failure
