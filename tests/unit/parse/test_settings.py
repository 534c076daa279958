from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainlint.diagnostic import LinkKind, RuleInfo, Severity
from trainlint.facts.settings import FileSettings, HostSettings, Settings, SettingsProblems
from trainlint.facts.suppression import Intended
from trainlint.parse.settings import read_settings, read_settings_file
from trainlint.source import Files, Span

RULES = tuple(
    RuleInfo(code, name, Severity.ERROR, LinkKind.CONFIG, (), "")
    for code, name in (
        ("TL201", "script-not-found"),
        ("TL303", "unknown-override-key"),
        ("TL304", "needless-append"),
    )
)


def settings(folder: Path, text: str, name: str = "trainlint.toml") -> Settings:
    result = written(folder, text, name)
    assert isinstance(result, Settings), result
    return result


def problems(folder: Path, text: str, name: str = "trainlint.toml") -> list[tuple[int, int, str]]:
    result = written(folder, text, name)
    assert isinstance(result, SettingsProblems), result
    assert all(problem.help and problem.span.file == name for problem in result.problems)
    return [(problem.span.line, problem.span.column, problem.message) for problem in result.problems]


def written(folder: Path, text: str, name: str) -> Settings | SettingsProblems:
    (folder / name).write_text(text)
    return read_settings(Files(folder), folder, lambda *_: RULES)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_settings(Files(tmp_path), tmp_path, lambda *_: RULES) == Settings()


def test_every_setting(tmp_path: Path) -> None:
    text = """
select = ["TL3", "script-not-found", "ALL"]
ignore = ["TL304"]
stale-suffixes = ["_v1"]
python = "venv/bin/python"
all-jobs = true
sweep-cap = 8
exclude = ["archive"]
fail-on = "warning"
output-format = "concise"
paths = "check"
host = "cluster"

[hosts.cluster]
exists = ["/scratch"]

[hosts.cluster.seen-at]
"/data" = "mirror/data"

[severity]
TL303 = "warning"
needless-append = "info"

[per-file."old/*.txt"]
select = ["TL201"]
ignore = ["unknown-override-key"]
"""
    cluster = HostSettings("cluster", ("/scratch",), (("/data", str(tmp_path / "mirror/data")),))
    assert settings(tmp_path, text) == Settings(
        select=("TL3", "script-not-found", "ALL"),
        ignore=("TL304",),
        severity={"TL303": "warning", "needless-append": "info"},
        stale_suffixes=("_v1",),
        per_file=(FileSettings("old/*.txt", ("TL201",), ("unknown-override-key",)),),
        python=str(tmp_path / "venv/bin/python"),
        all_jobs=True,
        sweep_cap=8,
        exclude=("archive",),
        fail_on="warning",
        output_format="concise",
        here=".",
        paths="check",
        host=cluster,
        hosts=(cluster,),
    )


def test_a_bare_interpreter_name_stays(tmp_path: Path) -> None:
    assert settings(tmp_path, 'python = "python3.12"').python == "python3.12"


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    inner = tmp_path / "jobs" / "night"
    inner.mkdir(parents=True)
    (tmp_path / "trainlint.toml").write_text("sweep-cap = 1")
    (tmp_path / "jobs" / "pyproject.toml").write_text("[tool.trainlint]\nsweep-cap = 2")
    found = read_settings(Files(inner), inner, lambda *_: RULES)
    assert isinstance(found, Settings)
    assert (found.sweep_cap, found.here) == (2, "night")


def test_in_one_folder_the_own_file_goes_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.trainlint]\nsweep-cap = 2")
    assert settings(tmp_path, "sweep-cap = 1").sweep_cap == 1


@pytest.mark.parametrize("text", ["[project]\nname = 'x'", "[tool.ruff]\n# trainlint", "[broken"])
def test_a_pyproject_without_the_table_is_passed_over(tmp_path: Path, text: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "trainlint.toml").write_text("sweep-cap = 1")
    assert settings(inner, text, "pyproject.toml").sweep_cap == 1


def test_an_unknown_setting_names_the_nearest(tmp_path: Path) -> None:
    assert problems(tmp_path, "all-jobs = true\nsweepcap = 3\nfoo = 1\n") == [
        (2, 1, "there is no setting `sweepcap`; the nearest is `sweep-cap`"),
        (3, 1, "there is no setting `foo`"),
    ]


def test_places_in_a_pyproject(tmp_path: Path) -> None:
    text = """[project]
select = "not ours"

[tool.trainlint]
select = [
    "TL201",
    "TL999",  # gone
]
[tool.trainlint.per-file."a.b/*.txt"]
ignore = ["nope"]
[tool.trainlint.severity]
TL303 = "off"
"script-not-fond" = "info"
"""
    assert problems(tmp_path, text, "pyproject.toml") == [
        (7, 5, "no rule has the code or name `TL999`"),
        (10, 11, "no rule has the code or name `nope`"),
        (12, 1, '"off" is no value of `TL303`'),
        (13, 1, "no rule has the code or name `script-not-fond`; the nearest is `script-not-found`"),
    ]


def test_places_in_inline_tables_and_dotted_keys(tmp_path: Path) -> None:
    text = (
        '[tool]\ntrainlint.severity = { TL303 = "warn" }\ntrainlint.per-file = {"*.txt" = {ignored = []}}\n'
    )
    assert problems(tmp_path, text, "pyproject.toml") == [
        (2, 24, '"warn" is no value of `TL303`; the nearest is `warning`'),
        (3, 34, "there is no setting `ignored`; the nearest is `ignore`"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('select = "TL3"', '`select` is a list of strings, not "TL3"'),
        ("select = []", "`select` is empty: nothing would be checked"),
        ("ignore = [1]", "`ignore` is a list of strings, not a list with other things in it"),
        ('ignore = [""]', "`ignore` is a list of strings, not a list with other things in it"),
        ('ignore = ["unknown-overide-key"]', "the nearest is `unknown-override-key`"),
        ("all-jobs = 1", "`all-jobs` is true or false, not 1"),
        ("sweep-cap = true", "`sweep-cap` is a whole number from 1, not true"),
        ("sweep-cap = 0", "`sweep-cap` is a whole number from 1, not 0"),
        ("severity = 3", "`severity` is a table, not 3"),
        ("python = []", "`python` is a string, not an empty list"),
        ("python = {}", "`python` is a string, not a table"),
        ('fail-on = "errors"', '"errors" is no value of `fail-on`; the nearest is `error`'),
        ("per-file = []", "`per-file` is a table, not an empty list"),
        ('output-format = "xml"', '"xml" is no value of `output-format`'),
        ("exclude = 1979-05-27", "`exclude` is a list of strings, not 1979-05-27"),
    ],
)
def test_wrong_values_say_what_is_expected(tmp_path: Path, text: str, message: str) -> None:
    ((line, _, said),) = problems(tmp_path, text)
    assert line == 1
    assert message in said


def test_all_problems_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "a = 1\nselect = ['x', 'y']\nall-jobs = 0")) == 4


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = = 2\n", (2, 5)), ('a = """x\ny', (2, 1)), ("x = 1\nx = 2", (2, 1)), ("[" * 5, (1, 3))],
)
def test_broken_toml_has_its_place(tmp_path: Path, text: str, place: tuple[int, int]) -> None:
    ((line, column, message),) = problems(tmp_path, text)
    assert message.startswith("this is no TOML: ")
    assert (line, column) == place


def test_toml_that_would_exhaust_the_parser(tmp_path: Path) -> None:
    assert problems(tmp_path, "a = " + "[" * 100_000)[0][2].startswith("this is no TOML")
    assert problems(tmp_path, "a = " + "1" * 5000)[0][2].startswith("this is no TOML")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "trainlint.toml").write_bytes(b"\0\1")
    result = read_settings(Files(tmp_path), tmp_path, lambda *_: RULES)
    assert isinstance(result, SettingsProblems)
    assert result.problems[0].message == "it cannot be read: it is a binary file"


def test_the_table_itself_may_be_wrong(tmp_path: Path) -> None:
    text = "[tool]\ntrainlint = 3\n"
    assert problems(tmp_path, text, "pyproject.toml") == [(2, 1, "the settings are a table, not 3")]


def test_a_file_asked_for_by_name_must_speak_of_trainlint(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    result = read_settings_file(Files(tmp_path), Path("pyproject.toml"), lambda *_: RULES)
    assert isinstance(result, SettingsProblems)
    (tmp_path / "other.toml").write_text("sweep-cap = 5\n")
    found = read_settings_file(Files(tmp_path), Path("other.toml"), lambda *_: RULES)
    assert isinstance(found, Settings)
    assert found.sweep_cap == 5


PIECES = st.sampled_from(
    [
        "[tool.trainlint]\n",
        "[per-file]\n",
        "select",
        "severity",
        "per-file",
        "sweep-cap",
        " = ",
        '["TL3"]',
        "{TL303 = 'x'}",
        '"""',
        "'a.b'",
        ".",
        "\n",
        "[",
        "]",
        "1",
        "{a = {}}",
    ]
)


@given(pieces=st.lists(PIECES, max_size=10), name=st.sampled_from(["trainlint.toml", "pyproject.toml"]))
def test_any_text_gives_settings_or_problems_with_places(pieces: list[str], name: str) -> None:
    path = Path("/nowhere") / name
    text = "".join(pieces)
    files = Files(path.parent, overlay={path: text})
    result = read_settings_file(files, path, lambda *_: RULES)
    for problem in result.problems if isinstance(result, SettingsProblems) else ():
        assert 1 <= problem.span.line <= text.count("\n") + 1
        assert problem.message
        assert problem.help


@pytest.mark.parametrize(
    ("here", "pattern", "file", "covered"),
    [
        (".", "archive/*.txt", "archive/a.txt", True),
        ("archive", "archive/*.txt", "a.txt", True),
        ("archive", "archive/*.txt", "deep/a.txt", True),
        ("archive", "old/*.txt", "../old/a.txt", True),
        ("archive", "old/*.txt", "old/a.txt", False),
        ("deep/er", "a.*", "a.txt", True),
    ],
)
def test_patterns_count_from_the_settings_file(here: str, pattern: str, file: str, covered: bool) -> None:
    assert Settings(here=here).covers(pattern, file) is covered


def test_a_host_that_is_not_described_names_the_nearest(tmp_path: Path) -> None:
    assert problems(tmp_path, 'host = "clutser"\n[hosts.cluster]\nexists = ["/scratch"]\n') == [
        (1, 1, "there is no host `clutser` in the settings; the nearest is `cluster`")
    ]


@pytest.mark.parametrize("table", ['exists = "/scratch"', "seen-at = 1", '[hosts.cluster.seen-at]\n"/a" = 1'])
def test_a_host_is_described_by_lists_and_tables(tmp_path: Path, table: str) -> None:
    assert len(problems(tmp_path, f"[hosts.cluster]\n{table}\n")) == 1


def test_differences_that_are_meant(tmp_path: Path) -> None:
    text = """
[tool.trainlint.diff]
intended = [
    "TL303",
    { code = "needless-append", file = "new/*.py", reason = "as agreed" },
]
"""
    assert settings(tmp_path, text, "pyproject.toml").intended == (
        Intended(Span("pyproject.toml", 4, 5, 4, 12), ("TL303",), ""),
        Intended(Span("pyproject.toml", 5, 40, 5, 50), ("needless-append",), "as agreed", pattern="new/*.py"),
    )


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('["TL999"]', "no rule has the code or name `TL999`"),
        ("[3]", "`intended` is a code or name, not 3"),
        ('"TL303"', '`intended` is a list of codes or of tables, not "TL303"'),
        ('[{ file = "a.py" }]', "an entry of `intended` names no `code`"),
        ('[{ code = "TL303", why = "x" }]', "there is no setting `why`"),
        ('[{ code = "TL303", reason = 1 }]', "`reason` is a string, not 1"),
    ],
)
def test_differences_that_are_meant_have_their_form(tmp_path: Path, entry: str, message: str) -> None:
    assert [found for _, _, found in problems(tmp_path, f"[diff]\nintended = {entry}\n")] == [message]
