"""What runs of two programs came to in, a text for a terminal out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trainlint.facts.parity import Divergence, Noise, ParityOutcome, Phase, Site, Verdict
from trainlint.report.clean import printable
from trainlint.report.parity_reading import reading_lines
from trainlint.report.parity_words import apart, first_in, headline, margin, surroundings_in_words, when
from trainlint.source import Files

#: How many divergences are told one by one.
_TOLD = 12
#: Longer values are cut.
_VALUE = 110


def render(outcome: ParityOutcome, files: Files) -> str:
    """The verdict first, then what it rests on."""
    lines = [
        *_verdict(outcome, files),
        "",
        *_phases(outcome),
        *_further(outcome),
        *_noise(outcome),
        *reading_lines(outcome),
        *_runs(outcome),
    ]
    return "".join(f"{line}\n" for line in lines)


def _verdict(outcome: ParityOutcome, files: Files) -> Iterator[str]:
    yield printable(headline(outcome))
    if outcome.verdict is Verdict.DIVERGED:
        yield from _sides(outcome.divergences[0], outcome, files)
    if outcome.verdict is Verdict.INCONCLUSIVE:
        for reason in outcome.missing:
            head, *rest = reason.splitlines()
            yield f"   {printable(head)}"
            yield from (f"      {printable(line)}" for line in rest)
        yield from (f"   do         {printable(words)}" for words in outcome.advice)
    yield from (f"   margin     {words}" for words in margin(outcome))


def _sides(entry: Divergence, outcome: ParityOutcome, files: Files) -> Iterator[str]:
    """Both values, each with its line."""
    for side, value, site in (
        ("reference", entry.reference, entry.reference_site),
        ("candidate", entry.candidate, entry.candidate_site),
    ):
        yield f"   {side}  {_cut(value)}{_at(site)}"
        yield from _source(site, files)
    if apart(entry, outcome):
        yield f"   distance   {apart(entry, outcome)}"
    if entry.cause:
        yield f"   cause      {printable(entry.cause)}"


def _source(site: Site | None, files: Files) -> Iterator[str]:
    """The line of the program, where it was read."""
    source = None if site is None else files.shown(site.file)
    text = "" if source is None or site is None else source.line_text(site.line).strip()
    if text and site is not None:
        yield f"              {site.line} │ {_cut(text)}"


def _cut(value: str) -> str:
    value = printable(value)
    return value if len(value) <= _VALUE else f"{value[: _VALUE - 1]}…"


def _at(site: Site | None) -> str:
    return "" if site is None else f"  ({site})"


def _phases(outcome: ParityOutcome) -> Iterator[str]:
    seen = [_phase(outcome, phase, fine) for phase, fine in outcome.phases if fine is not None]
    if seen:
        yield "phases     " + "  ".join(seen)
    absent = ", ".join(phase.value for phase, fine in outcome.phases if fine is None)
    if absent:
        yield f"{'not judged' if outcome.verdict is Verdict.INCONCLUSIVE else 'not seen':<11}{absent}"


def _phase(outcome: ParityOutcome, phase: Phase, fine: bool | None) -> str:
    """`lr ✗ 3`: a phase, and the update in which it differs first."""
    entry = first_in(outcome, phase)
    if entry is None:
        return f"{phase.value} {'✓' if fine else '✗'}"
    place = ", first" if entry is outcome.divergences[0] else ""
    return f"{phase.value} ✗ ({'start' if entry.step < 0 else f'update {entry.step + 1}'}{place})"


def _further(outcome: ParityOutcome) -> Iterator[str]:
    """What else differs: first what does so by itself, then what may follow from that."""
    first, rest = outcome.divergences[:1], outcome.divergences[1:]
    told = {_quantity(entry) for entry in first}
    causes = {entry.cause for entry in first}
    yield from _groups("also", (entry for entry in rest if entry.independent), told, causes)
    yield from _groups("then", (entry for entry in rest if not entry.independent), told, causes)


def _groups(
    label: str, entries: Iterable[Divergence], told: set[tuple[Phase, str]], causes: set[str]
) -> Iterator[str]:
    """A line for what differs in a phase, at the update where it first does; each cause is said once."""
    groups: dict[tuple[int, Phase], list[Divergence]] = {}
    for entry in entries:
        if _quantity(entry) not in told:
            told.add(_quantity(entry))
            groups.setdefault((entry.step, entry.phase), []).append(entry)
    for together in list(groups.values())[:_TOLD]:
        yield f"{label:<11}{_group(together)}"
        cause = together[0].cause
        if together[0].independent and cause:
            yield f"           {'of the same cause' if cause in causes else printable(cause)}"
            causes.add(cause)
    if len(groups) > _TOLD:
        yield f"           and {len(groups) - _TOLD} more places"


def _quantity(entry: Divergence) -> tuple[Phase, str]:
    return entry.phase, entry.quantity


def _group(entries: Sequence[Divergence]) -> str:
    first, *rest = entries
    more = f" and {len(rest)} more" if rest else ""
    known = [entry.distance for entry in entries if entry.distance is not None]
    farthest = f" ({'up to ' if rest else ''}{max(known):.2g} relative)" if known else ""
    return f"{when(first)}, {first.phase.value}: {first.quantity}{more}{farthest}"


def _noise(outcome: ParityOutcome) -> Iterator[str]:
    if outcome.replayed:
        yield f"replayed   {', '.join(outcome.replayed)}: what differs all the same stands under `also`"
    for name in outcome.unmatched:
        yield f"unmatched  {printable(name)}"
    yield from _moving(outcome.noise)
    for ground in outcome.grounds:
        yield f"because    {printable(ground)}"


def _moving(noise: Iterable[Noise]) -> Iterator[str]:
    """A line for what moves by itself in a phase for the same reason."""
    groups: dict[tuple[Phase, str], list[Noise]] = {}
    for entry in noise:
        groups.setdefault((entry.phase, entry.cause), []).append(entry)
    for (phase, cause), (first, *rest) in groups.items():
        what = f"{phase.value}: {first.quantity}{f' and {len(rest)} more' if rest else ''}"
        why = printable(f"; {cause}") if cause else ""
        verb = "differ" if rest else "differs"
        yield f"noise      {printable(what)} {verb} between two runs of the reference{why}{_at(first.site)}"


def _runs(outcome: ParityOutcome) -> Iterator[str]:
    for note in outcome.notes:
        yield f"note       {printable(note)}"
    for run in outcome.runs:
        yield f"ran        {run.name}: {printable(run.command)}"
        yield f"           {run.ending}, {run.steps} updates, {run.seconds:.1f} s"
    around = surroundings_in_words(outcome)
    if around:
        yield f"with       {printable(around)}"
