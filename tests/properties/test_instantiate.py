"""What we say of a node that Hydra builds is what `hydra.utils.instantiate` does with it."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tests.properties.callables import NAMES, module
from tests.properties.effort import effort
from trainlint.chain.imports import Library
from trainlint.chain.signatures.construct import Constructor
from trainlint.chain.targets import TargetFinder
from trainlint.facts.config import (
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    Inclusion,
    InclusionKind,
    Origin,
)
from trainlint.facts.construction import BuildSite, ConstructionFacts
from trainlint.facts.value import Unknown, Value
from trainlint.source import Files, Span

SPAN = Span("c.yaml", 1, 1, 1, 5)
ORIGIN = Origin(SPAN, SPAN, Inclusion(InclusionKind.PRIMARY, "c", SPAN, "c.yaml", None))
if TYPE_CHECKING:
    import pytest

COUNT = itertools.count()


def tree(value: object) -> ConfigNode:
    """A composed config of plain values."""
    if isinstance(value, dict):
        return ConfigMap({key: tree(child) for key, child in value.items()}, ORIGIN)
    if isinstance(value, list):
        return ConfigList(tuple(tree(child) for child in value), ORIGIN)
    assert value is None or isinstance(value, (str, int, float, bool))
    return ConfigScalar(value, ORIGIN)


@st.composite
def node(draw: st.DrawFn, name: str, depth: int = 0) -> dict[str, Any]:
    """A node with a target, some arguments and Hydra's own keys."""
    target = draw(st.sampled_from(["A", "A", "B", "C", "D", "build", "build", "half", "A.extra"]))
    made: dict[str, Any] = {"_target_": f"{name}.{target}"}
    for key in draw(st.sets(st.sampled_from([*NAMES, "z"]), max_size=4)):
        inner = draw(st.integers(0, 4)) if depth < 2 else 9
        value: Any = draw(st.sampled_from([1, 2, None]))
        if inner == 0:
            value = draw(node(name, depth + 1))
        elif inner == 1:
            value = [draw(node(name, depth + 1)), 3]
        made[key] = value
    if draw(st.integers(0, 4)) == 0:
        made["_args_"] = draw(st.lists(st.just(1), max_size=3))
    if draw(st.integers(0, 6)) == 0:
        made["_partial_"] = draw(st.booleans())
    if draw(st.integers(0, 6)) == 0:
        made["_recursive_"] = draw(st.booleans())
    if draw(st.integers(0, 6)) == 0:
        made["_convert_"] = draw(st.sampled_from(["all", "partial", "object"]))
    return made


def ours(
    folder: Path, config: dict[str, Any], positional: int, extra: dict[str, Any]
) -> tuple[ConstructionFacts, ...]:
    """What we say of it."""

    def unresolved(path: object) -> Value[ConfigNode]:
        return Unknown("there are no interpolations here", SPAN)

    finder = TargetFinder(Library(Files(folder)).resolver((folder,)))
    site = BuildSite((), SPAN, positional, frozenset(extra))
    return Constructor(finder).built(site, (), tree(config), unresolved)


def theirs(config: dict[str, Any], positional: int, extra: dict[str, Any]) -> str | None:
    """Hydra's words when it fails, None when it does not."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            instantiate(OmegaConf.create(config), *[7] * positional, **extra)
    except Exception as error:
        return f"{type(error).__name__} {error} {error.__cause__!r}"
    return None


@given(module(), st.data())
@effort(150)
def test_hydra_fails_iff_we_say_so(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    """A certain verdict is Hydra's; what is not certain is said to be unchecked."""
    folder = tmp_path_factory.getbasetemp() / f"built{next(COUNT)}"
    folder.mkdir()
    name = f"generated_built_{next(COUNT)}"
    (folder / f"{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    try:
        __import__(name)
    except Exception:
        return
    else:
        for _ in range(4):
            config = data.draw(node(name))
            positional = data.draw(st.sampled_from([0, 0, 0, 1, 2]))
            extra = dict.fromkeys(data.draw(st.sets(st.sampled_from(NAMES), max_size=1)), 5)
            said = ours(folder, config, positional, extra)
            happened = theirs(config, positional, extra)
            if any(entry.problems for entry in said if not entry.later):
                assert happened is not None, (config, positional, extra, said)
            elif not any(entry.reason or entry.problems for entry in said):
                failed = happened is not None and ("TypeError" in happened or "ValidationError" in happened)
                assert not failed or "Error locating" in str(happened), (config, positional, extra, happened)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)
