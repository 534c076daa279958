"""Looks at what starting the script does, yields the launch of a script that only defines things."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Edit, Fix, LinkKind, Note, Severity
from trainlint.facts.script import EntryKind, HydraEntry, ScriptFacts
from trainlint.rules.base import Finding, rule
from trainlint.source import Span


@rule("TL201", "no-entry-point", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("script", "launch"))
def no_entry_point(chain: Chain) -> Iterator[Finding]:
    """The script that is launched defines functions and classes and runs none of them."""
    script, reference = chain.script, chain.launch.script
    if script is None or reference is None or script.runs or script.module.problem is not None:
        return
    entries = [entry for entry in script.entries if entry.kind is EntryKind.MAIN]
    name = script.module.display
    called = (
        f"nothing in `{name}` calls `{entries[0].function}`" if entries else f"`{name}` only defines things"
    )
    yield Finding(
        reference.span,
        f"{called}, so this launch does nothing",
        help=_help(entries),
        runtime="the process ends at once with exit code 0 and no output",
        chain=tuple(
            Note(entry.span, f"`{entry.function}` is defined for Hydra here") for entry in entries[:1]
        ),
        fix=_fix(script, entries),
    )


def _help(entries: list[HydraEntry]) -> str:
    if entries:
        return f'add `if __name__ == "__main__": {entries[0].function}()` at the end'
    return "launch the script that uses this module, or call its main function under a main guard"


def _fix(script: ScriptFacts, entries: list[HydraEntry]) -> Fix | None:
    if len(entries) != 1 or entries[0].file != script.module.path:
        return None
    source = script.module.source
    line, column = source.position(len(source.text))
    gap = "" if source.text.endswith("\n") else "\n"
    text = f'{gap}\n\nif __name__ == "__main__":\n    {entries[0].function}()\n'
    return Fix((Edit(Span.at(source.display, line, column), text),))
