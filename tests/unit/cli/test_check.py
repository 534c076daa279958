"""`trainlint check`: what it takes in, what it prints where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run

GOOD = "[ ] python train.py lr=0.2\n"
BAD = "[ ] python train.py rate=0.2\n"


def test_a_clean_list_ends_with_0(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(GOOD)
    printed = run("check", "jobs.txt")
    assert (printed.code, printed.out, printed.err) == (0, "1 launch: 1 passed\n", "")


def test_an_error_ends_with_1(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(BAD)
    printed = run("check", "--output-format", "concise", "jobs.txt")
    assert printed.code == 1
    assert printed.out.startswith("jobs.txt:1:21 TL303 ")


def test_fail_on_moves_the_threshold(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py lr=0.2 lr=0.3\n")
    assert run("check", "jobs.txt").code == 0
    assert run("check", "--fail-on", "warning", "jobs.txt").code == 1
    (project / "jobs.txt").write_text(BAD)
    assert run("check", "--fail-on", "never", "jobs.txt").code == 0


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "just some prose about nothing\n"])
def test_nothing_to_check_is_an_error_unless_allowed(project: Path, run: Run, text: str) -> None:
    (project / "jobs.txt").write_text(text)
    printed = run("check", "jobs.txt")
    assert printed.code == 2
    assert "nothing to check" in printed.err
    assert run("check", "--allow-empty", "jobs.txt").code == 0


def test_a_missing_path_is_said_and_the_others_are_checked(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(BAD)
    printed = run("check", "--output-format", "concise", "absent.txt", "jobs.txt")
    assert printed.code == 2
    assert "TL303" in printed.out
    assert printed.err == "error: absent.txt: no such file or directory\n"


def test_without_paths_it_says_what_to_write(project: Path, run: Run) -> None:
    printed = run("check")
    assert printed.code == 2
    assert "trainlint check ." in printed.err


def test_a_raw_command(project: Path, run: Run) -> None:
    printed = run("check", "--output-format", "concise", "--", "torchrun", "train.py", "rate=0.2")
    assert printed.code == 1
    assert printed.out.startswith("<command line>:1:19 TL303 ")
    assert run("check", "--", "python", "train.py", "lr=0.2").code == 0


def test_a_raw_command_keeps_the_quoting_of_its_words(project: Path, run: Run) -> None:
    assert run("check", "--", "python", "train.py", "+name='a b'", "+betas=[1, 2]").code == 0


def test_a_raw_command_excludes_paths_and_must_not_be_empty(project: Path, run: Run) -> None:
    assert run("check", "jobs.txt", "--", "python", "train.py").code == 2
    assert run("check", "--").code == 2


def test_standard_input_under_a_name(project: Path, run: Run) -> None:
    printed = run("check", "-", "--stdin-filename", "queue.txt", "--output-format", "concise", stdin=BAD)
    assert printed.code == 1
    assert printed.out.startswith("queue.txt:1:21 TL303 ")
    assert run("check", "-", stdin=GOOD).code == 0


def test_a_folder_gives_every_job_list_below_it(project: Path, run: Run) -> None:
    (project / "jobs-a.txt").write_text(GOOD)
    (project / "queues").mkdir()
    (project / "queues" / "jobs-b.txt").write_text(BAD)
    (project / "requirements.txt").write_text("hydra-core\n")
    (project / ".venv").mkdir()
    (project / ".venv" / "jobs.txt").write_text(BAD)
    printed = run("check", "--output-format", "json", ".")
    files = [launch["file"] for launch in json.loads(printed.out)["launches"]]
    assert files == ["jobs-a.txt", "queues/jobs-b.txt"]


def test_a_list_named_twice_is_checked_once(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(GOOD)
    printed = run("check", "--output-format", "json", "jobs.txt", ".", str(project / "jobs.txt"))
    assert len(json.loads(printed.out)["launches"]) == 1


def test_a_list_is_started_where_its_scripts_are(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "jobs.txt").write_text(BAD)
    monkeypatch.chdir(project.parent)
    printed = run("check", "--output-format", "concise", f"{project.name}/jobs.txt")
    assert printed.out.startswith(f"{project.name}/jobs.txt:1:21 TL303 ")


def test_done_jobs_only_on_request(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[x] python train.py rate=0.2\n" + GOOD)
    assert run("check", "jobs.txt").code == 0
    assert run("check", "--all-jobs", "jobs.txt").code == 1


@pytest.mark.parametrize("marker", ["[ ]", "[-]", "[!]", ""])
def test_jobs_that_are_not_done_are_checked(project: Path, run: Run, marker: str) -> None:
    (project / "jobs.txt").write_text(f"{marker} python train.py rate=0.2\n".lstrip())
    assert run("check", "jobs.txt").code == 1


def test_select_and_ignore_take_codes_prefixes_and_names(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(BAD)
    for selector in ("TL303", "TL3", "unknown-override-key", "ALL"):
        assert run("check", "--select", selector, "jobs.txt").code == 1
        assert run("check", "--ignore", selector, "jobs.txt").code == 0
    assert run("check", "--select", "TL1,TL303", "jobs.txt").code == 1
    printed = run("check", "--select", "unknown-overide-key", "jobs.txt")
    assert printed.code == 2
    assert "the nearest is `unknown-override-key`" in printed.err


def test_a_settings_file_is_followed(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(BAD)
    (project / "trainlint.toml").write_text('[severity]\nTL303 = "warning"\n')
    printed = run("check", "jobs.txt")
    assert printed.code == 0
    assert "(warning)" in printed.out


def test_a_wrong_setting_ends_with_2_and_says_where(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(GOOD)
    (project / "trainlint.toml").write_text('ignroe = ["TL303"]\n')
    printed = run("check", "jobs.txt")
    assert printed.code == 2
    assert printed.err.startswith("trainlint.toml:1:1 ")
    assert "ignore" in printed.err


def test_a_suppressed_finding_does_not_fail(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("# trainlint: ignore[TL303] a plugin adds it\n" + BAD)
    printed = run("check", "--output-format", "json", "jobs.txt")
    assert printed.code == 0
    data = json.loads(printed.out)
    assert [entry["suppressed"] for entry in data["diagnostics"]] == [True]
    assert data["launches"][0]["verdict"] == "pass"


def test_a_finding_in_a_shared_file_is_listed_once_for_all_its_launches(project: Path, run: Run) -> None:
    (project / "config" / "cfg.yaml").write_text("lr: 0.1\nlr: 0.2\n")
    (project / "jobs.txt").write_text(GOOD * 3)
    data = json.loads(run("check", "--ignore", "TL108", "--output-format", "json", "jobs.txt").out)
    assert [entry["code"] for entry in data["diagnostics"]] == ["TL314"]
    assert [launch["diagnostics"] for launch in data["launches"]] == [[0], [0], [0]]
    assert data["summary"]["fail"] == 3


def test_show_chain_prints_every_link(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text(GOOD)
    out = run("check", "--show-chain", "jobs.txt").out
    for link in ("✓ job", "✓ launcher", "✓ script", "✓ config"):
        assert link in out


def test_a_variable_of_the_environment_leaves_the_launch_unverified(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python $SCRIPT lr=0.1\n")
    printed = run("check", "--output-format", "json", "jobs.txt")
    data = json.loads(printed.out)
    assert printed.code == 0
    assert data["launches"][0]["verdict"] == "unverified"
    assert data["not_checked"]


def test_the_key_of_an_override_is_checked_even_when_its_value_is_unknown(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py lr=$LR rate=$RATE\n")
    data = json.loads(run("check", "--output-format", "json", "jobs.txt").out)
    assert [entry["code"] for entry in data["diagnostics"]] == ["TL303"]
