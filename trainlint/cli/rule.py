"""`trainlint rule`: a code or a name in, the rule's page out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

import trainlint
from trainlint.diagnostic import RuleInfo
from trainlint.engine.settings import AllRules
from trainlint.source import Files

_PACKAGE = Path(trainlint.__file__).resolve().parent


def _page(info: RuleInfo) -> str:
    """The text of a rule's page: inside the installed package, or beside it in a checkout."""
    folders = (_PACKAGE / "_pages", _PACKAGE.parent / "rules")
    pages = (found for folder in folders for found in folder.glob(f"*/{info.code}-{info.name}.md"))
    return next(pages).read_text("utf-8")


def _known() -> Iterator[RuleInfo]:
    """All rules; packs are read only when the name is none of trainlint's own."""
    yield from AllRules()
    yield from _in_packs()


def _in_packs() -> tuple[RuleInfo, ...]:
    """The rules of the packs that come with trainlint."""
    from trainlint.policy.load import built_in_rules

    return built_in_rules(Files(Path.cwd()))


@click.command("rule")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="List every rule, a line each.")
def command(name: str | None, everything: bool) -> None:
    """Print the page of the rule NAME (a code or a name)."""
    if everything:
        for info in (*AllRules(), *_in_packs()):
            click.echo(f"{info.code} {info.name} ({info.severity.value}): {info.summary}")
        return
    found = next((info for info in _known() if name in (info.code, info.name)), None)
    if found is not None:
        click.echo(_page(found))
        return
    raise click.UsageError(
        f"there is no rule `{name}`; `trainlint rule --all` lists them" if name else "name a rule"
    )
