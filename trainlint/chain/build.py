"""A job in, its chain out; what many jobs share is read and composed once."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path

from trainlint.chain.analyses import Analyses
from trainlint.chain.argument_config import argument_config
from trainlint.chain.behaviours import Behaviours, argument_evaluation, evaluation
from trainlint.chain.deepspeed_arguments import held_against_arguments
from trainlint.chain.hydra_plugins import HydraPlugins, read_plugins
from trainlint.chain.imports import Library
from trainlint.chain.model import Chain
from trainlint.chain.pins import older_hydra
from trainlint.chain.request import compose_request
from trainlint.chain.resolving import resolver_of
from trainlint.chain.rivals import RivalFinder
from trainlint.chain.schema_blame import blamed
from trainlint.chain.schema_check import schema_problems
from trainlint.chain.script import read_script
from trainlint.chain.targets import TargetFinder, find_targets
from trainlint.chain.unverified import unverified_links
from trainlint.chain.written import Written
from trainlint.compose.api import ComposeCache, compose
from trainlint.facts.arguments import CommandLineCheck
from trainlint.facts.config import Composition
from trainlint.facts.hydra_cli import HydraArguments
from trainlint.facts.launch import JobFacts, LaunchFacts, ScriptKind, Word
from trainlint.facts.script import EntryKind, HydraEntry, ScriptFacts
from trainlint.facts.settings import Settings
from trainlint.facts.target import TargetFacts
from trainlint.facts.value import Known, Unknown
from trainlint.parse.hydra_cli import read_arguments
from trainlint.parse.launcher.peel import peel
from trainlint.parse.launcher_configs.read import with_configs
from trainlint.record import state
from trainlint.source import Files, Unreadable

#: A script with its import path, whether it is started as a file, and the working directory.
_Started = tuple[Path, tuple[Path, ...], bool, Path | None]


@state
class Builder:
    """Builds chains over one set of files; keeps scripts, modules and base compositions between jobs."""

    files: Files
    settings: Settings
    _library: Library | None = None
    _rivals: RivalFinder | None = None
    _scripts: dict[_Started, ScriptFacts | Unreadable] = field(default_factory=dict)
    _finders: dict[tuple[Path, ...], TargetFinder] = field(default_factory=dict)
    _plugins: dict[tuple[Path, ...], HydraPlugins] = field(default_factory=dict)
    _hydras: dict[Path, Unknown | None] = field(default_factory=dict)
    _known_behaviours: Behaviours | None = None
    _compositions: ComposeCache = field(default_factory=ComposeCache)
    _written: Written = field(default_factory=Written)
    _analyses: Analyses = field(init=False)

    def __post_init__(self) -> None:
        """What all launches share."""
        self._analyses = Analyses(self.files, self.settings, self._written)

    def build(self, job: JobFacts) -> Chain:
        """Follow one job as far as it goes."""
        launch = with_configs(peel(job, self.files), self.files)
        script = self.script(launch)
        if script is None or isinstance(script, Unreadable):
            return self._chain(launch)
        entry = running_entry(script)
        if entry is None:
            launch = held_against_arguments(launch, script.command_line, self.files)
            return self._without_hydra(launch, script)
        arguments = read_arguments(launch.arguments if entry.kind is EntryKind.MAIN else ())
        unseen = _unseen_config(arguments) or self._older_hydra(script)
        if unseen is not None:
            arguments = replace(arguments, unverified=(*arguments.unverified, unseen))
        if arguments.refused or unseen is not None:
            return self._chain(launch, script, entry, arguments)
        followed = self.composed(launch, script, entry, arguments)
        targets = dict.fromkeys(target for _, found in followed for target in found)
        composed = tuple(checked for checked, _ in followed)
        own = self.own_arguments(script, launch) if entry.kind is EntryKind.COMPOSE else None
        chain = self._chain(launch, script, entry, arguments, composed, tuple(targets), own)
        return self._analysed(chain, script, entry, followed)

    def composed(
        self, launch: LaunchFacts, script: ScriptFacts, entry: HydraEntry, arguments: HydraArguments
    ) -> tuple[tuple[Composition, tuple[TargetFacts, ...]], ...]:
        """The configs that Hydra makes for these arguments, each with what its names lead to."""
        resolver = self.library.resolver(script.import_path)
        plugins = self._hydra_plugins(script.import_path)
        request = compose_request(entry, arguments, launch, script, self.settings, resolver, plugins)
        compositions = compose(request, self.files, self._compositions)
        return tuple(
            self._followed(composition, script, launch, arguments.overrides) for composition in compositions
        )

    def _analysed(
        self,
        chain: Chain,
        script: ScriptFacts,
        entry: HydraEntry,
        followed: tuple[tuple[Composition, tuple[TargetFacts, ...]], ...],
    ) -> Chain:
        """The chain with what its code does, and what follows from that for this launch."""
        done = self.behaviours.of(script, entry, chain.targets)
        composed = chain.compositions
        evaluated = [evaluation(composition, script, chain.launch) for composition in composed]
        known = tuple(found for found in evaluated if found is not None)
        chain = self._analyses.of(replace(chain, behaviour=done, evaluations=known, configs=composed))
        built = zip(composed, evaluated, (named for _, named in followed), strict=True)
        return self._analyses.of_constructions(chain, self._finder(script.import_path), script, tuple(built))

    def _without_hydra(self, launch: LaunchFacts, script: ScriptFacts) -> Chain:
        """A script that reads its arguments itself, or has none."""
        check = self.own_arguments(script, launch)
        chain = self._chain(launch, script, command_line=check)
        config = argument_config(check, launch.job) if check is not None else None
        if check is None or config is None or any(problem.certain for problem in check.problems):
            return chain
        done = self.behaviours.of_arguments(script, check.reading)
        known = (argument_evaluation(check, script, launch),)
        return self._analyses.of(replace(chain, behaviour=done, evaluations=known, configs=(config,)))

    def own_arguments(self, script: ScriptFacts, launch: LaunchFacts) -> CommandLineCheck | None:
        """The launch's arguments held against the script's own parser."""
        # The engines of all libraries, which no script with Hydra needs.
        from trainlint.chain.command_line import check_command_line

        return check_command_line(script, launch, self.files)

    def _older_hydra(self, script: ScriptFacts) -> Unknown | None:
        """Why the project's configs are not composed: it asks for a Hydra whose rules are others."""
        folder = script.module.path.parent
        if folder not in self._hydras:
            self._hydras[folder] = older_hydra(self.files, folder)
        return self._hydras[folder]

    def _followed(
        self,
        composition: Composition,
        script: ScriptFacts,
        launch: LaunchFacts,
        overrides: tuple[Word, ...],
    ) -> tuple[Composition, tuple[TargetFacts, ...]]:
        """A composition held against the script's schemas, and the names in it followed."""
        if composition.root is None:
            return composition, ()
        resolve = resolver_of(composition, script, launch)
        problems = blamed(schema_problems(composition, script.schema_uses, resolve), composition, overrides)
        checked = (
            replace(composition, problems=(*composition.problems, *problems)) if problems else composition
        )
        return checked, find_targets(composition, script, self._finder(script.import_path), resolve)

    def script(self, launch: LaunchFacts) -> ScriptFacts | Unreadable | None:
        """The script's facts, read once for all launches that start it alike; None where none is there."""
        reference = launch.script
        path = reference.path if reference is not None else None
        if reference is None or path is None:
            return None
        as_file = reference.kind is ScriptKind.FILE
        directory = launch.directory.value if isinstance(launch.directory, Known) else None
        key = (path, launch.import_path, as_file, directory)
        if key not in self._scripts:
            resolver = self.library.resolver(launch.import_path)
            self._scripts[key] = read_script(resolver, path, as_file=as_file, directory=directory)
        return self._scripts[key]

    def _hydra_plugins(self, import_path: tuple[Path, ...]) -> HydraPlugins:
        if import_path not in self._plugins:
            self._plugins[import_path] = read_plugins(self.library, import_path)
        return self._plugins[import_path]

    def _finder(self, import_path: tuple[Path, ...]) -> TargetFinder:
        if import_path not in self._finders:
            self._finders[import_path] = TargetFinder(self.library.resolver(import_path))
        return self._finders[import_path]

    def _chain(
        self,
        launch: LaunchFacts,
        script: ScriptFacts | None = None,
        entry: HydraEntry | None = None,
        arguments: HydraArguments | None = None,
        compositions: tuple[Composition, ...] = (),
        targets: tuple[TargetFacts, ...] = (),
        command_line: CommandLineCheck | None = None,
    ) -> Chain:
        return Chain(
            settings=self.settings,
            job=launch.job,
            launch=launch,
            script=script,
            arguments=arguments,
            entry=entry,
            compositions=compositions,
            targets=targets,
            unverified=unverified_links(
                launch, script, entry, arguments, compositions, targets, command_line
            ),
            rivals=self._rivals.rivals(entry, arguments) if self._rivals is not None else (),
            command_line=command_line,
            home_texts=self._written.homes(compositions),
        )

    @property
    def behaviours(self) -> Behaviours:
        """What scripts do, for all launches."""
        if self._known_behaviours is None:
            self._known_behaviours = Behaviours(self.library)
        return self._known_behaviours

    @property
    def library(self) -> Library:
        """The Python files of the run."""
        if self._library is None:
            self._library = Library(self.files, self.settings.python)
            self._rivals = RivalFinder(self._library)
        return self._library


def _unseen_config(arguments: HydraArguments) -> Unknown | None:
    """Why the config that the job names is not seen: its folder, which comes first, is not known."""
    folder = arguments.config_dir
    return folder if isinstance(folder, Unknown) and arguments.config_name is not None else None


def running_entry(script: ScriptFacts) -> HydraEntry | None:
    """The Hydra entry that the start of the script reaches."""
    running = [entry for entry in script.entries if entry.runs]
    return running[0] if running else None
