"""What runs of two programs came to in, one page for a browser out that needs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from trainlint.diagnostic import Diagnostic
from trainlint.facts.parity import Compared, ParityOutcome, Phase, Site, Verdict
from trainlint.report.clean import one_line, printable
from trainlint.report.markdown import lines_of
from trainlint.report.order import by_reason
from trainlint.report.parity_reading import in_words
from trainlint.report.parity_style import STYLE
from trainlint.report.parity_words import first_in, headline, when
from trainlint.report.places import said
from trainlint.report.plots import DRAWN, both_sides, differences, farthest
from trainlint.report.runs import ParityReport
from trainlint.source import Files, Span

_CLASSES = {
    Verdict.EQUAL: "equal",
    Verdict.WITHIN: "equal",
    Verdict.DIVERGED: "diverged",
    Verdict.INCONCLUSIVE: "inconclusive",
}


def render(report: ParityReport, files: Files) -> str:
    """The whole page."""
    outcome = report.outcome
    reference, candidate = (_text(script) for script in outcome.scripts)
    body = [
        f"<h1>{candidate} against {reference}</h1>",
        f'<p class="verdict {_CLASSES[outcome.verdict]}">{_text(headline(outcome))}</p>',
        *_missing(outcome),
        *_phases(outcome),
        *_findings(report, files),
        *_drawings(outcome),
        *_around(outcome),
        *_beside(outcome),
        *_unchecked(report),
        *_runs(outcome),
        *_surroundings(outcome),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            f"<title>{candidate} against {reference}: {outcome.verdict.value}</title>",
            f"<style>{STYLE}</style></head>",
            f"<body><main>{''.join(body)}</main></body></html>\n",
        ]
    )


def _text(text: str) -> str:
    return escape(one_line(text))


def _prose(text: str) -> str:
    """A sentence in which names stand between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _text(text))


def _block(text: str) -> str:
    """Several lines as they are."""
    return f"<pre>{escape(chr(10).join(printable(line) for line in text.splitlines()))}</pre>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are escaped already."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _missing(outcome: ParityOutcome) -> Iterator[str]:
    if outcome.missing:
        yield "<h2>What is missing</h2>"
        yield from map(_block, outcome.missing)
        yield from (f"<p>{_prose(advice)}</p>" for advice in outcome.advice)


def _phases(outcome: ParityOutcome) -> Iterator[str]:
    entries = []
    for phase, fine in outcome.phases:
        first = first_in(outcome, phase)
        if first is not None:
            top = " first" if first is outcome.divergences[0] else ""
            entries.append(f'<li class="differs{top}">✗ {phase.value}, {_text(when(first))}</li>')
        else:
            kind, sign = ("soft", "not seen:") if fine is None else ("same", "✓")
            entries.append(f'<li class="{kind}">{sign} {phase.value}</li>')
    if any(fine is not None for _, fine in outcome.phases):
        yield f'<h2>Phases</h2><ul class="phases">{"".join(entries)}</ul>'


def _findings(report: ParityReport, files: Files) -> Iterator[str]:
    if report.found.diagnostics:
        yield "<h2>What differs by itself</h2>" if report.outcome.divergences else "<h2>Why</h2>"
    for entry in report.found.diagnostics:
        yield f'<section class="card">{"".join(_finding(entry.diagnostic, files))}</section>'


def _finding(found: Diagnostic, files: Files) -> Iterator[str]:
    yield f"<h3>{found.code} {found.name}</h3><p>{_prose(found.message)}</p>"
    sides = (("reference", found.reference), ("candidate", found.span))
    shown = [_side(title, span, files) for title, span in sides if span is not None]
    yield f'<div class="sides">{"".join(shown)}</div>'
    if found.runtime:
        yield f"<p>{'<br/>'.join(_prose(line) for line in found.runtime.splitlines())}</p>"
    if found.help:
        yield f'<p class="soft">{_prose(found.help)}</p>'


def _side(title: str, span: Span, files: Files) -> str:
    lines = "\n".join(lines_of(span, files))
    place = f'<span class="soft">{title}</span> <code>{_text(str(span))}</code>'
    return f"<div>{place}{_block(lines) if lines else ''}</div>"


def _drawings(outcome: ParityOutcome) -> Iterator[str]:
    scalars = [series for series in outcome.series if series.phase is not Phase.UPDATE]
    parameters = [series for series in outcome.series if series.phase is Phase.UPDATE]
    if not outcome.series:
        return
    yield "<h2>Over the updates</h2>"
    drawn = (_figure(both_sides(series, f"plot-{series.phase.value}"), series.quantity) for series in scalars)
    yield f'<div class="plots">{"".join(drawn)}</div>'
    apart = farthest(parameters)
    if apart:
        rest = f", the {DRAWN} farthest of {len(apart)} that differ" if len(apart) > DRAWN else ""
        caption = f"relative distance of each parameter after an update{rest}"
        yield f'<div class="wide">{_figure(differences(apart, "plot-parameters"), caption)}</div>'
    elif parameters:
        told = f"All {len(parameters)} parameters are the same to the last bit after each update."
        yield f'<p class="same">{told}</p>'


def _figure(drawing: str, caption: str) -> str:
    return f"<figure>{drawing}<figcaption>{_text(caption)}</figcaption></figure>"


def _around(outcome: ParityOutcome) -> Iterator[str]:
    if outcome.around:
        yield f"<h2>Around the first divergence: {_text(when(outcome.divergences[0]))}</h2>"
        heads = ("", "phase", "quantity", "reference", "candidate", "distance", "places")
        yield _table(heads, map(_row, outcome.around))


def _row(entry: Compared) -> Sequence[str]:
    sign = '<span class="same">✓</span>' if entry.is_same else '<span class="differs">✗</span>'
    apart = "" if entry.distance is None or entry.is_same else f"{entry.distance:.2g}"
    said = map(_text, (entry.phase.value, entry.quantity, entry.reference, entry.candidate))
    return sign, *said, apart, _sites(entry.reference_site, entry.candidate_site)


def _sites(*sites: Site | None) -> str:
    known = dict.fromkeys(site for site in sites if site is not None)
    return "<br/>".join(f"<code>{_text(str(site))}</code>" for site in known)


def _beside(outcome: ParityOutcome) -> Iterator[str]:
    """What reading both programs found."""
    rows = []
    for entry in outcome.static:
        told = map(_prose, (entry.code, entry.message, in_words(entry, outcome)))
        rows.append((*told, _sites(entry.reference, entry.candidate)))
    if rows:
        yield "<h2>What reading both programs finds</h2>"
        yield _table(("rule", "finding", "in these runs", "places"), rows)


def _unchecked(report: ParityReport) -> Iterator[str]:
    groups = by_reason(report.found)
    if groups:
        entries = "".join(f"<li>{_prose(said(reason, spans))}</li>" for reason, spans in groups)
        yield f"<h2>Not compared</h2><ul>{entries}</ul>"


def _runs(outcome: ParityOutcome) -> Iterator[str]:
    rows = []
    for run in outcome.runs:
        facts = str(run.steps), f"{run.seconds:.1f} s", _text(run.ending)
        rows.append((_text(run.name), f"<code>{_text(run.command)}</code>", *facts))
    if rows:
        yield "<h2>Runs</h2>"
        yield _table(("run", "command", "updates", "time", "end"), rows)


def _surroundings(outcome: ParityOutcome) -> Iterator[str]:
    rows = [
        [_text(part) for part in (one.name, one.reference, one.candidate)] for one in outcome.surroundings
    ]
    if rows:
        yield "<h2>Environment</h2>"
        yield _table(("", "reference", "candidate"), rows)
