from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.script import read_script
from trainlint.facts.schema import StoredConfig
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files

HEAD = """
from dataclasses import dataclass, field
import hydra
from hydra.core.config_store import ConfigStore
from hydra.core import config_store
@dataclass
class C:
    a: int = 1
    b: str = "x"
"""


def stored(root: Path, text: str, **more: str) -> tuple[StoredConfig, ...]:
    for name, content in {"train": HEAD + text, **more}.items():
        (root / f"{name}.py").write_text(content)
    facts = read_script(Library(Files(root)).resolver((root,)), root / "train.py", directory=root)
    assert isinstance(facts, ScriptFacts)
    assert facts.module.problem is None
    return facts.stored


@pytest.mark.parametrize(
    "text",
    [
        "ConfigStore.instance().store(name='n', node=C, group='g', package='p')",
        "cs = ConfigStore.instance()\ncs.store('n', C, 'g', 'p')",
        "cs = config_store.ConfigStore.instance()\ncs.store('n', C, group='g', package='p')",
        "def register():\n    cs = ConfigStore.instance()\n    cs.store('n', C, 'g', 'p')\nregister()",
        "from store import cs\ncs.store('n', C, 'g', 'p')",
        "N = 'n'\nG = 'g'\nConfigStore.instance().store(name=N, node=C, group=f'{G}', package='p')",
    ],
)
def test_spellings_of_a_registration(tmp_path: Path, text: str) -> None:
    other = "from hydra.core.config_store import ConfigStore\ncs = ConfigStore.instance()\n"
    (found,) = stored(tmp_path, text, store=other)
    assert (found.name.value, found.group.value, found.package.value) == ("n", "g", "p")
    assert found.schema is not None
    assert found.schema.name == "C"


def test_an_instance_gives_its_values(tmp_path: Path) -> None:
    (found,) = stored(tmp_path, "ConfigStore.instance().store('n', C(a=5, b=compute()))")
    assert found.schema is not None
    a, b = found.schema.fields
    assert isinstance(a.default, Known)
    assert a.default.value == 5
    assert isinstance(b.default, Unknown)


def test_a_mapping_gives_its_keys(tmp_path: Path) -> None:
    (found,) = stored(tmp_path, "ConfigStore.instance().store(name='n', node={'x': 1, 'y': '???'})")
    assert found.schema is not None
    assert [(field.name, field.default is None) for field in found.schema.fields] == [
        ("x", False),
        ("y", True),
    ]


@pytest.mark.parametrize(
    "node", ["make()", "Missing", "C(1)", "C(**kw)", "{key(): 1}", "OmegaConf.structured(C)"]
)
def test_nodes_that_only_a_run_knows(tmp_path: Path, node: str) -> None:
    (found,) = stored(tmp_path, f"ConfigStore.instance().store(name='n', node={node})")
    assert found.schema is None


def test_names_that_only_a_run_knows(tmp_path: Path) -> None:
    (found,) = stored(tmp_path, "for n in names():\n    ConfigStore.instance().store(name=n, node=C)")
    assert isinstance(found.name, Unknown)


STORE = "cs.store(group='g', name=f'{name}_schema', node=kind)"
TWO_CLASSES = (
    "from dataclasses import dataclass\n@dataclass\nclass C: a: int = 1\n@dataclass\nclass D(C): pass\n"
)
TABLE = "KINDS = {'one': C, 'two': D}"


@pytest.mark.parametrize(
    "text",
    [
        f"{TABLE}\nfor name, kind in KINDS.items():\n    {STORE}",
        f"{TABLE}\nfor name in KINDS:\n    {STORE.replace('=kind', '=KINDS[name]')}",
        f"for name, kind in (('one', C), ['two', D]):\n    {STORE}",
        f"from kinds import KINDS\nfor name, kind in KINDS.items():\n    {STORE}",
        "def register():\n    for end in ['schema']:\n"
        "        for name, kind in {'one': C, 'two': D}.items():\n"
        f"            {STORE.replace('_schema', '_{end}')}\nregister()",
    ],
)
def test_registrations_in_a_loop_over_what_is_written_out(tmp_path: Path, text: str) -> None:
    head = f"cs = ConfigStore.instance()\n@dataclass\nclass D(C):\n    c: int = 2\n{text}"
    found = stored(tmp_path, head, kinds=TWO_CLASSES + TABLE)
    assert [(each.group.value, each.name.value) for each in found] == [
        ("g", "one_schema"),
        ("g", "two_schema"),
    ]
    names = [each.schema.name if each.schema is not None else None for each in found]
    assert names in (["C", "D"], [None, None])
    assert (names == [None, None]) == ("KINDS[name]" in text)


@pytest.mark.parametrize("body", ["if n != 'x':\n        ", "cs.store(name='y')\n    continue\n    "])
def test_rounds_that_may_do_less_are_unknown(tmp_path: Path, body: str) -> None:
    text = f"cs = ConfigStore.instance()\nfor n in ('x', 'z'):\n    {body}cs.store(name=n, node=C)"
    assert any(isinstance(found.name, Unknown) for found in stored(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "cs = ConfigStore.instance()\ndef register():\n    cs.store('n', C)\n",
        "shop = Shop()\nshop.store('n', C)",
        "ConfigStore.instance().load('n')",
    ],
)
def test_what_is_no_registration(tmp_path: Path, text: str) -> None:
    assert stored(tmp_path, text) == ()


def test_hydra_zen_is_unknown(tmp_path: Path) -> None:
    (found,) = stored(tmp_path, "from hydra_zen import store\nstore(C, name='n')\n")
    assert isinstance(found.name, Unknown)
