"""Options that several commands share in, settings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trainlint.chain.model import Chain
from trainlint.diagnostic import RuleInfo
from trainlint.engine.selection import for_command
from trainlint.engine.settings import AllRules, packs_of, rules_of
from trainlint.facts.settings import PATHS, HostSettings, PackName, Settings, SettingsProblems
from trainlint.parse.settings import RulesOf, read_settings, read_settings_file
from trainlint.parse.settings_schema import host_fault, selector_fault
from trainlint.record import record
from trainlint.report.exit_code import USAGE
from trainlint.report.usage import render
from trainlint.rules.base import Rule
from trainlint.source import Files

if TYPE_CHECKING:
    from trainlint.policy.pack import Pack

F = TypeVar("F", bound=Callable[..., Any])


def configuration_options(function: F) -> F:
    """Add the options that choose rules and settings for launches."""
    for option in (
        click.option(
            "--host", metavar="NAME", help="The machine of the configuration that launches are for."
        ),
        click.option(
            "--paths",
            "looked_at",
            type=click.Choice(PATHS),
            help="What a missing path counts [default: warn].",
        ),
        click.option("--python", metavar="PATH", help="Interpreter whose packages count as installed."),
    ):
        function = option(function)
    return rule_options(function)


def rule_options(function: F) -> F:
    """Add the options that choose rules and the settings file."""
    for option in (
        click.option("--config", metavar="FILE", help="Configuration file [default: the nearest above]."),
        click.option("--ignore", multiple=True, metavar="RULES", help="Rules to leave out."),
        click.option("--select", multiple=True, metavar="RULES", help="Codes, prefixes or names."),
    ):
        function = option(function)
    return function


def _split(values: object) -> tuple[str, ...]:
    assert isinstance(values, tuple)
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def selectors(values: object, option: str, rules: Iterable[RuleInfo]) -> tuple[str, ...]:
    """The rules that an option names, each of which must be one of the command's."""
    names = _split(values)
    for name in names:
        fault = selector_fault(name, rules)
        if fault is not None:
            elsewhere = selector_fault(name, AllRules()) is None
            reason = f"`{name}` means no rule of this command" if elsewhere else fault
            raise click.UsageError(f"{option}: {reason}; see `trainlint rule --all`")
    return names


@record
class Configuration:
    """What a run is told: its settings, and the rules that there are, those of policy packs included."""

    settings: Settings
    chain_rules: tuple[Rule[Chain], ...]
    infos: tuple[RuleInfo, ...]
    packs: tuple[Pack, ...] = ()


def load_configuration(files: Files, options: Mapping[str, object]) -> Configuration:
    """The configuration file's settings with the command line's on top."""
    # A comparison of two programs needs none of them.
    from trainlint.rules.registry import CHAIN_RULES, RULES

    packs: list[Pack] = []
    rules: list[Rule[Chain]] = []

    def known(names: tuple[PackName, ...], folder: Path) -> AllRules | SettingsProblems:
        found = packs_of(files, names, folder)
        if isinstance(found, SettingsProblems):
            return found
        packs[:] = found
        rules[:] = rules_of(found, files)
        return AllRules(tuple(rule.info for rule in rules))

    settings = file_settings(files, options["config"], known)
    infos = (*RULES, *(rule.info for rule in rules))
    select = selectors(options["select"], "--select", infos)
    ignore = selectors(options["ignore"], "--ignore", infos)
    settings = for_command(settings, infos)
    settings = replace(
        settings,
        select=select or settings.select,
        ignore=(*settings.ignore, *ignore),
        python=settings.python if options["python"] is None else str(options["python"]),
        paths=settings.paths if options["looked_at"] is None else str(options["looked_at"]),
        host=settings.host if options["host"] is None else _host(settings, str(options["host"])),
    )
    return Configuration(settings, (*CHAIN_RULES, *rules), infos, tuple(packs))


def _host(settings: Settings, name: str) -> HostSettings:
    fault = host_fault(name, [host.name for host in settings.hosts])
    if fault is not None:
        raise click.UsageError(f"--host: {fault}")
    return next(host for host in settings.hosts if host.name == name)


def file_settings(files: Files, named: object, known: RulesOf) -> Settings:
    """The settings of the file that is named, or of the nearest one."""
    if named is None:
        settings = read_settings(files, files.root, known)
    else:
        settings = read_settings_file(files, files.absolute(str(named)), known)
    if isinstance(settings, SettingsProblems):
        click.echo(render(settings), err=True, nl=False)
        raise click.exceptions.Exit(USAGE)
    return settings
