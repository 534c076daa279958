"""A script's path in, the launch that starts it with nothing given out."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.launch import Command, JobFacts, LaunchFacts, ScriptKind, ScriptReference, Word
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files, Span


def bare_launch(files: Files, path: Path, directory: Path, levels: int) -> LaunchFacts:
    """A script started without arguments, by nobody knows how many processes.

    `levels` are the dots of its relative imports: a script that has some is started as a module.
    """
    shown = files.display(path)
    place = Span.at(shown)
    kind = ScriptKind.MODULE if levels else ScriptKind.FILE
    here, text = Known(directory, place), Known(shown, place)
    command = Command((Word(shown, place, (shown,), (place,)),), place)
    return LaunchFacts(
        job=JobFacts(place, shown, None, None, command, here, {}),
        launchers=(),
        environment={},
        directory=here,
        import_path=(_package_root(files, path, levels) if levels else path.parent,),
        script=ScriptReference(kind, text, path, (), (), place),
        arguments=(),
        world_size=Unknown("how many processes are started is not known", place),
    )


def _package_root(files: Files, path: Path, levels: int) -> Path:
    """The folder that the outermost package stands in; a folder without `__init__.py` may be one too."""
    folder = path.parent
    while "__init__.py" in files.entries(folder) and folder != folder.parent:
        folder = folder.parent
    above = path.parents[min(levels, len(path.parents) - 1)]
    return above if folder.is_relative_to(above) else folder
