"""A DeepSpeed config file and the number of processes in, what DeepSpeed refuses or drops out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.launcher_config import LauncherConfigProblem, Mismatch
from trainlint.facts.value import Known, Unknown, Value
from trainlint.facts.yaml import YamlMap
from trainlint.parse.launcher_configs.deepspeed_table import CONFIG
from trainlint.parse.launcher_configs.document import Document, integer, read_json, scalar
from trainlint.parse.launcher_configs.walk import walk
from trainlint.source import SourceFile, Span

LIBRARY = "DeepSpeed"
#: Keys with which the processes that share a batch are fewer than all.
_SPLITTING = ("sequence_parallel_size", "tensor_parallel", "elasticity", "expert_parallel")
_BATCH, _MICRO, _STEPS = "train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps"


def read_deepspeed(
    source: SourceFile, processes: Value[int]
) -> tuple[tuple[LauncherConfigProblem, ...], tuple[Unknown, ...]]:
    """The problems of a file, and why it is not read."""
    document = read_json(source)
    if document.problem is not None:
        reason = f"`{source.display}` is no plain JSON ({document.problem.message}), so it is not checked"
        return (), (Unknown(reason, document.problem.span),)
    problems = [*_duplicates(document), *walk(LIBRARY, document.body, CONFIG)]
    problems += [*_precisions(document.body), *_batch(document.body, processes)]
    return tuple(problems), tuple(_batch_depends(document.body, processes))


def _duplicates(document: Document) -> Iterator[LauncherConfigProblem]:
    for twice in document.duplicates:
        yield Mismatch(
            LIBRARY,
            f"`{twice.key}` is written twice",
            "keep one of the two",
            twice.span,
            f"ValueError: Duplicate keys in DeepSpeed config: ['{twice.key}']",
            ((twice.first, "first written here"),),
        )


def _precisions(body: YamlMap) -> Iterator[LauncherConfigProblem]:
    half = scalar(body, "fp16", "enabled")
    for name in ("bf16", "bfloat16"):
        brain = scalar(body, name, "enabled")
        if half is not None and brain is not None and half.value is True and brain.value is True:
            yield Mismatch(
                LIBRARY,
                f"`fp16` and `{name}` are both enabled",
                "enable one of the two",
                brain.span,
                "AssertionError: bfloat16 and fp16 modes cannot be simultaneously enabled",
                ((half.span, "enabled here too"),),
            )


def _sizes(body: YamlMap) -> tuple[tuple[int, Span], tuple[int, Span], tuple[int, Span]] | None:
    """The batch, the micro batch and the steps, when all are given and belong together as written."""
    batch, micro, steps = (integer(body, key) for key in (_BATCH, _MICRO, _STEPS))
    if batch is None or micro is None or steps is None or min(batch[0], micro[0], steps[0]) < 1:
        return None
    splits = any(entry.key in _SPLITTING for entry in body.entries)
    return None if splits else (batch, micro, steps)


def _batch(body: YamlMap, processes: Value[int]) -> Iterator[LauncherConfigProblem]:
    """The batch must be what one process takes at a time, times the steps, times the processes."""
    sizes = _sizes(body)
    if sizes is None:
        return
    batch, micro, steps = sizes
    product = micro[0] * steps[0]
    notes: tuple[tuple[Span, str], ...] = (
        (micro[1], f"{micro[0]} in each process"),
        (steps[1], f"{steps[0]} times before each step"),
    )
    if batch[0] % product:
        message = f"a batch of {batch[0]} is no multiple of {micro[0]} × {steps[0]}"
        yield _wrong_batch(message, f"a multiple of {product}", batch[1], notes)
    elif isinstance(processes, Known) and batch[0] != product * processes.value:
        total = product * processes.value
        message = (
            f"a batch of {batch[0]} is not {micro[0]} × {steps[0]} × {processes.value} processes = {total}"
        )
        notes = (*notes, (processes.span, f"{processes.value} processes"))
        # with model parallelism fewer processes share the batch: a divisor of all
        certain = bool(processes.value % (batch[0] // product))
        yield _wrong_batch(message, str(total), batch[1], notes, certain)


def _batch_depends(body: YamlMap, processes: Value[int]) -> Iterator[Unknown]:
    """A batch that fits one number of processes only, where that number is not known."""
    sizes = _sizes(body)
    if sizes is None or isinstance(processes, Known):
        return
    batch, micro, steps = sizes
    if batch[0] % (micro[0] * steps[0]) == 0:
        number = batch[0] // (micro[0] * steps[0])
        yield Unknown(f"the batch fits {number} processes, but {processes.reason}", batch[1])


def _wrong_batch(
    message: str, right: str, span: Span, notes: tuple[tuple[Span, str], ...], certain: bool = True
) -> Mismatch:
    return Mismatch(
        LIBRARY,
        message,
        f"set `{_BATCH}` to {right}, or leave one of the three out",
        span,
        "AssertionError: Check batch related parameters. train_batch_size is not equal to "
        "micro_batch_per_gpu * gradient_acc_step * world_size",
        notes,
        certain,
    )
