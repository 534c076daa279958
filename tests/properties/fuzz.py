"""Hunts for cases where our composition is not Hydra's: a number of examples in, the smallest cases out."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.properties.case import Accepted, Case, on_disk
from tests.properties.compare import differences
from tests.properties.hydra_runner import run_hydra
from tests.properties.our_runner import run_ours
from tests.properties.trees import cases


def judge(case: Case) -> tuple[bool, list[str]]:
    """Whether Hydra accepts the case, and how our outcome differs."""
    with on_disk(case) as root:
        hydra = run_hydra(case, root)
        try:
            found = differences(case, hydra, run_ours(case, root))
        except Exception as error:  # the hunt goes on; a crash is a find like any other
            found = [f"CRASH {type(error).__name__}: {error}"]
        return isinstance(hydra, Accepted), [text.replace(str(root), "<root>") for text in found]


def signature(difference: str) -> str:
    """What finds of the same cause most likely share."""
    first = re.sub(r"\n.*", "", difference, flags=re.S)
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+|\b[a-dghkpxyz](\.[a-dghkpxyzn])*\b", "_", first)[:110]


def shrink(case: Case, wanted: str, deadline: float) -> Case:
    """A smaller case with the same signature: files, overrides and lines are left out while it lasts."""
    smaller = True
    while smaller and time.monotonic() < deadline:
        smaller = False
        for candidate in _smaller(case):
            if time.monotonic() > deadline:
                break
            if any(signature(found) == wanted for found in judge(candidate)[1]):
                case, smaller = candidate, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for index in range(len(case.overrides)):
        yield replace(case, overrides=case.overrides[:index] + case.overrides[index + 1 :])
    for path in case.files:
        if len(case.files) > 1:
            yield replace(case, files={name: text for name, text in case.files.items() if name != path})
    for path, text in case.files.items():
        lines = text.splitlines(keepends=True)
        for index in range(len(lines)):
            yield replace(case, files={**case.files, path: "".join(lines[:index] + lines[index + 1 :])})
    if case.multirun:
        yield replace(case, multirun=False)
    if case.version_base != "1.3":
        yield replace(case, version_base="1.3")
    if case.config_dir is not None:
        yield replace(case, config_dir=None)


def hunt(examples: int, start: int) -> tuple[Counter[str], dict[str, list[Case]]]:
    """Statistics, and the cases found by signature."""
    counts: Counter[str] = Counter()
    finds: dict[str, list[Case]] = {}

    @seed(start)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def run(case: Case) -> None:
        accepted, found = judge(case)
        counts["accepted" if accepted else "refused"] += 1
        counts["differing"] += bool(found)
        for text in {signature(text) for text in found}:
            finds.setdefault(text, []).append(case)

    run()
    return counts, finds


def main(examples: int, start: int, shown: int) -> int:
    """Prints what was found; 1 when anything was."""
    began = time.monotonic()
    counts, finds = hunt(examples, start)
    print(f"{dict(counts)} in {time.monotonic() - began:.0f} s, seed {start}")
    ranked = sorted(finds.items(), key=lambda item: -len(item[1]))
    for name, found in ranked:
        print(f"{len(found):5} {name}")
    for name, found in ranked[:shown]:
        case = shrink(min(found, key=lambda case: len(str(case))), name, time.monotonic() + 10)
        print("=" * 100, *judge(case)[1], case, sep="\n")
    return 1 if finds else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(numbers + [1000, int(time.time()), 5][len(numbers) :])))
