"""Composer regressions: cases in which our outcome was once not Hydra's, judged by Hydra each time anew."""

from __future__ import annotations

import pytest

from tests.properties.case import Case, on_disk
from tests.properties.compare import differences
from tests.properties.hydra_runner import run_hydra
from tests.properties.our_runner import run_ours
from tests.properties.schemas import HEAD, INT, STR, known_field, schema, stored
from trainlint.facts.schema import FieldFacts


def config(text: str, *overrides: str, **files: str) -> Case:
    """A config with overrides; further files by name, `g__x` standing for `g/x.yaml`."""
    others = {f"conf/{name.replace('__', '/')}.yaml": content for name, content in files.items()}
    return Case({"conf/config.yaml": text, **others}, overrides)


def typed(case: Case, text: str, *fields: FieldFacts) -> Case:
    """The case with a dataclass `Outer`, stored as `base`."""
    outer = schema("Outer", *fields)
    module = f"{HEAD}\n@dataclass\nclass Outer:\n{text}\nstore(name='base', node=Outer)\n"
    return Case(case.files, case.overrides, schemas=module, stored=(stored("base", outer),))


NUMBER = known_field("a", INT.type, 1)

CASES = {
    # was accepted: Hydra asserts that an item with an option is not `_self_`
    "_self_ as an option": config("defaults:\n  - g: _self_\n", g__x="a: 1\n"),
    # was accepted: Hydra's own node is a structured config
    "misspelt key below hydra": config("hydra:\n  job:\n    nam: x\n"),
    "value of the wrong type below hydra": config("hydra:\n  job:\n    chdir: maybe\n"),
    # was refused twice, for the search path and for its type
    "search path that is a text": config("hydra:\n  searchpath: more\n"),
    # was accepted, fields had no types
    "text for a number": typed(config("defaults:\n  - base\na: x\n"), "    a: int = 1", NUMBER),
    "override with a text for a number": typed(
        config("defaults:\n  - base\n", "a=x"), "    a: int = 1", NUMBER
    ),
    "key that is no field": typed(
        config("defaults:\n  - base\n  - _self_\nb: 1\n"), "    a: int = 1", NUMBER
    ),
    # kept its own type: a field converts what it is given
    "number for a text": typed(
        config("defaults:\n  - base\n  - _self_\na: 1\n", "b=2"),
        "    a: str = 'x'\n    b: str = 'y'",
        known_field("a", STR.type, "x"),
        known_field("b", STR.type, "y"),
    ),
    # gave the text "1": an interpolation is converted to its field's type, or fails
    "interpolation in a number's place": typed(
        config("defaults:\n  - base\n  - _self_\na: ${oc.decode:'\"1\"'}\n"), "    a: int = 1", NUMBER
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case_is_hydras(name: str) -> None:
    case = CASES[name]
    with on_disk(case) as root:
        assert differences(case, run_hydra(case, root), run_ours(case, root)) == []
