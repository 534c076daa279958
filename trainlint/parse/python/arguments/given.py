"""What a definition of an argument is given, as far as the text shows it."""

from __future__ import annotations

import ast

from trainlint.facts.value import Known, Unknown
from trainlint.record import record


@record
class Reference:
    """Something that is known by its full name only: `int`, `pathlib.Path`, `argparse.SUPPRESS`."""

    name: str


@record
class OwnFunction:
    """A function of the project, a lambda among them."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@record
class OwnClass:
    """A class of the project; `initialises` is whether it, or a base that was not read, has `__init__`."""

    name: str
    node: ast.ClassDef
    initialises: bool


Given = Known[object] | Reference | OwnFunction | OwnClass | Unknown
