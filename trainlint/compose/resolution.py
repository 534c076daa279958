"""What resolving an interpolation needs and gives, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, Key, ScalarValue
from trainlint.facts.value import Unknown, Value
from trainlint.record import record

Path = tuple[Key, ...]


@record
class Surroundings:
    """Everything outside the config tree that an interpolation can ask.

    `environment` answers `oc.env`, `hydra` is the tree behind `${hydra:…}`; custom resolvers that exist
    are in `resolvers`, and `opaque_resolvers` says that others may.
    """

    environment: Mapping[str, Value[str]] = field(default_factory=dict)
    resolvers: frozenset[str] = frozenset()
    opaque_resolvers: bool = False
    hydra: ConfigMap | None = None


@record
class Found:
    """A node of the tree, or one that a resolver made at `path`.

    `raw` marks a list or mapping that is a plain Python value: OmegaConf neither looks into it nor merges
    with it.
    """

    path: Path
    node: ConfigNode
    raw: bool = False

    @property
    def is_container(self) -> bool:
        """Whether OmegaConf takes it for a config of its own."""
        return isinstance(self.node, ConfigMap | ConfigList) and not self.raw


@record
class Failure:
    """OmegaConf would raise `error` with these words; `reason` is a plain sentence.

    `missing` is set when the very key that was asked for is `???`, `absent` when it is not there (and not
    when that is so of one that an interpolation on the way needs); `nearest` are the keys beside it.
    """

    error: str
    words: str
    reason: str
    missing: bool = False
    nearest: tuple[str, ...] = ()
    cyclic: bool = False
    absent: bool = False

    @property
    def is_wrapped(self) -> bool:
        """Whether OmegaConf passes the error on as it is, without naming another one that contains it."""
        return self.error.startswith("Interpolation") or self.error == "UnsupportedInterpolationType"


@record
class UnseenResolver(Unknown):
    """The value of a resolver that nothing visible registers, and that something unseen may."""

    name: str


Resolved = Found | Unknown | Failure


@record
class Written:
    """The leaf that an interpolation is written in."""

    path: Path
    node: ConfigScalar

    def made(self, value: ScalarValue) -> Found:
        """A value that comes into being here."""
        return Found(self.path, ConfigScalar(value, self.node.origin))
