"""A file in, the form of launch text that it has and its launches out; only one reader is imported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.parse.made import without_made
from trainlint.record import record
from trainlint.regex import regex
from trainlint.source import Files, SourceFile

#: A text and the folder that it is taken to be started in, in; its launches, out.
Reader = Callable[[SourceFile, Path, Files], LaunchText]

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(?P<program>[\w.+-]+)")
_SHELLS = frozenset(("sh", "bash", "dash", "ksh", "zsh", "fish", "csh", "tcsh"))


def _read_jobs(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.joblist import read_jobs

    return read_jobs(source, directory, files)


def _is_job_list(source: SourceFile) -> bool:
    from trainlint.parse.joblist import looks_like_job_list

    return looks_like_job_list(source)


def _read_markdown(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.markdown import read_markdown

    return read_markdown(source, directory, files)


def _is_guide(source: SourceFile) -> bool:
    from trainlint.parse.embedded.markdown import looks_like

    return looks_like(source)


def _read_restructured(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.restructured import read_restructured

    return read_restructured(source, directory, files)


def _is_restructured_guide(source: SourceFile) -> bool:
    from trainlint.parse.embedded.restructured import looks_like

    return looks_like(source)


def _read_makefile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.makefile import read_makefile

    return read_makefile(source, directory, files)


def _has_recipes(source: SourceFile) -> bool:
    from trainlint.parse.embedded.makefile import looks_like

    return looks_like(source)


def _read_shell(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.shell.script.reader import read_shell

    return read_shell(source, directory, files)


def _may_launch(source: SourceFile) -> bool:
    from trainlint.parse.shell.script.reader import looks_like

    return looks_like(source)


def _read_python(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.python.launching.reader import read_python_launcher

    return read_python_launcher(source, directory, files)


def _is_python_launcher(source: SourceFile) -> bool:
    from trainlint.parse.python.launching.evidence import looks_like_python_launcher

    return looks_like_python_launcher(source)


def _read_justfile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.justfile import read_justfile

    return read_justfile(source, directory, files)


def _has_just_recipes(source: SourceFile) -> bool:
    from trainlint.parse.embedded.justfile import looks_like

    return looks_like(source)


def _read_workflow(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.workflow import read_workflow

    return read_workflow(source, directory, files)


def _has_steps(source: SourceFile) -> bool:
    from trainlint.parse.embedded.workflow import looks_like

    return looks_like(source)


def _read_dockerfile(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.dockerfile import read_dockerfile

    return read_dockerfile(source, directory, files)


def _has_command(source: SourceFile) -> bool:
    from trainlint.parse.embedded.dockerfile import looks_like

    return looks_like(source)


def _read_task(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    from trainlint.parse.embedded.task_yaml import read_task

    return read_task(source, directory, files)


def _is_task(source: SourceFile) -> bool:
    from trainlint.parse.embedded.task_yaml import looks_like

    return looks_like(source)


@record
class _Kind:
    """One form: the paths its files have, how to tell it by its text, and its reader.

    `tell` is asked only of files found in a folder; a file that is named is read by its name alone.
    """

    form: Form
    names: re.Pattern[str]
    tell: Callable[[SourceFile], bool]
    read: Reader


#: The forms in the order in which they are tried; the last one takes every file that is named.
_KINDS: tuple[_Kind, ...] = (
    _Kind(
        Form.MARKDOWN,
        regex(r".*\.(?:md|markdown|mdx|mkd)\Z", re.DOTALL | re.IGNORECASE),
        _is_guide,
        _read_markdown,
    ),
    _Kind(
        Form.RST,
        regex(r".*\.(?:rst|rest)\Z", re.DOTALL | re.IGNORECASE),
        _is_restructured_guide,
        _read_restructured,
    ),
    _Kind(
        Form.MAKEFILE,
        regex(r"(?:.*/)?(?:(?:GNU)?[Mm]akefile(?:\.[\w-]+)?|[^/]*\.(?:mk|mak|make))\Z", re.DOTALL),
        _has_recipes,
        _read_makefile,
    ),
    _Kind(
        Form.JUSTFILE,
        regex(r"(?:.*/)?(?:\.?[Jj]ustfile|JUSTFILE|[^/]*\.just)\Z", re.DOTALL),
        _has_just_recipes,
        _read_justfile,
    ),
    _Kind(
        Form.DOCKERFILE,
        regex(r"(?:.*/)?(?:(?:Docker|Container)file(?:[.-][\w.-]+)?|[^/]*\.[Dd]ockerfile)\Z", re.DOTALL),
        _has_command,
        _read_dockerfile,
    ),
    _Kind(
        Form.WORKFLOW,
        regex(r"(?:.*/)?(?:\.github/workflows/[^/]*|action)\.ya?ml\Z", re.DOTALL),
        _has_steps,
        _read_workflow,
    ),
    _Kind(Form.TASK, regex(r".*\.ya?ml\Z", re.DOTALL), _is_task, _read_task),
    _Kind(
        Form.SHELL,
        regex(r".*\.(?:(?:ba|z|k|c|tc|fi)?sh|sbatch|slurm|slrm|pbs|lsf)\Z", re.DOTALL),
        _may_launch,
        _read_shell,
    ),
    _Kind(
        Form.JOB_LIST,
        regex(r"(?:.*/)?(?:[^./]*|[^/]*\.(?:txt|jobs|list))\Z", re.DOTALL),
        _is_job_list,
        _read_jobs,
    ),
    _Kind(Form.PYTHON, regex(r".*\.py\Z", re.DOTALL), _is_python_launcher, _read_python),
)


_BY_FORM = {kind.form: kind for kind in _KINDS}


def form_of(path: Path, source: SourceFile) -> Form:
    """The form of a file that is named: by its name, its first line, and else a job list."""
    found = _kind_of(path, source)
    return found.form if found is not None else Form.JOB_LIST


def may_hold_launches(path: Path) -> bool:
    """Whether a file of this name, found in a folder, is worth a look at its text."""
    return any(kind.names.match(path.as_posix()) for kind in _KINDS)


def is_named_script(path: Path) -> bool:
    """Whether the name of a file says that it is a script of a shell."""
    return _BY_FORM[Form.SHELL].names.match(path.as_posix()) is not None


def found_form(path: Path, source: SourceFile) -> Form | None:
    """The form of a file found in a folder; None when its text holds no launches of that form."""
    kind = _kind_of(path, source)
    return kind.form if kind is not None and kind.tell(source) else None


def read_launches(form: Form, source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """The launches of a text of this form."""
    return without_made(_BY_FORM[form].read(source, directory, files), source, files)


def _kind_of(path: Path, source: SourceFile) -> _Kind | None:
    shebang = _SHEBANG.match(source.text)
    if shebang is not None and shebang["program"] in _SHELLS:
        return _BY_FORM[Form.SHELL]
    return next((kind for kind in _KINDS if kind.names.match(path.as_posix())), None)
