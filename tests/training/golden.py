"""Each family trained for a few steps, its losses and gradient norms in full precision beside those kept.

Usage: python -m tests.training.golden
"""

from __future__ import annotations

import json
import math
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import transformers
from trainer.data.puzzles.metadata import Mode

from tests.training.pretrained import tiny_gpt2
from tests.training.runs import (
    SMALL,
    SMALL_GPT,
    SMALL_REASONER,
    TRAINING,
    metrics,
    puzzles,
    story,
    train_here,
)

Numbers = dict[str, list[float]]

#: What is kept of each step, and how far it may be off, relatively, on other hardware or another torch:
#: initial weights are drawn with other last digits there, and norms see all cycles of a reasoner. The
#: narrowest instructions of a processor against its widest give 3e-7 and 1.2e-6.
TOLERANCE = {"loss": 1e-6, "grad_norm": 1e-5}

#: Each family with what makes it small. There is no dropout: where it falls, each processor decides.
FAMILIES: dict[str, tuple[str, ...]] = {
    "bigram": ("cfg_bigram", "data.path={story}"),
    "gpt": ("cfg_gpt", *SMALL_GPT, "data.path={story}"),
    "gpt2": ("cfg_gpt2", "arch.pretrained={gpt2}", "arch.dropout=0", "data.path={story}"),
    "gpt_lora": ("cfg_gpt", *SMALL_GPT, "lora.enabled=true", "lora.rank=4", "data.path={story}"),
    "trm": ("cfg_trm", *SMALL_REASONER, "data.path={sudoku}"),
    "trm_fixed": ("cfg_trm", "arch=trm_fixed", *SMALL_REASONER, "data.path={sudoku}"),
    "etrm": ("cfg_etrm", *SMALL_REASONER, "data.path={colours}"),
    "etrm_cached": ("cfg_etrm", "arch=etrm_cached", *SMALL_REASONER, "data.path={colours}"),
}
_STEPS = 10
_SAME = (
    *SMALL,
    *("epochs=null", f"steps={_STEPS}", "log_interval=1", "evaluation.iters=1", "evaluation.interval=100"),
    *("optim.gradient_accumulation_steps=2", "checkpoint.enabled=false", "generation.tokens=0"),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the last digits of a number depend on."""

    torch: str
    transformers: str
    platform: str
    processor: str
    dtype: str = "fp32"
    threads: int = 1


def setting(device: str) -> Setting:
    """That of this process."""
    return Setting(
        torch=torch.__version__,
        transformers=transformers.__version__,
        platform=f"{platform.system()} {platform.machine()}",
        processor=torch.cuda.get_device_name() if device == "cuda" else _cpu(),
    )


def _cpu() -> str:
    """The model of the processor, and the widest instructions that torch uses on it."""
    info = Path("/proc/cpuinfo")
    told: dict[str, str] = {}
    for line in info.read_text("utf-8").splitlines() if info.exists() else []:
        name, _, value = line.partition(":")
        told.setdefault(name.strip(), value.strip())
    keys = ("model name", "cpu family", "model", "stepping")
    parts = [told[key] if key == "model name" else f"{key} {told[key]}" for key in keys if key in told]
    return ", ".join([*(parts or [platform.processor()]), torch.backends.cpu.get_cpu_capability()])


def inputs(folder: Path) -> dict[str, Path]:
    """What the families learn from, the same each time."""
    text = story(folder / "story.txt")
    return {
        "story": text,
        "gpt2": tiny_gpt2(folder / "gpt2", text.read_text(encoding="utf-8")),
        "sudoku": puzzles(folder / "sudoku", "sudoku4", Mode.embedding),
        "colours": puzzles(folder / "colours", "colours", Mode.encoder, side=4),
    }


def trained(family: str, device: str, given: dict[str, Path], output: Path) -> Numbers:
    """The quantities of each step."""
    config, *own = (part.format(**given) for part in FAMILIES[family])
    train_here(config, *_SAME, *own, f"device.name={device}", f"output_dir={output}")
    found = metrics(output)
    return {name: [found[name][step] for step in range(1, _STEPS + 1)] for name in TOLERANCE}


def golden_path(family: str, device: str) -> Path:
    """Where the numbers of a family on a kind of device are kept."""
    return TRAINING / "golden" / device / f"{family}.json"


def write(path: Path, where: Setting, numbers: Numbers) -> None:
    """Keep numbers with all their digits, a step a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"setting": asdict(where), **numbers}, indent=1) + "\n", "utf-8")


def difference(path: Path, where: Setting, numbers: Numbers) -> str | None:
    """The first number that is not the one that is kept, in words; None when there is none.

    In the setting of the kept numbers all digits count, in another one rounding is let pass.
    """
    kept = json.loads(path.read_text("utf-8"))
    same = kept["setting"] == asdict(where)
    for name, relative in TOLERANCE.items():
        bound = 0.0 if same else relative
        for step, (was, now) in enumerate(zip(kept[name], numbers[name], strict=True), start=1):
            if not math.isclose(was, now, rel_tol=bound, abs_tol=0.0):
                how = "the same setting, so all digits count" if same else f"{where}, not {kept['setting']}"
                return (
                    f"{path.stem}: {name} of step {step} was {was!r} and is {now!r} (bound {bound:g}: {how})"
                )
    return None


def main() -> None:
    """Rewrite the numbers of this machine's CPU, and of its GPU where it has one."""
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = inputs(folder)
        for device in devices:
            for family in FAMILIES:
                numbers = trained(family, device, given, folder / "out" / device / family)
                write(golden_path(family, device), setting(device), numbers)
    if "cuda" not in devices:
        print("the golden numbers of the GPU were NOT rewritten: no CUDA device is here", file=sys.stderr)


if __name__ == "__main__":
    main()
