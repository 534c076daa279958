"""Scripts that read their command line with click, judged by click itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chain.arguments.lines import lines
from tests.unit.chain.arguments.oracle import agree, ours

COMMAND = """
import click

SPLITS = ["train", "test"]
verbose = click.option("-v", "--verbose", count=True)


@click.command(context_settings=dict(help_option_names=["-h", "--help"]))
@click.argument("source")
@click.argument("targets", nargs=-1)
@click.option("--lr", default=0.1)
@click.option("--steps", "-n", type=int, required=True)
@click.option("--split", type=click.Choice(SPLITS), default="train")
@click.option("--mode", type=click.Choice(["Fast", "Slow"], case_sensitive=False))
@click.option("--shuffle/--no-shuffle", default=True)
@click.option("--debug", "-d", is_flag=True)
@click.option("--fp16", default=False)
@click.option("--size", nargs=2, type=int)
@click.option("--tag", multiple=True)
@click.option("--ratio", type=click.FloatRange(0, 1))
@click.option("--batch_size", type=click.IntRange(min=1))
@click.version_option("1.0")
@verbose
def main(**given):
    pass


if __name__ == "__main__":
    main()
"""
GROUP = """
import click


@click.group()
@click.option("--debug", is_flag=True)
def cli(debug):
    pass


@cli.command()
@click.option("--lr", type=float)
@click.argument("name")
def train_model(lr, name):
    pass


@cli.command("eval")
@click.option("--split", required=True)
def evaluate(split):
    pass


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--port", type=int)
def serve(port):
    pass


cli.add_command(serve)
cli.add_command(serve, name="host")


if __name__ == "__main__":
    cli()
"""
OPTIONS = (
    *("--lr", "--steps", "-n", "--split", "--mode", "--shuffle", "--no-shuffle", "--debug", "-d", "--fp16"),
    *("--size", "--tag", "--ratio", "--batch_size", "-v", "-dv", "-vn3", "--version", "--help"),
)
GROUP_OPTIONS = ("--debug", "--lr", "--split", "--port", "--help")


def written(tmp_path_factory: pytest.TempPathFactory, text: str) -> Path:
    path = tmp_path_factory.mktemp("click") / "train.py"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory, COMMAND)


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory, GROUP)


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_a_command_takes_what_click_takes(command: Path, data: st.DataObject) -> None:
    line = data.draw(lines(OPTIONS, ("Fast", "test", "slow", "2")))
    if data.draw(st.booleans()):
        line = ["data", "--steps", "3", *line]
    agree(command, line)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_group_takes_what_click_takes(group: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["train-model", "eval", "serve", "host", "train_model", "tran-model"]))
    front = data.draw(st.sampled_from([[], ["--debug"], ["--debgu"]]))
    agree(group, [*front, name, *data.draw(lines(GROUP_OPTIONS, ("model", "test")))])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("data --steps 3", []),
        ("data --steps 3 --stpes 4", ["--stpes"]),
        ("data", ["--steps"]),
        ("data --steps many", ["--steps"]),
        ("data --steps 3 --split valid", ["--split"]),
        ("data --steps 3 --mode fast --ratio 2", ["--ratio"]),
    ],
)
def test_everything_is_looked_at(command: Path, line: str, names: list[str]) -> None:
    verdict = ours(command, line.split())
    assert verdict.verified
    assert [
        getattr(problem, "argument", getattr(problem, "name", "")) for problem in verdict.problems
    ] == names


def test_options_that_are_not_read_leave_the_rest_unchecked(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(COMMAND.replace("@verbose", "@options_of('model')"))
    verdict = ours(path, ["data", "--anything", "3"])
    assert not verdict.refused
    assert not verdict.verified
