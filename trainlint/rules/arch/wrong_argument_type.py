"""Looks at the values that the config gives to classes and functions, yields those of another type."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.construction import ConstructionFacts, WrongArgument
from trainlint.rules.arch.construction_story import construction_notes, link_of, refused, weight
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL408", "wrong-argument-type", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("constructions",))
def wrong_argument_type(chain: Chain) -> Iterator[Finding]:
    """The config gives a class or function a value of another type than it declares."""
    for built, problem in refused(chain, WrongArgument):
        severity, confidence = weight(built)
        yield Finding(
            problem.span,
            _message(built, problem),
            help=f"write a value that fits `{problem.expected}`"
            if problem.certain
            else "remove the quotes, so that YAML reads what is written as it looks",
            runtime=problem.runtime if problem.certain else _LATER,
            chain=(
                Note(problem.declared, f"`{problem.name}` is declared here"),
                *construction_notes(built)[1:],
                *inclusion_story(problem.inclusion),
            ),
            confidence=confidence if problem.certain else Confidence.LOW,
            severity=severity if problem.certain else Severity.WARNING,
            link=link_of(built),
        )


_LATER = "Python takes it; the first calculation with it fails or gives something else"


def _message(built: ConstructionFacts, problem: WrongArgument) -> str:
    if problem.certain:
        wanted = f"`{problem.name}`, which is `{problem.expected}`"
        return f"`{built.text}` does not take {problem.value} for {wanted}"
    return (
        f"`{problem.name}` of `{built.text}` is declared `{problem.expected}`, and {problem.value} is a text"
    )
