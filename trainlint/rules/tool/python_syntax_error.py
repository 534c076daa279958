"""Scripts that Python cannot parse in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.module import PythonProblem
from trainlint.rules.base import Finding, rule


@rule("TL004", "python-syntax-error", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("script",))
def python_syntax_error(chain: Chain) -> Iterator[Finding]:
    """The script, or a module it imports at once, is not Python."""
    if chain.script is None:
        return
    if chain.script.module.problem is not None:
        yield _finding(chain.script.module.problem, ())
    for broken in chain.script.broken_modules:
        yield _finding(broken.problem, tuple(Note(span, "imported here") for span in reversed(broken.via)))


def _finding(problem: PythonProblem, chain: tuple[Note, ...]) -> Finding:
    return Finding(
        problem.span,
        problem.message,
        help="mend the syntax; `python -m py_compile` on the file shows the same error",
        runtime=f"SyntaxError: {problem.message}",
        chain=chain,
    )
