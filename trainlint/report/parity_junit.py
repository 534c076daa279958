"""What runs of two programs came to in, a JUnit report with a test for each phase out."""

from __future__ import annotations

from xml.etree import ElementTree

from trainlint.facts.parity import Divergence, ParityOutcome, Verdict
from trainlint.report.clean import printable
from trainlint.report.parity_words import apart, headline, when
from trainlint.report.runs import ParityReport

_SUITE = "trainlint parity"


def render(report: ParityReport) -> str:
    """One suite: phases that differ by themselves have failed, those that were not seen are skipped."""
    outcome = report.outcome
    suite = ElementTree.Element("testsuite", name=_SUITE, time=f"{report.found.seconds:.3f}")
    if outcome.verdict is Verdict.INCONCLUSIVE:
        said = "\n".join((*outcome.missing, *outcome.advice))
        _case(suite, outcome, "verdict", "error", "inconclusive", said)
    for phase, fine in outcome.phases:
        told = [entry for entry in outcome.told() if entry.phase is phase]
        if told:
            _case(suite, outcome, phase.value, "failure", _message(told[0]), _text(told, outcome))
        elif fine is None:
            _case(suite, outcome, phase.value, "skipped", "not seen in these runs", "")
        else:
            # What only follows from another phase is that phase's failure.
            _case(suite, outcome, phase.value, "", "", "")
    for state, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(state, str(len(suite.findall(f"./testcase/{kind}"))))
    suite.set("tests", str(len(suite)))
    ElementTree.SubElement(suite, "system-out").text = _clean(headline(outcome))
    ElementTree.indent(suite)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(suite, encoding='unicode')}\n"


def _case(
    suite: ElementTree.Element, outcome: ParityOutcome, name: str, kind: str, message: str, text: str
) -> None:
    reference, candidate = outcome.scripts
    case = ElementTree.SubElement(
        suite, "testcase", name=name, classname=_clean(f"{candidate} against {reference}")
    )
    if kind:
        result = ElementTree.SubElement(case, kind, message=_clean(message))
        result.text = _clean(text)


def _message(entry: Divergence) -> str:
    return f"{when(entry)}: {entry.quantity}"


def _text(told: list[Divergence], outcome: ParityOutcome) -> str:
    """Both sides of the first, how far they are apart, and where the other quantities differ."""
    first, *rest = told
    lines = [
        f"reference {first.reference} {first.reference_site or ''}".rstrip(),
        f"candidate {first.candidate} {first.candidate_site or ''}".rstrip(),
        f"distance {apart(first, outcome)}" if apart(first, outcome) else "",
        first.cause,
        *(_message(entry) for entry in rest),
    ]
    return "\n".join(filter(None, lines))


def _clean(text: str) -> str:
    """Text that XML can hold: control characters and lone surrogates are written as escapes."""
    return "\n".join(printable(line) for line in text.split("\n"))
