"""The chain of one launch and the summary of all: what rules see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from trainlint.chain.evaluation import Evaluation
from trainlint.diagnostic import LinkKind
from trainlint.facts.arguments import CommandLineCheck
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.closed import ClosedKeys
from trainlint.facts.config import Composition, CompositionProblem, ConfigScalar
from trainlint.facts.construction import ConstructionFacts
from trainlint.facts.hydra_cli import HydraArguments
from trainlint.facts.keys import KeyUse
from trainlint.facts.launch import Form, JobFacts, LaunchFacts, Marker, ShellProblem, TextProblem
from trainlint.facts.paths import RunPaths
from trainlint.facts.profile import Profile
from trainlint.facts.refusal import Refusals
from trainlint.facts.schedule import TimeFlow
from trainlint.facts.script import HydraEntry, ScriptFacts
from trainlint.facts.settings import Settings
from trainlint.facts.suppression import MalformedSuppression, Suppression
from trainlint.facts.target import TargetFacts
from trainlint.facts.value import Unknown
from trainlint.facts.weights import CheckpointFit
from trainlint.record import record
from trainlint.source import Span, Unreadable

P = TypeVar("P", bound=CompositionProblem)


@record
class Unverified:
    """A link that could not be followed, and why; `link` is None for what is none: the run's length."""

    link: LinkKind | None
    unknown: Unknown


@record
class Chain:
    """One launch from job to model.

    `script` is None when it was not found or cannot be known. `entry` is the Hydra entry the launch
    uses and `arguments` what Hydra's parser makes of the command line; both are None when the script
    does not use Hydra. `compositions` holds one composition per sweep point: one in all for a plain
    run, none without Hydra. `unverified` lists what could not be followed.
    `rivals` are entries of other scripts beside this one that declare the config name the job gives.
    `command_line` is what the script's own argument parser says of the launch; None for a script that
    has none that could be followed. `times` are the run's length and what changes with it, one for each
    config whose code counts steps; `profile` are its modes, None where its code was not followed.
    `behaviour` is what the code does from the entry on, None where it is not known which code runs;
    `evaluations` give its symbols their values, one for each of `configs`: the compositions, or the
    arguments that a script reads itself.
    `paths` are the files and folders that the launch reads and writes, likewise; `checkpoints` say how the
    weights that it loads fit the model. `refusals` are the guards of the code that stop the launch, `closed`
    the keys that it sets for branches that it does not take. `constructions` are the objects that it builds
    from its config; `keys` are those that the code reads and nothing supplies, or that nothing reads.
    `home_texts` are the texts of the compositions that may name a path in somebody's home.
    """

    settings: Settings
    job: JobFacts
    launch: LaunchFacts
    script: ScriptFacts | None
    arguments: HydraArguments | None
    entry: HydraEntry | None
    compositions: tuple[Composition, ...]
    targets: tuple[TargetFacts, ...]
    unverified: tuple[Unverified, ...]
    rivals: tuple[HydraEntry, ...] = ()
    command_line: CommandLineCheck | None = None
    times: tuple[TimeFlow, ...] = ()
    profile: Profile | None = None
    behaviour: Behaviour | None = None
    evaluations: tuple[Evaluation, ...] = ()
    configs: tuple[Composition, ...] = ()
    paths: tuple[RunPaths, ...] = ()
    refusals: Refusals = Refusals()
    closed: ClosedKeys = ClosedKeys()
    constructions: tuple[ConstructionFacts, ...] = ()
    checkpoints: tuple[CheckpointFit, ...] = ()
    keys: KeyUse = KeyUse()
    home_texts: tuple[ConfigScalar, ...] = ()


def problems(chain: Chain, kind: type[P]) -> Iterator[P]:
    """The composition problems of one kind over all sweep points, each place and text once."""
    seen: set[CompositionProblem] = set()
    for composition in chain.compositions:
        for problem in composition.problems:
            if isinstance(problem, kind) and problem not in seen:
                seen.add(problem)
                yield problem


@record
class Output:
    """A place a run writes to: the config key that names it, its value, and where it is set.

    `from_command` tells whether the job's own command line set it.
    """

    key: str
    value: str
    span: Span
    from_command: bool


@record
class LaunchSummary:
    """What rules over many launches need of one."""

    span: Span
    text: str
    marker: Marker | None
    script: str | None
    outputs: tuple[Output, ...]
    form: Form = Form.JOB_LIST
    paths: tuple[RunPaths, ...] = ()


@record
class Project:
    """All launches of a run, in order, and what concerns no single one.

    `done` are jobs that are not checked because they have run, filled where the others need files.
    `unused` and `malformed` are filled only for the rules that run after suppressions were applied.
    """

    settings: Settings
    launches: tuple[LaunchSummary, ...]
    unreadable: tuple[Unreadable, ...] = ()
    text_problems: tuple[TextProblem, ...] = ()
    shell_problems: tuple[ShellProblem, ...] = ()
    unused: tuple[Suppression, ...] = ()
    malformed: tuple[MalformedSuppression, ...] = ()
    done: tuple[LaunchSummary, ...] = ()
