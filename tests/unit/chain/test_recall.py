"""An analysis is done again where an answer differs and only there; places are those of the launch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trainlint.chain.answers import Asked
from trainlint.chain.evaluation import Evaluation
from trainlint.chain.recall import _CAPACITY, Inquiry, Recall, fingerprint
from trainlint.facts.config import Composition, ConfigMap, ConfigScalar, Inclusion, InclusionKind, Origin
from trainlint.facts.profile import Evidence, Weight, Witness
from trainlint.facts.symbols import Operation, Setting
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span

RATE, SIZE = Setting(("rate",)), Setting(("size",))
IS_LARGE = Operation(">", (SIZE, RATE))


def launch(line: int, **values: object) -> Asked:
    """A launch on a line of a list; a value in brackets is not known."""
    place = Span.at("jobs.txt", line)
    known: dict[tuple[str, ...], Value[object]] = {
        (key,): Unknown(str(value), place) if isinstance(value, list) else Known(value, place)
        for key, value in values.items()
    }

    def origin(column: int) -> Origin:
        at = Span.at("jobs.txt", line, column)
        return Origin(
            at, Span.at("jobs.txt", line, 100 + column), Inclusion(InclusionKind.OVERRIDE, "", at, None, None)
        )

    nodes = {key: ConfigScalar(str(value), origin(10 + i)) for i, (key, value) in enumerate(values.items())}
    root = ConfigMap(nodes, origin(1))
    composition = Composition(root, None, None, (), (), (), ())
    evaluation = Evaluation(lambda path: known[path], Known(1, place), {}, place)
    return Asked(evaluation, composition, Path("/work"), Span.at("jobs.txt", line, 5))


class Counted:
    """An analysis that counts how often it is done."""

    def __init__(self, analysis: Callable[[Inquiry], object]) -> None:
        self.analysis, self.times = analysis, 0

    def __call__(self, inquiry: Inquiry) -> object:
        self.times += 1
        return self.analysis(inquiry)


def test_an_analysis_is_done_once_for_the_same_answers() -> None:
    counted = Counted(lambda inquiry: inquiry.evaluation().truth(IS_LARGE))
    recall: Recall[object] = Recall()
    found = [recall.of(launch(i, rate=i % 3, size=1), counted) for i in range(9)]
    assert found == [True, False, False] * 3
    assert counted.times == 2  # values that no test tells apart are the same


def test_what_is_asked_may_depend_on_what_was_answered() -> None:
    def analysis(inquiry: Inquiry) -> object:
        known = inquiry.evaluation()
        return known.value(RATE).value if known.truth(IS_LARGE) else known.value(SIZE).value

    counted, recall = Counted(analysis), Recall[object]()
    pairs = [(rate, size) for rate in range(4) for size in range(4)] * 2
    found = [recall.of(launch(i, rate=rate, size=size), counted) for i, (rate, size) in enumerate(pairs)]
    assert found == [rate if size > rate else size for rate, size in pairs]
    assert counted.times == 3 + 4


@pytest.mark.parametrize("others", [(True,), (1.0,), ("1",), (None,), ([],), (0,)])
def test_values_of_other_types_are_other_answers(others: tuple[object]) -> None:
    counted = Counted(lambda inquiry: repr(inquiry.evaluation().value(RATE)))
    recall: Recall[object] = Recall()
    assert recall.of(launch(1, rate=1), counted) != recall.of(launch(1, rate=others[0]), counted)
    assert counted.times == 2
    assert fingerprint({"a": [1, 2.0]}) == fingerprint({"a": [1, 2.0]}) != fingerprint({"a": [1, 2]})


def test_places_are_those_of_each_launch() -> None:
    def analysis(inquiry: Inquiry) -> object:
        rate, size = inquiry.evaluation().value(RATE), inquiry.evaluation().value(SIZE)
        origin = inquiry.origin(("size",))
        assert origin is not None
        said = Evidence("x", Witness.CONFIG, Weight.NAME, origin.key_span, f"see {inquiry.start()}")
        return rate, size.span, origin, origin.span, (said, inquiry.place()), Span.at("train.py", 3)

    counted, recall = Counted(analysis), Recall[object]()
    for line in (4, 23, 112):
        asked = launch(line, rate=["who knows"], size=3)
        own = asked.composition.root.children["size"].origin  # type: ignore[union-attr]
        place = Span.at("jobs.txt", line)
        said = Evidence("x", Witness.CONFIG, Weight.NAME, own.key_span, f"see jobs.txt:{line}")
        unknown = Unknown("['who knows']", place)
        expected = (unknown, place, own, own.span, (said, place), Span.at("train.py", 3))
        assert recall.of(asked, counted) == expected
    assert counted.times == 1


def test_no_more_results_are_kept_than_there_is_room_for() -> None:
    counted = Counted(lambda inquiry: inquiry.evaluation().value(RATE).value)
    recall: Recall[object] = Recall()
    for number in range(2 * _CAPACITY + 3):
        assert recall.of(launch(1, rate=number), counted) == number
        assert recall._kept <= _CAPACITY
    assert recall.of(launch(1, rate=2 * _CAPACITY + 2), counted) == 2 * _CAPACITY + 2
    assert counted.times == 2 * _CAPACITY + 3
