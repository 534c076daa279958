"""Overrides against the real config loader of Hydra: values and refusals must be the same."""

from __future__ import annotations

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from tests.unit.compose.support import override, plain, plain_omega, tree
from trainlint.compose.apply import apply_overrides
from trainlint.facts.config import CompositionProblem, DuplicateOverride

CONFIG = """
a: 1
b: {x: 1, y: {z: 2}, n: null, m: '???'}
l: [1, {q: 2}, [3, 4]]
s: text
n: null
m: ???
i: ${b}
j: ${b.x}
bad: ${nowhere}
r: ${.b.y}
1: number
e: {}
"""

ONE_OVERRIDE = """
a=2 a=null a=??? a={k:1} a=[1] a.b=1 a.b.c=1 c=1 c.d=1 b.c=1 b.y.c=1 b=1 b=null b={x:2} b={k:1}
b={y:{k:1}} b={y:{z:3}} b=[1] b.y=5 b.n=1 b.n.k=1 b.m=1 b.m.k=1 l=[9] l={k:1} l.0=9 l.1.q=9 l.1.k=9
l.2.0=9 l.5=9 l.-1=9 l.x=9 l.0.x=9 l.9.x=9 n=1 n.k=1 n={k:1} m=1 m.k=1 i=1 i.x=5 i.k=5 i={k:1} i={x:9}
j=5 j.k=1 bad=1 bad.k=1 1=5 e.k=1 e={k:1} a=${b.x} a=${b +a=2 +a={k:1} +a=[1] +a.b=1 +c=1 +c.d=1
+c.d.e={f:1} +b.c=1 +b=1 +b={k:1} +b={x:5} +b.n=1 +b.n.k=1 +b.m=1 +b.m.k=1 +l=[9] +l={k:1} +l.0=9 +l.5=1
+l.1.k=1 +l.0.x=9 +l.x=1 +n=1 +n.k=1 +m=1 +i=1 +i.k=5 +i.x=5 +i={k:1} +j=1 +j.k=1 +bad=1 +bad.k=1 +r.k=1
+1=5 +e.k=1 +s.k=1 +s={k:1} +c={} ++a=2 ++a.b=1 ++c.d=1 ++b={k:1} ++b=1 ++l.1.k=1 ++l.5=1 ++i.k=1 ++n.k=1
++bad=1 ++b.y={z:5} ++l={k:1} ~a ~a=1 ~a=2 ~a=1.0 ~a=null ~a= ~b ~b.x ~b.y.z ~b.k ~c ~n ~m ~b.m ~l ~l.0
~l.1.q ~l=[1,{q:2},[3,4]] ~l=[1] ~b.y={z:2} ~b.y={z:3} ~i ~i.x ~bad ~j ~j=1 ~s=text ~s=other ~r.z ~e ~a.b
~a=true x/y=1 a@b=1 +a@b=1 a=1_000 b.y={z:${a}} l=[${a},x] a=[${b] +k={a:{b:1}} ~l.7 ~l.x l.1={k:1}
l.1={q:7} +l.1={k:1} l.2=[7] l.0=[7] l.01=5 l.1_0=5
"""


def hydra(text: str, overrides: list[str]) -> tuple[object, str | None]:
    """The real outcome: the tree, or the words of the refusal."""
    config = OmegaConf.create(text)
    OmegaConf.set_struct(config, True)
    try:
        parsed = OverridesParser.create().parse_overrides(overrides)
        ConfigLoaderImpl._apply_overrides_to_config(parsed, config)
    except Exception as error:
        cause = error.__cause__
        return None, f"{error}" + (f"\n{cause}" if cause else "")
    return plain_omega(config), None


def ours(text: str, overrides: list[str]) -> tuple[object, list[CompositionProblem]]:
    root, problems = apply_overrides(tree(text), [override(text) for text in overrides])
    return plain(root), [problem for problem in problems if not isinstance(problem, DuplicateOverride)]


@pytest.mark.parametrize("text", [*ONE_OVERRIDE.split(), "a='x y'"])
def test_one_override_gives_what_hydra_gives(text: str) -> None:
    expected, words = hydra(CONFIG, [text])
    try:
        result, problems = ours(CONFIG, [text])
    except AssertionError:
        assert words is not None, "Hydra takes it"
        return
    if words is not None:
        assert problems, f"Hydra refuses: {words}"
        said = problems[0].hydra.removeprefix("TypeError: ").removeprefix("ValueError: ")
        assert words.split("\n    ")[0].strip() == said.split("\n    ")[0].strip()
    else:
        assert not problems
        assert result == expected
