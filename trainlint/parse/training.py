"""A command and the script that it starts in, whether it can be training out: tools are none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.facts.launch import JobFacts, ScriptKind, ScriptReference, Word
from trainlint.facts.value import Unknown
from trainlint.parse.launcher.names import launcher_named
from trainlint.source import Span

#: Programs of Python's and packagers' own that a text about training starts on the side.
_TOOL_MODULES = re.compile(
    r"(?:pip|uv|poetry|conda|wheel|venv|virtualenv|ensurepip|pytest|unittest|build|twine|http\.server|ipykernel|jupyter(?:lab)?|notebook"
    r"|tensorboard(?:\.main)?|black|ruff|isort|mypy|flake8|pylint|pre_commit|coverage|json\.tool|site|zipfile"
    r"|compileall|spacy|nltk\.downloader|mkdocs|sphinx|grpc_tools\.protoc|doctest|tox|nox|asv)(?:\..*)?\Z"
)
#: Programs that take Python files or interpreters as arguments and start no training.
_TOOLS = re.compile(
    r"(?:.*/)?(?:apt|apt-get|yum|dnf|brew|pacman|snap|apk|pytest|py\.test|ruff|black|isort|mypy|flake8|pylint"
    r"|pre-commit|tox|nox|pip|pip3|pipx|git|vim?|nano|emacs|code|less|diff|make|cmake|jupyter|jupytext|streamlit"
    r"|gradio|uvicorn|gunicorn|flask|sphinx-build|mkdocs|modal|pylint|autopep8|clang-format|scp|rsync|kubectl)\Z"
)
_TOOL_SCRIPTS = re.compile(r"(?:.*/)?(?:setup|get-pip|conftest|noxfile)\.py\Z")
_SHELL_SCRIPT = re.compile(r"\S+\.(?:sh|bash|slurm|sbatch)\Z")


def starts_training(job: JobFacts, script: ScriptReference | None) -> bool:
    """Whether a command that could be a launch is one and not a tool's call (`uv sync`, `python -m pip`)."""
    if script is None:
        return shell_script(job.command.words) is not None
    if any(_TOOLS.match(word.raw) for word in _before(job.command.words, script.span)):
        return False
    if isinstance(script.text, Unknown):
        return True
    tools = _TOOL_MODULES if script.kind is ScriptKind.MODULE else _TOOL_SCRIPTS
    return not tools.match(script.text.value)


def _before(words: Sequence[Word], script: Span) -> list[Word]:
    """The words in front of the script that are no options."""
    spans = [word.span for word in words]
    end = spans.index(script) if script in spans else len(words)
    return [word for word in words[:end] if not word.raw.startswith("-")]


def shell_script(words: Sequence[Word]) -> Word | None:
    """The word that names the shell script which a command starts."""
    for index, word in enumerate(words):
        if _SHELL_SCRIPT.match(word.raw):
            before = words[index - 1].raw if index else ""
            launcher = launcher_named(words[0].raw)
            if "/" in word.raw or launcher is not None or before.startswith("-"):
                return word
            return None
        if index == 0 and launcher_named(word.raw) is None and "=" not in word.raw:
            return None
    return None
