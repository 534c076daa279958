"""What bash started and the launches that we read in a script in, the differences out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from tests.properties.bash_scripts import Program
from trainlint.facts.launch import JobFacts, Word
from trainlint.facts.value import Known, Unknown
from trainlint.parse.shell.commands import assigned_name, assigned_value

_PROGRAM = re.compile(
    r"(?:.*/)?(?:(?:ba|da)?sh|python[\d.]*|torchrun|accelerate|deepspeed|srun|sbatch|mpirun|env|nohup|timeout|time|xargs|uv"
    r"|poetry|conda|ray|nsys|setsid)\Z"
)


def is_launch(program: Program) -> bool:
    """Whether a program that bash started is Python, or a shell, with a script, however wrapped."""
    return bool(_PROGRAM.match(program.words[0])) and any(map(_names_script, program.words[1:]))


def launches(jobs: Iterable[JobFacts]) -> list[JobFacts]:
    """Those of our jobs that are, or can be, such a launch."""
    return [job for job in jobs if _may_be_launch(_without_assignments(job)[1])]


def _may_be_launch(words: Sequence[Word]) -> bool:
    if any(isinstance(word.text, Unknown) for word in words):
        first = words[0].text
        return isinstance(first, Unknown) or bool(_PROGRAM.match(first.value))
    texts = [word.text.value for word in words if isinstance(word.text, Known)]
    return bool(texts) and bool(_PROGRAM.match(texts[0])) and any(map(_names_script, texts[1:]))


def _names_script(word: str) -> bool:
    return word.endswith((".py", ".sh")) or word in ("-m", "-c")


def difference(job: JobFacts, program: Program) -> str | None:
    """Why a launch of ours cannot be this program; None when what we call known is equal."""
    assignments, words = _without_assignments(job)
    if not _words_agree(words, program.words):
        return _first_difference(words, program.words)
    directory = job.directory
    # bash stays where it is when a folder is missing; ours takes it to be made by the time of the run
    there = isinstance(directory, Known) and directory.value.is_dir()
    if there and directory.value != Path(program.directory):
        return f"folder {directory.value} against {program.directory}"
    return _environment_difference(job, assignments, program)


def _without_assignments(job: JobFacts) -> tuple[Sequence[Word], Sequence[Word]]:
    """The assignments in front of a command, and the command."""
    words = job.command.words
    split = next((index for index, word in enumerate(words) if assigned_name(word) is None), len(words))
    rest = words[split:]
    return words[:split], rest[1:] if rest and rest[0].raw in ("exec", "command") else rest


def _first_difference(words: Sequence[Word], real: Sequence[str]) -> str:
    """The first word that may be meant to be the same and is not, and how many there are."""
    count = f"{len(words)} words against {len(real)}"
    for place, (word, their) in enumerate(zip(words, real, strict=False)):
        if not _pattern(word).match(their):
            return f"{count}, word {place}: {shown([word])[0]!r} against {their!r}"
    return count


def _environment_difference(job: JobFacts, assignments: Sequence[Word], program: Program) -> str | None:
    seen = dict(job.exported)
    seen |= {assigned_name(word) or "": assigned_value(word) for word in assignments}
    given = dict(program.exported)
    for name, value in seen.items():
        if name in program.watched and isinstance(value, Known) and given.get(name) != value.value:
            return f"variable {name} is {value.value!r} against {given.get(name)!r}"
    missing = [name for name in given if name not in seen]
    return f"variable {missing[0]} is not exported" if missing else None


def _words_agree(words: Sequence[Word], real: Sequence[str]) -> bool:
    if not words:
        return not real
    program = words[0].text
    if isinstance(program, Known) and not words[0].splits:
        if not real or program.value.rpartition("/")[2] != real[0].rpartition("/")[2]:
            return False
        return _agree(tuple(words[1:]), tuple(real[1:]))
    return _agree(tuple(words), tuple(real))


def _agree(words: tuple[Word, ...], real: tuple[str, ...]) -> bool:
    """Whether known words are equal; unknown parts may be anything, words that split any number."""
    patterns = [(_pattern(word), word.splits) for word in words]

    @cache
    def from_here(ours: int, theirs: int) -> bool:
        if ours == len(patterns):
            return theirs == len(real)
        pattern, splits = patterns[ours]
        if splits and (from_here(ours + 1, theirs) or (theirs < len(real) and from_here(ours, theirs + 1))):
            return True
        return theirs < len(real) and bool(pattern.match(real[theirs])) and from_here(ours + 1, theirs + 1)

    return from_here(0, 0)


def _pattern(word: Word) -> re.Pattern[str]:
    parts = (".*" if isinstance(part, Unknown) else re.escape(part) for part in word.parts)
    return re.compile("".join(parts) + r"\Z", re.DOTALL)


def differences(jobs: Sequence[JobFacts], programs: Sequence[Program], exact: bool) -> list[str]:
    """What of bash's launches is not among ours in this order; with `exact`, also what only ours has.

    A launch that is started again with the same words is one launch to us, so it is here.
    """
    started = list(dict.fromkeys(programs))
    found = [f"only bash: {program}" for program in started if not covered(jobs, program)]
    if exact:
        found += [f"only ours: {_described(job)}" for job in jobs if not _happens(job, started)]
    return found or _out_of_order(jobs, started)


def _out_of_order(jobs: Sequence[JobFacts], programs: Sequence[Program]) -> list[str]:
    """The first launch that bash starts after one that comes behind it in ours, if all are known."""
    if not all(_all_known(job) for job in jobs):
        return []
    last = 0
    for program in programs:
        place = next(index for index, job in enumerate(jobs) if difference(job, program) is None)
        if place < last:
            return [f"started later by bash: {program}"]
        last = place
    return []


def _happens(job: JobFacts, programs: Sequence[Program]) -> bool:
    return any(difference(job, program) is None for program in programs)


def _all_known(job: JobFacts) -> bool:
    return isinstance(job.directory, Known) and not any(
        isinstance(part, Unknown) for word in job.command.words for part in word.parts
    )


def _described(job: JobFacts) -> str:
    return f"line {job.span.line}: {shown(job.command.words)} in {job.directory}"


def covered(jobs: Sequence[JobFacts], program: Program) -> bool:
    """Whether one of our launches, wherever it stands, can be this program."""
    return any(difference(job, program) is None for job in jobs)


def shown(words: Iterable[Word]) -> list[str]:
    """The words, with `<?>` for what is unknown and `...` behind words that may be several."""
    return [
        "".join("<?>" if isinstance(part, Unknown) else part for part in word.parts) + "..." * word.splits
        for word in words
    ]
