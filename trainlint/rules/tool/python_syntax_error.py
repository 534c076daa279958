"""Scripts and modules that Python cannot parse in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.module import PythonProblem
from trainlint.facts.script import ScriptFacts
from trainlint.rules.base import Finding, rule
from trainlint.rules.target_story import target_story


@rule(
    "TL004", "python-syntax-error", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("script", "targets")
)
def python_syntax_error(chain: Chain) -> Iterator[Finding]:
    """The script, a module it imports at once or one that the config leads to is not Python."""
    if chain.script is not None:
        yield from _of_script(chain.script)
    for target in chain.targets:
        if target.syntax_error is not None:
            yield _finding(target.syntax_error, target_story(target))


def _of_script(script: ScriptFacts) -> Iterator[Finding]:
    problem = script.module.problem
    if problem is not None and not problem.newer_syntax:
        yield _finding(problem, ())
    for broken in script.broken_modules:
        yield _finding(broken.problem, tuple(Note(span, "imported here") for span in reversed(broken.via)))


def _finding(problem: PythonProblem, chain: tuple[Note, ...]) -> Finding:
    return Finding(
        problem.span,
        problem.message,
        help="mend the syntax; `python -m py_compile` on the file shows the same error",
        runtime=f"SyntaxError: {problem.message}",
        chain=chain,
    )
