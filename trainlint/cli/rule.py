"""`trainlint rule`: a code or a name in, the rule's page out."""

from __future__ import annotations

from pathlib import Path

import click

import trainlint
from trainlint.diagnostic import RuleInfo
from trainlint.rules.registry import RULES

_PACKAGE = Path(trainlint.__file__).resolve().parent


def _page(info: RuleInfo) -> str:
    """The text of a rule's page: inside the installed package, or beside it in a checkout."""
    folders = (_PACKAGE / "_pages", _PACKAGE.parent / "rules")
    pages = (found for folder in folders for found in folder.glob(f"*/{info.code}-{info.name}.md"))
    return next(pages).read_text("utf-8")


@click.command("rule")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="List every rule, a line each.")
def command(name: str | None, everything: bool) -> None:
    """Print the page of the rule NAME (a code or a name)."""
    if everything:
        for info in RULES:
            click.echo(f"{info.code} {info.name} ({info.severity.value}): {info.summary}")
        return
    for info in RULES:
        if name in (info.code, info.name):
            click.echo(_page(info))
            return
    raise click.UsageError(
        f"there is no rule `{name}`; `trainlint rule --all` lists them" if name else "name a rule"
    )
