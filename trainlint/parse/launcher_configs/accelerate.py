"""An accelerate config file and the options of its launch in, what the launch stumbles over out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.facts.launch import LauncherOption
from trainlint.facts.launcher_config import InvalidValue, LauncherConfigProblem, Mismatch
from trainlint.facts.value import Known, Unknown, Value
from trainlint.facts.yaml import YamlEntry, YamlMap, YamlScalar
from trainlint.parse.launcher_configs.accelerate_table import CLUSTER, IN_DEEPSPEED_FILE, SAGEMAKER
from trainlint.parse.launcher_configs.document import Document, integer, read_json, read_yaml, scalar
from trainlint.parse.launcher_configs.walk import walk
from trainlint.record import record
from trainlint.source import SourceFile, Span

LIBRARY = "accelerate"
#: Options that decide what kind of run it is in the place of the file's `distributed_type`.
_KINDS = (
    "--multi_gpu",
    "--tpu",
    "--tpu_cluster",
    "--use_deepspeed",
    "--use_fsdp",
    "--use_megatron_lm",
    "--cpu",
)
_TORCH_RUNS = ("MULTI_GPU", "MULTI_NPU", "MULTI_XPU", "FSDP")


@record
class AccelerateFile:
    """What a launch takes from the file: `processes` in all, and the DeepSpeed config that it names."""

    problems: tuple[LauncherConfigProblem, ...]
    processes: Value[int] | None
    deepspeed: YamlScalar | None


@record
class _Run:
    """The file beside the options that win over it."""

    body: YamlMap
    options: Mapping[str, LauncherOption]
    start: Span

    def number(self, option: str, key: str) -> tuple[int, Span] | None:
        """The number that counts, when it is known."""
        given = self.options.get(option)
        if given is None:
            return integer(self.body, key)
        if isinstance(given.value, Known) and given.value.value.isdecimal():
            return int(given.value.value), given.value.span
        return None

    @property
    def kind(self) -> object:
        """The `distributed_type` that counts, None when options decide."""
        if any(option in self.options for option in _KINDS):
            return "DEEPSPEED" if "--use_deepspeed" in self.options else None
        node = scalar(self.body, "distributed_type")
        return node.value if node is not None else None


def read_accelerate(source: SourceFile, options: Mapping[str, LauncherOption]) -> AccelerateFile:
    """The problems of a file under the options of the launch, and what it says of the run."""
    document = read_json(source) if source.path.suffix == ".json" else read_yaml(source)
    if document.problem is not None:
        form = "JSON" if source.path.suffix == ".json" else "YAML"
        return AccelerateFile((_unreadable(document, form),), None, None)
    body, start = document.body, Span.at(source.display)
    environment = scalar(body, "compute_environment")
    if environment is not None and environment.value == "AMAZON_SAGEMAKER":
        return AccelerateFile(tuple(walk(LIBRARY, body, SAGEMAKER)), None, None)
    run = _Run(body, options, start)
    problems = [
        problem
        for problem in walk(LIBRARY, _used(run), CLUSTER)
        if not (isinstance(problem, InvalidValue) and _overridden(problem.key, options))
    ]
    deepspeed = scalar(body, "deepspeed_config", "deepspeed_config_file") if run.kind == "DEEPSPEED" else None
    problems += [*_kind_missing(run), *_processes_missing(run), *_machines(run), *_beside_deepspeed_file(run)]
    return AccelerateFile(tuple(problems), _processes(run), deepspeed)


def _unreadable(document: Document, form: str) -> InvalidValue:
    assert document.problem is not None
    runtime = "accelerate stops while it reads the file"
    return InvalidValue(LIBRARY, "", document.problem.message, form, document.problem.span, runtime)


def _used(run: _Run) -> YamlMap:
    """The file without the part for DeepSpeed where the run is of another kind."""
    if run.kind in ("DEEPSPEED", None):
        return run.body
    entries = tuple(entry for entry in run.body.entries if entry.key != "deepspeed_config")
    return YamlMap(entries, run.body.span)


def _overridden(key: str, options: Mapping[str, LauncherOption]) -> bool:
    """Whether an option of the launch stands in the place of the file's value."""
    return f"--{key.rpartition('.')[2]}" in options


def _entry(body: YamlMap, key: str) -> YamlEntry | None:
    return next((entry for entry in body.entries if entry.key == key), None)


def _kind_missing(run: _Run) -> Iterator[LauncherConfigProblem]:
    if _entry(run.body, "distributed_type") is None:
        runtime = "ValueError: A `distributed_type` must be specified in the config file."
        yield InvalidValue(
            LIBRARY, "distributed_type", None, "a kind of run, such as `MULTI_GPU`", run.start, runtime
        )


def _processes_missing(run: _Run) -> Iterator[LauncherConfigProblem]:
    """Without a number of processes accelerate goes on with -1 and stops."""
    kind = _entry(run.body, "distributed_type")
    if kind is None or "--num_processes" in run.options:
        return
    entry = _entry(run.body, "num_processes")
    given = integer(run.body, "num_processes")
    is_plain = isinstance(kind.node, YamlScalar) and kind.node.value == "NO"
    if (entry is None and not is_plain) or (given is not None and given[0] == -1):
        yield Mismatch(
            LIBRARY,
            "neither the launch nor this config says how many processes to start",
            "give `--num_processes`, or set `num_processes` here",
            entry.key_span if entry is not None else run.start,
            "ValueError: You need to manually pass in `--num_processes` using this config yaml.",
        )


def _machines(run: _Run) -> Iterator[LauncherConfigProblem]:
    machines, processes = (
        run.number("--num_machines", "num_machines"),
        run.number("--num_processes", "num_processes"),
    )
    if machines is None or machines[0] < 2:
        return
    note = ((machines[1], f"{machines[0]} machines"),)
    rank = run.number("--machine_rank", "machine_rank")
    if rank is not None and rank[0] >= machines[0]:
        yield Mismatch(
            LIBRARY,
            f"machine rank {rank[0]} does not exist among {machines[0]} machines",
            f"ranks go from 0 to {machines[0] - 1}",
            rank[1],
            "the machines wait for one another until the rendezvous times out",
            note,
        )
    if processes is not None and processes[0] > 0 and processes[0] % machines[0]:
        each = processes[0] // machines[0]
        yield Mismatch(
            LIBRARY,
            f"{processes[0]} processes cannot be shared evenly by {machines[0]} machines",
            f"`num_processes` counts the processes of all machines: give a multiple of {machines[0]}",
            processes[1],
            f"accelerate starts {each} on each machine, {each * machines[0]} in all",
            note,
            certain=each == 0,
        )
    yield from _address_missing(run, machines)


def _address_missing(run: _Run, machines: tuple[int, Span]) -> Iterator[LauncherConfigProblem]:
    address = scalar(run.body, "main_process_ip")
    if run.kind not in _TORCH_RUNS or "--main_process_ip" in run.options or (address and address.value):
        return
    yield Mismatch(
        LIBRARY,
        f"{machines[0]} machines, but no address of the main one",
        "give `--main_process_ip`, or set `main_process_ip` here",
        machines[1],
        "the machines look for a host that is called None",
    )


def _beside_deepspeed_file(run: _Run) -> Iterator[LauncherConfigProblem]:
    """Settings that accelerate refuses beside `deepspeed_config_file`: that file has to say them."""
    section = _entry(run.body, "deepspeed_config")
    if run.kind != "DEEPSPEED" or section is None or not isinstance(section.node, YamlMap):
        return
    file = _entry(section.node, "deepspeed_config_file")
    if file is None or not isinstance(file.node, YamlScalar) or file.node.value in (None, "none"):
        return
    beside = [entry for entry in section.node.entries if entry.key in IN_DEEPSPEED_FILE]
    precision = _entry(run.body, "mixed_precision")
    if precision is not None and "--mixed_precision" not in run.options and _is_set(precision):
        beside.append(precision)
    for entry in beside:
        yield Mismatch(
            LIBRARY,
            f"`{entry.key!s}` cannot stand beside `deepspeed_config_file`",
            "set it in the DeepSpeed file and remove it here",
            entry.key_span,
            "ValueError: When using `deepspeed_config_file`, the following accelerate config variables "
            "will be ignored",
            ((file.key_span, "the DeepSpeed file is named here"),),
        )


def _is_set(entry: YamlEntry) -> bool:
    return isinstance(entry.node, YamlScalar) and entry.node.value is not None


def _processes(run: _Run) -> Value[int] | None:
    """How many processes the file asks for, None when an option says it."""
    if "--num_processes" in run.options:
        return None
    number = integer(run.body, "num_processes")
    if number is None or number[0] < 1 or run.kind in (None, "NO", False, "XLA", "TPU"):
        return Unknown("how many processes run is known only to the machines", run.start)
    return Known(number[0], number[1])
