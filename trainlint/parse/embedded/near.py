"""A script that is not there in, whether its name is a slip for one that is there out: by strict evidence."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from trainlint.facts.launch import JobFacts
from trainlint.facts.value import Unknown
from trainlint.parse.embedded.tree import Tree
from trainlint.source import Files

#: Names that every project has: one that is not there is more likely another project's than misspelt.
_COMMON = re.compile(
    r"(?:__main__|main|app|cli|run|start|launch|launcher|train|trainer|training|pretrain|finetune|fine_tune|eval"
    r"|evaluate|evaluation|test|tests|demo|infer|inference|predict|prediction|sample|generate|generation|convert"
    r"|preprocess|prepare|export|benchmark|download|setup|install|build|example|examples|server|client|model|data"
    r"|dataset|config|utils|script|scripts|my_app|myapp|hello|entry|worker|agent|search|sweep|plot|visualize"
    r"|my_\w+|your_\w+)\Z"
)
_MAKES = (
    r"creat|save|writ|cop(?:y|ies)|\bcp\b|\bmv\b|wget|curl|touch|\bcat\b"
    r"|\btee\b|>|\bln\b|clone|download|title="
)
_CUTOFF = 0.8
_SHORTEST = 5


def home_of(missing: str, tree: Tree, files: Files) -> Path | None:
    """The folder in which a missing script is: the tree has one of that name, which is no common one."""
    stem, suffix = os.path.splitext(os.path.basename(missing))
    if suffix not in (".py", ".sh") or len(stem) < _SHORTEST or _COMMON.match(stem):
        return None
    parts = tuple(missing.removeprefix("./").split("/"))
    found = tree.moved(missing, files)
    if found is None or found.parts[-len(parts) :] != parts:
        return None
    return found.parents[len(parts) - 1]


def is_slip(missing: str, job: JobFacts, document: str, tree: Tree, files: Files) -> bool:
    """Whether a missing script is so near to one that is there that its writer meant that one.

    Either it is misspelt, or the folder that its path begins with is there and it has moved deeper.
    """
    if isinstance(job.directory, Unknown):
        return False
    head, name = os.path.split(
        missing if missing.endswith((".py", ".sh")) else missing.replace(".", "/") + ".py"
    )
    stem, suffix = os.path.splitext(name)
    if len(stem) < _SHORTEST or _COMMON.match(stem) or _is_made(name, document):
        return False
    folder = files.absolute(job.directory.value / head)
    top = head.removeprefix("./").partition("/")[0]
    if top and top != ".." and not files.is_dir(folder) and files.is_dir(job.directory.value / top):
        return tree.moved(missing, files) is not None
    names = [os.path.splitext(entry)[0] for entry in files.entries(folder) if entry.endswith(suffix)]
    return bool(difflib.get_close_matches(stem, names, n=1, cutoff=_CUTOFF))


def _is_made(name: str, document: str) -> bool:
    """Whether the document tells to create a file of this name."""
    for found in re.finditer(re.escape(name), document):
        start = document.rfind("\n", 0, found.start()) + 1
        end = document.find("\n", found.end())
        if re.search(_MAKES, document[start : len(document) if end < 0 else end], re.IGNORECASE):
            return True
    return False
