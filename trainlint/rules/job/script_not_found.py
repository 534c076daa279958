"""Looks at the script or module that a launch names, yields one that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.launch import ScriptKind, ScriptReference
from trainlint.facts.value import Known
from trainlint.rules.base import Finding, nearest, replace, rule
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL101", "script-not-found", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("launch",))
def script_not_found(chain: Chain) -> Iterator[Finding]:
    """The script or module that the job starts does not exist."""
    script = chain.launch.script
    if script is None or script.path is not None or not script.searched or not isinstance(script.text, Known):
        return
    text = script.text.value
    near = nearest(text, script.neighbours)
    what = "module" if script.kind is ScriptKind.MODULE else "script"
    yield Finding(
        script.span,
        f"{what} `{text}` does not exist{or_nearest(near)}",
        help=f"looked for {listed(script.searched)}",
        runtime=_runtime(script, text),
        fix=_fix(script, text, near),
    )


def _runtime(script: ScriptReference, text: str) -> str:
    if script.kind is ScriptKind.MODULE:
        return f"No module named {text}"
    if script.kind is ScriptKind.SHELL:
        return f"bash: {text}: No such file or directory"
    return f"can't open file '{text}': [Errno 2] No such file or directory"


def _fix(script: ScriptReference, text: str, near: str | None) -> Fix | None:
    place = written_at(script.span, text)
    return replace(place, near) if near is not None and place is not None else None
