"""Readers of launcher configs: accelerate's judged by accelerate itself, DeepSpeed's by tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from accelerate.commands.launch import _validate_launch_command, launch_command_parser
from accelerate.utils.launch import prepare_simple_launcher_cmd_env

from trainlint.facts.launch import LaunchFacts
from trainlint.facts.launcher_config import (
    ConfigNotFound,
    InvalidValue,
    LauncherConfigProblem,
    Mismatch,
    UnknownKey,
)
from trainlint.facts.value import Known, Unknown
from trainlint.parse.joblist import read_command
from trainlint.parse.launcher.peel import peel
from trainlint.parse.launcher_configs.read import with_configs
from trainlint.source import Files


def launch(tmp_path: Path, command: str, **texts: str) -> LaunchFacts:
    (tmp_path / "train.py").write_text("")
    for name, text in texts.items():
        (tmp_path / name.replace("_", ".")).write_text(text)
    files = Files(tmp_path)
    return with_configs(peel(read_command(command.split(), tmp_path).jobs[0], files), files)


def problems(facts: LaunchFacts) -> list[LauncherConfigProblem]:
    return [problem for config in facts.configs for problem in config.problems]


#: Files that accelerate takes or refuses, each with options of the launch.
ACCELERATE = [
    ("distributed_type: MULTI_GPU\nnum_processes: 2\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: bf16\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: half\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: no\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: no\n", "--mixed_precision bf16"),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: 'no'\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmixed_precision: FP16\n", ""),
    ("distributed_type: multi_gpu\nnum_processes: 2\n", ""),
    ("distributed_type: MULTI_GPU\nnum_proceses: 2\n", "--num_processes 2"),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nmodel: x\n", ""),
    ("distributed_type: MULTI_GPU\n", ""),
    ("distributed_type: MULTI_GPU\n", "--num_processes 2"),
    ("distributed_type: MULTI_GPU\nnum_processes: -1\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: -1\n", "--num_processes 4"),
    ("distributed_type: NO\n", ""),
    ("distributed_type: 'NO'\n", ""),
    ("num_processes: 2\n", ""),
    ("compute_environment: LOCAL\ndistributed_type: MULTI_GPU\nnum_processes: 2\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\nfp16: true\n", ""),
    ("distributed_type: MULTI_GPU\nnum_processes: 2\ndynamo_backend: 'NO'\n", ""),
    ("distributed_type: FSDP\nnum_processes: 2\nfsdp_config:\n  version: 2\n  fsdp_unheard: 1\n", ""),
    ("distributed_type: [MULTI_GPU\n", ""),
]


def accelerate_refuses(path: Path, options: list[str]) -> bool:
    parser = launch_command_parser()
    try:
        args = parser.parse_args(["--config_file", str(path), *options, "train.py"])
        args, _, _ = _validate_launch_command(args)
        prepare_simple_launcher_cmd_env(args)
    except Exception:
        return True
    return False


@pytest.mark.parametrize(("text", "options"), ACCELERATE)
def test_refuses_what_accelerate_refuses(tmp_path: Path, text: str, options: str) -> None:
    facts = launch(tmp_path, f"accelerate launch --config_file a.yaml {options} train.py", a_yaml=text)
    ours = [
        problem
        for problem in problems(facts)
        if not isinstance(problem, UnknownKey) or problem.refused is not False
    ]
    assert bool(ours) == accelerate_refuses(tmp_path / "a.yaml", options.split())


def test_the_file_says_how_many_processes_run(tmp_path: Path) -> None:
    text = "distributed_type: MULTI_GPU\nnum_processes: 6\n"
    facts = launch(tmp_path, "accelerate launch --config_file a.yaml train.py", a_yaml=text)
    assert isinstance(facts.world_size, Known)
    assert facts.world_size.value == 6
    given = launch(tmp_path, "accelerate launch --config_file a.yaml --num_processes 4 train.py")
    assert isinstance(given.world_size, Known)
    assert given.world_size.value == 4


def deepspeed(tmp_path: Path, config: object, gpus: str = "2") -> list[LauncherConfigProblem]:
    command = f"deepspeed --num_gpus {gpus} train.py --deepspeed_config ds.json"
    return problems(launch(tmp_path, command, ds_json=json.dumps(config)))


@pytest.mark.parametrize(
    ("batch", "micro", "steps", "certain"),
    [(8, 2, 2, None), (16, 2, 2, True), (4, 2, 2, False), (9, 2, 2, True), (12, 2, 2, True)],
)
def test_the_batch_is_what_its_parts_make(
    tmp_path: Path, batch: int, micro: int, steps: int, certain: bool | None
) -> None:
    config = {
        "train_batch_size": batch,
        "train_micro_batch_size_per_gpu": micro,
        "gradient_accumulation_steps": steps,
    }
    found = [problem.certain for problem in deepspeed(tmp_path, config) if isinstance(problem, Mismatch)]
    assert found == ([] if certain is None else [certain])


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"zero_optimization": {"stage": 4}}, InvalidValue),
        ({"zero_optimization": {"stage": "auto"}}, None),
        ({"zero_optimization": {"stage": 2, "reduce_bucket_size": 5e8}}, None),
        ({"zero_optimization": {"stage": 2, "reduce_bucket_size": -1}}, InvalidValue),
        ({"zero_optimization": {"stage": 2, "overlap_com": True}}, UnknownKey),
        ({"zero_optimization": True}, None),
        ({"zero_optimization": [1]}, InvalidValue),
        ({"fp16": True}, InvalidValue),
        ({"bf16": None}, None),
        ({"fp16": {"enabled": True}, "bf16": {"enabled": True}}, Mismatch),
        ({"fp16": {"enabled": "auto"}, "bf16": {"enabled": "auto"}}, None),
        ({"_comment": "anything"}, None),
    ],
)
def test_what_deepspeed_makes_of_a_setting(
    tmp_path: Path, config: object, kind: type[LauncherConfigProblem] | None
) -> None:
    assert [type(problem) for problem in deepspeed(tmp_path, config)] == ([] if kind is None else [kind])


def test_keys_that_are_dropped_are_not_refused(tmp_path: Path) -> None:
    (near, far) = deepspeed(tmp_path, {"zero_optimisation": {"stage": 9}, "colour": 1})
    assert isinstance(near, UnknownKey)
    assert isinstance(far, UnknownKey)
    assert (near.nearest, near.refused, far.nearest, far.refused) == ("zero_optimization", False, None, False)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = problems(launch(tmp_path, "accelerate launch --config_file b.yaml train.py"))
    assert isinstance(problem, ConfigNotFound)
    facts = launch(tmp_path, "python train.py --deepspeed b.json")
    assert not problems(facts)
    assert [type(doubt) for config in facts.configs for doubt in config.unverified] == [Unknown]


def test_a_script_that_sets_the_batch_itself(tmp_path: Path) -> None:
    config = {"train_batch_size": 9, "train_micro_batch_size_per_gpu": 2, "gradient_accumulation_steps": 2}
    assert deepspeed(tmp_path, config)
    files = Files(tmp_path)
    (tmp_path / "train.py").write_text('config["train_batch_size"] = 4 * world\n')
    words = ["deepspeed", "--num_gpus", "2", "train.py", "--deepspeed_config", "ds.json"]
    job = read_command(words, tmp_path).jobs[0]
    facts = with_configs(peel(job, files), files)
    assert not problems(facts)
    assert any(entry.unverified for entry in facts.configs)
