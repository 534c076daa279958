"""A timeline and the calls that may make a trainer in, the runs that trainers of libraries make out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from trainlint.chain.timeflow import huggingface, lightning
from trainlint.chain.timeflow.made_with import candidates, products
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline
from trainlint.chain.timeflow.trainers import LIGHTNING, TRANSFORMERS, Run
from trainlint.facts.arguments import GivenArgument
from trainlint.facts.behaviour import Call, Event, Place
from trainlint.facts.value import Known


def may_make_trainers(events: Iterable[Event]) -> tuple[Call, ...]:
    """The calls that may make a trainer, the same for all launches of a script."""
    return candidates(events, (*TRANSFORMERS, *LIGHTNING))


def driven_runs(
    line: Timeline,
    origin: Origins,
    made: Iterable[Call],
    reached: Callable[[Place], bool | None],
    words: Mapping[str, str],
) -> tuple[Run, ...]:
    """The runs of all trainers that a launch may come to; `words` are what its command line gives."""
    calls = [call for call in made if reached(call.place) is not False]
    found = tuple(products(line, calls))
    return (*huggingface.runs(line, origin, found, words), *lightning.runs(line, origin, found, words))


def words_given(given: Iterable[GivenArgument]) -> Iterator[tuple[str, str]]:
    """The texts of arguments by their names; of `--lr=1` what stands behind the name."""
    for entry in given:
        text = entry.values[-1].text if entry.values else None
        if isinstance(text, Known):
            attached = entry.argument.is_option and entry.values == (entry.word,)
            yield entry.argument.dest, text.value.partition("=")[2] if attached else text.value
