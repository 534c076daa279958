"""What two programs write for their users in, what the candidate no longer writes out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.checkpoints import is_joined, is_on_signal, is_read_elsewhere, written_at
from trainlint.source import Span


@difference("TL640", "feature-lost", severity=Severity.INFO, harm=Harm.FEATURES)
def feature_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference writes a checkpoint or a file that the candidate does not."""
    if not comparison.candidate.unfollowed:
        yield from _checkpoints(comparison)
        yield from _files(comparison)


def _checkpoints(comparison: Comparison) -> Iterator[Finding]:
    seen = set[Span]()
    if is_read_elsewhere(comparison) or is_joined(comparison) or comparison.added_of(Kind.SAVE):
        return
    if comparison.lost_of(Kind.SIGNAL) and not comparison.candidate.of(Kind.SIGNAL):
        # Which of the checkpoints is the one that the signal asked for cannot be told from what is left.
        return
    for effect in comparison.lost_of(Kind.SAVE):
        place = comparison.place_of(effect)
        if effect.doubt or place in seen or is_on_signal(effect):
            continue
        seen.add(place)
        yield Finding(
            place,
            "a checkpoint of the reference is no longer written",
            severity=Severity.WARNING,
            runtime="there is nothing to go on from, or to use, for what would be saved here",
            help="write this checkpoint as the reference does",
            reference=written_at(effect, comparison),
        )


def _files(comparison: Comparison) -> Iterator[Finding]:
    """Files that only the reference writes; another way to write files may write them too."""
    paired = {pair.candidate.order for pair in comparison.pairs}
    written = comparison.candidate.of(Kind.FILE, Kind.SETUP)
    if any(effect.order not in paired and _is_written(effect) for effect in written):
        return
    seen = dict[tuple[str, str], str]()
    for effect in comparison.lost_of(Kind.FILE, Kind.SETUP):
        if effect.doubt is not None or not _is_written(effect):
            continue
        # Scripts that were merged write the same file, each with a function of its own.
        if seen.setdefault((effect.inside, effect.name), effect.span.file) != effect.span.file:
            continue
        still = any(other.name == effect.name and _is_written(other) for other in written)
        what = (
            f"a part of what the reference writes by `{effect.name}`" if still else "a file of the reference"
        )
        yield Finding(
            comparison.place_of(effect),
            f"{what} is no longer written",
            runtime="whoever reads the files of the run does not find it",
            help="write it as the reference does",
            reference=effect.span,
        )


def _is_written(effect: Effect) -> bool:
    """Whether something is written to a file: by a library, or to what `open` gave."""
    if effect.kind is Kind.FILE:
        return True
    if effect.name in ("write_text", "write_bytes", "savetxt", "to_csv", "to_json"):
        return True
    owner = effect.part("object")
    writes = effect.name in ("write", "writelines", "writerow", "writerows", "writeheader")
    return writes and owner is not None and any(_is_opened(term) for term in owner.walk())


def _is_opened(term: Term) -> bool:
    return term.sort is Sort.CALL and term.value in ("open", ".open")
