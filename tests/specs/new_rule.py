"""Scaffolds a rule: its module, its page and what to put into the registry.

Usage: python -m tests.specs.new_rule CODE name   (for example: TL318 unused-group)
"""

from __future__ import annotations

import re
import sys

from tests.specs.docs import own_rules
from tests.specs.page import KINDS, PAGES, ROOT, SECTIONS

FAMILIES = {
    "0": "tool",
    "1": "job",
    "2": "script",
    "3": "config",
    "4": "arch",
    "5": "chain",
    "6": "refactor",
    "7": "parity",
}

DIFF_MODULE = '''"""A comparison of two programs in, one finding for each … out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference


@difference("{code}", "{name}", severity=Severity.WARNING, harm=Harm.RESULTS)
def {function}(comparison: Comparison) -> Iterator[Finding]:
    """One line that says the mistake."""
    for lost in comparison.lost_of(Kind.SETUP):
        place = comparison.place_of(lost)
        yield Finding(place, "say what changed: the reference …, here …", help="…", reference=lost.span)
'''

MODULE = '''"""A chain in, one finding for each … out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.rules.base import Finding, rule


@rule("{code}", "{name}", severity=Severity.WARNING, link=LinkKind.JOB, needs=("job",))
def {function}(chain: Chain) -> Iterator[Finding]:
    """One line that says the mistake."""
    if chain.job.text == "":
        yield Finding(chain.job.span, "say what is wrong", help="say how to mend it")
'''

CASE = "`jobs.txt`\n```text\n[ ] python train.py\n```\n\n```expect\n```\n"
DIFF_CASE = """`reference.py`
```python
```

`candidate.py`
```python
```

```expect
$ trainlint diff reference.py candidate.py
```
"""


def scaffold(code: str, name: str) -> list[str]:
    """Write the two files; the lines to show to the author."""
    if not re.fullmatch(r"TL[0-7]\d\d", code) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise SystemExit("usage: new_rule CODE name, for example: TL318 unused-group")
    taken = [info for info in own_rules() if info.code == code or info.name == name]
    if taken:
        raise SystemExit(f"{taken[0].code} {taken[0].name} exists; ids are never reused")
    family, function = FAMILIES[code[2]], name.replace("-", "_")
    module = ROOT / "trainlint" / "rules" / family / f"{function}.py"
    page = PAGES / family / f"{code}-{name}.md"
    for path in (module, page):
        path.parent.mkdir(parents=True, exist_ok=True)
    template, cases_of, registry = (
        (DIFF_MODULE, DIFF_CASE, "differences") if family == "refactor" else (MODULE, CASE, "registry")
    )
    module.write_text(template.format(code=code, name=name, function=function), "utf-8")
    sections = [f"## {title}\n\nSay it here.\n" for title in SECTIONS]
    cases = [f"## {kind}: say what\n\n{cases_of}" for kind in KINDS]
    page.write_text("\n".join([f"# {code} {name}\n", *sections, *cases]), "utf-8")
    return [
        f"wrote {module.relative_to(ROOT)} and {page.relative_to(ROOT)}",
        f"next: add it to trainlint/rules/{registry}.py, write the cases, run `make accept`, read the diff",
    ]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: new_rule CODE name")
    sys.stdout.write("\n".join(scaffold(sys.argv[1], sys.argv[2])) + "\n")
