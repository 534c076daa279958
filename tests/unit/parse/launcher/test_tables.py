"""Launchers' option tables: torchrun's and accelerate's against their own parsers, the rest alone."""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from accelerate.commands.launch import launch_command_parser
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributed import run as torch_run
from torch.distributed.elastic.multiprocessing.api import Std

from tests.unit.parse.launcher.support import launch_of, words_of
from trainlint.facts.launch import InvalidOptionValue, UnknownOption
from trainlint.facts.value import Known
from trainlint.parse.launcher import names, torch_table
from trainlint.parse.launcher.options import Parsed, parse_options
from trainlint.parse.launcher.table import Kind, Launcher, Meaning

ALL = {
    launcher.name: launcher
    for name in sorted(names.launcher_names())
    if (launcher := names.launcher_named(name))
}


def real_options() -> dict[str, argparse.Action]:
    actions = torch_run.get_args_parser()._actions
    return {name: action for action in actions for name in action.option_strings}


def test_torchrun_has_the_options_of_the_real_parser() -> None:
    assert set(torch_table.TORCHRUN.by_name) == set(real_options())


@pytest.mark.parametrize("name", sorted(real_options()))
def test_torchrun_options_take_what_the_real_parser_takes(name: str) -> None:
    ours, real = torch_table.TORCHRUN.by_name[name], real_options()[name]
    assert ours.takes == (0 if real.nargs == 0 else 1)
    if real.type is int:
        assert ours.kind is Kind.INTEGER
    if real.type is float:
        assert ours.kind is Kind.NUMBER
    if real.choices:
        assert set(ours.choices) == set(real.choices)
    assert ours.names[0] in ours.names
    assert {ours.names[0], name} <= set(real.option_strings)


def accepted(arguments: Sequence[str]) -> tuple[str, list[str]] | None:
    """The script and its arguments as torch's parser sees them; None when it refuses."""
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            found = torch_run.get_args_parser().parse_args(list(arguments))
        except SystemExit:
            return None
    return found.training_script, found.training_script_args


WORDS = st.one_of(
    st.sampled_from(sorted(name for name in torch_table.TORCHRUN.by_name if name not in ("-h", "--help"))),
    st.sampled_from(
        ["--nproc_per_node=2", "--nnodes=1:2", "--nproc_per=4", "--master_p=1", "--max=1", "--r=1"]
    ),
    st.sampled_from(
        ["-r3", "-t", "-mr", "-m", "-tx", "--nproc-per_node=1", "--foo", "--foo=1", "-q", "--node=1"]
    ),
    st.sampled_from(
        ["1", "x", "train.py", "a=b", "--", "-1", "spawn", "0:1", "2.5", "--standalone=1", "node"]
    ),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(WORDS, max_size=7))
def test_torchrun_reads_a_command_as_torch_does(arguments: list[str]) -> None:
    real = accepted(arguments)
    parsed = Parsed(torch_table.TORCHRUN)
    words = words_of(["torchrun", *arguments])
    parse_options(words, 1, parsed)
    refused = [problem for problem in parsed.problems if not _at_run_time(problem)]
    rest = [word.raw for word in words[parsed.rest :]]
    if real is None:
        assert refused or not rest or _ambiguous(arguments), (arguments, rest)
    else:
        assert not refused, (arguments, refused)
        assert (rest[0], rest[1:]) == real or "--" in arguments, arguments


def _at_run_time(problem: object) -> bool:
    """The parser takes these two as text; torch refuses a bad value a moment later."""
    if not isinstance(problem, InvalidOptionValue) or problem.expected == "a value":
        return False
    return problem.option in ("--nnodes", "--nproc_per_node")


def _ambiguous(arguments: Sequence[str]) -> bool:
    """Python before 3.12 finds `--nproc` ambiguous between two spellings of one option, and looks for
    ambiguous abbreviations among the script's arguments, too."""
    heads = [argument.partition("=")[0] for argument in arguments if argument.startswith("--")]
    spellings = set(real_options())
    return any(
        sum(name.startswith(head) for name in spellings) > 1 for head in heads if head not in spellings
    )


def refuses(function: Callable[[str], object], text: str) -> bool:
    try:
        function(text)
    except (ValueError, RuntimeError):
        return True
    return False


@pytest.mark.parametrize("text", ["1", "1:4", "2:2", "", "a", "1:", ":", "1:2:3", "-1", "1.5", "auto", " 2"])
def test_nnodes_accepts_what_torch_accepts(text: str) -> None:
    problems = launch_of(["torchrun", f"--nnodes={text}", "train.py"]).problems
    assert bool(problems) == refuses(torch_run.parse_min_max_nnodes, text)


@pytest.mark.parametrize("text", ["1", "auto", "cpu", "foo", "", "1:2", "2.0", "GPU", "all", "0"])
def test_nproc_per_node_accepts_what_torch_accepts(text: str) -> None:
    problems = launch_of(["torchrun", f"--nproc_per_node={text}", "train.py"]).problems
    assert bool(problems) == refuses(torch_run.determine_local_world_size, text)


@pytest.mark.parametrize("text", ["gpu", "xpu"])
def test_nproc_per_node_accepts_devices_that_this_machine_lacks(text: str) -> None:
    assert launch_of(["torchrun", f"--nproc_per_node={text}", "train.py"]).problems == ()


def test_redirects_are_text_to_the_parser() -> None:
    assert Std.from_str("3")
    assert launch_of(["torchrun", "-r", "3", "train.py"]).problems == ()


@pytest.mark.parametrize("launcher", ALL.values(), ids=ALL)
def test_no_spelling_stands_twice_in_a_table(launcher: Launcher) -> None:
    spellings = [launcher.key(name) for option in launcher.options for name in option.names]
    doubled = {name for name in spellings if spellings.count(name) > 1}
    assert not doubled


@pytest.mark.parametrize("launcher", ALL.values(), ids=ALL)
def test_choices_belong_to_choice_options_only(launcher: Launcher) -> None:
    for option in launcher.options:
        assert bool(option.choices) == (option.kind is Kind.CHOICE), option.names


def test_unknown_option_names_the_nearest() -> None:
    (problem,) = launch_of(["torchrun", "--nproc_per_nodes", "4", "train.py"]).problems
    assert isinstance(problem, UnknownOption)
    assert problem.nearest == "--nproc_per_node"
    assert problem.span.column == len("torchrun ") + 1


@pytest.mark.parametrize("launcher", ["srun", "mpirun", "accelerate launch", "uv run"])
def test_tables_that_plugins_extend_only_doubt_strange_options(launcher: str) -> None:
    found = launch_of([*launcher.split(), "--zzz-plugin=1", "python", "train.py"])
    assert found.problems == ()
    assert any("--zzz-plugin" in unknown.reason for unknown in found.unverified)


def test_near_misses_are_named_even_there() -> None:
    (problem,) = launch_of(["srun", "--ntask-per-node=8", "python", "train.py"]).problems
    assert isinstance(problem, UnknownOption)
    assert problem.nearest == "--ntasks-per-node"


def test_meaning_of_module_is_followed() -> None:
    assert torch_table.TORCHRUN.by_name["-m"].meaning is Meaning.MODULE
    found = launch_of(["torchrun", "-m", "pkg.train", "a=1"], {"pkg/train.py": ""})
    assert found.script is not None
    assert found.script.path == Path("/project/pkg/train.py")
    assert isinstance(found.world_size, Known)


def test_the_table_of_accelerate_holds_what_accelerate_has() -> None:
    table = names.launcher_named("accelerate")
    assert table is not None
    for action in launch_command_parser()._actions:
        for name in action.option_strings:
            option = table.by_name[name]
            assert option.takes == (0 if action.nargs == 0 else 1), name
            assert not option.choices or set(action.choices or ()) <= set(option.choices), name
