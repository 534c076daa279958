"""Values of expressions: absent keys, unknown values, bounds."""

from __future__ import annotations

import pytest

from trainlint.facts.value import Known, Unknown, Value
from trainlint.policy.evaluate import ABSENT, Evaluation, Leaf
from trainlint.policy.expression import Expression, parse_expression
from trainlint.policy.members import Record
from trainlint.source import Span

PLACE = Span.at("jobs.txt")
NAMES = {
    "config": Record(
        {
            "a": Leaf(1, Span("cfg.yaml", 1, 4, 1, 5)),
            "text": Leaf("lpn_variational", Span("cfg.yaml", 2, 7, 2, 22)),
            "items": Leaf([1, 2, 3], PLACE),
            "secret": Unknown("`$X` is known only to the environment", PLACE),
            "hidden": Leaf(Unknown("`$Y` is known only to the environment", PLACE), PLACE),
            "inner": Record({"b": Leaf(None, PLACE)}),
        }
    ),
    "gone": ABSENT,
}


def value(text: str) -> Value[object]:
    expression = parse_expression(text, ("config", "gone"))
    assert isinstance(expression, Expression), expression
    return Evaluation(NAMES, PLACE).value(expression)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config.a == 1", True),
        ("config['a'] + 2", 3),
        ("config.text.startswith('lpn')", True),
        ("config.text.split('_')[1].upper()", "VARIATIONAL"),
        ("glob(config.text, 'lpn_*')", True),
        ("config.items[-1]", 3),
        ("config.items[7]", None),
        ("[i * 2 for i in config.items if i > 1]", [4, 6]),
        ("sum(config.items) / len(config.items)", 2.0),
        ("1 < config.a + 1 < 3", True),
        ("config.a is None", False),
        ("config.nothing == None", True),
        ("config.nothing.deeper == 3", False),
        ("exists(config.nothing.deeper)", False),
        ("exists(config.inner.b)", True),
        ("exists(config.hidden)", True),
        ("exists(config['hidden'])", True),
        ("default(config.nothing, 4)", 4),
        ("default(config.a, 4)", 1),
        ("not gone", True),
        ("config.a == 2 and config.secret", False),
        ("config.secret and config.a == 2", False),
        ("config.a == 1 or config.secret", True),
        ("'x' if config.a else config.secret", "x"),
        ("{'k': config.a}['k']", 1),
        ("config.a in {1, 2}", True),
        ("config.inner == {'b': None}", True),
    ],
)
def test_known(text: str, expected: object) -> None:
    found = value(text)
    assert isinstance(found, Known), found
    assert found.value == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("config.hidden == 1", "`$Y` is known only to the environment"),
        ("exists(config.secret)", "`$X` is known only to the environment"),
        ("default(config.hidden, 1)", "`$Y` is known only to the environment"),
        ("config.secret == 1", "`$X` is known only to the environment"),
        ("config.secret or config.a == 2", "`$X` is known only to the environment"),
        ("config.nothing > 3", "`config.nothing` has no value to compare"),
        ("config.nothing + 1", "`config.nothing` has no value"),
        ("config.a.b", "`config.a.b` is no member of anything"),
        ("config.text < 3", "cannot be computed"),
        ("config.a / 0", "cannot be computed: division by zero"),
        ("10 ** 5000", "cannot be computed: the exponent is too large"),
        ("'x' * 100", "only numbers are multiplied"),
        ("'%s' % config.a", "texts are not formatted"),
        ("config.items.upper()", "is no text"),
        ("len([a for a in config.items for b in config.items for c in config.items] + config.a)", "computed"),
    ],
)
def test_not_known(text: str, reason: str) -> None:
    found = value(text)
    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_an_evaluation_ends() -> None:
    many = "[i for a in config.items " + "".join(f"for {name} in config.items " for name in "bcdefghi") + "]"
    found = value(many)
    assert isinstance(found, Unknown)
    assert "too many steps" in found.reason


def test_what_was_read_is_kept_with_its_place() -> None:
    expression = parse_expression("config.a == 1 and config.text != 'x'", ("config",))
    assert isinstance(expression, Expression)
    run = Evaluation(NAMES, PLACE)
    run.value(expression)
    assert [(read.text, read.value, read.span.line) for read in run.reads] == [
        ("config.a", 1, 1),
        ("config.text", "lpn_variational", 2),
    ]
