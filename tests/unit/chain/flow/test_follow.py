from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.script import read_script
from trainlint.facts.schema import SchemaUse
from trainlint.facts.script import ScriptFacts
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files

LOADER = """
import importlib
def load(identifier, prefix="models."):
    module_path, class_name = identifier.split('@')
    module = importlib.import_module(prefix + module_path)
    return getattr(module, class_name)
"""
SCHEMAS = """
from dataclasses import dataclass
from pydantic import BaseModel
class Arch(BaseModel):
    name: str
class C(BaseModel):
    arch: Arch
    lr: float
@dataclass
class D:
    x: int
"""


def script(root: Path, body: str, head: str = "", **more: str) -> ScriptFacts:
    indented = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    train = (
        "import hydra, copy, importlib, dataclasses\nfrom omegaconf import OmegaConf, open_dict\n"
        f"from loader import load\nfrom schemas import *\n{head}\n"
        f"@hydra.main('c', 'n', None)\ndef main(cfg):\n{indented}\nmain()\n"
    )
    for name, text in {"train": train, "loader": LOADER, "schemas": SCHEMAS, **more}.items():
        (root / f"{name}.py").write_text(text)
    facts = read_script(Library(Files(root)).resolver((root,)), root / "train.py", directory=root)
    assert isinstance(facts, ScriptFacts)
    assert facts.module.problem is None
    return facts


def loads(facts: ScriptFacts) -> list[tuple[str | None, str, tuple[str, ...]]]:
    return [
        (loader.prefix.value if isinstance(loader.prefix, Known) else None, loader.separator, key)
        for loader in facts.loaders
        for key in (".".join(key) for key in loader.keys)
    ]


def use(facts: ScriptFacts) -> SchemaUse:
    (found,) = facts.schema_uses
    return found


@pytest.mark.parametrize(
    ("body", "key", "prefix"),
    [
        ("load(cfg.arch.name)", "arch.name", "models."),
        ("load(cfg['arch']['name'], prefix='evaluators.')", "arch.name", "evaluators."),
        ("load(cfg.get('a').name, 'data.')", "a.name", "data."),
        ("config = C(**cfg)\nload(config.arch.name)", "arch.name", "models."),
        ("for e in cfg.evaluators:\n    load(e.name, 'ev.')", "evaluators.*.name", "ev."),
        ("[load(e['name']) for e in cfg.evaluators]", "evaluators.*.name", "models."),
        ("for i, e in enumerate(cfg.evaluators):\n    load(e.name)", "evaluators.*.name", "models."),
        ("for k, e in cfg.evaluators.items():\n    load(e.name)", "evaluators.*.name", "models."),
        ("d = OmegaConf.to_container(cfg, resolve=True)\nload(d['arch']['name'])", "arch.name", "models."),
        ("load(OmegaConf.select(cfg, 'arch.name'))", "arch.name", "models."),
        ("load(getattr(cfg.arch, 'name'))", "arch.name", "models."),
        ("arch = copy.deepcopy(cfg).arch\nname = arch.name\nload(identifier=name)", "arch.name", "models."),
        ("if cfg.a:\n    x = cfg.arch.name\nelse:\n    x = None\nload(x)", "arch.name", "models."),
        ("helper(cfg, 1)", "arch.name", "models."),
        ("Trainer(cfg).run()", "arch.name", "models."),
        ("t = Trainer(config=cfg)\nt.run()", "arch.name", "models."),
        ("TypeB(cfg, 2).go()", "arch.name", "models."),
        (
            "(lambda: None)()\nwith open_dict(cfg) as c:\n    pass\nload(cfg.arch.name)",
            "arch.name",
            "models.",
        ),
        ("import mp\nmp.spawn(worker, args=(cfg, 3), nprocs=2)", "arch.name", "models."),
        ("launch(worker0, args=(cfg,))", "arch.name", "models."),
    ],
)
def test_keys_that_reach_a_loader(tmp_path: Path, body: str, key: str, prefix: str) -> None:
    head = """
def helper(config, n):
    return inner(n, config=config.arch)
def inner(n, config):
    return load(config.name)
class Base:
    def run(self):
        return load(self.config.arch.name)
class Trainer(Base):
    def __init__(self, config):
        self.config = config
@dataclasses.dataclass
class Box:
    cfg: object
    n: int
class TypeB(Box):
    def go(self):
        return load(self.cfg.arch.name)
def worker(rank, cfg, n):
    load(cfg.arch.name)
def worker0(cfg):
    load(cfg.arch.name)
"""
    assert loads(script(tmp_path, body, head)) == [(prefix, "@", key)]


@pytest.mark.parametrize(
    ("code", "prefix", "separator"),
    [
        ("m, c = s.split('@')\nreturn getattr(importlib.import_module('models.' + m), c)", "models.", "@"),
        ("m, c = s.split('@')\nreturn getattr(importlib.import_module(f'models.{m}'), c)", "models.", "@"),
        ("m, c = s.rsplit('.', 1)\nreturn getattr(importlib.import_module(m), c)", "", "."),
        ("m, _, c = s.rpartition('.')\nreturn getattr(importlib.import_module(m), c)", "", "."),
        ("p = s.split(':')\nreturn getattr(importlib.import_module(PKG + p[0]), p[1])", "pkg.", ":"),
        ("m = s.split('@')[0]\nreturn importlib.import_module(PKG + 'x.' + m)", "pkg.x.", "@"),
        ("m = s.split('@')[0]\nreturn __import__(m, fromlist=['x'])", "", "@"),
        ("m, c = s.split('@')\nreturn importlib.import_module(unknown() + m)", None, "@"),
        ("return hydra.utils.get_class(s)", "", "."),
    ],
)
def test_shapes_of_loaders(tmp_path: Path, code: str, prefix: str | None, separator: str) -> None:
    body = "".join(f"\n    {line}" for line in code.splitlines())
    facts = script(tmp_path, "find(cfg.name)", f"PKG = 'pkg.'\ndef find(s):{body}\n")
    assert loads(facts) == [(prefix, separator, "name")]


def test_each_prefix_is_a_loader_of_its_own(tmp_path: Path) -> None:
    facts = script(tmp_path, "load(cfg.a)\nload(cfg.b, 'x.')\nload(cfg.c)")
    assert loads(facts) == [("models.", "@", "a"), ("models.", "@", "c"), ("x.", "@", "b")]
    assert [loader.span.file for loader in facts.loaders] == ["loader.py", "loader.py"]


@pytest.mark.parametrize(
    "body",
    [
        "name = cfg.arch.name\nname = shorten(name)\nload(name)",
        "load('fixed@Name')",
        "importlib.import_module('models.' + cfg.name)",
        "importlib.import_module(cfg.name)",
        "load(cfg.arch.name + '_x')",
    ],
)
def test_names_that_the_config_does_not_give_as_they_are(tmp_path: Path, body: str) -> None:
    assert loads(script(tmp_path, body)) == []


def test_a_config_that_is_checked_on_one_rank_and_handed_on(tmp_path: Path) -> None:
    head = """
def synced(hydra_config, rank, world_size):
    objects = [None]
    if rank == 0:
        config = C(**hydra_config)
        if config.lr is None:
            config.lr = 1.0
        objects = [config]
    if world_size > 1:
        dist.broadcast_object_list(objects, src=0)
    return objects[0]
"""
    facts = script(tmp_path, "config = synced(cfg, rank=0, world_size=1)\nload(config.arch.name)", head)
    assert (use(facts).schema.name, use(facts).path, use(facts).exact) == ("C", (), True)
    assert use(facts).span.file == "train.py"
    assert loads(facts) == [("models.", "@", "arch.name")]


@pytest.mark.parametrize(
    ("body", "path", "supplied", "exact"),
    [
        ("C(**cfg)", (), set(), True),
        ("C.model_validate(cfg.train)", ("train",), set(), True),
        ("C(**OmegaConf.to_container(cfg, resolve=True))", (), set(), True),
        ("C(lr=1, **cfg.train)", ("train",), {"lr"}, True),
        ("C(**{**cfg, 'lr': 1})", (), {"lr"}, True),
        ("C(**dict(cfg, lr=1))", (), {"lr"}, True),
        ("D(1, **cfg.d)", ("d",), {"x"}, True),
        ("with open_dict(cfg):\n    cfg.lr = 1\nC(**cfg)", (), {"lr"}, True),
        ("cfg['lr'] = 1\nC(**cfg)", (), {"lr"}, True),
        ("OmegaConf.update(cfg, 'lr', 1)\nC(**cfg)", (), {"lr"}, True),
        ("cfg.pop('lr')\nC(**cfg)", (), {"lr"}, True),
        ("del cfg.lr\nC(**cfg)", (), {"lr"}, True),
        ("cfg.update(other)\nC(**cfg)", (), {"*"}, False),
        ("C(**OmegaConf.merge(base(), cfg))", (), set(), False),
        ("C(**{**cfg, **more()})", (), set(), False),
        ("cfg.arch.name = 'x'\nC(**cfg)", (), {"arch"}, True),
    ],
)
def test_schemas_built_from_the_config(
    tmp_path: Path, body: str, path: tuple[str, ...], supplied: set[str], exact: bool
) -> None:
    found = use(script(tmp_path, body))
    assert (found.path, set(found.supplied), found.exact) == (path, supplied, exact)


@pytest.mark.parametrize(
    "body",
    ["C(**filter_keys(cfg))", "C(arch=1, lr=2)", "C(**{k: v for k, v in cfg.items()})", "Unknown(**cfg)"],
)
def test_schemas_that_the_config_does_not_fill(tmp_path: Path, body: str) -> None:
    assert script(tmp_path, body).schema_uses == ()


def test_an_incomplete_schema_is_not_exact(tmp_path: Path) -> None:
    head = "class E(C):\n    @model_validator(mode='before')\n    def f(cls, v): ...\n"
    assert not use(script(tmp_path, "E(**cfg)", head)).exact


def test_code_that_composes_its_config(tmp_path: Path) -> None:
    train = """
from hydra import compose, initialize
from loader import load
def read():
    with initialize(config_path="c", version_base=None):
        return compose(config_name="n")
def main():
    cfg = read()
    load(cfg.arch.name)
if __name__ == "__main__":
    main()
"""
    assert loads(script(tmp_path, "pass", train=train)) == [("models.", "@", "arch.name")]


def test_a_second_function_that_loads_the_same_name_adds_nothing(tmp_path: Path) -> None:
    head = "def source(name, prefix='models.'):\n    m = name.split('@')[0]\n"
    head += "    importlib.import_module(prefix + m)\n"
    facts = script(tmp_path, "load(cfg.arch.name)\nsource(cfg.arch.name)", head)
    assert loads(facts) == [("models.", "@", "arch.name")]


def test_recursion_ends(tmp_path: Path) -> None:
    head = "def f(c):\n    return g(c.a)\ndef g(c):\n    return f(c.b)\n"
    assert loads(script(tmp_path, "f(cfg)\nload(cfg.x)", head)) == [("models.", "@", "x")]


def test_a_computed_prefix_has_its_reason(tmp_path: Path) -> None:
    (loader,) = script(tmp_path, "load(cfg.a, prefix=cfg.b)").loaders
    assert isinstance(loader.prefix, Unknown)
