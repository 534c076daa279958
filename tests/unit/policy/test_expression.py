"""What gets through as an expression, and where the others go wrong."""

from __future__ import annotations

import pytest

from trainlint.policy.expression import Expression, ExpressionError, parse_expression

NAMES = ("config", "job")


@pytest.mark.parametrize(
    "text",
    [
        "config.arch.layers == 2",
        "config['arch']['layers'] in (2, 4)",
        "job.world_size * config.batch % 8 == 0",
        "all(path.startswith('data/') for path in config.data_paths)",
        "exists(config.a) and default(config.a, 1) < 2",
        "-config.a ** 2 if config.b else [1, {'a': 1}]",
        "min(config.a, 3)",
    ],
)
def test_allowed(text: str) -> None:
    assert isinstance(parse_expression(text, NAMES), Expression)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config.__class__", "`.__class__` is not allowed"),
        ("().__class__.__bases__", "`.__bases__` is not allowed"),
        ("open('x')", "there is no function `open`"),
        ("__import__('os')", "no function `__import__`"),
        ("config.a.format('x')", "there is no such function"),
        ("all(lambda: 1)", "`Lambda` is not allowed"),
        ("[x := 1]", "`NamedExpr` is not allowed"),
        ("f'{config}'", "`JoinedStr` is not allowed"),
        ("confg.a", "there is no name `confg`; the nearest is `config`"),
        ("b'x'", "`b'x'` is not allowed"),
        ("...", "`Ellipsis` is not allowed"),
        ("1 << 3", "`LShift` is not allowed"),
        ("max(config.a, key=len)", "plain arguments only"),
        ("max(*config.a)", "plain arguments only"),
        ("config.a ==", "no expression"),
        ("", "no expression"),
        ("a = 1", "no expression"),
        ("\0", "no expression"),
        ("[i for i, j in config.a]", "a comprehension runs over one plain name"),
        ("1" * 3000, "at most 2000 characters"),
        ("+".join("1" * 500), "too large"),
        ("(" * 900 + ")" * 900, "no expression"),
    ],
)
def test_refused(text: str, message: str) -> None:
    found = parse_expression(text, NAMES)
    assert isinstance(found, ExpressionError)
    assert message in found.message


def test_the_place_of_a_fault() -> None:
    found = parse_expression("config.a == open('x')", NAMES)
    assert isinstance(found, ExpressionError)
    assert found.offset == len("config.a == ")
