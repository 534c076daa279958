from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

from tests.unit.report.builders import finding, launch, link, outcome, span
from trainlint.diagnostic import Confidence, Diagnostic, LinkKind, NotChecked, Note, Severity
from trainlint.report.outcome import LinkStatus, Outcome, Verdict
from trainlint.report.terminal import Page
from trainlint.report.text import render
from trainlint.source import Files, Span

ROOT = Path("/nowhere")
JOB = (
    "[ ] torchrun --nproc-per-node 4 pretrain_etrm.py --config-name cfg_frozen data.path=/data/sudoku "
    "arch.encoder_type=lpn_var arch.kl_weight=0.001 lr=1e-4 epochs=30000 eval_interval=3000"
)
COLUMN = JOB.index("arch.kl") + 1


def reading(**texts: str) -> Files:
    """Files that were read, none of them on disk; `jobs` stands for `jobs.txt`."""
    files = Files(ROOT, overlay={ROOT / f"{name}.txt": text for name, text in texts.items()})
    for name in texts:
        files.read(Path(f"{name}.txt"))
    return files


def shown(found: Outcome, files: Files | None = None, page: Page | None = None, **options: bool) -> str:
    return render(found, files or reading(), page or Page(), **options)


DESIGNED = Diagnostic(
    "TL303",
    "unknown-override-key",
    Severity.ERROR,
    Span("jobs.txt", 2, COLUMN, 2, COLUMN + len("arch.kl_weight")),
    "`arch.kl_weight` is not a key of this config; the nearest is `arch.loss.kl_weight`",
    help="rename to arch.loss.kl_weight, or write +arch.kl_weight if the model really reads it",
    runtime="Hydra stops: Could not override 'arch.kl_weight'. Key 'kl_weight' is not in struct",
    chain=(
        Note(span("config/arch/etrm.yaml:8:1"), ""),
        Note(span("config/cfg_pretrain_etrm.yaml:12:1"), "arch: etrm"),
        Note(span("config/cfg_frozen.yaml:14:1"), ""),
    ),
)


def test_a_finding_as_the_design_shows_it() -> None:
    found = outcome(DESIGNED, launches=(launch(2, Verdict.FAIL, (0,)),))
    assert shown(found, reading(jobs=f"# queue\n{JOB}\n")) == (
        "jobs.txt:2:124 TL303 unknown-override-key (error)\n"
        "    2 │ … arch.encoder_type=lpn_var arch.kl_weight=0.001 lr=1e-4 epochs=30000 eval_interval=3000\n"
        "      │                             ^^^^^^^^^^^^^^ `arch.kl_weight` is not a key of this config; "
        "the nearest is `arch.loss.kl_weight`\n"
        "   composed from  config/cfg_frozen.yaml:14 ← config/cfg_pretrain_etrm.yaml:12 (arch: etrm)"
        " ← config/arch/etrm.yaml:8\n"
        "   at run time    Hydra stops: Could not override 'arch.kl_weight'. "
        "Key 'kl_weight' is not in struct\n"
        "   fix            rename to arch.loss.kl_weight, "
        "or write +arch.kl_weight if the model really reads it\n"
        "\n"
        "1 launch: 1 failed\n"
    )


def test_a_short_story_stays_on_one_line_and_does_not_repeat_names() -> None:
    chain = (Note(span("config/arch/etrm.yaml:8:1"), "set here"), Note(span("config/cfg.yaml:1:1"), "cfg"))
    told = dataclasses.replace(finding("jobs.txt:1:1", "m"), chain=chain)
    line = "   composed from  config/cfg.yaml:1 ← config/arch/etrm.yaml:8 (set here)\n"
    assert line in shown(outcome(told))


def test_a_long_story_has_a_line_for_each_step() -> None:
    assert (
        "   composed from  config/cfg_frozen.yaml:14\n"
        "                  ← config/cfg_pretrain_etrm.yaml:12 (arch: etrm)\n"
        "                  ← config/arch/etrm.yaml:8\n"
    ) in shown(outcome(DESIGNED), page=Page(80))


def test_a_narrow_terminal_wraps_without_losing_a_word() -> None:
    text = shown(outcome(DESIGNED), reading(jobs=f"\n{JOB}\n"), Page(width=72))
    assert max(map(len, text.splitlines())) <= 72
    unwrapped = re.sub(r"[\s│]+", " ", text)
    for said in (DESIGNED.message, DESIGNED.help, DESIGNED.runtime):
        assert said is not None
        assert said in unwrapped


def test_without_its_source_a_finding_still_says_what_is_wrong() -> None:
    unsure = dataclasses.replace(finding("gone.py:1:1", "cannot read it"), confidence=Confidence.LOW)
    assert shown(outcome(dataclasses.replace(unsure, severity=Severity.INFO))) == (
        "gone.py:1:1 TL303 unknown-override-key (info, low confidence)\n   cannot read it\n\n0 launches\n"
    )


def test_a_command_that_stands_in_no_file_is_its_own_source() -> None:
    raw = dataclasses.replace(launch(1, Verdict.FAIL, (0,)), file="<command>", command="python train.py lr=1")
    text = shown(outcome(finding("<command>:1:17", "m", width=2), launches=(raw,)))
    assert "    1 │ python train.py lr=1\n      │                 ^^ m\n" in text


def test_a_place_behind_the_end_of_its_file() -> None:
    assert "   m\n" in shown(outcome(finding("jobs.txt:9:1", "m")), reading(jobs="a\n"))


def test_a_span_of_several_lines_is_marked_on_its_first() -> None:
    found = Diagnostic("TL101", "x-y", Severity.WARNING, Span("jobs.txt", 1, 3, 2, 2), "m")
    assert "    1 │ ab cd\n      │   ^^^ m\n" in shown(outcome(found), reading(jobs="ab cd\nef\n"))


def test_a_story_that_never_leaves_the_line_is_not_told() -> None:
    there = dataclasses.replace(finding("a.txt:1:9", "m"), chain=(Note(span("a.txt:1:1"), "lr=1"),))
    assert "composed from" not in shown(outcome(there))


def test_what_is_said_at_run_time_keeps_its_lines_but_not_those_about_objects() -> None:
    said = "Key 'a' is not in struct\n    full_key: a\n    object_type=dict\n\n\tSet HYDRA_FULL_ERROR=1"
    text = shown(outcome(dataclasses.replace(finding("a.txt:1:1", "m"), runtime=said)))
    assert (
        "   at run time    Key 'a' is not in struct\n                      Set HYDRA_FULL_ERROR=1\n"
    ) in text


def test_a_shared_fault_is_said_once_with_the_launches_it_stops() -> None:
    launches = tuple(launch(line, Verdict.FAIL, (0,)) for line in (12, 14, 20, 31, 40))
    text = shown(outcome(finding("config/a.yaml:3:1", "m"), launches=launches))
    assert "   stops          jobs.txt:12, :14, :20 and 2 more\n" in text
    assert text.count("TL303") == 1


def test_a_fault_on_a_job_line_names_the_other_launches() -> None:
    launches = tuple(launch(line, Verdict.WARN, (0,)) for line in (12, 14))
    warning = finding("jobs.txt:12:1", "m", severity=Severity.WARNING)
    assert "   also concerns  jobs.txt:14\n" in shown(outcome(warning, launches=launches))


def test_what_was_not_checked_is_grouped_by_reason() -> None:
    unknown = [
        NotChecked("`$X` is set by the environment", span(f"jobs.txt:{line}:1")) for line in range(1, 6)
    ]
    missing = NotChecked("package `flash_attn` is not installed", span("models/a.py:3:1"))
    text = shown(outcome(not_checked=(missing, *unknown), launches=(launch(),)))
    assert text == (
        "not checked\n"
        "   `$X` is set by the environment (5 times: jobs.txt:1, :2, :3 and 2 more)\n"
        "   package `flash_attn` is not installed (models/a.py:3)\n"
        "\n"
        "1 launch: 1 passed\n"
    )


def test_many_reasons_are_not_all_listed() -> None:
    many = tuple(NotChecked(f"reason {index}", span(f"a.txt:{index + 1}:1")) for index in range(23))
    assert "and 3 more reasons" in shown(outcome(not_checked=many))


def test_the_last_line_counts_every_verdict_and_what_was_suppressed() -> None:
    verdicts = [Verdict.FAIL, Verdict.PASS, Verdict.UNVERIFIED, Verdict.WARN, Verdict.PASS]
    launches = tuple(launch(line, verdict) for line, verdict in enumerate(verdicts, 1))
    text = shown(outcome(suppressed=(finding("jobs.txt:1:1", "hidden"),), launches=launches))
    assert text == "5 launches: 2 passed, 1 warned, 1 failed, 1 unverified; 1 finding suppressed\n"


CHAIN = (
    link(LinkKind.JOB, "jobs.txt:1", file="jobs.txt"),
    link(LinkKind.LAUNCHER, "torchrun", file="jobs.txt"),
    link(LinkKind.SCRIPT, "train.py", file="train.py"),
    link(LinkKind.CONFIG, "cfg.yaml", LinkStatus.BROKEN, file="config/cfg.yaml", reason="TL303 no key `a`"),
    link(LinkKind.MODEL, "net@Net", LinkStatus.UNVERIFIED, reason="the config is not whole"),
)


def test_the_checklist_of_a_launch() -> None:
    text = shown(outcome(launches=(launch(verdict=Verdict.FAIL, chain=CHAIN),)), show_chain=True)
    assert text == (
        "jobs.txt:1 fail python train.py lr=1\n"
        "  ✓ job        jobs.txt:1\n"
        "  ✓ launcher   torchrun  jobs.txt:1\n"
        "  ✓ script     train.py:1\n"
        "  ✗ config     config/cfg.yaml:1\n"
        "               TL303 no key `a`\n"
        "  ? model      net@Net\n"
        "               the config is not whole\n"
        "\n"
        "1 launch: 1 failed\n"
    )


def test_a_long_command_is_shortened_in_the_checklist() -> None:
    long = dataclasses.replace(launch(), command="python train.py \\\n" + "a=1 " * 90)
    (head, *_) = shown(outcome(launches=(long,)), page=Page(width=70), show_chain=True).splitlines()
    assert head.startswith("jobs.txt:1 pass python train.py  a=1 a=1")
    assert len(head) <= 70
    assert head.endswith(" …")


def test_colour_changes_no_character() -> None:
    found = outcome(DESIGNED, launches=(launch(2, Verdict.FAIL, (0,), CHAIN),))
    files = reading(jobs=f"[bold]\n{JOB}\n")
    coloured = render(found, files, Page(80, colour=True), show_chain=True)
    assert "\x1b[1;31m(error)\x1b[0m" in coloured
    stripped = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).split("\n"))
    assert stripped == render(found, files, Page(80), show_chain=True)


def test_a_plain_report_does_not_import_rich() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from trainlint.report.outcome import Outcome\n"
        "from trainlint.report.terminal import page_for\n"
        "from trainlint.report.text import render\n"
        "from trainlint.source import Files\n"
        "render(Outcome((), (), (), 0, 0.0), Files(Path('.')), page_for(sys.stdout, {}))\n"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
