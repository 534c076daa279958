"""Commands of scripts that end before their last argument in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import Cut, CutCommand
from trainlint.rules.base import Finding, rule
from trainlint.rules.wording import listed

_CAUSES = {
    Cut.COMMENT: "the comment ends the command",
    Cut.BLANK_AFTER_BACKSLASH: "the blank behind the `\\` ends the command with this line",
    Cut.EMPTY_LINE: "the empty line below ends the command",
    Cut.NO_BACKSLASH: "no `\\` joins the next line to this command",
}
_HELP = {
    Cut.COMMENT: "move the comment above the command, or keep the arguments in an array, where it may stand",
    Cut.BLANK_AFTER_BACKSLASH: "remove the blank behind the `\\`",
    Cut.EMPTY_LINE: "remove the empty line",
    Cut.NO_BACKSLASH: "write a `\\` at the end of the line",
}
#: Texts whose commands people paste, and often shorten for reading.
_DOCUMENTS = (".md", ".mdx", ".rst", ".markdown")


@rule("TL111", "argument-after-comment", severity=Severity.ERROR, link=LinkKind.JOB, needs=("project",))
def argument_after_comment(project: Project) -> Iterator[Finding]:
    """Arguments stand below the place where their command ends."""
    for problem in project.shell_problems:
        if isinstance(problem, CutCommand):
            yield Finding(
                problem.span,
                f"{_CAUSES[problem.cut]}: the arguments below do not belong to it",
                help=_HELP[problem.cut],
                severity=Severity.WARNING if problem.span.file.endswith(_DOCUMENTS) else None,
                runtime=f"the program never sees {listed(problem.lost, 3)}, which bash takes for a command",
            )
