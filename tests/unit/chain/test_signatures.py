"""What we read of the classes of installed libraries is what `inspect` says of the classes themselves."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
import torch
from torch.optim import lr_scheduler

from trainlint.chain.imports import Library
from trainlint.chain.locate import Locator
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.signatures.bind import Given, bind
from trainlint.chain.signatures.reader import SignatureReader
from trainlint.chain.signatures.releases import Releases
from trainlint.chain.spelling import Spelling
from trainlint.facts.signature import SignatureFacts
from trainlint.facts.target import TargetVia
from trainlint.parse.python.forwarding import forwarding
from trainlint.source import Files

ROOT = Path(__file__).parent
RESOLVER = Library(Files(ROOT)).resolver((ROOT,))
LOCATOR, READER = Locator(RESOLVER), SignatureReader(ModuleLookup(RESOLVER))
STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
CLASSES = [
    *(torch.nn.Linear, torch.nn.Conv2d, torch.nn.MultiheadAttention, torch.nn.TransformerEncoderLayer),
    *(torch.nn.CrossEntropyLoss, torch.nn.Embedding, torch.nn.LayerNorm, torch.nn.Sequential),
    *(torch.optim.AdamW, torch.optim.SGD, torch.utils.data.DataLoader, torch.nn.GELU),
    *(lr_scheduler.CosineAnnealingLR, lr_scheduler.OneCycleLR, lr_scheduler.ReduceLROnPlateau),
]


def read(text: str) -> SignatureFacts:
    """What a dotted name can be called with."""
    location = LOCATOR.locate(text, Spelling(TargetVia.INSTANTIATE))
    assert location.bound is not None
    found = READER.of(location.bound, location.name)
    assert isinstance(found, SignatureFacts), found
    return found


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_class_of_torch_takes_what_inspect_says(cls: type) -> None:
    """Names, which of them are required, and whether anything else is taken."""
    ours, theirs = read(f"{cls.__module__}.{cls.__qualname__}"), inspect.signature(cls).parameters.values()
    named = {entry.name: entry.default is entry.empty for entry in theirs if entry.kind not in STARRED}
    assert {entry.name: entry.required for entry in ours.parameters} == named
    # What `**kwargs` takes is passed on in some of these, and then refused.
    assert ours.more_named <= any(entry.kind is inspect.Parameter.VAR_KEYWORD for entry in theirs)
    assert "torch" in ours.outside


def test_a_call_of_a_scheduler() -> None:
    """A misspelt name is refused, and what is left out is missing unless it comes later."""
    cosine = read("torch.optim.lr_scheduler.CosineAnnealingLR")
    refused = bind(cosine, Given(0, ("T_maxx",)))
    assert refused.unexpected == ("T_maxx",)
    assert [entry.name for entry in refused.missing] == ["optimizer", "T_max"]
    assert not bind(cosine, Given(0, ("T_max",), later=True))


@pytest.mark.parametrize(
    ("body", "doubtful", "refuses"),
    [
        ("super().__init__(**kwargs)", False, None),
        ("self.options = kwargs", False, None),
        ("self.options = kwargs; make(**self.options)", True, None),
        ("a = kwargs.pop('a', 1)\n    if kwargs:\n        raise ValueError(kwargs)", False, "ValueError"),
        ("if kwargs:\n        print(kwargs)", True, None),
        ("for key in kwargs:\n        assert key in KNOWN", True, None),
        ("for key, value in kwargs.items():\n        setattr(self, key, value)", False, None),
        ("if fast:\n        super().__init__(**kwargs)", True, None),
        ("if fast:\n        return\n    super().__init__(**kwargs)", True, None),
    ],
)
def test_what_becomes_of_keywords(body: str, doubtful: bool, refuses: str | None) -> None:
    """They stay in the function, go to one call, or nobody can tell."""
    node = ast.parse(f"def __init__(self, fast=False, **kwargs):\n    {body}\n").body[0]
    assert isinstance(node, ast.FunctionDef)
    flow = forwarding(node)
    assert (flow.doubt is not None, flow.refuses) == (doubtful, refuses)


@pytest.mark.parametrize(
    ("asked", "doubtful"),
    [("==1.0.0", True), ("==2.*", False), ("<3", False), ("<1.5", True), (">=1.0", False)],
)
def test_a_release_that_the_project_does_not_ask_for(tmp_path: Path, asked: str, doubtful: bool) -> None:
    """What is installed here says nothing of a run with another release."""
    (tmp_path / "requirements.txt").write_text(f"torch{asked}\n")
    releases = Releases(ModuleLookup(Library(Files(tmp_path)).resolver((tmp_path,))))
    assert (releases.doubt(tmp_path, frozenset(("torch",))) is not None) is doubtful
