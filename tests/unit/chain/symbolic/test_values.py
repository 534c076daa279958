from pathlib import Path
from textwrap import dedent

from tests.properties.symbolic_runner import HEAD, TAIL, statically
from tests.unit.chain.symbolic.said import UNKNOWN, said
from trainlint.facts.behaviour import Call
from trainlint.facts.symbols import Constant, External

PROBE = External("probes.probe")


def test_lists_that_are_made_of_others_may_be_changed(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            probe(1, tuple(cfg.items_))
            probe(2, tuple(enumerate(cfg.items_)))
            names = set()
            names.update(cfg.items_)
            probe(3, len(names))
            copied = list(cfg.items_)
            copied.append(4)
            probe(4, len(copied))
            probe(5, sorted(cfg.items_, reverse=True))
        """
    found = said(tmp_path, program, items_=[2, 1, 2])
    assert found == {
        1: (True, (2, 1, 2)),
        2: (True, ((0, 2), (1, 1), (2, 2))),
        3: (True, UNKNOWN),
        4: (True, UNKNOWN),
        5: (True, UNKNOWN),
    }


def test_or_gives_the_part_that_decides(tmp_path: Path) -> None:
    program = """
        import os

        def main(cfg):
            x = os.environ.get("NOT_KNOWN_HERE") or 5
            probe(1, x)
            if os.environ.get("NOT_KNOWN_HERE") or cfg.yes:
                probe(2)
        """
    assert said(tmp_path, program, yes=True) == {1: (True, UNKNOWN), 2: (True, None)}


def test_what_changes_a_list_is_seen_through_other_names(tmp_path: Path) -> None:
    program = """
        def grow(items):
            items.append(1)

        def main(cfg):
            a = b = []
            grow(b)
            if cfg.yes:
                a.extend([2])
            probe(1, len(a))
            d = {"k": 1}
            for i in range(2):
                probe(2, d["k"])
                d["k"] = 5
        """
    assert said(tmp_path, program, yes=True) == {1: (True, UNKNOWN), 2: (True, UNKNOWN)}


def test_a_config_that_code_changes_is_not_the_composed_one(tmp_path: Path) -> None:
    program = """
        import copy

        def main(cfg):
            old = copy.deepcopy(cfg)
            cfg.a = 5
            probe(1, cfg.a)
            probe(2, old.a)
            probe(3, len(cfg.part))
            cfg.update({"b": 7})
            probe(4, cfg.b)
            for i in range(2):
                probe(5, cfg.part.x)
                cfg.part.x = 9
        """
    found = said(tmp_path, program, a=1, b=2, part={"x": 1})
    assert found == {
        1: (True, 5),
        2: (True, UNKNOWN),
        3: (True, UNKNOWN),
        4: (True, UNKNOWN),
        5: (True, UNKNOWN),
    }


def test_recursion_that_is_cut_leaves_what_it_changes_unknown(tmp_path: Path) -> None:
    program = """
        class Counter:
            def __init__(self):
                self.count = 0

            def down(self, n):
                self.count += 1
                if n:
                    self.down(n - 1)

        def main(cfg):
            counter = Counter()
            counter.down(cfg.n)
            probe(1, counter.count)
        """
    assert said(tmp_path, program, n=4) == {1: (True, UNKNOWN)}


def test_closures_keep_the_call_they_were_made_in(tmp_path: Path) -> None:
    program = """
        def make(n, m=1):
            def inner(k=n):
                return n + k + m
            return inner

        def main(cfg):
            one, two = make(cfg.a), make(10)
            probe(1, one())
            probe(2, two())
        """
    assert said(tmp_path, program, a=1) == {1: (True, 3), 2: (True, 21)}


def test_an_object_with_a_length_may_count_as_false(tmp_path: Path) -> None:
    program = """
        class Items:
            def __len__(self):
                return 0

        class Plain:
            pass

        def main(cfg):
            if Items():
                probe(1)
            if Plain():
                probe(2)
        """
    assert said(tmp_path, program) == {1: (None, None), 2: (True, None)}


def test_what_was_chosen_together_is_called_together(tmp_path: Path) -> None:
    program = """
        class One:
            def run(self):
                probe(1)

        class Two:
            def run(self):
                probe(2)

        class LossOfOne:
            def __call__(self, model):
                model.run()

        class LossOfTwo:
            def __call__(self, model):
                model.run()

        def main(cfg):
            if cfg.kind == "one":
                model, loss = One(), LossOfOne()
            else:
                model, loss = Two(), LossOfTwo()
            loss(model)
    """
    done, _ = statically(tmp_path, HEAD + dedent(program) + TAIL, {"kind": "one"})
    probed = [event for event in done.events if isinstance(event, Call) and event.callee == PROBE]
    assert [event.positional[0] for event in probed] == [Constant(1), Constant(2)]
    assert said(tmp_path, program, kind="two") == {1: (False, None), 2: (True, None)}


def test_what_several_ways_lead_to_is_called_once(tmp_path: Path) -> None:
    program = """
        class One:
            def __call__(self):
                probe(1)

        class Two:
            def __call__(self):
                probe(2)

        def main(cfg):
            one, two = One(), Two()
            first = one if cfg.kind == "one" else two
            second = one if cfg.other else two
            model = first if cfg.fast else second
            model()
    """
    done, _ = statically(tmp_path, HEAD + dedent(program) + TAIL, {"kind": "one", "other": 1, "fast": 0})
    probed = [event for event in done.events if isinstance(event, Call) and event.callee == PROBE]
    assert [event.positional[0] for event in probed] == [Constant(1), Constant(2)]
    assert said(tmp_path, program, kind="two", other=0, fast=1) == {1: (False, None), 2: (True, None)}
    assert said(tmp_path, program, kind="two", other=1, fast=0) == {1: (True, None), 2: (False, None)}
