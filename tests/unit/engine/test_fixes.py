"""What fixes make of files: all of a fix or nothing, no two on one place, never the reference."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tests.unit.report.builders import span
from tests.unit.report.comparisons import drift
from trainlint.diagnostic import Diagnostic, Edit, Fix
from trainlint.engine.fixes import Plan, plan, preview, write
from trainlint.source import Files, Span

TEXT = "a = 1\nb = 2\nc = 3\n"


def files_of(folder: Path, **texts: str) -> Files:
    files = Files(folder)
    for name, text in texts.items():
        path = folder / f"{name}.py"
        path.write_bytes(text.encode())
        files.read(path)
    return files


def mending(*edits: tuple[str, int, str], safe: bool = True) -> Diagnostic:
    """`("a.py:1:5", width, text)` as the edits of one fix."""
    return drift(fix=Fix(tuple(Edit(span(place, width), text) for place, width, text in edits), safe=safe))


def planned(
    files: Files, *found: Diagnostic, untouchable: tuple[str, ...] = (), unsafe: bool = False
) -> Plan:
    return plan(found, files, untouchable, unsafe=unsafe)


def texts(made: Plan) -> dict[str, str]:
    return {rewrite.source.display: rewrite.text for rewrite in made.rewrites}


def test_edits_of_several_fixes_go_into_one_text(tmp_path: Path) -> None:
    made = planned(
        files_of(tmp_path, a=TEXT),
        mending(("a.py:2:5", 1, "20")),
        mending(("a.py:1:5", 1, "100"), ("a.py:3:1", 0, "#")),
    )
    assert texts(made) == {"a.py": "a = 100\nb = 20\n#c = 3\n"}
    assert (len(made.mended), made.waiting) == (2, ())


def test_fixes_that_overlap_take_turns(tmp_path: Path) -> None:
    first, second = mending(("a.py:1:1", 5, "x = 1")), mending(("a.py:1:5", 1, "2"), ("a.py:2:5", 1, "3"))
    made = planned(files_of(tmp_path, a=TEXT), first, second)
    assert texts(made) == {"a.py": "x = 1\nb = 2\nc = 3\n"}
    assert made.waiting == (second,)


def test_two_insertions_at_one_place_take_turns_and_the_same_edit_twice_is_one(tmp_path: Path) -> None:
    files = files_of(tmp_path, a=TEXT)
    here, there = mending(("a.py:1:1", 0, "#")), mending(("a.py:1:1", 0, "!"))
    assert planned(files, here, there).waiting == (there,)
    made = planned(files, here, here)
    assert texts(made) == {"a.py": f"#{TEXT}"}
    assert len(made.mended) == 2


def test_places_that_only_touch_do_not_overlap(tmp_path: Path) -> None:
    made = planned(files_of(tmp_path, a=TEXT), mending(("a.py:1:1", 1, "x")), mending(("a.py:1:2", 1, "_")))
    assert texts(made) == {"a.py": "x_= 1\nb = 2\nc = 3\n"}


def test_unsafe_fixes_are_for_those_who_ask(tmp_path: Path) -> None:
    files, found = files_of(tmp_path, a=TEXT), mending(("a.py:1:5", 1, "2"), safe=False)
    assert planned(files, found).rewrites == ()
    assert len(planned(files, found, unsafe=True).rewrites) == 1


def test_a_fix_that_would_change_the_reference_is_left_out_whole(tmp_path: Path) -> None:
    files = files_of(tmp_path, a=TEXT, b=TEXT)
    made = planned(files, mending(("a.py:1:5", 1, "2"), ("b.py:1:5", 1, "2")), untouchable=("b.py",))
    assert (made.rewrites, made.mended) == ((), ())


def test_nothing_is_made_of_a_text_that_is_no_file_or_lies_in_another(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    files.overlay[tmp_path / "given.py"] = TEXT
    (tmp_path / "book.ipynb").write_text(TEXT)
    for name in ("given.py", "book.ipynb"):
        files.read(tmp_path / name)
        assert planned(files, mending((f"{name}:1:5", 1, "2"))).rewrites == ()
    assert planned(files, mending(("gone.py:1:5", 1, "2"))).rewrites == ()


def test_edits_of_one_fix_that_overlap_are_a_defect_that_changes_nothing(tmp_path: Path) -> None:
    found = mending(("a.py:1:1", 5, "x"), ("a.py:1:3", 1, "y"))
    assert planned(files_of(tmp_path, a=TEXT), found).rewrites == ()


def test_writing_keeps_line_ends_mode_and_byte_order_mark(tmp_path: Path) -> None:
    files = files_of(tmp_path, a="\ufeffa = 1\r\nb = é\r\n")
    os.chmod(tmp_path / "a.py", 0o750)
    assert write(planned(files, mending(("a.py:1:5", 1, "2"))), files) == []
    assert (tmp_path / "a.py").read_bytes() == "\ufeffa = 2\r\nb = é\r\n".encode()
    assert stat.S_IMODE(os.stat(tmp_path / "a.py").st_mode) == 0o750
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(TEXT)
    (tmp_path / "a.py").symlink_to("real.py")
    files = Files(tmp_path)
    files.read(tmp_path / "a.py")
    assert write(planned(files, mending(("a.py:1:5", 1, "2"))), files) == []
    assert (tmp_path / "a.py").is_symlink()
    assert (tmp_path / "real.py").read_text().startswith("a = 2\n")


def test_a_file_that_changed_meanwhile_or_went_away_is_left_alone(tmp_path: Path) -> None:
    files = files_of(tmp_path, a=TEXT, b=TEXT)
    made = planned(files, mending(("a.py:1:5", 1, "2")), mending(("b.py:1:5", 1, "2")))
    (tmp_path / "a.py").write_text("somebody else's\n")
    (tmp_path / "b.py").unlink()
    first, second = write(made, files)
    assert first == "a.py: it was not mended: it changed while it was read"
    assert second.startswith("b.py: it was not mended: no such file")
    assert (tmp_path / "a.py").read_text() == "somebody else's\n"


def test_a_preview_is_a_patch(tmp_path: Path) -> None:
    files = files_of(tmp_path, a="a = 1\nb = 2")
    assert preview(planned(files, mending(("a.py:2:5", 1, "3")))) == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n\\ No newline at end of file\n"
        "+b = 3\n\\ No newline at end of file\n"
    )
    assert (tmp_path / "a.py").read_text() == "a = 1\nb = 2"


def test_edits_over_several_lines(tmp_path: Path) -> None:
    found = drift(fix=Fix((Edit(Span("a.py", 1, 3, 3, 2), "\n"),), safe=True))
    assert texts(planned(files_of(tmp_path, a=TEXT), found)) == {"a.py": "a \n = 3\n"}
