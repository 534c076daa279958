"""The plan of a watched run, as the parent writes it into a file, in; a record of it out."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What to watch, and until when.

    `steps`: optimizer updates until the run is stopped. `folder`: where the streams go. `contents`: how many
    bytes of tensors to keep beside their digests, 0 for none. `perturb`: the seed of a relative change of
    each weight by one machine epsilon before the first step, None for no change.
    `compile`: whether `torch.compile` compiles. `seed`: of generators that a program may leave to the clock.
    `copy`: the copied folder that the run may write into, empty where it runs in place. `replay`: the folder
    of a run of the reference whose values are put in place of this run's own, with `links`, the file that
    says which of its parameters make the same whole as which of this run's. `calls`: whether calls of all
    modules are counted. `since`: contents are kept from that update on, and of the weights before the first.
    `hashes`: the seed of the order of sets of texts. `double`: whether the network computes in fp64.
    """

    steps: int
    folder: str = ""
    contents: int = 0
    perturb: int | None = None
    compile: bool = False
    seed: int = 0
    copy: str = ""
    replay: str = ""
    links: str = ""
    calls: bool = False
    since: int = 0
    hashes: int = 0
    double: bool = False


def read_plan(text: str) -> Plan:
    """The plan in the text of its file."""
    return Plan(**json.loads(text))
