"""What a user asks for becomes two sides, or is refused before anything runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from trainlint.engine.asks import OneSide, Request, asked, asked_alone
from trainlint.engine.sides import ParityError

BOTH = Request(("train.py", "new.py"))
ALONE = Request(("new.py",))
ARGUMENTS = OneSide(("lr=1",))


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("train.py", "new.py"):
        (tmp_path / name).write_text("print('training')\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_both_sides_share_comes_before_what_is_their_own() -> None:
    both = OneSide(("seed=1",), (("A", "1"),))
    ours, theirs = OneSide(("lr=1",), processes=2), OneSide(("optim.lr=1",), (("B", "2"),))
    ask = asked(replace(BOTH, both=both, reference=ours, candidate=theirs, processes=4))
    assert ask.reference.arguments == ("seed=1", "lr=1")
    assert ask.candidate.arguments == ("seed=1", "optim.lr=1")
    assert ask.candidate.variables == (("A", "1"), ("B", "2"))
    assert (ask.reference.processes, ask.candidate.processes) == (2, 4)


def test_the_bundled_trainer_is_a_reference_without_the_arguments_of_the_candidate(project: Path) -> None:
    words = ("--config-name", "cfg_gpt", "data.path=story.txt")
    ask = asked(replace(ALONE, trainer=words, both=OneSide(("--lr=1",), (("A", "1"),))))
    assert ask.reference.arguments == words
    assert ask.reference.variables == ask.candidate.variables == (("A", "1"),)
    assert ask.reference.words(project)[:1] == [sys.executable]
    assert ask.candidate.arguments == ("--lr=1",)
    alone = asked_alone(Request((), trainer=words))
    assert alone.reference == replace(ask.reference, variables=())


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Request(()), "there are 0: none"),
        (Request(("train.py", "new.py", "third.py")), "there are 3: train.py new.py third.py"),
        (replace(BOTH, trainer=()), "beside the trainer stands the candidate alone"),
        (replace(BOTH, against="golden.jsonl"), "beside a recording stands the candidate alone"),
        (replace(ALONE, against="golden.jsonl"), "golden.jsonl cannot be read"),
        (replace(ALONE, against="golden.jsonl", trainer=()), "are both the reference"),
        (replace(ALONE, against="golden.jsonl", resume_at=2), "not with a recording"),
        (replace(ALONE, trainer=(), resume_at=2), "not with the trainer"),
        (replace(BOTH, exact=True, atol=0.1), "an absolute tolerance does: give one of them"),
        (replace(BOTH, mapping="names.txt"), "cannot read names.txt"),
        (replace(ALONE, resume_at=10), "leaves none"),
        (replace(BOTH, resume_arguments=("resume=true",)), "no update that it is stopped after"),
        (
            replace(ALONE, against="golden.jsonl", reference=ARGUMENTS),
            "nothing can be given to the reference",
        ),
        (replace(ALONE, against="golden.jsonl", compiled=True), "a recording was started as it says"),
        (replace(ALONE, resume_at=2, mapping="names.txt"), "of two programs are which, and there is one"),
    ],
)
def test_what_makes_no_sense_is_refused(wanted: Request, said: str) -> None:
    with pytest.raises(ParityError, match=said):
        asked(wanted)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (BOTH, "name the one program that is watched"),
        (replace(ALONE, trainer=()), "beside the trainer stands no other program"),
        (replace(ALONE, against="golden.jsonl"), "no recording and no second run belong to it"),
        (replace(ALONE, resume_at=2), "no recording and no second run belong to it"),
        (replace(ALONE, resume_arguments=("a",)), "no recording and no second run belong to it"),
        (replace(ALONE, candidate=ARGUMENTS), "nothing can be given to the candidate"),
        (replace(ALONE, exact=True), "there is nothing that may differ"),
        (replace(ALONE, rtol=0.0), "there is nothing that may differ"),
        (replace(ALONE, atol=0.0), "there is nothing that may differ"),
        (replace(ALONE, mapping="names.txt"), "there is one program"),
        (replace(ALONE, mapping="names.txt"), "of two programs are which, and there is one"),
    ],
)
def test_what_one_program_alone_cannot_have(wanted: Request, said: str) -> None:
    with pytest.raises(ParityError, match=said):
        asked_alone(wanted)


def test_two_programs_one_of_which_is_resumed_may_have_a_mapping(project: Path) -> None:
    (project / "names.txt").write_text("w: weight\n")
    ask = asked(replace(BOTH, resume_at=2, mapping="names.txt"))
    assert [(entry.reference, entry.candidate) for entry in ask.given] == [(("w",), ("weight",))]
