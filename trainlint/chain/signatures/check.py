"""A composed config and what its script does in, everything that is built from it with its faults out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Once
from trainlint.chain.model import Chain, Unverified
from trainlint.chain.resolving import Resolve, resolver_of
from trainlint.chain.schema_blame import deleted
from trainlint.chain.signatures.construct import Constructor
from trainlint.chain.signatures.sites import Builds, builds, sites
from trainlint.chain.signatures.spread import Spread, spreads, unpacked
from trainlint.chain.targets import TargetFinder
from trainlint.diagnostic import LinkKind
from trainlint.facts.behaviour import Behaviour
from trainlint.facts.config import Composition, ConfigMap
from trainlint.facts.construction import ArgumentProblem, ConstructionFacts, MissingArgument
from trainlint.facts.launch import Word
from trainlint.facts.script import ScriptFacts
from trainlint.facts.target import TargetFacts, TargetRole, TargetStatus, TargetVia
from trainlint.facts.value import Unknown
from trainlint.record import state

#: A composition with its evaluation and the targets in it.
Launched = tuple[Composition, Evaluation | None, tuple[TargetFacts, ...]]
_LINKS = {
    TargetRole.LOSS: LinkKind.LOSS,
    TargetRole.DATA: LinkKind.DATA,
    TargetRole.EVALUATOR: LinkKind.EVALUATOR,
}


@state
class Constructions:
    """Checks the launches of one import path; scripts and classes are read once."""

    finder: TargetFinder
    _builds: Once[tuple[Builds, tuple[Spread, ...]]] = field(
        default_factory=lambda: Once(lambda done: (builds(done), spreads(done)))
    )

    def __post_init__(self) -> None:
        self.constructor = Constructor(self.finder)

    def added(self, chain: Chain, script: ScriptFacts, launched: tuple[Launched, ...]) -> Chain:
        """The chain with what its launch builds from its config."""
        removed = deleted(chain.arguments.overrides) if chain.arguments is not None else {}
        folder = script.module.path.parent
        built: dict[ConstructionFacts, None] = {}
        for composition, launch, targets in launched:
            if composition.root is not None and launch is not None and chain.behaviour is not None:
                resolve = resolver_of(composition, script, chain.launch)
                facts = self.of(composition.root, targets, chain.behaviour, launch, resolve, removed, folder)
                built.update(dict.fromkeys(facts))
        unverified = dict.fromkeys((*chain.unverified, *_unchecked(tuple(built))))
        return replace(chain, constructions=tuple(built), unverified=tuple(unverified))

    def of(
        self,
        root: ConfigMap,
        targets: tuple[TargetFacts, ...],
        done: Behaviour,
        launch: Evaluation,
        resolve: Resolve,
        removed: dict[str, Word],
        folder: Path,
    ) -> tuple[ConstructionFacts, ...]:
        """What a launch builds, and the targets for which no call was found that builds them."""
        script, spread_calls = self._builds.of(done)
        found: dict[ConstructionFacts, None] = {}
        passed: set[str] = set()
        for site, path, node, reached in sites(script, launch, root):
            built = self.constructor.built(site, path, node, resolve, script.changes, folder)
            if reached:
                found.update(dict.fromkeys(_blamed(entry, removed) for entry in built))
            else:
                passed.update(entry.key for entry in built)
        for spread in spread_calls:
            facts = unpacked(spread, self.constructor, launch, root, script.changes, resolve)
            found.update(dict.fromkeys(_blamed(entry, removed) for entry in facts if entry.problems))
        return (*found, *_unbuilt(targets, passed.union(entry.key for entry in found)))


def _unbuilt(targets: tuple[TargetFacts, ...], seen: set[str]) -> Iterator[ConstructionFacts]:
    """Targets that exist and that no call was seen to build: only the outermost is worth a word."""
    missed: list[str] = []
    for target in targets:
        if target.via is not TargetVia.INSTANTIATE or target.status is not TargetStatus.FOUND:
            continue
        key = target.key.removesuffix("_target_").removesuffix(".")
        inside = any(above in ("", key) or key.startswith((f"{above}.", f"{above}[")) for above in missed)
        if key not in seen and not inside:
            missed.append(key)
            reason = "no call was found that builds it"
            yield ConstructionFacts(key, target.text, target.role, target.origin, None, None, (), reason)


def _blamed(entry: ConstructionFacts, removed: dict[str, Word]) -> ConstructionFacts:
    """A missing argument that the launch itself takes away is its fault."""
    problems = tuple(_by_launch(entry, problem, removed) for problem in entry.problems) if removed else ()
    return replace(entry, problems=problems) if problems else entry


def _by_launch(
    entry: ConstructionFacts, problem: ArgumentProblem, removed: dict[str, Word]
) -> ArgumentProblem:
    if not isinstance(problem, MissingArgument):
        return problem
    words = [removed.get(f"{entry.key}.{name}" if entry.key else name) for name in problem.names]
    word = next((word for word in words if word is not None), None)
    return replace(problem, deleted=word.span) if word is not None else problem


def _unchecked(found: tuple[ConstructionFacts, ...]) -> Iterator[Unverified]:
    """What could not be checked, and why."""
    for entry in found:
        if entry.reason is not None:
            reason = f"the arguments of `{entry.text}`: {entry.reason}"
            yield Unverified(_LINKS.get(entry.role, LinkKind.MODEL), Unknown(reason, entry.origin.span))
