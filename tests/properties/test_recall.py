"""Many launches in one run are told the same, place by place, as each of them alone."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.properties.effort import FACTOR
from trainlint.chain.build import Builder
from trainlint.chain.model import Chain
from trainlint.diagnostic import Note
from trainlint.engine.isolation import Runner
from trainlint.facts.launch import JobFacts
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_jobs
from trainlint.rules.registry import CHAIN_RULES
from trainlint.source import Files, SourceFile, Span

LIST = "generated.txt"
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pipelines"

#: Commands of each fixture, and what generated launches put behind them: values that steps, modes and
#: schedules depend on, the same in many launches and not; values that only the environment knows; keys that
#: are taken away, that are not there or that hold something else; other parts of the config.
STARTS = {
    "etrm": (
        "python pretrain_etrm.py --config-name cfg_pretrain_etrm_arc_agi_1",
        "torchrun --nproc-per-node 2 pretrain_etrm.py -cn cfg_pretrain_etrm_arc_agi_1 arch=etrm_hybrid",
        "torchrun --nproc-per-node $GPUS pretrain_etrm.py",
        "python pretrain_etrm_online.py",
        "python pretrain.py",
    ),
    "time-flow": ("python train.py", "torchrun --nproc-per-node 2 train.py", "python train_estimate.py"),
}
PARTS = {
    "etrm": (
        *("epochs=3", "epochs=30", "epochs=$EPOCHS", "eval_interval=1", "eval_interval=null", "lr=1e-4"),
        *("arch=etrm", "arch=etrm_online", "arch=etrm_cached", "arch=etrm_probe", "lr_warmup_steps=7"),
        *("arch.halt_exploration_prob=0.1", "arch.halt_exploration_prob=0.2", "~arch.halt_exploration_prob"),
        *("+arch.num_act_steps=3", "arch.num_act_steps=$STEPS", "arch.halt_max_steps=2", "seed=3"),
        *("data_paths=[data/arc1-small-embedding]", "data_paths=[$DATA]", "global_batch_size=8"),
        *("+arch.encoder_num_layers=4", "+run_name=x", "run_name=${project_name}", "ema=true", "+other=1"),
    ),
    "time-flow": (
        *("epochs=5", "epochs=30", "epochs=$EPOCHS", "eval_interval=4", "eval_interval=10", "seed=4"),
        *("global_batch_size=6", "global_batch_size=$BATCH", "accumulation_steps=3", "accumulation_steps=1"),
        *("lr_warmup_steps=500", "lr_decay_steps=20", "lr_decay_steps=${lr_warmup_steps}", "schedule=cosine"),
        *("expansion_anneal_steps=50000", "q_temperature_wait_steps=$WAIT", "dqn_warmup_steps=5000"),
        *("arch=q_net_counting", "arch=q_net_forgetful", "save_interval=1000", "~lr_warmup_steps", "lr=0.5"),
    ),
}
#: Behind a job, so that the same launch stands at other columns too.
MARKERS = ("", "  ", "A=1 ", "CUDA_VISIBLE_DEVICES=0 ")


def generated(fixture: str, number: random.Random, jobs: int) -> list[str]:
    """The lines of a job list."""
    lines = []
    for _ in range(jobs):
        parts = number.sample(PARTS[fixture], number.randrange(4))
        start = number.choice(MARKERS) + number.choice(STARTS[fixture])
        lines.append(f"[ ] {' '.join((start, *parts))}\n")
    return lines


def jobs_of(folder: Path, text: str) -> tuple[JobFacts, ...]:
    """The jobs of a list that is not on disk."""
    path = folder / LIST
    return read_jobs(SourceFile(path, LIST, text), folder, Files(folder)).jobs


def told(chain: Chain) -> tuple[object, ...]:
    """All that people are told of a launch."""
    found = Runner(CHAIN_RULES).run(chain)
    assert not found.crashes
    # The composer shares what chooses the same options: a story may name the first of the choosing commands.
    diagnostics = [replace(entry, chain=tuple(map(_elsewhere, entry.chain))) for entry in found.diagnostics]
    whole = chain.times, chain.profile, chain.unverified, chain.paths, chain.checkpoints
    return diagnostics, found.not_checked, *whole


def _elsewhere(note: Note) -> Note:
    return replace(note, span=Span.at(LIST)) if note.span.file == LIST else note


@pytest.mark.parametrize("seed", range(max(FACTOR, 1)))
@pytest.mark.parametrize("fixture", STARTS)
def test_launches_in_one_run_are_told_as_each_alone(fixture: str, seed: int) -> None:
    folder, number = FIXTURES / fixture, random.Random(f"{fixture} {seed}")
    lines = generated(fixture, number, 24)
    together = Builder(Files(folder), Settings())
    chains = [together.build(job) for job in jobs_of(folder, "".join(lines))]
    assert len(chains) == len(lines)
    for index in number.sample(range(len(lines)), 5):
        text = "\n" * index + lines[index]
        alone = Builder(Files(folder), Settings()).build(jobs_of(folder, text)[0])
        same = told(chains[index]) == told(alone)
        assert same, text
