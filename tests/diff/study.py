"""Every edit of the mutation study in, a table out of which of them `trainlint diff` finds, and where.

Usage: python -m tests.diff.study [FILE ...]   (files of `tests/diff/mutations`, without one all)
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.diff.cases import Expected
from tests.diff.findings import Found, compared
from tests.diff.mutants import Mutant, mutants
from trainlint.diagnostic import Severity
from trainlint.rules.differences import DIFF_RULES

#: Rules that tell what a person misses and no run does.
_NOTES = {rule.info.name for rule in DIFF_RULES if rule.info.severity is Severity.INFO}


class Verdict(Enum):
    """What became of an edit: the first three of one that changes a run, the others of one that does not."""

    FOUND = "found"
    ELSEWHERE = "found elsewhere or by another rule"
    MISSED = "missed"
    SILENT = "silent"
    ALARM = "false alarm"


@dataclass(frozen=True)
class Judged:
    """An edit, what became of it, and what was found at error or warning."""

    mutant: Mutant
    verdict: Verdict
    counted: tuple[Found, ...]

    @property
    def fine(self) -> bool:
        """Whether it came out as it shall."""
        return self.verdict in (Verdict.FOUND, Verdict.SILENT)


def judged(mutant: Mutant, folder: Path) -> Judged:
    """Write an edit into a new folder and judge what is found of it; it is found when all of it is."""
    result = compared(mutant.case, folder)
    counted = tuple(one for one in result.found if one.severity in ("error", "warning"))
    if not mutant.changes:
        return Judged(mutant, Verdict.ALARM if counted else Verdict.SILENT, counted)
    if all(_is_found(entry, found, counted) for entry, found in result.matched.items()):
        return Judged(mutant, Verdict.FOUND, counted)
    return Judged(mutant, Verdict.ELSEWHERE if counted else Verdict.MISSED, counted)


def _is_found(entry: Expected, found: tuple[Found, ...], counted: tuple[Found, ...]) -> bool:
    """Whether something that counts is what an edit lists; of rules that only ever tell notes a note is."""
    return bool(found) if _NOTES.issuperset(entry.rules) else not set(found).isdisjoint(counted)


def judge(chosen: Iterable[Mutant]) -> Iterator[Judged]:
    """Judge edits, each in a folder of its own."""
    for mutant in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            yield judged(mutant, Path(scratch).resolve() / "case")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def by_file(results: Sequence[Judged]) -> str:
    """What became of the edits of each file, and of all."""
    files = sorted({result.mutant.of for result in results})
    changing = [name for name in files if name.endswith("changing")]
    preserving = [name for name in files if name.endswith("preserving")]
    return "\n".join(
        table(["edits", "all", *(verdict.value for verdict in verdicts)], _rows(results, names, verdicts))
        for names, verdicts in (
            (changing, (Verdict.FOUND, Verdict.ELSEWHERE, Verdict.MISSED)),
            (preserving, (Verdict.SILENT, Verdict.ALARM)),
        )
        if names
    )


def _rows(
    results: Iterable[Judged], names: Sequence[str], verdicts: Sequence[Verdict]
) -> Iterator[list[object]]:
    counts = Counter((result.mutant.of, result.verdict) for result in results)
    for label, summed in [*((name, [name]) for name in names), ("together", names)]:
        numbers = [sum(counts[name, verdict] for name in summed) for verdict in verdicts]
        yield [label, sum(numbers), *numbers]


def by_rule(results: Iterable[Judged]) -> str:
    """How many of the edits that a rule shall find are found; an edit counts for the first rule it names."""
    asked, found = Counter[str](), Counter[str]()
    for result in results:
        for entry in result.mutant.case.findings[:1]:
            asked[entry.rules[0]] += 1
            found[entry.rules[0]] += result.fine
    return table(["rule", "edits", "found"], [(name, asked[name], found[name]) for name in sorted(asked)])


def misses(results: Iterable[Judged]) -> str:
    """What did not come out as it shall, and what was found instead."""
    return "".join(
        f"{result.mutant}: {result.verdict.value}\n" + "".join(f"    {found}\n" for found in result.counted)
        for result in results
        if not result.fine
    )


def main() -> None:
    """Print the tables of the chosen files, and what did not come out as it shall."""
    wanted = sys.argv[1:]
    results = list(judge(mutant for mutant in mutants() if not wanted or mutant.of in wanted))
    sys.stdout.write(
        "\n".join(text for text in (by_file(results), by_rule(results), misses(results)) if text)
    )


if __name__ == "__main__":
    main()
