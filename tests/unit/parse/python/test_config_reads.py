"""Only what every run passes through is a certain read: the real OmegaConf raises there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.facts.module import ModuleFacts
from trainlint.facts.script import ReadKind
from trainlint.parse.python.config_reads import certain_reads
from trainlint.source import Files

HEAD = """
import hydra
import somewhere
from hydra.utils import instantiate
from omegaconf import OmegaConf, open_dict
from helpers import build
"""
HELPERS = "def build(part, scale=1):\n    print(part.width)\n    return part.depth\n"


def reads(root: Path, body: str, extra: str = "") -> list[tuple[str, str]]:
    (root / "helpers.py").write_text(HELPERS)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (root / "train.py").write_text(f"{HEAD}\n{extra}\ndef main(cfg):\n{lines}\n")
    library = Library(Files(root))
    module = library.read(root / "train.py")
    assert isinstance(module, ModuleFacts)
    function = module.definitions["main"].node
    assert isinstance(function, ast.FunctionDef)
    found = certain_reads(module, function, ModuleLookup(library.resolver((root,))))
    return [(".".join(read.path), read.kind.value) for read in found]


VALUE, RESOLVE, STRICT = (kind.value for kind in (ReadKind.VALUE, ReadKind.RESOLVE, ReadKind.STRICT))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("print(cfg.a.b)", [("a.b", VALUE)]),
        ("print(cfg['a'].b)", [("a.b", VALUE)]),
        ("x = cfg.a\ny = x.b", [("a", VALUE), ("a.b", VALUE)]),
        ("print(cfg.get('a'))", []),
        ("print(cfg.a.get('b'))", [("a", VALUE)]),
        ("for x in cfg.items: pass", []),
        ("print(OmegaConf.to_yaml(cfg))", []),
        ("OmegaConf.resolve(cfg)", [("", RESOLVE)]),
        ("print(OmegaConf.to_container(cfg, resolve=True))", [("", RESOLVE)]),
        ("OmegaConf.to_container(cfg.a, resolve=True, throw_on_missing=True)", [("a", VALUE), ("a", STRICT)]),
        ("m = instantiate(cfg.model)", [("model", VALUE), ("model", STRICT)]),
        ("m = hydra.utils.instantiate(cfg.model, lr=3)", [("model", VALUE), ("model", RESOLVE)]),
        ("if cfg.a:\n    print(cfg.b)\nprint(cfg.c)", [("a", VALUE), ("c", VALUE)]),
        ("if cfg.a:\n    return\nprint(cfg.c)", [("a", VALUE)]),
        ("if rank:\n    cfg.a = 1\nprint(cfg.a)", []),
        ("cfg.a = 1\nprint(cfg.a)", []),
        ("try:\n    print(cfg.a)\nexcept Exception:\n    pass\nprint(cfg.b)", [("b", VALUE)]),
        ("x = cfg.a or cfg.b", [("a", VALUE)]),
        ("x = cfg.b if cfg.a else cfg.c", [("a", VALUE)]),
        ("f = lambda: cfg.a", []),
        ("def inner():\n    return cfg.a\nprint(cfg.b)", [("b", VALUE)]),
        ("somewhere.prepare(cfg)\nprint(cfg.a)", []),
        ("somewhere.prepare(cfg.a)\nprint(cfg.a.b, cfg.c)", [("a", VALUE), ("c", VALUE)]),
        (
            "build(cfg.net)\nprint(cfg.a)",
            [("net", VALUE), ("net.width", VALUE), ("net.depth", VALUE), ("a", VALUE)],
        ),
        ("cfg = somewhere.load()\nprint(cfg.a)", []),
        ("with open_dict(cfg):\n    print(cfg.a)", [("a", VALUE)]),
        ("raise SystemExit\nprint(cfg.a)", []),
        ("import sys\nsys.exit(0)\nprint(cfg.a)", []),
        ("return cfg.a", [("a", VALUE)]),
        ("assert cfg.a > 0\nprint(f'{cfg.b}')", [("a", VALUE), ("b", VALUE)]),
        ("while cfg.a:\n    break\nprint(cfg.b)", [("a", VALUE)]),
    ],
)
def test_certain_reads(body: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    assert reads(tmp_path, body) == expected


def test_a_function_that_may_leave_early_ends_certainty(tmp_path: Path) -> None:
    extra = "def early(c):\n    if c.off:\n        raise SystemExit\n    print(c.a)\n"
    assert reads(tmp_path, "early(cfg)\nprint(cfg.b)", extra) == [("off", VALUE)]


def test_recursion_ends(tmp_path: Path) -> None:
    extra = "def again(c):\n    print(c.a)\n    again(c)\n"
    assert reads(tmp_path, "again(cfg)\nprint(cfg.b)", extra) == [("a", VALUE)]
