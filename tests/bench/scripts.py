"""A number in, a tree of generated launch scripts on disk out: the same bytes for the same number."""

from __future__ import annotations

from pathlib import Path

from tests.bench.inputs import GROUPS, job_line

#: Every second script starts its training once per seed.
SEEDS = (1, 2)

_SCRIPT = """\
#!/bin/bash
set -euo pipefail

ROOT="$(cd "$(dirname "$0")/.." && pwd)"
cd "$ROOT"
export OMP_NUM_THREADS=8
export WANDB_NAME="exp{index}-$(date +%s)"

GPUS=${{GPUS:-8}}
ARCH={arch}
RATE=3e-4
BASE=$(({index} * 2))
if [[ "$ARCH" == "other" ]]; then
  EXTRA="{extra}"
else
  EXTRA=
fi

COMMON=(
{common}
)
run() {{
  local seed=$1
  shift
  torchrun --standalone --nproc-per-node "$GPUS" train.py \\
    arch="$ARCH" \\
    seed="$seed" \\
    "$@" $EXTRA
}}
COMMON+=(
{more}
)
for SEED in {seeds}; do
  run "$SEED" "${{COMMON[@]}}" 2>&1 | tee "logs/exp{index}-$SEED.log"
done
"""


def launches(scripts: int) -> int:
    """How many trainings so many scripts start."""
    return scripts + scripts // 2 * (len(SEEDS) - 1)


def script_text(index: int, overrides: int) -> str:
    """One script: variables, two arrays, a function, a loop, so many overrides; no two scripts alike."""
    words = job_line(index, overrides).split("train.py ", 1)[1].split()[2:]
    written = [f"  {_varied(word, place)}" for place, word in enumerate(words)]
    half = len(written) // 2
    return _SCRIPT.format(
        index=index,
        arch="other" if index % 3 == 0 else "base",
        extra=f"{GROUPS[index % len(GROUPS)]}.part9.size=3",
        common="\n".join(written[:half]),
        more="\n".join(written[half:]),
        seeds=" ".join(map(str, SEEDS if index % 2 else SEEDS[:1])),
    )


def write_scripts(folder: Path, scripts: int, overrides: int) -> None:
    """So many scripts, a hundred to a folder."""
    for index in range(scripts):
        path = folder / f"scripts{index // 100}" / f"exp{index}.sh"
        path.parent.mkdir(exist_ok=True)
        path.write_text(script_text(index, overrides))


def _varied(word: str, place: int) -> str:
    """An override as people write it: bare, quoted, or with a variable in it."""
    key, _, value = word.partition("=")
    if key.endswith(".rate"):
        return f'"{key}=$RATE"'
    if key.endswith(".size"):
        return f"{key}=$((BASE + {place}))"
    return f"{key}='{value}'" if place % 5 == 0 else word
