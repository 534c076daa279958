"""Whole requests: several problems at once, the story of a leaf, sweeps, gaps and what is left unverified."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.properties.case import Case
from tests.unit.compose.agreement import assert_agrees, ours, request_of, write
from trainlint.compose.api import ComposeCache, compose
from trainlint.facts.config import (
    Composition,
    ConfigUnknown,
    DefaultNotFound,
    InclusionKind,
    MissingAppend,
    MissingValue,
    NeedlessAppend,
    UnknownOverrideKey,
    UnresolvedInterpolation,
    select,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.source import Files, Span

FILES = {
    "conf/config.yaml": "defaults:\n  - arch: etrm\n  - _self_\nlr: 0.1\nname: ???\n",
    "conf/arch/etrm.yaml": "defaults:\n  - loss: ce\nhidden: 4\n",
    "conf/arch/trm.yaml": "hidden: 8\n",
    "conf/arch/loss/ce.yaml": "weight: 1\n",
    "conf/data/small.yaml": "rows: 1\n",
}


def test_all_problems_at_once(tmp_path: Path) -> None:
    case = Case(FILES, ("arch.hiden=3", "data=small", "+lr=2", "epochs=4"))
    (composition,) = ours(case, tmp_path)
    kinds = [type(problem) for problem in composition.problems]
    assert kinds.count(UnknownOverrideKey) == 2
    assert MissingAppend in kinds
    assert NeedlessAppend in kinds
    assert composition.root is not None


def test_a_missing_config_is_the_only_problem(tmp_path: Path) -> None:
    overrides = ("arch=nope", "arch.hidden=3", "arch.loss.weight=2", "+arch.extra=1", "arch/loss=ce")
    (composition,) = ours(Case(FILES, overrides), tmp_path)
    (problem,) = [p for p in composition.problems if not isinstance(p, MissingValue)]
    assert isinstance(problem, DefaultNotFound)
    assert problem.option == "nope"
    assert problem.available == ("etrm", "trm")
    assert isinstance(select(composition.root, ("arch",)), ConfigUnknown)


def test_the_story_of_a_leaf(tmp_path: Path) -> None:
    (composition,) = ours(Case(FILES, ("arch/loss=ce",)), tmp_path)
    node = select(composition.root, ("arch", "loss", "weight"))
    assert node is not None
    step = node.origin.inclusion
    assert node.origin.span.file == "conf/arch/loss/ce.yaml"
    assert (step.kind, step.label, step.span.file) == (InclusionKind.OVERRIDE, "arch/loss=ce", "jobs.txt")
    assert step.parent is not None
    assert (step.parent.label, step.parent.span.line) == ("arch: etrm", 2)
    assert step.parent.parent is not None
    assert step.parent.parent.kind is InclusionKind.PRIMARY


def test_choices_name_their_siblings_and_files(tmp_path: Path) -> None:
    (composition,) = ours(Case(FILES), tmp_path)
    arch, loss = composition.choices
    assert (arch.group, arch.option.value, arch.siblings, arch.file) == (
        "arch",
        "etrm",
        ("trm",),
        "conf/arch/etrm.yaml",
    )
    assert loss.group == "arch/loss"
    assert composition.primary == "conf/config.yaml"
    assert set(composition.files) == {"conf/config.yaml", "conf/arch/etrm.yaml", "conf/arch/loss/ce.yaml"}


def test_missing_values_are_all_reported(tmp_path: Path) -> None:
    (composition,) = ours(Case(FILES), tmp_path)
    assert [(p.key, p.needed) for p in composition.problems if isinstance(p, MissingValue)] == [
        ("name", False)
    ]


def test_a_file_that_cannot_be_read_is_left_to_the_run(tmp_path: Path) -> None:
    case = Case(FILES, ("arch.hidden=3", "name=x"))
    write(case, tmp_path)
    (tmp_path / "conf/arch/etrm.yaml").write_bytes(b"a: \xff\xfe\n")
    (composition,) = compose(request_of(case, tmp_path), Files(tmp_path))
    assert composition.problems == ()
    assert "conf/arch/etrm.yaml" in composition.unverified[0].reason


def test_a_group_is_named_beside_a_key_that_is_not_there(tmp_path: Path) -> None:
    (composition,) = ours(Case(FILES, ("arhc=trm", "name=x")), tmp_path)
    (problem,) = composition.problems
    assert isinstance(problem, UnknownOverrideKey)
    assert problem.available == ("arch", "lr", "name", "arch/loss")


def test_a_plugin_that_is_not_installed_is_no_error(tmp_path: Path) -> None:
    overrides = ("hydra/launcher=submitit_slurm", "hydra.launcher.partition=gpu", "name=x")
    (composition,) = ours(Case(FILES, overrides), tmp_path)
    assert composition.problems == ()
    assert "hydra/launcher/submitit_slurm" in composition.unverified[0].reason


def unknown_value(key: str) -> Word:
    """`key=$X`, whose value only the environment knows."""
    here = Span("jobs.txt", 1, 1, 1, 9)
    return Word(f"{key}=$X", here, (f"{key}=", Unknown("`X` is not set here", here)), (here, here))


def test_an_unknown_option_leaves_its_keys_open_and_no_others(tmp_path: Path) -> None:
    case = Case(FILES, ("arch.anything=3", "name=x", "lrr=2"))
    write(case, tmp_path)
    request = request_of(case, tmp_path)
    request = replace(request, overrides=(unknown_value("arch"), *request.overrides))
    (composition,) = compose(request, Files(tmp_path))
    (problem,) = composition.problems
    assert isinstance(problem, UnknownOverrideKey)
    assert problem.key == "lrr"
    assert [unknown.reason for unknown in composition.unverified] == ["`X` is not set here"]


def test_an_unknown_value_has_its_key_checked(tmp_path: Path) -> None:
    write(Case(FILES), tmp_path)
    words = (unknown_value("lrr"), unknown_value("lr"), unknown_value("name"))
    request = replace(request_of(Case(FILES), tmp_path), overrides=words)
    (composition,) = compose(request, Files(tmp_path))
    (problem,) = composition.problems
    assert isinstance(problem, UnknownOverrideKey)
    assert isinstance(select(composition.root, ("lr",)), ConfigUnknown)


def test_sweep_points_in_order(tmp_path: Path) -> None:
    case = Case(FILES, ("arch=etrm,trm", "lr=1,2", "+x=3"), multirun=True)
    assert_agrees(case, tmp_path)
    points = ours(case, tmp_path)
    assert [point.sweep_point for point in points] == [
        ("arch=etrm", "lr=1"),
        ("arch=etrm", "lr=2"),
        ("arch=trm", "lr=1"),
        ("arch=trm", "lr=2"),
    ]


def test_a_sweep_beyond_the_cap_is_said(tmp_path: Path) -> None:
    points = ours(Case(FILES, ("lr=range(0,100)",), multirun=True), tmp_path)
    assert len(points) == 64
    assert "100 points" in points[0].unverified[0].reason


def test_a_key_that_only_a_swept_option_brings_is_refused_by_the_sweep_itself(tmp_path: Path) -> None:
    assert_agrees(Case(FILES, ("+data=small", "data.rows=2"), multirun=True), tmp_path)
    assert_agrees(Case(FILES, ("+data=small,small", "data.rows=2"), multirun=True), tmp_path)


def test_launches_share_what_is_the_same(tmp_path: Path) -> None:
    case = Case(FILES, ("lr=1",))
    write(case, tmp_path)
    files, cache = Files(tmp_path), ComposeCache()
    first = compose(request_of(case, tmp_path), files, cache)
    read = files.files_read
    second = compose(request_of(Case(FILES, ("lr=2",)), tmp_path), files, cache)
    assert files.files_read == read
    assert first[0].root is not None
    assert second[0].root is not None
    assert first[0].root.children["arch"] is second[0].root.children["arch"]


def with_hydra(text: str) -> dict[str, str]:
    """The files with a hydra node in the primary config."""
    return {**FILES, "conf/config.yaml": f"{FILES['conf/config.yaml']}hydra:\n  {text}\n"}


PARAMS = "sweeper:\n    params:\n      lr: 1,2"
HYDRA = {
    "a known key": Case(FILES, ("hydra.run.dir=x", "hydra.job.name=y")),
    "an unknown key": Case(FILES, ("hydra.nope=x",)),
    "an unknown key appended": Case(FILES, ("+hydra.nope=x",)),
    "an open place": Case(FILES, ("+hydra.job.env_set.A=b",)),
    "verbose": Case(FILES, ("hydra.verbose=true",)),
    "mode": Case(FILES, ("hydra.mode=MULTIRUN", "lr=1,2")),
    "a sweep without multirun": Case(FILES, ("lr=1,2",)),
    "a choice without multirun": Case(FILES, ("lr=choice(1,2)",)),
    "a sweep over hydra": Case(FILES, ("hydra.run.dir=a,b",), multirun=True),
    "an interval": Case(FILES, ("lr=interval(0,1)",), multirun=True),
    "a glob": Case(FILES, ("arch=glob(*)",), multirun=True),
    "no sweep": Case(FILES, ("lr=3",), multirun=True),
    "params in the config": Case(
        with_hydra("sweeper:\n    params:\n      lr: 1,2"), ("arch=trm",), multirun=True
    ),
    "hydra in the config": Case(with_hydra("run:\n    dir: out")),
    "an unknown hydra key in the config": Case(with_hydra("rnu:\n    dir: out")),
    "a wrong type in the hydra node": Case(with_hydra("run: out")),
    "a plugin's key without the plugin": Case(with_hydra("launcher:\n    partition: gpu")),
}


def test_what_hydra_reads_at_the_start_must_resolve(tmp_path: Path) -> None:
    (composition,) = ours(Case(with_hydra("run:\n    dir: out/${nope}"), ("name=x",)), tmp_path)
    (problem,) = composition.problems
    assert isinstance(problem, UnresolvedInterpolation)
    assert problem.key == "hydra.run.dir"


def test_the_script_does_not_see_the_hydra_node(tmp_path: Path) -> None:
    (composition,) = ours(Case(FILES, ("name=${hydra.run.dir}",)), tmp_path)
    (problem,) = composition.problems
    assert isinstance(problem, UnresolvedInterpolation)


def test_hydra_keys_as_hydra_judges_them(tmp_path: Path) -> None:
    failures = []
    for number, (name, case) in enumerate(HYDRA.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            assert_agrees(case, folder)
        except AssertionError as error:
            failures.append(f"{name}: {error}")
    assert failures == []


def test_launches_that_choose_the_same_keep_their_own_places(tmp_path: Path) -> None:
    """A composition is shared; the second launch's choices and stories still name its own line."""
    write(Case(FILES, ()), tmp_path)
    cache, files = ComposeCache(), Files(tmp_path)

    def composed(line: int, *overrides: str) -> Composition:
        request = request_of(Case(FILES, ("name=x", *overrides)), tmp_path)
        words = tuple(on_line(word, line) for word in request.overrides)
        return compose(replace(request, overrides=words), files, cache)[0]

    first, second = composed(1, "arch=trm"), composed(2, "arch=trm")
    assert [choice.inclusion.span.line for choice in (*first.choices, *second.choices)] == [1, 2]
    node = select(composed(3, "arch=trm", "arch.absent=1").root, ("arch", "hidden"))
    assert node is not None
    assert node.origin.inclusion.span.line == 3


def on_line(word: Word, line: int) -> Word:
    spans = tuple(replace(span, line=line, end_line=line) for span in word.spans)
    return replace(word, span=replace(word.span, line=line, end_line=line), spans=spans)


def test_hydra_itself_reads_env_set_and_a_multirun_its_sweeper(tmp_path: Path) -> None:
    hydra = "hydra:\n  job:\n    env_set: {A: '${gone}'}\n  sweeper:\n    max_batch_size: '${nowhere}'\n"
    text = FILES["conf/config.yaml"] + hydra
    case = Case({**FILES, "conf/config.yaml": text}, ("name=x",))
    (single,) = ours(case, tmp_path)
    assert [p.key for p in single.problems if isinstance(p, UnresolvedInterpolation)] == [
        "hydra.job.env_set.A"
    ]
    (swept, *_) = ours(replace(case, multirun=True), tmp_path)
    assert [p.key for p in swept.problems if isinstance(p, UnresolvedInterpolation)] == [
        "hydra.sweeper.max_batch_size",
        "hydra.job.env_set.A",
    ]
