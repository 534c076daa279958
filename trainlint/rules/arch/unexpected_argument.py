"""Looks at what the config gives to the classes and functions it names, yields what they do not take."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.construction import ConstructionFacts, SurplusArguments, UnexpectedArgument
from trainlint.rules.arch.construction_story import construction_notes, link_of, refused, weight
from trainlint.rules.base import Finding, nearest, replace, rule, value_story
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL406", "unexpected-argument", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("constructions",))
def unexpected_argument(chain: Chain) -> Iterator[Finding]:
    """The config gives a class or function an argument that it does not take."""
    for built, problem in refused(chain, UnexpectedArgument):
        near = None if problem.twice else nearest(problem.name, problem.available)
        severity, confidence = weight(built)
        yield Finding(
            problem.origin.key_span if problem.origin is not None else built.origin.span,
            _message(built, problem, near),
            help=_help(built, problem, near),
            runtime=problem.runtime,
            chain=(
                *construction_notes(built),
                *(value_story(problem.origin) if problem.origin is not None else ()),
            ),
            confidence=confidence,
            severity=severity,
            fix=_fix(problem, near),
            link=link_of(built),
        )
    for built, surplus in refused(chain, SurplusArguments):
        severity, confidence = weight(built)
        yield Finding(
            surplus.origin.key_span if surplus.origin is not None else built.origin.span,
            f"`{built.text}` takes {_count(surplus.taken)} by position, and {surplus.given} are given",
            help="give the others by name, or remove them",
            runtime=surplus.runtime,
            chain=construction_notes(built),
            confidence=confidence,
            severity=severity,
            link=link_of(built),
        )


def _message(built: ConstructionFacts, problem: UnexpectedArgument, near: str | None) -> str:
    passed = ", which the call passes" if problem.origin is None else ""
    if problem.twice:
        return f"`{built.text}` gets `{problem.name}` twice{passed and '; the call passes it too'}"
    return f"`{built.text}` takes no argument `{problem.name}`{passed}{or_nearest(near)}"


def _help(built: ConstructionFacts, problem: UnexpectedArgument, near: str | None) -> str:
    if problem.twice:
        return f"remove `{problem.name}`: the code gives it already"
    change = f", or add the parameter to `{built.text}`" if built.own else ""
    if near is not None:
        return f"rename to `{near}`{change}"
    takes = f"; it takes {listed(problem.available)}" if problem.available else ""
    return f"remove the key{change}{takes}"


def _fix(problem: UnexpectedArgument, near: str | None) -> Fix | None:
    if near is None or problem.origin is None:
        return None
    for written in (problem.key, problem.name):
        place = written_at(problem.origin.key_span, written)
        if place is not None:
            return replace(place, written[: len(written) - len(problem.name)] + near)
    return None


def _count(number: int) -> str:
    return "no arguments" if number == 0 else f"{number} argument{'s' if number > 1 else ''}"
