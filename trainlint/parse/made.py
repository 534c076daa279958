"""The launches of recipes in, the same out; a script that another line fetches or writes is not missed."""

from __future__ import annotations

import os
import re
from dataclasses import replace

from trainlint.facts.launch import Form, JobFacts, LaunchText
from trainlint.facts.value import Known, Unknown
from trainlint.parse.launcher.peel import peel
from trainlint.regex import regex
from trainlint.source import Files, SourceFile

#: Commands that leave a file or a folder whose name is in their arguments.
_MAKING = (
    r"\b(?:git\s+clone|wget|curl|gdown|gsutil|aws|scp|rsync|unzip|tar|cp|mv|ln|touch|tee|install|hf"
    r"|huggingface-cli)\b"
)
_MAKES = regex(rf"{_MAKING}|>")
#: Forms whose commands run in shells of their own, one after the other on the same files.
_RECIPES = frozenset((Form.MAKEFILE, Form.JUSTFILE, Form.WORKFLOW, Form.TASK, Form.DOCKERFILE))


def without_made(text: LaunchText, source: SourceFile, files: Files) -> LaunchText:
    """The launches; where one runs is unknown when an earlier command makes its script or its folder."""
    if text.form not in _RECIPES or _MAKES.search(source.text) is None:
        return text
    return replace(text, jobs=tuple(_settled(job, source.text, files) for job in text.jobs))


def _settled(job: JobFacts, text: str, files: Files) -> JobFacts:
    script = peel(job, files).script
    if script is None or script.path is not None or not script.searched:
        return job
    if not isinstance(script.text, Known) or not isinstance(job.directory, Known):
        return job
    lost = files.absolute(job.directory.value / script.text.value)
    names = [lost.name, *(folder.name for folder in lost.parents if folder.name and not files.is_dir(folder))]
    made = next((name for name in names if _is_made(name, text)), None)
    if made is None:
        return job
    return replace(job, directory=Unknown(f"the text itself makes `{made}`", job.span))


def _is_made(name: str, text: str) -> bool:
    """Whether a command has this file, or this folder or an archive of it, among what it writes."""
    suffixes = "" if os.path.splitext(name)[1] else r"(?:\.\w+)*"
    word = rf"(?<![\w.-]){re.escape(name)}{suffixes}(?![\w-])"
    return re.search(rf"{_MAKING}[^\n|;&]*{word}|>\s*[\"']?[^\s\"'|;&]*{word}", text) is not None
