from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.report.builders import finding, outcome
from trainlint.facts.settings import OUTPUT_FORMATS
from trainlint.report.formats import Desk, rendered
from trainlint.source import Files


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
def test_every_format_of_the_settings_can_be_written(output_format: str) -> None:
    text = rendered(outcome(finding("a.txt:1:1", "said")), output_format, Desk(Files(Path("/nowhere"))))
    assert "said" in text
    assert text.endswith("\n")
    if output_format in ("json", "sarif"):
        json.loads(text)


def test_a_format_imports_no_other() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from trainlint.report.formats import Desk, rendered\n"
        "from trainlint.report.outcome import Outcome\n"
        "from trainlint.source import Files\n"
        "rendered(Outcome((), (), (), 0, 0.0), 'concise', Desk(Files(Path('.'))))\n"
        "print(','.join({'json', 'rich', 'trainlint.report.text'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert (run.returncode, run.stdout) == (0, "\n")
