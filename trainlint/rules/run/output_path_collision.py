"""Looks at where the jobs of a list save their weights, yields jobs that save where another one does."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import LaunchSummary, Project
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.launch import Form, Marker
from trainlint.rules.base import Finding, rule

_WAITING = (Marker.PENDING, None)
#: So many more jobs are named.
_NAMED = 3


@rule(
    "TL513", "output-path-collision", severity=Severity.WARNING, link=LinkKind.CHECKPOINT, needs=("project",)
)
def output_path_collision(project: Project) -> Iterator[Finding]:
    """Two jobs that are still to run save their weights in one place."""
    saving: dict[tuple[str, str], list[LaunchSummary]] = {}
    for launch in project.launches:
        # Only a list is a queue: the same command in a README and a script is documentation.
        if launch.form is Form.JOB_LIST and launch.marker in (*_WAITING, Marker.RUNNING):
            for path in _saved(launch):
                _add(launch, path, saving.setdefault((launch.span.file, path.rpartition("/")[0]), []))
    for (_, folder), launches in saving.items():
        if len(launches) > 1 and any(launch.marker in _WAITING for launch in launches):
            yield _finding(launches, folder)


def _add(launch: LaunchSummary, path: str, others: list[LaunchSummary]) -> None:
    """Count a launch among those that save in one folder, unless another rule says it or it goes on there."""
    if not any(_told(launch, other) for other in others) and not _goes_on(launch, path):
        others.append(launch)


def _saved(launch: LaunchSummary) -> Iterator[str]:
    """The files of weights that a launch writes, as far as their folders are known."""
    for paths in launch.paths:
        yield from (path for path in paths.saved if "*" not in path.rpartition("/")[0])


def _told(launch: LaunchSummary, earlier: LaunchSummary) -> bool:
    """Whether two launches are one, or share what their command lines name as output."""
    if launch.span == earlier.span or " ".join(launch.text.split()) == " ".join(earlier.text.split()):
        return True
    ours = {(output.key, output.value) for output in launch.outputs if output.from_command}
    theirs = {(output.key, output.value) for output in earlier.outputs if output.from_command}
    return bool(ours & theirs)


def _goes_on(launch: LaunchSummary, path: str) -> bool:
    """Whether a launch starts from what was saved there."""
    folder = path.rpartition("/")[0] + "/"
    return any(needed.given.startswith(folder) for paths in launch.paths for needed in paths.needed)


def _finding(launches: list[LaunchSummary], folder: str) -> Finding:
    first, second, *more = launches
    place = folder or "."
    others = "".join(f", {launch.span.line}" for launch in more[:_NAMED])
    others += f" and {len(more) - _NAMED} more" if len(more) > _NAMED else ""
    return Finding(
        second.span,
        f"the jobs on lines {first.span.line}, {second.span.line}{others} save their weights in `{place}`",
        help="give each run a name or an output folder of its own",
        runtime="the later run overwrites the checkpoints of the earlier one",
        chain=tuple(Note(launch.span, "saves there too") for launch in (first, *more[:_NAMED])),
    )
