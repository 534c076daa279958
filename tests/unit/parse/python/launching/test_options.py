"""Launchers that take options of their own: each choice leads to its commands."""

from __future__ import annotations

from tests.unit.parse.python.launching.support import commands


def test_options_of_click() -> None:
    text = """
    import subprocess
    import click

    @click.command()
    @click.argument("task", type=click.Choice(["train", "eval"]))
    @click.option("--gpus", "-g", default=2, help="how many")
    @click.option("--dry-run", is_flag=True)
    @click.option("--tag")
    def main(task, gpus, dry_run, tag):
        cmd = ["torchrun", f"--nproc_per_node={gpus}", f"{task}.py"]
        if dry_run:
            cmd.append("dry=true")
        if tag is not None:
            cmd.append(f"tag={tag}")
        subprocess.run(cmd)

    if __name__ == "__main__":
        main()
    """
    found = commands(text)
    assert sorted(command for command in found if "train.py" in command) == [
        "torchrun --nproc_per_node=2 train.py",
        "torchrun --nproc_per_node=2 train.py dry=true",
        "torchrun --nproc_per_node=2 train.py dry=true tag=${args.tag}",
        "torchrun --nproc_per_node=2 train.py tag=${args.tag}",
    ]
    assert len(found) == 8


def test_options_of_typer() -> None:
    text = """
    import subprocess
    import typer

    app = typer.Typer()

    @app.command()
    def train(config: str, gpus: int = 4, resume: bool = False, seed: int = typer.Option(3, help="x")):
        words = ["resume=true"] if resume else []
        subprocess.run(["torchrun", f"--nproc_per_node={gpus}", "train.py", config, f"seed={seed}", *words])

    app()
    """
    assert sorted(commands(text)) == [
        "torchrun --nproc_per_node=4 train.py ${args.config} seed=3",
        "torchrun --nproc_per_node=4 train.py ${args.config} seed=3 resume=true",
    ]


def test_a_choice_that_is_not_given_is_none() -> None:
    text = """
    import argparse, subprocess
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=["a", "b"])
    args = parser.parse_args()
    cmd = ["python", "train.py"]
    if args.mode:
        cmd.append(args.mode)
    subprocess.run(cmd)
    """
    assert sorted(commands(text)) == ["python train.py", "python train.py a", "python train.py b"]
