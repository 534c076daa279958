"""Composer regressions: cases in which our outcome was once not Hydra's, judged by Hydra each time anew."""

from __future__ import annotations

import pytest

from tests.properties.case import Case, on_disk
from tests.properties.compare import differences
from tests.properties.hydra_runner import run_hydra
from tests.properties.our_runner import run_ours
from tests.properties.schemas import HEAD, store


def config(text: str, *overrides: str, **files: str) -> Case:
    """A config with overrides; further files by name, `g__x` standing for `g/x.yaml`."""
    others = {f"conf/{name.replace('__', '/')}.yaml": content for name, content in files.items()}
    return Case({"conf/config.yaml": text, **others}, overrides)


def typed(fields: str, text: str, *overrides: str) -> Case:
    """A config with a dataclass `Outer`, stored as `base`, of these fields."""
    case = config(text, *overrides)
    module = f"{HEAD}\n@dataclass\nclass Outer:\n    {fields}\n{store('base', 'Outer')}"
    return Case(case.files, case.overrides, schemas=module)


CASES = {
    # was accepted: Hydra asserts that an item with an option is not `_self_`
    "_self_ as an option": config("defaults:\n  - g: _self_\n", g__x="a: 1\n"),
    # was accepted: Hydra's own node is a structured config
    "misspelt key below hydra": config("hydra:\n  job:\n    nam: x\n"),
    "value of the wrong type below hydra": config("hydra:\n  job:\n    chdir: maybe\n"),
    # was refused twice, for the search path and for its type
    "search path that is a text": config("hydra:\n  searchpath: more\n"),
    # was accepted, fields had no types
    "text for a number": typed("a: int = 1", "defaults:\n  - base\na: x\n"),
    "override with a text for a number": typed("a: int = 1", "defaults:\n  - base\n", "a=x"),
    "key that is no field": typed("a: int = 1", "defaults:\n  - base\n  - _self_\nb: 1\n"),
    # kept its own type: a field converts what it is given
    "number for a text": typed("a: str = 'x'", "defaults:\n  - base\n  - _self_\na: 1\n"),
    "number for a text on the command line": typed("a: str = 'x'", "defaults:\n  - base\n", "a=2"),
    # gave the text "1": an interpolation is converted to its field's type, or fails
    "interpolation in a number's place": typed(
        "a: int = 1", "defaults:\n  - base\n  - _self_\na: ${oc.decode:'\"1\"'}\n"
    ),
    # was accepted: nested fields cannot be deleted, nor an interpolation merged over a structured config
    "deleting a field": typed("a: int = 1", "defaults:\n  - base@p\n", "~p.a"),
    "interpolation for a structured config": typed(
        "a: Inner = field(default_factory=Inner)", "defaults:\n  - base\n  - _self_\na: ${b}\n"
    ),
    # was refused: containers in a list are not held against its item type
    "list of lists in a list of numbers": typed(
        "a: List[float] = MISSING", "defaults:\n  - base\n  - _self_\na: [[x]]\n"
    ),
    # was accepted: a typed dict merged over a mapping converts nothing
    "typed dict over a mapping of texts": typed(
        "a: Dict[str, int] = MISSING", "defaults:\n  - _self_\n  - base\na: {b: '1'}\n"
    ),
    # lacked the fields without values
    "structured config over a mapping": typed(
        "a: Inner = MISSING", "defaults:\n  - _self_\n  - base\na: {b: x}\n"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case_is_hydras(name: str) -> None:
    case = CASES[name]
    with on_disk(case) as root:
        assert differences(case, run_hydra(case, root), run_ours(case, root)) == []
