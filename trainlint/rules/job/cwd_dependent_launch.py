"""Looks at the folder that a text has to be started in, yields one that is not the working directory."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import Form
from trainlint.rules.base import Finding, rule
from trainlint.source import Span


@rule("TL112", "cwd-dependent-launch", severity=Severity.INFO, link=LinkKind.JOB, needs=("job",))
def cwd_dependent_launch(chain: Chain) -> Iterator[Finding]:
    """The launch finds its files only when it is started in one certain folder."""
    started_in = chain.job.started_in
    if started_in is None or chain.job.form is not Form.SHELL:
        return
    first = chain.job.via[0] if chain.job.via else chain.job.span
    folder = _shown(first.file, started_in.as_posix())
    # One place for all launches of the script: it is the script that has to be started there.
    yield Finding(
        Span.at(chain.job.span.file),
        f"this works only when it is started in `{folder}`",
        help='let the script go there itself: `cd "$(dirname "$0")"` enters the folder that it stands in',
        runtime="from another folder the script is not found",
    )


def _shown(file: str, folder: str) -> str:
    """The folder as people see it: the one of those that hold the text whose path it ends in."""
    parent = file
    while "/" in parent:
        parent = parent.rpartition("/")[0]
        if folder.endswith(parent):
            return parent
    return folder.rpartition("/")[2]
