"""Sizes in, generated projects on disk out: the same bytes for the same sizes."""

from __future__ import annotations

from pathlib import Path

SCRIPT = """\
import hydra
from omegaconf import DictConfig


@hydra.main(config_path="config", config_name="cfg", version_base=None)
def main(cfg: DictConfig) -> None:
    print(cfg.seed, hydra.utils.instantiate(cfg.arch))
{reads}


def use(group):
    for name, part in group.items():
        if name != "name":
            print(part.size, part.rate, part.mode, part.amp, part.ref)


if __name__ == "__main__":
    main()
"""

MODEL = """\
class Net:
    def __init__(self, **kwargs):
        self.kwargs = kwargs
"""

#: Keys beside the groups.
PLAIN = tuple(f"k{i}" for i in range(20))
GROUPS = ("arch", "data", "optim", "sched", "loss", "trainer", "logger", "eval", "aug", "ckpt")
KEYS_PER_GROUP = 66


def write_project(folder: Path) -> None:
    """A script with a composed config of about 700 lines from ten defaults, all of which it reads."""
    (folder / "config").mkdir(parents=True)
    reads = [*(f"    print(cfg.{key})" for key in PLAIN), *(f"    use(cfg.{name})" for name in GROUPS[1:])]
    (folder / "train.py").write_text(SCRIPT.replace("{reads}", "\n".join(reads)))
    (folder / "model.py").write_text(MODEL)
    defaults = "\n".join(f"  - {group}: base" for group in GROUPS)
    body = "\n".join(f"{key}: {place}" for place, key in enumerate(PLAIN))
    (folder / "config" / "cfg.yaml").write_text(f"defaults:\n{defaults}\n  - _self_\n\nseed: 0\n{body}\n")
    for group in GROUPS:
        (folder / "config" / group).mkdir()
        for option in ("base", "other"):
            lines = [f"# options of {group}", "_target_: model.Net" if group == "arch" else "name: x"]
            for i in range(KEYS_PER_GROUP // 6):
                lines += [f"part{i}:", f"  size: {i}", "  rate: 1e-3", "  mode: fast", "  amp: true"]
                lines += ["  ref: ${seed}"]
            (folder / "config" / group / f"{option}.yaml").write_text("\n".join(lines) + "\n")


def job_line(index: int, overrides: int) -> str:
    """One job with so many overrides, no two jobs alike; every third chooses another group option."""
    parts = [f"seed={index}", f"arch={'other' if index % 3 == 0 else 'base'}"]
    for i in range(overrides - 2):
        group, part = GROUPS[(i + index) % len(GROUPS)], (i // len(GROUPS)) % (KEYS_PER_GROUP // 6)
        field, value = (("size", str(index + i)), ("rate", "3e-4"), ("mode", "slow"), ("amp", "false"))[i % 4]
        parts.append(f"{group}.part{part}.{field}={value}")
    unique = dict(part.split("=", 1) for part in parts)
    words = " ".join(f"{key}={value}" for key, value in unique.items())
    return f"[ ] torchrun --nproc-per-node 8 train.py {words}"


def write_jobs(path: Path, jobs: int, overrides: int) -> None:
    """A job list of so many jobs."""
    path.write_text("".join(f"{job_line(index, overrides)}\n" for index in range(jobs)))
