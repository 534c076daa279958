"""Objects that the turns of a loop put in place of others: the code of each of them may run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.chain.symbolic.said import UNKNOWN, said

CLASSES = """
        class A:
            def __init__(self, n):
                self.n = n

            @property
            def double(self):
                return probe(1, self.n) * 2

            def step(self, cfg):
                return probe(2, cfg.part.x)


        class B(A):
            def step(self, cfg):
                return probe(3, cfg.flag)
"""
PROGRAMS = {
    "a property after the loop": """
        def main(cfg):
            box = B(1)
            for key in range(2):
                if cfg.flag:
                    box = A(cfg.part.x)
            probe(9, box.double)
""",
    "a method in a later turn": """
        def main(cfg):
            box = A(1)
            for key in range(2):
                box.step(cfg)
                box = B(2)
""",
    "a method in a later turn of an inner loop": """
        def main(cfg):
            box = A(1)
            for i in range(2):
                for j in range(2):
                    box.step(cfg)
                    box = B(j)
""",
    "a loop without turns": """
        def main(cfg):
            box = B(1)
            for key in range(2):
                for i in range(0):
                    box = A(1)
                box.step(cfg)
            box.step(cfg)
""",
    "an attribute": """
        def main(cfg):
            outer = A(A(1))
            for i in range(2):
                outer.n.step(cfg)
                outer.n = B(3)
""",
}


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_turn_leaves_is_what_the_next_begins_with(tmp_path: Path, name: str, flag: bool) -> None:
    found = said(tmp_path, CLASSES + PROGRAMS[name], flag=flag, part={"x": 4})
    assert found


def test_what_the_test_of_a_loop_changes(tmp_path: Path) -> None:
    program = """
        class Box:
            n = 0

            def step(self):
                self.n += 1
                return self.n

        def main(cfg):
            box, turns = Box(), 0
            while turns < 2 and probe(1, box.step()):
                turns += 1
            probe(2, box.n)
        """
    found = said(tmp_path, program)
    assert found[1][1] == found[2][1] == UNKNOWN


COPIED = """
        def main(cfg):
            new, old = {"a": 1, "b": 2, "c": 3}, {"a": 4, "b": 5}
            if cfg.flag:
                for key in ("a", "b"):
                    new[key] = old[key]
            probe(1, new["a"])
            probe(2, new["b"])
            probe(3, new["c"])
            probe(4, [key for key in ("x",)])
"""


@pytest.mark.parametrize(("flag", "expected"), [(True, (4, 5, 3)), (False, (1, 2, 3))])
def test_a_loop_over_a_few_constants_that_only_assigns(
    tmp_path: Path, flag: bool, expected: tuple[int, ...]
) -> None:
    found = said(tmp_path, COPIED, flag=flag, part={"x": 1})
    assert tuple(found[number][1] for number in (1, 2, 3)) == expected


KEPT = """
        def main(cfg):
            last, names = None, ("a", "b")
            for name in names:
                last = name
            probe(1, last)
            probe(2, name)
            for name in names:
                if cfg.flag:
                    break
                last = "c"
            probe(3, last)
"""


def test_what_the_last_turn_leaves(tmp_path: Path) -> None:
    found = said(tmp_path, KEPT, flag=True, part={"x": 1})
    assert (found[1][1], found[2][1]) == ("b", "b")
    assert found[3][1] in ("b", UNKNOWN)
