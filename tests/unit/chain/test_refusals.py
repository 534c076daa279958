"""Guards of small scripts: what stops a launch, what is accepted instead, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from trainlint.chain.build import Builder
from trainlint.chain.model import Chain
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_command
from trainlint.source import Files

ENTRY = """
@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
{body}


if __name__ == "__main__":
    main()
"""


def chain(
    folder: Path, body: str, *overrides: str, config: str = "a: 1\nname: x\nflag: true\n", **files: str
) -> Chain:
    """The chain of a script whose entry has this body."""
    head = files.pop("head", "")
    (folder / "conf").mkdir()
    (folder / "conf" / "config.yaml").write_text(config)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    lines = "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().splitlines())
    (folder / "train.py").write_text("import hydra\n" + dedent(head) + ENTRY.format(body=lines))
    launch = read_command(["python", "train.py", *overrides], folder)
    return Builder(Files(folder), Settings()).build(launch.jobs[0])


def accepted(folder: Path, body: str, *overrides: str, **files: str) -> list[tuple[object, ...]]:
    """The values that each refusal would take."""
    return [refusal.accepted for refusal in chain(folder, body, *overrides, **files).refusals.found]


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("assert cfg.name in ('y', 'z')", ("y", "z")),
        ("if cfg.name not in ['y']:\n    raise ValueError", ("y",)),
        ("assert cfg.name.lower() == 'y'", ("y",)),
        (
            "if cfg.name == 'y':\n    return\nif cfg.name == 'z':\n    return\nraise ValueError(cfg.name)",
            ("z", "y"),
        ),
        (
            "match cfg.name:\n    case 'y' | 'z':\n        pass\n    case _:\n        raise ValueError",
            ("y", "z"),
        ),
        ("found = {'y': 1}.get(cfg.name)\nif found is None:\n    raise KeyError", ("y",)),
        ("print({'y': 1, 'z': 2}[cfg.name])", ("y", "z")),
        ("assert cfg.a % 2 == 0", ()),
        ("assert not cfg.flag", ()),
        ("assert cfg.name in ('y',) and cfg.a == 1", ()),
    ],
)
def test_accepted_values_are_the_stated_ones(tmp_path: Path, body: str, values: tuple[object, ...]) -> None:
    assert accepted(tmp_path, body) == [values]


@pytest.mark.parametrize(
    "body",
    [
        "try:\n    assert cfg.a == 2\nexcept Exception:\n    pass",
        "import random\nif random.random() > 0.5:\n    assert cfg.a == 2",
        "def items():\n    assert cfg.a == 2\n    yield 1\nitems()",
        "known = {}\nknown['x'] = 1\nprint(known[cfg.name])",
        "for i in range(cfg.a):\n    assert i > 3 or cfg.flag",
        "cfg.a = 2\nassert cfg.a == 2",
        "import importlib\nfill = getattr(importlib, cfg.name)\nfill(cfg)\nassert cfg.a == 2",
        "raise NotImplementedError",
        "for letter in set(cfg.name):\n    assert letter == 'y'",
        "import os\nassert 'RANK' in os.environ or not cfg.flag",
    ],
)
def test_what_is_not_certain_is_left_alone(tmp_path: Path, body: str) -> None:
    assert accepted(tmp_path, body) == []


def test_a_config_that_hydra_refuses_has_no_refusals_of_the_code(tmp_path: Path) -> None:
    assert accepted(tmp_path, "assert cfg.a == 2", "b=3") == []


def test_the_value_that_the_job_sets_comes_first(tmp_path: Path) -> None:
    (found,) = chain(tmp_path, "assert cfg.a % 2 == 0 or not cfg.flag", "flag=true", "a=3").refusals.found
    assert [(given.name, given.value, given.ordered) for given in found.given] == [
        ("a", 3, True),
        ("flag", True, True),
    ]


REGISTRY = """
    KNOWN = {}


    def register(name):
        def keep(cls):
            KNOWN[name] = cls
            return cls

        return keep
"""
MODELS = """
    from registry import register


    @register("y")
    class Y:
        pass
"""
HEAD = "from registry import KNOWN\nimport models\n"
LOOKS_UP = "print(KNOWN[cfg.name])"


def test_what_loaded_modules_register_is_accepted(tmp_path: Path) -> None:
    assert accepted(tmp_path, LOOKS_UP, head=HEAD, registry=REGISTRY, models=MODELS) == [("y",)]


@pytest.mark.parametrize(
    "more",
    [
        "from registry import KNOWN\nKNOWN['x'] = 1\n",
        "from registry import register\nfor name in 'xyz':\n    register(name)(object)\n",
        "import importlib\nimportlib.import_module('others')\n",
        "import registry\nregistry.KNOWN.update(x=1)\n",
    ],
)
def test_a_registry_that_something_else_may_fill_is_open(tmp_path: Path, more: str) -> None:
    head = HEAD + "import more\n"
    assert accepted(tmp_path, LOOKS_UP, head=head, registry=REGISTRY, models=MODELS, more=more) == []


def test_a_module_that_is_loaded_later_may_register_more(tmp_path: Path) -> None:
    body = "import others\nprint(others, KNOWN[cfg.name])"
    files = {"registry": REGISTRY, "models": MODELS, "others": MODELS.replace('"y"', '"x"')}
    assert accepted(tmp_path, body, head=HEAD, **files) == []


SCHEMA = """
    from pydantic import BaseModel, Field, field_validator


    class Config(BaseModel):
        a: int = Field(gt=0, le=8)
        name: str
        flag: bool

        @field_validator("name")
        @classmethod
        def lower(cls, value):
            return value.lower()
"""


@pytest.mark.parametrize(
    ("override", "stops"), [("a=0", True), ("a=9", True), ("a=8", False), ("name=Y", False), ("name=z", True)]
)
def test_classes_that_check_the_config(tmp_path: Path, override: str, stops: bool) -> None:
    body = "config = Config(**cfg)\nassert config.name in ('x', 'y')"
    found = accepted(tmp_path, body, override, head="from schema import Config\n", schema=SCHEMA)
    assert (len(found) == 1) is stops


def test_keys_of_closed_branches(tmp_path: Path) -> None:
    body = "if not cfg.flag:\n    print(cfg.a)\nprint(cfg.name * 2)"
    found = chain(tmp_path, body, "a=3", "name=y").closed.found
    assert [(closed.key, closed.test, closed.taken) for closed in found] == [("a", "not cfg.flag", True)]


@pytest.mark.parametrize(
    "body",
    [
        "if not cfg.flag:\n    print(cfg.a)\nelse:\n    print(cfg.a + 1)",
        "if not cfg.flag:\n    print(cfg.a)\nimport unknown_tool\nunknown_tool.train(cfg)",
        "if cfg.flag:\n    return\nprint(cfg.a + 1)",
        "import random\nif random.random() > 0.5 and not cfg.flag:\n    print(cfg.a)\nprint(cfg.get('a'))",
    ],
)
def test_keys_that_may_be_read_are_left_alone(tmp_path: Path, body: str) -> None:
    assert chain(tmp_path, body, "a=3").closed.found == ()
