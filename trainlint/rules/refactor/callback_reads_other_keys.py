"""The callbacks of two programs in, those that read keys which are not there out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.callbacks import Path, paths_read, paths_written, shown_by_callbacks
from trainlint.rules.refactor.spelling import listed
from trainlint.source import Span


@difference("TL608", "callback-reads-other-keys", severity=Severity.ERROR, harm=Harm.REPORTS)
def callback_reads_other_keys(comparison: Comparison) -> Iterator[Finding]:
    """A callback reads keys of its result that what makes the result does not write."""
    mine = shown_by_callbacks(comparison.reference)
    known = {path for effect in mine for path in paths_read(effect)}
    written = paths_written(comparison.candidate)
    for place, effects in _by_place(shown_by_callbacks(comparison.candidate)):
        read = {path for effect in effects for path in paths_read(effect)}
        missing = sorted(read - (written or known))
        twin = _nearest(missing[0], mine) if missing else None
        if not missing or not known or (not written and twin is None):
            continue
        yield Finding(
            place,
            f"this callback reads {listed(map(_dotted, missing))}, "
            + ("which its result does not have" if written else "which the reference's does not")
            + _told(missing[0], twin),
            severity=Severity.ERROR if written else Severity.WARNING,
            runtime=f"KeyError: {missing[0][-1]!r} in the callback; an executor keeps it to itself, and "
            "nothing more is reported",
            help="read the keys that the result has",
            reference=twin.span if twin is not None else None,
        )


def _by_place(effects: Iterable[Effect]) -> Iterable[tuple[Span, list[Effect]]]:
    found: dict[Span, list[Effect]] = {}
    for effect in effects:
        found.setdefault(effect.span, []).append(effect)
    return found.items()


def _nearest(path: Path, effects: Iterable[Effect]) -> Effect | None:
    """The effect of the reference that reads what is most like a path."""
    scored = [
        (sum(any(key in other for other in found) for key in path), -order, effect)
        for order, effect in enumerate(effects)
        for found in paths_read(effect)
    ]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return best[2] if best is not None and best[0] else None


def _told(path: Path, twin: Effect | None) -> str:
    if twin is None:
        return ": the reference does not read it"
    found = min(paths_read(twin), key=lambda other: -sum(key in other for key in path))
    return ", where the reference's has it" if found == path else f": the reference reads `{_dotted(found)}`"


def _dotted(path: Path) -> str:
    return "".join(f"[{key!r}]" for key in path)
