"""A chain with what its code does in, the same chain with what that means for the run out."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from trainlint.chain.closed import closed_keys
from trainlint.chain.events import Events, Once
from trainlint.chain.keys import key_use
from trainlint.chain.model import Chain, Unverified
from trainlint.chain.paths.read import PathReader
from trainlint.chain.refusals import refusals
from trainlint.chain.unread import UnreadKeys
from trainlint.chain.unverified import unverified_fits, unverified_paths
from trainlint.chain.written import Written
from trainlint.diagnostic import LinkKind
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.closed import ClosedKeys
from trainlint.facts.keys import KeyUse
from trainlint.facts.script import ScriptFacts
from trainlint.facts.settings import Settings
from trainlint.facts.symbols import Setting
from trainlint.facts.target import TargetVia
from trainlint.facts.value import Unknown
from trainlint.record import state
from trainlint.source import Files, Span

if TYPE_CHECKING:
    from trainlint.chain.modes.derive import Modes
    from trainlint.chain.signatures.check import Constructions, Launched
    from trainlint.chain.targets import TargetFinder
    from trainlint.chain.timeflow.flow import TimeReader
    from trainlint.chain.weights.fit import FitReader


@state
class Analyses:
    """Looks at chains one after the other; what several share is looked up once."""

    files: Files
    settings: Settings
    written: Written
    _known_paths: PathReader | None = None
    _known_modes: Modes | None = None
    _known_fits: FitReader | None = None
    _known_times: TimeReader | None = None
    _constructions: dict[int, Constructions] = field(default_factory=dict)
    _events: Once[Events] = field(default_factory=lambda: Once(Events))
    _unpacking: Once[bool] = field(default_factory=lambda: Once(_unpacks))
    _unread: UnreadKeys = field(init=False)

    def __post_init__(self) -> None:
        """Keys are looked for in every launch of Hydra."""
        self._unread = UnreadKeys(self.files, self.written)

    def of(self, chain: Chain) -> Chain:
        """Guards, closed branches, files, checkpoints and modes; a launch that a guard stops has no more."""
        done, configs, known = chain.behaviour, chain.configs, chain.evaluations
        events = self._events.of(done) if done is not None else None
        refused = refusals(events, configs, known)
        closed = ClosedKeys() if refused.found else closed_keys(events, configs, known, self.written)
        stopped = bool(refused.found) or chain.entry is None
        keys = KeyUse() if stopped else key_use(self._unread, chain.script, events, configs, known)
        chain = self._with_files(replace(chain, refusals=refused, closed=closed, keys=keys))
        if done is not None and not done.complete and chain.script is not None:
            chain = replace(chain, unverified=(*chain.unverified, _cut_short(chain.script)))
        chain = self._modes.profiled(chain)
        return chain if refused.found else self._times.timed(chain)

    def of_constructions(
        self, chain: Chain, finder: TargetFinder, script: ScriptFacts, built: tuple[Launched, ...]
    ) -> Chain:
        """What the launch builds from its config."""
        named = any(target.via is TargetVia.INSTANTIATE for target in chain.targets)
        if chain.behaviour is None or not (named or self._unpacking.of(chain.behaviour)):
            return chain
        # The reader of signatures, which no script needs that only reads its config.
        from trainlint.chain.signatures.check import Constructions

        if id(finder) not in self._constructions:
            self._constructions[id(finder)] = Constructions(finder)
        return self._constructions[id(finder)].added(chain, script, built)

    def _with_files(self, chain: Chain) -> Chain:
        """The files that it reads and writes, and how the weights that it loads fit."""
        paths = self._paths.of(chain)
        chain = replace(chain, paths=paths, unverified=(*chain.unverified, *unverified_paths(paths)))
        if not any(found.checkpoints for found in paths):
            # Few launches load weights that are there.
            return chain
        if self._known_fits is None:
            from trainlint.chain.weights.fit import FitReader

            self._known_fits = FitReader(self.files)
        fits = self._known_fits.of(chain)
        return replace(chain, checkpoints=fits, unverified=(*chain.unverified, *unverified_fits(fits)))

    @property
    def _modes(self) -> Modes:
        """What tells modes."""
        if self._known_modes is None:
            # Only launches whose code is followed have modes.
            from trainlint.chain.modes.derive import Modes

            self._known_modes = Modes(self.files)
        return self._known_modes

    @property
    def _times(self) -> TimeReader:
        """How long runs are, and what changes with their steps."""
        if self._known_times is None:
            # A dozen modules that only launches whose code is followed need.
            from trainlint.chain.timeflow.flow import TimeReader

            self._known_times = TimeReader(self.files)
        return self._known_times

    @property
    def _paths(self) -> PathReader:
        """What launches read and write."""
        if self._known_paths is None:
            self._known_paths = PathReader(self.files, self.settings)
        return self._known_paths


def _unpacks(done: Behaviour) -> bool:
    """Whether a script calls anything with `**` and a part of its config."""
    calls = (event for event in done.events if isinstance(event, Call))
    return any(isinstance(event.keyword("**"), Setting) for event in calls)


def _cut_short(script: ScriptFacts) -> Unverified:
    """What the last of very large code does was not looked at."""
    reason = "its code is too large to be followed to the end: what comes last is not looked at"
    return Unverified(LinkKind.SCRIPT, Unknown(reason, Span.at(script.module.display)))
