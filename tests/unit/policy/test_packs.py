"""Packs that cannot be read, each fault at its line; and what holds for the packs that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.guide import ROOT
from tests.specs.docs import shipped_packs
from trainlint.facts.settings import PackName, SettingsProblems
from trainlint.policy.evaluate import ABSENT
from trainlint.policy.load import built_in, load_packs
from trainlint.policy.names import NamesMemo
from trainlint.policy.rules import chain_rules
from trainlint.policy.vocabulary import VOCABULARY
from trainlint.source import Files, Span

GOOD = """\
pack: ours
rules:
  - id: LAB001
    name: a-fault
    severity: warning
    message: "{config.lr} is too large"
    require: config.lr < 1
"""


def problems(folder: Path, *texts: str) -> list[tuple[str, int, int, str]]:
    names = []
    for number, text in enumerate(texts):
        (folder / f"p{number}.yaml").write_text(text)
        names.append(PackName(f"./p{number}.yaml", Span("trainlint.toml", 1, 10, 1, 20)))
    found = load_packs(Files(folder), tuple(names), folder)
    if not isinstance(found, SettingsProblems):
        return []
    return [(p.span.file, p.span.line, p.span.column, p.message) for p in found.problems]


def test_a_good_pack(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


def test_only_shipped_packs_have_pages(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(GOOD)
    names = tuple(PackName(name, Span.at("trainlint.toml")) for name in ("./ours.yaml", "sft"))
    packs = load_packs(Files(tmp_path), names, tmp_path)
    assert not isinstance(packs, SettingsProblems)
    documented = {rule.info.code: rule.info.documented for rule in chain_rules(packs, Files(tmp_path))}
    assert [documented["LAB001"], documented["SFT001"]] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "line", "column", "message"),
    [
        ("rules:", "rules: [", 3, 3, "expected the node content"),
        ("pack: ours", "pack: ours\npack: theirs", 2, 1, "the key `pack` is written twice"),
        ("pack: ours", "pak: ours", 1, 1, "there is no key `pak`; the nearest is `pack`"),
        (GOOD.partition("\n")[2], "rules: 3\n", 2, 1, "a pack has a list of `rules`"),
        ("severity:", "severty:", 5, 5, "there is no key `severty`; the nearest is `severity`"),
        ("warning", "fatal", 5, 15, "`fatal` is no severity"),
        ("LAB001", "TL001", 3, 9, "`TL001` is no id of a pack's rule"),
        ("LAB001", "lab-1", 3, 9, "`lab-1` is no id of a pack's rule"),
        ("a-fault", "A fault", 4, 11, "`A fault` is no name of a rule"),
        ("a-fault", "unknown-override-key", 4, 11, "`unknown-override-key` is taken"),
        ("config.lr < 1", "confg.lr < 1", 7, 14, "there is no name `confg`; the nearest is `config`"),
        ("config.lr < 1", "job.wrld_size < 1", 7, 14, "there is no member `job.wrld_size`; the nearest is"),
        ("config.lr < 1", "config.lr < open('x')", 7, 26, "there is no function `open`"),
        ("config.lr < 1", "config.lr <", 7, 14, "no expression"),
        ("{config.lr}", "{config.lr +}", 6, 14, "no expression"),
        ("    require: config.lr < 1\n", "", 3, 5, "a rule needs `require`"),
        ('    message: "{config.lr} is too large"\n', "", 3, 5, "a rule needs `message`"),
    ],
)
def test_a_fault_has_its_place(
    tmp_path: Path, before: str, after: str, line: int, column: int, message: str
) -> None:
    file, *place, said = problems(tmp_path, GOOD.replace(before, after))[0]
    assert (file, said[: len(message)]) == ("p0.yaml", message)
    assert place[0] == line
    assert place[1] == column or "no expression" in message


@pytest.mark.parametrize(
    ("require", "line", "column"),
    [
        (">-\n      config.a == 1\n      and confg.b\n      or 2", 9, 11),
        ("|\n      (config.a\n      and confg.b)", 9, 11),
        ("config.a\n      and confg.b", 8, 11),
        (">-\n      confg.a", 7, 14),
    ],
)
def test_a_fault_in_a_text_of_several_lines(tmp_path: Path, require: str, line: int, column: int) -> None:
    found = problems(tmp_path, GOOD.replace("config.lr < 1", require))
    assert [entry[1:3] for entry in found] == [(line, column)]


def test_ids_and_names_are_taken_once(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD, GOOD)
    assert [(file, line) for file, line, _, _ in found] == [("p1.yaml", 3), ("p1.yaml", 4)]
    twice = GOOD + GOOD.partition("rules:\n")[2]
    assert [message for *_, message in problems(tmp_path, twice)] == ["the id `LAB001` is used twice"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tmr", "there is no pack `tmr`; the nearest is `trm`"),
        ("./none.yaml", "the pack `./none.yaml` cannot be read: no such file or directory"),
    ],
)
def test_a_pack_that_is_not_there_is_blamed_on_the_settings(tmp_path: Path, name: str, message: str) -> None:
    place = Span("trainlint.toml", 1, 10, 1, 20)
    found = load_packs(Files(tmp_path), (PackName(name, place),), tmp_path)
    assert isinstance(found, SettingsProblems)
    assert [(problem.span, problem.message) for problem in found.problems] == [(place, message)]


def test_the_shipped_packs_can_be_chosen_together() -> None:
    assert built_in() == ("nanogpt", "sft", "trm")
    prefixes = {name: {rule.code[:-3] for rule in pack.rules} for name, pack in shipped_packs()}
    assert prefixes == {"nanogpt": {"NGPT"}, "sft": {"SFT"}, "trm": {"TRM"}}


def test_every_name_and_member_is_described_and_made() -> None:
    from trainlint.chain.build import Builder
    from trainlint.engine.inputs import collect
    from trainlint.facts.settings import Settings

    folder = ROOT / "fixtures/pipelines/etrm"
    files = Files(folder)
    text = (ROOT / "docs/packs.md").read_text("utf-8")
    job = collect(["jobs-demo.txt"], files, Settings()).texts[0].jobs[0]
    names = NamesMemo(files).of(Builder(files, Settings()).build(job))[0]
    for name, members in VOCABULARY.items():
        assert f"| `{name}` |" in text
        for member, meaning in (members or {}).items():
            assert f"| `{name}.{member}` | {meaning} |" in text
            made = names[name]
            if hasattr(made, "values"):
                assert member in made.values or made.member(member) is not ABSENT
