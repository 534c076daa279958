"""Options that several commands share in, settings out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from trainlint.facts.settings import Settings, SettingsProblems
from trainlint.parse.settings import read_settings, read_settings_file
from trainlint.parse.settings_schema import selector_fault
from trainlint.report.exit_code import USAGE
from trainlint.report.usage import render
from trainlint.rules.registry import RULES
from trainlint.source import Files

F = TypeVar("F", bound=Callable[..., Any])


def configuration_options(function: F) -> F:
    """Add the options that choose rules and settings."""
    for option in (
        click.option("--python", metavar="PATH", help="Interpreter whose packages count as installed."),
        click.option("--config", metavar="FILE", help="Configuration file [default: the nearest above]."),
        click.option("--ignore", multiple=True, metavar="RULES", help="Rules to leave out."),
        click.option("--select", multiple=True, metavar="RULES", help="Codes, prefixes or names."),
    ):
        function = option(function)
    return function


def _split(values: object) -> tuple[str, ...]:
    assert isinstance(values, tuple)
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def selectors(values: object, option: str) -> tuple[str, ...]:
    """The rules that an option names, each of which must exist."""
    names = _split(values)
    for name in names:
        fault = selector_fault(name, RULES)
        if fault is not None:
            raise click.UsageError(f"{option}: {fault}; see `trainlint rule --all`")
    return names


def load_settings(files: Files, options: Mapping[str, object]) -> Settings:
    """The configuration file's settings with the command line's on top."""
    named = options["config"]
    if named is None:
        settings = read_settings(files, files.root, RULES)
    else:
        settings = read_settings_file(files, files.absolute(str(named)), RULES)
    if isinstance(settings, SettingsProblems):
        click.echo(render(settings), err=True, nl=False)
        raise click.exceptions.Exit(USAGE)
    select, ignore = selectors(options["select"], "--select"), selectors(options["ignore"], "--ignore")
    if select:
        settings = replace(settings, select=select)
    if ignore:
        settings = replace(settings, ignore=(*settings.ignore, *ignore))
    if options["python"] is not None:
        settings = replace(settings, python=str(options["python"]))
    return settings
