"""Looks at what the shell does to overrides before the script sees them, yields what it certainly changes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.launch import BRACES, COMMENT, GLOB_MATCH, OPERATOR, Swallowed, Word
from trainlint.facts.value import Known
from trainlint.regex import regex
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.wording import listed

_OVERRIDE = regex(r"[+~]*[\w./@-]+=")
#: Programs into which output is piped without a blank around the bar, too.
_FILTERS = regex(r"\|&?(?:tee|grep|cat|head|tail|ts|awk|sed|less)\b")
_HELP = ("put the override in single quotes", "move the comment above the command")
_AMOUNT = regex(r">=?[\d.]")


@rule("TL107", "shell-swallows-override", severity=Severity.ERROR, link=LinkKind.JOB, needs=("job", "launch"))
def shell_swallows_override(chain: Chain) -> Iterator[Finding]:
    """The shell changes, cuts or hides an override before the script gets it."""
    seen = set()
    words = (*chain.launch.arguments, *chain.job.command.words)
    for word in words:
        for swallowed in word.swallowed:
            if swallowed in seen:
                continue
            seen.add(swallowed)
            said = _said(word, swallowed, words)
            if said is not None:
                message, runtime = said
                yield Finding(
                    swallowed.span,
                    message,
                    help=_HELP[swallowed.effect == COMMENT],
                    runtime=runtime,
                    fix=_quoted(swallowed),
                )


def _said(word: Word, swallowed: Swallowed, words: Sequence[Word]) -> tuple[str, str] | None:
    """What is wrong and what happens; None where the shell does what was meant."""
    if swallowed.effect == COMMENT:
        return _hidden(word, swallowed)
    if swallowed.effect in (BRACES, GLOB_MATCH):
        if not _OVERRIDE.match(swallowed.text):
            return None
        given = [other.text for other in words if swallowed in other.swallowed]
        made = list(dict.fromkeys(text.value for text in given if isinstance(text, Known)))
        cause = "braces" if swallowed.effect == BRACES else "file names"
        message = f"the shell expands the {cause} in `{swallowed.text}`"
        return message, f"the script gets {listed(made)}"
    if not _OVERRIDE.match(word.raw):
        return None
    if swallowed.effect == OPERATOR and _cuts(swallowed.text):
        message = f"the shell ends `{word.raw}` at the unquoted `{swallowed.text[0]}`"
        return message, f"the script never sees `{swallowed.text}`"
    return None


def _cuts(text: str) -> bool:
    """Whether an operator in the middle of a word was meant as text."""
    if text[0] in "&;":
        return bool(_OVERRIDE.match(text[1:]))
    if text[0] == "|":
        return not _FILTERS.match(text)
    return bool(_AMOUNT.match(text))


def _hidden(word: Word, swallowed: Swallowed) -> tuple[str, str] | None:
    comment, _, below = swallowed.text.partition("\n")
    lines = [line.strip() for line in below.splitlines()]
    lost = [line.rstrip("\\ ") for line in lines if line and not line.startswith("#")]
    if lost:
        message = "the comment ends the command: the lines below it do not belong to it any more"
        return message, f"the script never sees {listed(lost)}"
    if word.raw.endswith("=") and comment[1:2].strip():
        return f"the shell takes `{comment}` for a comment", f"the script gets `{word.raw}` without a value"
    return None


def _quoted(swallowed: Swallowed) -> Fix | None:
    if swallowed.effect not in (BRACES, GLOB_MATCH) or any(char in swallowed.text for char in "'\"\\$`"):
        return None
    return replace(swallowed.span, shlex.quote(swallowed.text))
