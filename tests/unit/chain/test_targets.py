"""Where we say that a `_target_` leads is where Hydra's own instantiate looks."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.targets import TargetFinder, find_targets
from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    InclusionKind,
    Origin,
)
from trainlint.facts.script import LoaderFacts, MissingImportedName, ScriptFacts
from trainlint.facts.target import (
    MalformedTarget,
    ModuleNotFound,
    NameNotFound,
    NotCallable,
    RefusedTarget,
    TargetFacts,
    TargetRole,
    TargetStatus,
)
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile, Span

PROJECT = {
    "models/__init__.py": "from models.net import Net as PublicNet\nfrom .layers import *\n",
    "models/net.py": """
from abc import ABC
from functools import partial
import collections.abc

class Base:
    DEPTH = 3
    def build(self): return self
    @classmethod
    def small(cls): return cls()
    @property
    def size(self): return 1
    class Part: pass

class Net(Base):
    width = 4
    alias = Base

class Loose(collections.abc.Sized, Base):
    def __len__(self): return 0

def make(width=1): return Net()

LR = 0.1
NAMES = ["a"]
TEXT = f"{LR}"
Same = Net
quick = lambda: 1
half = partial(make, width=2)
try:
    import surely_not_installed_module
    fast = surely_not_installed_module.fast
except ImportError:
    fast = None
Net.late = make
""",
    "models/layers.py": "__all__ = ['Layer']\nclass Layer: pass\nclass Hidden: pass\n",
    "models/my-net.py": "class Dashed: pass\n",
    "space/deep/leaf.py": "class Leaf: pass\n",
    "losses.py": "class Loss: pass\n",
    "models/trm_old.py": "class Trm: pass\n",
    "models/trm.py": "class Trm: pass\n",
}

FOUND = [
    "models.net.Net",
    "models.net.Net.Part",
    "models.net.Net.small",
    "models.net.Net.build",
    "models.net.Net.alias",
    "models.net.Loose.small",
    "models.net.make",
    "models.net.Same",
    "models.net.quick",
    "models.net.half",
    "models.PublicNet",
    "models.Layer",
    "models.layers.Hidden",
    "models.my-net.Dashed",
    "space.deep.leaf.Leaf",
    "losses.Loss",
    "collections.OrderedDict",
    "collections.OrderedDict.fromkeys",
    "builtins.dict",
    "torch.optim.AdamW",
    "torch.nn.functional.cross_entropy",
    "hydra.utils.get_class",
    "os.path.join",
    "os.getcwd",
    "functools.partial",
]
BROKEN = {
    "models.nett.Net": ModuleNotFound,
    "models.deep.er.Net": ModuleNotFound,
    "space.deep.leaves.Leaf": ModuleNotFound,
    "models.net.Nett": NameNotFound,
    "models.net.nested.Net": NameNotFound,
    "models.Hidden": NameNotFound,
    "models.net.Net.larg": NameNotFound,
    "models.net.Loose.larger": NameNotFound,
    "models.net.Base.DEPTH": NotCallable,
    "models.net.LR": NotCallable,
    "models.net.NAMES": NotCallable,
    "models.net.TEXT": NotCallable,
    "models.net": NotCallable,
    "losses": NotCallable,
    "Loss": MalformedTarget,
    "dict": MalformedTarget,
    "": MalformedTarget,
    ".models.net.Net": MalformedTarget,
    "models..Net": MalformedTarget,
    "models.net.Net ": MalformedTarget,
    "models.net@Net": MalformedTarget,
    "models/net.Net": MalformedTarget,
    "models.net:Net": MalformedTarget,
    "torch.optim.AdamWW": NameNotFound,
    "os.system": RefusedTarget,
    "posix.system": RefusedTarget,
    "os.execv": RefusedTarget,
    "yaml.load": RefusedTarget,
}
UNVERIFIED = [
    "surely_not_installed_package.Net",
    "models.net.fast",
    "models.net.Net.late",
    "os.remove",
]

ORACLE = """
import json, sys
from hydra.utils import instantiate
answers = {}
for text in json.load(sys.stdin):
    try:
        instantiate({"_target_": text, "_partial_": True})
        answers[text] = None
    except Exception as error:
        inner = error.__cause__
        answers[text] = f"{error!r} | {inner!r} | {inner and inner.__cause__!r}"
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name, text in PROJECT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def hydra_says(project: Path) -> dict[str, str | None]:
    texts = [*FOUND, *BROKEN, "models.net.Net.size"]
    done = subprocess.run(
        [sys.executable, "-c", ORACLE],
        cwd=project,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(project), "PATH": ""},
    )
    answers: dict[str, str | None] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.fixture(scope="module")
def finder(project: Path) -> TargetFinder:
    return TargetFinder(Library(Files(project)).resolver((project,)))


SPAN = Span("c.yaml", 1, 1, 1, 5)
ORIGIN = Origin(SPAN, SPAN, Inclusion(InclusionKind.PRIMARY, "c", SPAN, "c.yaml", None))


def tree(value: object) -> ConfigNode:
    if isinstance(value, dict):
        return ConfigMap({key: tree(child) for key, child in value.items()}, ORIGIN)
    if isinstance(value, list):
        return ConfigList(tuple(tree(child) for child in value), ORIGIN)
    if isinstance(value, Unknown):
        return ConfigUnknown(value, ORIGIN)
    assert value is None or isinstance(value, (str, int, float, bool))
    return ConfigScalar(value, ORIGIN)


def script(*loaders: LoaderFacts) -> ScriptFacts:
    module = read_module(SourceFile(Path("train.py"), "train.py", ""))
    return ScriptFacts(module, (), None, frozenset(), False, {}, (), (), loaders, ())


def targets(finder: TargetFinder, config: dict[str, object], *loaders: LoaderFacts) -> list[TargetFacts]:
    root = tree(config)
    assert isinstance(root, ConfigMap)
    composition = Composition(root, None, "c.yaml", (), (), (), ())
    return list(find_targets(composition, script(*loaders), finder))


def target(finder: TargetFinder, text: object) -> TargetFacts:
    (found,) = targets(finder, {"model": {"_target_": text}})
    return found


@pytest.mark.parametrize("text", FOUND)
def test_what_hydra_finds_is_found(
    text: str, finder: TargetFinder, hydra_says: dict[str, str | None]
) -> None:
    if text != "hydra.utils.get_class":
        assert hydra_says[text] is None
    facts = target(finder, text)
    assert (facts.status, facts.problem, facts.reason) == (TargetStatus.FOUND, None, None)


@pytest.mark.parametrize("text", BROKEN)
def test_what_hydra_refuses_is_broken_for_its_reason(
    text: str, finder: TargetFinder, hydra_says: dict[str, str | None]
) -> None:
    answer = hydra_says[text]
    facts = target(finder, text)
    assert answer is not None
    assert facts.status is TargetStatus.BROKEN
    assert isinstance(facts.problem, BROKEN[text])
    quoted = facts.problem.runtime.partition("(")[2].rstrip(")") or facts.problem.runtime
    assert quoted.partition(": ")[2].split("'")[0] in answer


def test_a_property_is_refused(finder: TargetFinder, hydra_says: dict[str, str | None]) -> None:
    assert hydra_says["models.net.Net.size"]
    problem = target(finder, "models.net.Net.size").problem
    assert isinstance(problem, NotCallable)
    assert problem.found == "a property"


@pytest.mark.parametrize("text", UNVERIFIED)
def test_what_the_text_does_not_tell_is_not_checked(text: str, finder: TargetFinder) -> None:
    facts = target(finder, text)
    assert facts.status is TargetStatus.UNVERIFIED
    assert facts.reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("models.nett.Net", "models.net.Net"),
        ("models.net.Nett", "models.net.Net"),
        ("models.net.Base.smal", "models.net.Base.small"),
        ("models.net.Hidden", "models.layers.Hidden"),
        ("models.gone.Hidden", "models.layers.Hidden"),
        ("models.net@Net", "models.net.Net"),
        ("models/net.py:Net", "models.net.Net"),
        (" models.net.Net", "models.net.Net"),
        ("models.net", "models.net.Net"),
        ("dict", "builtins.dict"),
        ("models.net.Zebra", None),
        ("models.nett.Zebra", None),
    ],
)
def test_the_suggestion_is_a_text_that_works(text: str, meant: str | None, finder: TargetFinder) -> None:
    facts = target(finder, text)
    assert facts.suggestion == meant
    if meant is not None:
        assert target(finder, meant).status is TargetStatus.FOUND


def test_targets_are_found_at_every_depth_in_order(finder: TargetFinder) -> None:
    found = targets(
        finder,
        {
            "model": {
                "_target_": "models.net.Net",
                "_recursive_": False,
                "head": {"_target_": "losses.Loss"},
            },
            "callbacks": [
                {"_target_": "losses.Loss", "_partial_": True},
                {"x": [{"_target_": "losses.Loss"}]},
            ],
            "off": {"_target_": None},
            "must": {"_target_": "???"},
        },
    )
    assert [facts.key for facts in found] == [
        "model._target_",
        "model.head._target_",
        "callbacks[0]._target_",
        "callbacks[1].x[0]._target_",
    ]


def test_an_unknown_value_and_a_number(finder: TargetFinder) -> None:
    unknown, number = targets(
        finder, {"a": {"_target_": Unknown("$MODEL is set by the environment", SPAN)}, "b": {"_target_": 5}}
    )
    assert unknown.reason == "$MODEL is set by the environment"
    assert isinstance(number.problem, MalformedTarget)
    assert "'int'" in number.problem.runtime


LOADER = LoaderFacts(
    "load_model_class", Known("models.", SPAN), "@", (("arch", "name"), ("evaluators", "*", "name")), SPAN
)


def test_loader_keys_are_followed_behind_the_prefix(finder: TargetFinder) -> None:
    config: dict[str, object] = {
        "arch": {"name": "net@Net", "other": "nowhere@X"},
        "evaluators": [{"name": "layers@Layer"}, {"name": "layers@Lager"}],
    }
    first, second, third = targets(finder, config, LOADER)
    assert (first.key, first.module, first.name) == ("arch.name", "models.net", "Net")
    assert first.definition is not None
    assert first.definition.file == "models/net.py"
    assert second.status is TargetStatus.FOUND
    assert isinstance(third.problem, NameNotFound)
    assert third.suggestion == "layers@Layer"
    assert third.problem.runtime == "AttributeError: module 'models.layers' has no attribute 'Lager'"


@pytest.mark.parametrize(
    ("text", "problem", "meant"),
    [
        ("nett@Net", ModuleNotFound, "net@Net"),
        ("net.deep@Net", ModuleNotFound, "net@Net"),
        ("net.Net", MalformedTarget, "net@Net"),
        ("net@Net@Net", MalformedTarget, None),
        ("net@", MalformedTarget, None),
        ("@Net", MalformedTarget, None),
        ("net @Net", MalformedTarget, "net@Net"),
        ("net@LR", NotCallable, None),
        (7, MalformedTarget, None),
    ],
)
def test_what_the_loader_cannot_load(
    text: object, problem: type, meant: str | None, finder: TargetFinder
) -> None:
    (facts,) = targets(finder, {"arch": {"name": text}}, LOADER)
    assert isinstance(facts.problem, problem)
    assert facts.suggestion == meant


LOOKED_UP = [
    "models.net.Net",
    "models.net.make",
    "models.net.LR",
    "models.net.Nett",
    "models.nett.Net",
    "models.net",
]


@pytest.mark.parametrize("function", ["get_class", "get_method", "get_object"])
def test_hydra_looks_a_name_up_as_we_say(function: str, project: Path, finder: TargetFinder) -> None:
    code = (
        "import json, sys\nfrom hydra import utils\nanswers = []\nfor text in json.load(sys.stdin):\n"
        f"    try:\n        utils.{function}(text)\n        answers.append('')\n"
        "    except Exception as error:\n        answers.append(f'{type(error).__name__}: {error}')\n"
        "print(json.dumps(answers))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        input=json.dumps(LOOKED_UP),
        capture_output=True,
        text=True,
        check=True,
    )
    loader = LoaderFacts(f"hydra.utils.{function}", Known("", SPAN), ".", (("_target_",),), SPAN)
    for text, answer in zip(LOOKED_UP, json.loads(done.stdout), strict=True):
        (facts,) = targets(finder, {"_target_": text}, loader)
        assert (facts.status is TargetStatus.BROKEN) is bool(answer), (text, answer)
        if facts.problem is not None:
            assert facts.problem.runtime.split(": ")[0] == answer.split(": ")[0]


def test_a_name_split_at_its_last_dot(finder: TargetFinder) -> None:
    loader = LoaderFacts("load", Known("", SPAN), ".", (("model",),), SPAN)
    (good,) = targets(finder, {"model": "models.net.Net"}, loader)
    (bad,) = targets(finder, {"model": "models.net.Nett"}, loader)
    (bare,) = targets(finder, {"model": "Net"}, loader)
    assert (good.status, good.module, good.name) == (TargetStatus.FOUND, "models.net", "Net")
    assert bad.suggestion == "models.net.Net"
    assert isinstance(bare.problem, MalformedTarget)


def test_an_unknown_prefix_is_not_checked(finder: TargetFinder) -> None:
    loader = LoaderFacts("load", Unknown("the prefix is computed", SPAN), "@", (("arch",),), SPAN)
    (facts,) = targets(finder, {"arch": "nowhere@X"}, loader)
    assert (facts.status, facts.reason) == (TargetStatus.UNVERIFIED, "the prefix is computed")


def test_without_a_loader_such_a_text_is_nothing(finder: TargetFinder) -> None:
    assert targets(finder, {"arch": {"name": "nowhere@X"}}) == []


def test_a_missing_module_is_not_checked_while_the_import_path_is_unclear(finder: TargetFinder) -> None:
    root = tree({"a": {"_target_": "models.nett.Net"}, "b": {"_target_": "models.net.Nett"}})
    assert isinstance(root, ConfigMap)
    doubtful = dataclasses.replace(script(), path_doubt="the script adds a folder to `sys.path`")
    missing, misspelt = find_targets(Composition(root, None, "c", (), (), (), ()), doubtful, finder)
    assert missing.status is TargetStatus.UNVERIFIED
    assert missing.reason == "`models.nett` was not found, and the script adds a folder to `sys.path`"
    assert misspelt.status is TargetStatus.BROKEN


@pytest.mark.parametrize(
    ("files", "missing", "syntax"),
    [
        ({"m/net.py": "from m import gone\nclass Net: pass\n"}, ["m.gone"], False),
        (
            {"m/net.py": "from m.deep import x\nclass Net: pass\n", "m/deep.py": "import m.away\nx = 1"},
            ["m.away"],
            False,
        ),
        (
            {"m/net.py": "try:\n    from m import gone\nexcept ImportError:\n    pass\nclass Net: pass\n"},
            [],
            False,
        ),
        ({"m/net.py": "class Net: pass\nif __name__ == '__main__':\n    import m.gone\n"}, [], False),
        ({"m/net.py": "from m.deep import x\nclass Net: pass\n", "m/deep.py": "x = = 1"}, [], True),
        ({"m/net.py": "class Net pass\n"}, [], True),
    ],
)
def test_a_module_that_cannot_be_imported(
    files: dict[str, str], missing: list[str], syntax: bool, tmp_path: Path
) -> None:
    for name, text in {"m/__init__.py": "", **files}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    code = "from hydra.utils import instantiate; instantiate({'_target_': 'm.net.Net'})"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    here = TargetFinder(Library(Files(tmp_path)).resolver((tmp_path,)))
    facts = target(here, "m.net.Net")
    assert (facts.status is TargetStatus.FOUND) is (ran.returncode == 0)
    named = [
        f"{p.module}.{p.name}" if isinstance(p, MissingImportedName) else p.module
        for p in facts.import_problems
    ]
    assert named == missing
    assert (facts.syntax_error is not None) is syntax


def test_neighbours_of_a_stale_module(finder: TargetFinder) -> None:
    assert "trm" in target(finder, "models.trm_old.Trm").neighbours


@pytest.mark.parametrize(
    ("files", "text", "key", "role"),
    [
        ({"r1.py": "import torch.nn as nn\nclass A(nn.Module): pass"}, "r1.A", "x", TargetRole.MODEL),
        ({"r2.py": "from torch import nn\nclass A(nn.Module): pass"}, "r2.A", "loss", TargetRole.LOSS),
        (
            {"r3.py": "import gone\nclass B(gone.Dataset): pass\nclass A(B): pass"},
            "r3.A",
            "x",
            TargetRole.DATA,
        ),
        ({"r4.py": "class A: pass"}, "r4.A", "evaluators", TargetRole.EVALUATOR),
        ({"r5.py": "class A: pass"}, "r5.A", "something", TargetRole.OTHER),
        ({}, "torch.optim.AdamW", "model", TargetRole.OTHER),
        ({}, "torch.nn.CrossEntropyLoss", "criterion", TargetRole.LOSS),
    ],
)
def test_roles(files: dict[str, str], text: str, key: str, role: TargetRole, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    (facts,) = targets(
        TargetFinder(Library(Files(tmp_path)).resolver((tmp_path,))), {key: {"_target_": text}}
    )
    assert facts.role is role
