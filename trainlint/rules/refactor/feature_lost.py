"""What two programs write for their users in, what the candidate no longer writes out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import lost
from trainlint.rules.refactor.checkpoints import is_joined, is_on_signal, is_read_elsewhere, written_at
from trainlint.rules.refactor.origins import written as made_at
from trainlint.source import Span

_ROWS = ("writerow", "writerows", "writeheader")
_TEXT = ("write", "writelines", "write_text", "write_bytes")
#: A word of a name has so many letters; what has fewer is an ending.
_WORD = 4


@difference("TL640", "feature-lost", severity=Severity.INFO, harm=Harm.FEATURES)
def feature_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference writes a checkpoint or a file that the candidate does not."""
    yield from _checkpoints(comparison)
    yield from _files(comparison)
    if not comparison.candidate.unfollowed:
        yield from _renamed(comparison)
    yield from _samples(comparison)


def _checkpoints(comparison: Comparison) -> Iterator[Finding]:
    seen = set[Span]()
    if is_read_elsewhere(comparison) or is_joined(comparison) or comparison.added_of(Kind.SAVE):
        return
    if comparison.lost_of(Kind.SIGNAL) and not comparison.candidate.of(Kind.SIGNAL):
        # Which of the checkpoints is the one that the signal asked for cannot be told from what is left.
        return
    for effect in lost(comparison, Kind.SAVE):
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


def _samples(comparison: Comparison) -> Iterator[Finding]:
    """What only the reference has a model generate."""
    for effect in lost(comparison, Kind.SAMPLE):
        if effect.doubt is None:
            yield Finding(
                comparison.place_of(effect),
                "nothing is generated with the model any more, as the reference does here",
                runtime="nobody sees what the model says; the numbers of the run are the same",
                help="have the model generate as the reference does",
                reference=effect.span,
            )


def _files(comparison: Comparison) -> Iterator[Finding]:
    """Files that only the reference writes; another way to write files may write them too."""
    paired = {pair.candidate.order for pair in comparison.pairs}
    written = comparison.candidate.of(Kind.FILE, Kind.SETUP)
    others = {_way(effect) for effect in written if effect.order not in paired and _is_written(effect)}
    seen = dict[tuple[str, str], str]()
    for effect in lost(comparison, Kind.FILE, Kind.SETUP):
        excused = bool(others - {"rows", _way(effect)}) or _way(effect) in others
        if effect.doubt is not None or not _is_written(effect) or excused:
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


def _renamed(comparison: Comparison) -> Iterator[Finding]:
    """Files that the candidate writes, but under another name than the reference."""
    told = set[Term]()
    for pair in comparison.pairs_of(Kind.FILE, Kind.SETUP):
        names = {word for path in _paths(pair.candidate) for word in _words(path)}
        for path in _paths(pair.reference) if names and _is_written(pair.reference) else ():
            lost = [word for word in _words(path) if word not in names]
            if not lost or path in told:
                continue
            told.add(path)
            yield Finding(
                pair.candidate.span,
                f"what the reference writes to a file with `{lost[0]}` in its name is written to another",
                runtime="whoever looks for the file of the reference does not find it, or two runs share one",
                help="name the file as the reference does",
                reference=made_at(comparison.reference, path, pair.reference.span),
            )


def _paths(effect: Effect) -> Iterator[Term]:
    """The paths of the files that are opened for an effect."""
    opened = (part for _, term in effect.parts for part in term.walk() if _is_opened(part))
    return (part.operands[1].operands[0] for part in opened if len(part.operands) > 1)


def _words(path: Term) -> list[str]:
    """The words of a path that the code states: in joined parts and texts, on both sides of a choice."""
    if path.sort is Sort.CONSTANT:
        found = re.findall(r"[a-z]+", path.value.lower()) if isinstance(path.value, str) else []
        return [word for word in found if len(word) >= _WORD]
    joined = path.sort is Sort.OPERATION and path.value in ("format", "if", "+", "os.path.join")
    parts = path.operands[1 if path.value == "if" else 0 :] if joined else ()
    return [word for part in parts for word in _words(part)]


def _way(effect: Effect) -> str:
    """How something is written: as a table, by one of the ways to write text, or by a library."""
    if effect.name in _ROWS:
        return "rows"
    return "text" if effect.name in _TEXT else effect.name


def _is_written(effect: Effect) -> bool:
    """Whether something is written to a file: by a library, or to what `open` gave."""
    if effect.kind is Kind.FILE and effect.name not in _ROWS:
        return True
    if effect.name in ("write_text", "write_bytes", "savetxt", "to_csv", "to_json"):
        return True
    owner = effect.part("object")
    writes = effect.name in (*_ROWS, *_TEXT)
    return writes and owner is not None and any(_is_opened(term) for term in owner.walk())


def _is_opened(term: Term) -> bool:
    return term.sort is Sort.CALL and term.value in ("open", ".open")
