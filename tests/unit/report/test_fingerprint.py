from __future__ import annotations

from tests.unit.report.builders import finding
from trainlint.report.fingerprint import LineText, fingerprints


def lines(text: str) -> LineText:
    def line_text(_file: str, line: int) -> str:
        rows = text.splitlines()
        return rows[line - 1] if line <= len(rows) else ""

    return line_text


def test_a_line_that_moves_or_is_indented_keeps_its_name() -> None:
    before = fingerprints([finding("a.yaml:1:1", "m")], lines("lr: 1"))
    after = fingerprints([finding("a.yaml:3:5", "another wording")], lines("\n\n  lr:  1"))
    assert before == after


def test_code_file_and_text_make_a_difference() -> None:
    text = lines("lr: 1\nlr: 2")
    names = fingerprints(
        [
            finding("a.yaml:1:1", "m"),
            finding("a.yaml:2:1", "m"),
            finding("b.yaml:1:1", "m"),
            finding("a.yaml:1:1", "m", code="TL304"),
        ],
        text,
    )
    assert len(set(names)) == 4


def test_equal_lines_are_told_apart_by_their_rank() -> None:
    twice = [finding("a.yaml:1:1", "m"), finding("a.yaml:2:1", "m")]
    first, second = fingerprints(twice, lines("lr: 1\nlr: 1"))
    assert first != second
    assert fingerprints(twice[:1], lines("lr: 1")) == (first,)


def test_a_finding_without_a_line_has_a_name() -> None:
    (name,) = fingerprints([finding("gone\udcff.yaml:9:1", "m")], lines(""))
    assert len(name) == 16
