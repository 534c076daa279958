"""Whatever else is checked in the same run, and in whatever order, a launch gets the same verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.pipelines import PIPELINES
from tests.properties.effort import effort
from trainlint.chain.build import Builder
from trainlint.engine.inputs import collect
from trainlint.engine.run import check
from trainlint.facts.settings import Settings
from trainlint.source import Files

#: A launch by its places and command, and what became of it: its verdict and its findings.
Found = dict[tuple[object, ...], tuple[str, frozenset[tuple[object, ...]]]]


def outcome(folder: Path, paths: list[str]) -> Found:
    """What a run over these paths says of each launch."""
    files, settings = Files(folder), Settings(all_jobs=True)
    result, crashes = check(collect(paths, files, settings).texts, Builder(files, settings), settings, files)
    assert not crashes
    found = {}
    for launch in result.launches:
        diagnostics = (result.diagnostics[index].diagnostic for index in launch.diagnostics)
        said = frozenset((entry.code, entry.span, entry.message) for entry in diagnostics)
        key = (launch.file, launch.line, launch.via, launch.command)
        found[key] = (launch.verdict.value, said)
    return found


@pytest.mark.parametrize("pipeline", sorted(path.name for path in PIPELINES.iterdir() if path.is_dir()))
def test_verdicts_do_not_depend_on_the_other_files(pipeline: str) -> None:
    folder = PIPELINES / pipeline
    whole = outcome(folder, ["."])
    texts = sorted({str(key[0]) for key in whole})

    @effort(4)
    @given(chosen=st.lists(st.sampled_from(texts), min_size=1, max_size=len(texts), unique=True))
    def holds(chosen: list[str]) -> None:
        alone = outcome(folder, chosen)
        assert alone == {key: said for key, said in whole.items() if key[0] in chosen}

    holds()
