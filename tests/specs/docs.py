"""Spec pages and the registry in, docs/rules/ out.

Usage: python -m tests.specs.docs
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.specs.page import ROOT, all_pages
from trainlint.diagnostic import RuleInfo
from trainlint.facts.settings import PackName
from trainlint.policy.load import built_in, load_packs
from trainlint.policy.pack import Pack
from trainlint.policy.rules import chain_rules
from trainlint.rules.differences import DIFF_RULES
from trainlint.rules.divergences import PARITY_RULES
from trainlint.rules.registry import RULES
from trainlint.source import Files, Span

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


def shipped_packs() -> list[tuple[str, Pack]]:
    """The packs that come with trainlint, by name."""
    loaded = load_packs(Files(ROOT), tuple(PackName(name, Span.at("packs")) for name in built_in()), ROOT)
    assert isinstance(loaded, tuple), loaded
    return list(zip(built_in(), loaded, strict=True))


def all_rules() -> list[RuleInfo]:
    """Every rule that has a page: trainlint's own, and those of its packs."""
    packs = [pack for _, pack in shipped_packs()]
    return [*own_rules(), *(rule.info for rule in chain_rules(packs, Files(ROOT)))]


def own_rules() -> list[RuleInfo]:
    """Trainlint's own rules, of every command."""
    return [*RULES, *(rule.info for rule in DIFF_RULES), *(rule.info for rule in PARITY_RULES)]


def generated() -> dict[Path, str]:
    """Every file of docs/rules/ with its text: the index, and each page with its fact line."""
    infos = {info.code: info for info in all_rules()}
    files = {TARGET / "README.md": index()}
    for path in all_pages():
        heading, _, rest = path.read_text("utf-8").partition("\n")
        info = infos[path.stem.split("-", 1)[0]]
        concerns = (
            f"Link of the chain: {info.link.value}" if info.harm is None else f"Harm: {info.harm.value}"
        )
        facts = f"Severity: {info.severity.value}. {concerns}. {info.summary}"
        files[TARGET / path.name] = f"{heading}\n\n{facts}\n{rest}"
    return files


def index() -> str:
    """The list of all rules by family."""
    lines = ["# Rules", "", "Generated from the pages under `rules/`, which are also the rules' tests."]
    family = ""
    for info in own_rules():
        if FAMILIES[info.code[2]] != family:
            family = FAMILIES[info.code[2]]
            lines += ["", f"## {family}", "", "| rule | severity | what it catches |", "|---|---|---|"]
        lines.append(_row(info))
    for name, pack in shipped_packs():
        lines += [
            "",
            f"## The pack `{name}`",
            "",
            f"{pack.summary[0].upper()}{pack.summary[1:]}; see [packs](../packs.md).",
        ]
        lines += ["", "| rule | severity | what it catches |", "|---|---|---|"]
        lines += [_row(rule.info) for rule in chain_rules([pack], Files(ROOT))]
    return "\n".join(lines) + "\n"


def _row(info: RuleInfo) -> str:
    link = f"[{info.code} {info.name}]({info.code}-{info.name}.md)"
    return f"| {link} | {info.severity.value} | {info.summary} |"


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
