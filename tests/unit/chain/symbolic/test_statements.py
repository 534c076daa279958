from pathlib import Path

from tests.unit.chain.symbolic.said import UNKNOWN, said


def test_what_a_side_with_return_sets_is_seen_by_the_caller(tmp_path: Path) -> None:
    program = """
        class Thing:
            def __init__(self):
                self.done = False

            def run(self, x):
                if x > 1:
                    self.done = True
                    return 5
                return 6

        def main(cfg):
            thing = Thing()
            probe(1, thing.run(cfg.x))
            probe(2, thing.done)
        """
    assert said(tmp_path, program, x=2) == {1: (True, 5), 2: (True, True)}
    assert said(tmp_path, program, x=1) == {1: (True, 6), 2: (True, False)}


def test_what_a_turn_sets_before_it_breaks_is_not_lost(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            found = False
            for i in range(cfg.n):
                if i == 1:
                    found = True
                    break
            probe(1, found)
            if not found:
                probe(2)
        """
    assert said(tmp_path, program, n=3) == {1: (True, UNKNOWN), 2: (None, None)}


def test_else_of_a_loop_runs_unless_it_breaks(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            for i in range(2):
                if cfg.stop:
                    break
            else:
                probe(1)
            for i in range(2):
                if cfg.skip:
                    continue
            else:
                probe(2)
        """
    assert said(tmp_path, program, stop=True, skip=True) == {1: (False, None), 2: (True, None)}
    assert said(tmp_path, program, stop=False, skip=False) == {1: (True, None), 2: (True, None)}


def test_the_first_turn_of_while_is_known(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            step = 0
            while step < cfg.steps:
                probe(1, step)
                step += 1
            probe(2, step)
        """
    assert said(tmp_path, program, steps=2) == {1: (True, UNKNOWN), 2: (True, UNKNOWN)}
    assert said(tmp_path, program, steps=0)[1][0] is False


def test_a_handler_starts_from_any_moment_of_the_body(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            x = 1
            try:
                x = 2
                if cfg.bad:
                    raise ValueError("bad")
                x = 1
            except ValueError:
                probe(1, x)
                return
            else:
                probe(2, x)
            probe(3, x)
        """
    for bad in (True, False):
        assert said(tmp_path, program, bad=bad) == {1: (None, UNKNOWN), 2: (None, 1), 3: (None, 1)}


def test_what_is_suppressed_does_not_end_the_run(tmp_path: Path) -> None:
    program = """
        import contextlib

        def main(cfg):
            with contextlib.suppress(ValueError):
                raise ValueError("no")
            probe(1)
        """
    assert said(tmp_path, program) == {1: (True, None)}


def test_a_quiet_exit_deep_inside_ends_the_run(tmp_path: Path) -> None:
    program = """
        import sys

        def inner(cfg):
            if cfg.stop:
                sys.exit(0)

        def outer(cfg):
            inner(cfg)
            probe(1)

        def main(cfg):
            outer(cfg)
            probe(2)
        """
    assert said(tmp_path, program, stop=True) == {1: (False, None), 2: (False, None)}
    assert said(tmp_path, program, stop=False) == {1: (True, None), 2: (True, None)}


def test_else_of_a_loop_is_not_reached_where_a_turn_returns(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            for key in cfg.part:
                if cfg.stop:
                    return
            else:
                probe(1)
            probe(2)
        """
    assert said(tmp_path, program, stop=True, part={"x": 1}) == {1: (False, None), 2: (False, None)}


def test_what_the_else_of_a_loop_sets_holds_only_where_it_was_run(tmp_path: Path) -> None:
    program = """
        def main(cfg):
            x = 1
            for i in range(2):
                break
            else:
                x = 2
            probe(1, x)
            for i in range(2):
                if cfg.stop:
                    break
            else:
                x = 3
            probe(2, x)
        """
    assert said(tmp_path, program, stop=True) == {1: (True, 1), 2: (True, 1)}
    assert said(tmp_path, program, stop=False) == {1: (True, 1), 2: (True, 3)}
