"""Spec pages and the registry in, docs/rules/ out.

Usage: python -m tests.specs.docs
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.specs.page import ROOT, all_pages
from trainlint.rules.registry import RULES

TARGET = ROOT / "docs" / "rules"
FAMILIES = {
    "0": "The tool's own inputs",
    "1": "Job and launcher",
    "2": "Script",
    "3": "Config composition",
    "4": "Architecture and model",
    "5": "The whole chain",
    "6": "Refactors",
    "7": "Parity",
}


def generated() -> dict[Path, str]:
    """Every file of docs/rules/ with its text: the index, and each page with its fact line."""
    infos = {info.code: info for info in RULES}
    files = {TARGET / "README.md": index()}
    for path in all_pages():
        heading, _, rest = path.read_text("utf-8").partition("\n")
        info = infos[path.stem.split("-", 1)[0]]
        facts = f"Severity: {info.severity.value}. Link of the chain: {info.link.value}. {info.summary}"
        files[TARGET / path.name] = f"{heading}\n\n{facts}\n{rest}"
    return files


def index() -> str:
    """The list of all rules by family."""
    lines = ["# Rules", "", "Generated from the pages under `rules/`, which are also the rules' tests."]
    family = ""
    for info in RULES:
        if FAMILIES[info.code[2]] != family:
            family = FAMILIES[info.code[2]]
            lines += ["", f"## {family}", "", "| rule | severity | what it catches |", "|---|---|---|"]
        link = f"[{info.code} {info.name}]({info.code}-{info.name}.md)"
        lines.append(f"| {link} | {info.severity.value} | {info.summary} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write what is generated and remove what is no longer."""
    files = generated()
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in TARGET.glob("*.md"):
        if path not in files:
            path.unlink()
    for path, text in files.items():
        path.write_text(text, "utf-8")
    sys.stdout.write(f"docs/rules: {len(files)} files\n")


if __name__ == "__main__":
    main()
