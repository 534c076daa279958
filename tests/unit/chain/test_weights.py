"""torch is the judge: what is said of loading a state dict is what `load_state_dict` says."""

from __future__ import annotations

import re
import types
from pathlib import Path
from typing import Any

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainlint.chain.build import Builder
from trainlint.engine.inputs import collect
from trainlint.facts.settings import Settings
from trainlint.source import Files

LAYERS = (
    "nn.Linear(cfg.a, cfg.b)",
    "nn.Linear(cfg.a, cfg.b, bias=False)",
    "nn.Embedding(cfg.b + 3, cfg.a)",
    "nn.LayerNorm(cfg.a)",
    "nn.LayerNorm((cfg.a, 2), elementwise_affine=False)",
    "nn.BatchNorm1d(cfg.b)",
    "nn.Conv1d(cfg.a, cfg.b, 3)",
    "nn.Conv2d(cfg.a * 2, cfg.b * 2, (1, 2), groups=2)",
    "nn.ConvTranspose1d(cfg.a, cfg.b, 2)",
    "nn.GroupNorm(1, cfg.a)",
    "nn.MultiheadAttention(cfg.a * 2, 2)",
    "nn.Parameter(torch.randn(cfg.a, cfg.b) * 0.02)",
    "nn.Parameter(torch.zeros((cfg.b, 1)))",
    "nn.ModuleList(nn.Linear(cfg.a, 2) for _ in range(cfg.n))",
    "nn.ModuleList([nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, cfg.a)])",
    "nn.Sequential(nn.Linear(cfg.a, 4), nn.GELU(), nn.Linear(4, cfg.b))",
    "nn.ModuleDict({'x': nn.Linear(cfg.a, 1), 'y': nn.Dropout(0.1)})",
    "Part(cfg.a, cfg.n)",
    "nn.ModuleList([Part(cfg.b, 1) for _ in range(cfg.n)])",
    "nn.Linear(cfg.a, 1) if cfg.n > 1 else nn.Identity()",
    "torch.zeros(cfg.a)",
    "cfg.a",
)
SOURCE = """import torch
from torch import nn


class Part(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.width = width
        self.register_buffer("scale", torch.ones(width))
        self.register_buffer("mask", torch.ones(3, width), persistent=False)
        self.layers = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(depth))


class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
{body}
"""
SCRIPT = """import hydra
import torch

from net import Net


@hydra.main(config_path=None, config_name=None, version_base=None)
def main(cfg):
    model = Net(cfg)
    model.load_state_dict(torch.load(cfg.load), strict=cfg.strict)


if __name__ == "__main__":
    main()
"""
SIZES = st.fixed_dictionaries({"a": st.integers(1, 3), "b": st.integers(1, 3), "n": st.integers(0, 3)})


def model(source: str, sizes: dict[str, int]) -> Any:
    module: dict[str, Any] = {"__name__": "net"}
    exec(source, module)
    return module["Net"](types.SimpleNamespace(**sizes))


def judged(
    saved: dict[str, torch.Tensor], built: Any, *, strict: bool
) -> tuple[set[str], set[str], set[str]]:
    """The names that torch calls missing, unexpected, and of another size."""
    try:
        built.load_state_dict(saved, strict=strict)
    except RuntimeError as error:
        text = str(error)
        missing = re.search(r"Missing key\(s\) in state_dict: (.*?)\. \n?", text + " \n")
        unexpected = re.search(r"Unexpected key\(s\) in state_dict: (.*?)\. \n?", text + " \n")
        sizes = set(re.findall(r"size mismatch for (\S+):", text))
        names = [
            set(re.findall(r'"([^"]+)"', found[1])) if found else set() for found in (missing, unexpected)
        ]
        return names[0], names[1], sizes
    return set(), set(), set()


@given(
    layers=st.lists(st.sampled_from(LAYERS), min_size=1, max_size=5),
    kept=st.integers(0, 5),
    theirs=SIZES,
    ours=SIZES,
    strict=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_is_what_torch_says(
    tmp_path: Path, layers: list[str], kept: int, theirs: dict[str, int], ours: dict[str, int], strict: bool
) -> None:
    names = [f"        self.part{index} = {layer}" for index, layer in enumerate(layers)]
    source = SOURCE.format(body="\n".join(names))
    saved = model(SOURCE.format(body="\n".join(names[:kept]) or "        pass"), theirs).state_dict()
    (tmp_path / "net.py").write_text(source)
    (tmp_path / "train.py").write_text(SCRIPT)
    torch.save(saved, tmp_path / "state.pt")
    values = " ".join(f"+{key}={value}" for key, value in ours.items())
    files, said = Files(tmp_path), Settings()
    files.overlay[tmp_path / "jobs.txt"] = f"[ ] python train.py {values} +load=state.pt +strict={strict}\n"
    job = collect(("jobs.txt",), files, said).texts[0].jobs[0]
    (fit,) = Builder(files, said).build(job).checkpoints
    missing, unexpected, sizes = judged(saved, model(source, ours), strict=strict)
    assert fit.unchecked is None
    assert set(fit.missing) == missing
    assert set(fit.unexpected) == unexpected
    assert {shape.name for shape in fit.shapes} == sizes
