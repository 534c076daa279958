"""Looks at the script that a launch starts, yields one that is named like a left-over copy."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.launch import ScriptReference
from trainlint.facts.value import Known
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.stale import StaleName, stale_name
from trainlint.rules.wording import written_at


@rule(
    "TL102",
    "stale-script-name",
    severity=Severity.WARNING,
    link=LinkKind.SCRIPT,
    needs=("launch", "settings"),
)
def stale_script_name(chain: Chain) -> Iterator[Finding]:
    """The job starts a script whose name ends like that of a left-over copy."""
    script = chain.launch.script
    if script is None or script.path is None or not isinstance(script.text, Known):
        return
    text = script.text.value
    names = {name.removesuffix(".py") for name in script.neighbours}
    stale = stale_name(text.removesuffix(".py"), chain.settings.stale_suffixes, names)
    if stale is None:
        return
    live = _as_written(stale, text)
    yield Finding(
        script.span,
        f"script `{text}` is named like a left-over copy (`{stale.suffix}`)"
        + (f"; the live script beside it is `{live}`" if live else ""),
        help=f"start `{live}` if the current code is meant" if live else "rename it if it is the current one",
        runtime="the run starts, with the code of the old script",
        fix=_rename(script, text, live),
    )


def _as_written(stale: StaleName, text: str) -> str | None:
    """The live sibling in the form in which the job names its script."""
    return stale.live and stale.live + text[len(stale.name) :]


def _rename(script: ScriptReference, text: str, live: str | None) -> Fix | None:
    place = written_at(script.span, text)
    return replace(place, live) if live and place is not None else None
