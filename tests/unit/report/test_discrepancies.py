"""The discrepancy report, whole and in its odd corners."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.report.builders import span
from tests.unit.report.comparisons import CANDIDATE, both, difference_outcome, drift
from trainlint.diagnostic import Edit, Fix, Harm, NotChecked, Severity
from trainlint.report.comparison import DiffOutcome
from trainlint.report.discrepancies import render
from trainlint.source import Span

WHOLE = """\
# Discrepancy report: `candidate.py` against `reference.py`

## 1. Summary

| what it does to a run | errors | warnings | notes |
|---|---|---|---|
| wrong results | 1 | 0 | 0 |
| lost features | 0 | 0 | 1 |

5 effects of the two programs answer to one another, 1 only the reference has, 0 only the candidate. \
1 difference is meant (section 6). 1 thing could not be compared (section 7).

## 2. Structure

| in the reference | in the candidate |
|---|---|
| `main` reference.py:1 | `train` candidate.py:3 |

Only in the candidate:

- `candidate.py`: `train`

## 3. Functional discrepancies

### 3.1 TL613 hyperparameter-drift

`weight_decay` is 0.01: the reference has 0.1 (error)

**Reference:** `reference.py:3`

```python
weight_decay = 0.1
```

**Candidate:** `candidate.py:3`

```python
def train(weight_decay=0.01):
```

**In a run:** the weights decay ten times less

## 4. Minor discrepancies

### 4.1 TL613 hyperparameter-drift

the sample is gone (info)

**Candidate:** `candidate.py:3`

```python
def train(weight_decay=0.01):
```

**In a run:** the weights decay ten times less

## 5. Tasks

### Task 1: hyperparameter drift (TL613)

**Problem reference:** Sections 3.1, 4.1

*   **Sub-task 1.1:** `weight_decay` is 0.01: the reference has 0.1
    *   **File:** `candidate.py`
    *   **Action:** write 0.1
    *   **Guidance:**
        1.  Find line 3: `def train(weight_decay=0.01):`.
        2.  The reference has at `reference.py:3`: `weight_decay = 0.1`.
        3.  Replace `0.01` at `candidate.py:3` by `0.1`.
        4.  `trainlint diff --fix` writes this.

*   **Sub-task 1.2:** the sample is gone
    *   **File:** `candidate.py`
    *   **Action:** write 0.1
    *   **Guidance:**
        1.  Find line 3: `def train(weight_decay=0.01):`.

### Validation

Run `trainlint diff reference.py candidate.py` again: what was mended is no longer listed.

## 6. Differences on purpose

- TL613 `candidate.py:3` meant (said at `candidate.py:1`: it trains better so)

## 7. Not checked

- the environment decides (candidate.py:2)
"""


def shown(folder: Path, outcome: DiffOutcome, candidate: str = CANDIDATE) -> str:
    files = both(folder, candidate=candidate)
    return render(replace(outcome, command="trainlint diff reference.py candidate.py"), files)


def test_the_whole_report(tmp_path: Path) -> None:
    fix = Fix((Edit(span("candidate.py:3:24", 4), "0.1"),), safe=True)
    lost = drift(Harm.FEATURES, Severity.INFO, "the sample is gone", reference=False)
    entry = NotChecked("the environment decides", span("candidate.py:2:1"))
    found = difference_outcome(drift(fix=fix), lost, intended=(drift(message="meant"),), not_checked=(entry,))
    assert shown(tmp_path, found) == WHOLE


def test_a_report_without_findings(tmp_path: Path) -> None:
    text = shown(tmp_path, difference_outcome())
    assert "No difference in behaviour was found." in text
    assert "## 5. Tasks" not in text
    assert text.count("None.") == 2


def test_an_info_about_results_is_a_minor_one(tmp_path: Path) -> None:
    text = shown(tmp_path, difference_outcome(drift(severity=Severity.INFO)))
    assert "### 4.1" in text
    assert "### 3.1" not in text


def test_code_with_backticks_and_bars_stays_what_it_is(tmp_path: Path) -> None:
    odd = 'x = """\n```python\na | b\n```\n"""\n'
    found = replace(drift(), span=Span("candidate.py", 1, 1, 5, 4), reference=None)
    text = shown(tmp_path, difference_outcome(found), odd)
    assert '````python\nx = """\n```python\na | b\n```\n"""\n````' in text


def test_many_lines_are_cut_and_lose_their_common_indentation(tmp_path: Path) -> None:
    body = "def f():\n" + "".join(f"    a{number} = 1\n" for number in range(30))
    found = replace(drift(), span=Span("candidate.py", 2, 5, 31, 8), reference=None)
    text = shown(tmp_path, difference_outcome(found), body)
    assert "```python\na0 = 1\n" in text
    assert "a11 = 1\n…\n```" in text
    assert "a12" not in text


def test_edits_that_insert_and_remove(tmp_path: Path) -> None:
    fix = Fix((Edit(span("candidate.py:3:1"), "lr = 1\n"), Edit(span("candidate.py:1:1", 12), "")))
    text = shown(tmp_path, difference_outcome(drift(fix=fix)))
    assert "Insert `lr = 1` at `candidate.py:3`." in text
    assert "Remove `import torch` at `candidate.py:1`." in text
    assert "`trainlint diff --fix --unsafe-fixes` writes this." in text
