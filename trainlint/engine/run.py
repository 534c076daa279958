"""Launch texts and settings in, an outcome out."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from trainlint.chain.build import Builder
from trainlint.chain.model import Chain, LaunchSummary, Project
from trainlint.chain.outputs import summarise
from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.engine.assemble import Launch, Silencing, outcome
from trainlint.engine.isolation import Crash, Findings, Runner, run_rule
from trainlint.engine.links import links
from trainlint.engine.profile import profile
from trainlint.engine.schedules import schedules
from trainlint.engine.selection import configured, is_selected
from trainlint.facts.launch import Form, JobFacts, LaunchText, Marker, TextProblem
from trainlint.facts.settings import Settings
from trainlint.record import state
from trainlint.report.outcome import Outcome
from trainlint.rules.base import Rule
from trainlint.rules.registry import CHAIN_RULES, PROJECT_RULES
from trainlint.source import Files, Span

#: Project facts that are known only when all other rules have run.
_LAST = {"unused", "malformed"}


@state
class _Run:
    """One check under way: what was not checked, what crashed, what concerns no launch."""

    settings: Settings
    not_checked: dict[NotChecked, None] = field(default_factory=dict)
    crashes: list[Crash] = field(default_factory=list)
    loose: list[Diagnostic] = field(default_factory=list)

    def take(self, found: Findings) -> list[Diagnostic]:
        """The diagnostics that the settings leave, with what else was found put on record."""
        self.not_checked.update(dict.fromkeys(found.not_checked))
        self.crashes += found.crashes
        wanted = (configured(entry, self.settings) for entry in found.diagnostics)
        return [entry for entry in wanted if entry is not None]


def check(
    texts: Iterable[LaunchText],
    builder: Builder,
    settings: Settings,
    files: Files,
    rules: tuple[Rule[Chain], ...] = CHAIN_RULES,
) -> tuple[Outcome, list[Crash]]:
    """Check every launch of some texts; crashes are defects of trainlint, never of the user."""
    started = time.perf_counter()
    texts, run = tuple(texts), _Run(settings)
    for unread in (unknown for text in texts for unknown in text.unverified):
        run.not_checked[NotChecked(unread.reason, unread.span)] = None
    runner = Runner(tuple(rule for rule in rules if is_selected(rule.info, settings)))
    launches = [
        _launch(job, builder, runner, run)
        for text in texts
        for job in text.jobs
        if settings.all_jobs or job.marker is not Marker.DONE
    ]
    project = Project(
        settings=settings,
        launches=tuple(launch.summary for launch in launches),
        unreadable=files.unreadable,
        text_problems=tuple(_problems(texts, launches)),
        shell_problems=tuple(dict.fromkeys(problem for text in texts for problem in text.shell_problems)),
        done=_done(texts, launches, builder, settings),
    )
    for rule in _project_rules(settings, last=False):
        _assign(run.take(run_rule(rule, project, Span.at("."))), launches, run)
    silencing = Silencing.of(files, [*run.loose, *(f for launch in launches for f in launch.findings)])
    project = replace(project, unused=silencing.unused, malformed=silencing.malformed)
    for rule in _project_rules(settings, last=True):
        _assign(run.take(run_rule(rule, project, Span.at("."))), launches, run)
    seconds = time.perf_counter() - started
    return outcome(launches, run.loose, tuple(run.not_checked), silencing, files, seconds), run.crashes


def _launch(job: JobFacts, builder: Builder, runner: Runner, run: _Run) -> Launch:
    try:
        chain = builder.build(job)
    except Exception:
        # A defect of trainlint on one launch must not cost the others their check.
        run.crashes.append(Crash("chain", job.span, traceback.format_exc()))
        return _unfollowed(job)
    found = runner.run(chain)
    reasons = [NotChecked(entry.unknown.reason, entry.unknown.span) for entry in chain.unverified]
    run.not_checked.update(dict.fromkeys(reasons))
    links_open = any(entry.link is not None for entry in chain.unverified)
    return Launch(
        job=chain.job,
        links=links(chain),
        summary=summarise(chain),
        findings=run.take(found),
        overrides=len(chain.arguments.overrides) if chain.arguments is not None else 0,
        files=_files(chain),
        unverified=chain.script is None or bool(links_open or found.not_checked or found.crashes),
        schedules=schedules(chain),
        profile=profile(chain),
    )


def _done(
    texts: Iterable[LaunchText], launches: Iterable[Launch], builder: Builder, settings: Settings
) -> tuple[LaunchSummary, ...]:
    """The jobs that have run, where others need files that one of them may have written elsewhere.

    Only those that start a script which is read anyway are followed; of the others the text has to do.
    """
    if settings.all_jobs or not any(paths.missing for launch in launches for paths in launch.summary.paths):
        return ()
    ran = (job for text in texts for job in text.jobs if job.marker is Marker.DONE)
    scripts = {launch.summary.script for launch in launches}
    return tuple(
        summarise(builder.build(job)) if scripts.intersection(job.text.split()) else _unfollowed(job).summary
        for job in ran
    )


def _unfollowed(job: JobFacts) -> Launch:
    """A launch of which nothing is known but its text."""
    summary = LaunchSummary(job.span, job.text, job.marker, None, (), job.form)
    return Launch(job, (), summary, [], 0, frozenset(), unverified=True)


def _files(chain: Chain) -> frozenset[str]:
    """The files whose faults are this launch's faults."""
    named = {file for composition in chain.compositions for file in composition.files}
    if chain.script is not None:
        named.add(chain.script.module.display)
    named.update(target.definition.file for target in chain.targets if target.definition is not None)
    return frozenset(named)


def _problems(texts: Iterable[LaunchText], launches: Iterable[Launch]) -> Iterator[TextProblem]:
    """What no shell can read: in the lists, and in the jobs of them that are checked."""
    for text in texts:
        yield from text.problems
    for launch in launches:
        yield from launch.job.problems


def _project_rules(settings: Settings, *, last: bool) -> list[Rule[Project]]:
    """The project's rules; those about suppressions come last, when it is known what was silenced."""
    chosen = (rule for rule in PROJECT_RULES if is_selected(rule.info, settings))
    return [rule for rule in chosen if bool(_LAST & set(rule.info.needs)) is last]


def _assign(found: list[Diagnostic], launches: list[Launch], run: _Run) -> None:
    """Give each finding over the whole run to the launches that it concerns."""
    for finding in found:
        concerned = [launch for launch in launches if _concerns(finding, launch)]
        for launch in concerned:
            launch.findings.append(finding)
        if not concerned:
            run.loose.append(finding)


def _concerns(finding: Diagnostic, launch: Launch) -> bool:
    place, job = finding.span, launch.job
    if place.file == job.span.file:
        # Job lists hold jobs that have nothing to do with one another; a script is one program.
        return job.form is Form.SHELL or job.span.line <= place.line <= job.span.end_line
    return place.file in launch.files or any(call.file == place.file for call in job.via)
