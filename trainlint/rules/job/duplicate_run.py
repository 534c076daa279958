"""Looks at the jobs of a list that are still to run, yields those that write where an earlier one writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.chain.model import LaunchSummary, Output, Project
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.launch import Form, Marker
from trainlint.regex import regex
from trainlint.rules.base import Finding, rule

_WAITING = (Marker.PENDING, None)
#: Arguments whose values tell runs of one name apart: a seed, a fold, a rank.
_APART = regex(r"[\w.+-]*(?:seed|fold|split|shard|rank|part)s?[= ]\S*", re.IGNORECASE)


@rule("TL108", "duplicate-run", severity=Severity.WARNING, link=LinkKind.JOB, needs=("project",))
def duplicate_run(project: Project) -> Iterator[Finding]:
    """Two jobs that are still to run have the same command, run name or output folder."""
    commands: dict[tuple[str, str], LaunchSummary] = {}
    outputs: dict[tuple[str, str, str, str], tuple[LaunchSummary, Output]] = {}
    for launch in project.launches:
        # Only a list is a queue: the same command in a README and a script is documentation.
        if launch.form is not Form.JOB_LIST or launch.marker not in (*_WAITING, Marker.RUNNING):
            continue
        file = launch.span.file
        first = commands.setdefault((file, " ".join(launch.text.split())), launch)
        if first.span != launch.span:
            yield from _same_command(launch, first)
            continue
        for output in launch.outputs:
            if output.from_command and launch.script is not None:
                key = (file, launch.script, output.key, output.value)
                earlier, its_output = outputs.setdefault(key, (launch, output))
                if _conflict(launch, earlier):
                    yield _same_output(output, earlier, its_output)
                    break


def _same_command(launch: LaunchSummary, first: LaunchSummary) -> Iterator[Finding]:
    if launch.marker in _WAITING or first.marker in _WAITING:
        yield Finding(
            launch.span,
            f"the same command as on line {first.span.line}",
            help="remove one of the two, or give the second one another seed or name",
            runtime="the same run is computed twice, and the second one may overwrite the first one's files",
            chain=(Note(first.span, "first here"),),
        )


def _conflict(launch: LaunchSummary, earlier: LaunchSummary) -> bool:
    if earlier.span == launch.span or not (launch.marker in _WAITING or earlier.marker in _WAITING):
        return False
    return set(_APART.findall(launch.text)) == set(_APART.findall(earlier.text))


def _same_output(output: Output, earlier: LaunchSummary, its_output: Output) -> Finding:
    return Finding(
        output.span,
        f"`{output.key}={output.value}` is also that of the job on line {earlier.span.line}",
        help="give each run a name of its own",
        runtime="the later run overwrites what the earlier one has written",
        chain=(Note(its_output.span, "first here"),),
    )
