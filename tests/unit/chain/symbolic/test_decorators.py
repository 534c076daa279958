"""What is called by the name of a decorated function."""

from pathlib import Path

from tests.unit.chain.symbolic.said import UNKNOWN, said


def test_a_decorator_that_wraps_hands_arguments_and_result_on(tmp_path: Path) -> None:
    program = """
        import functools

        def task(function):
            @functools.wraps(function)
            def wrap(*args, **kwargs):
                return function(*args, **kwargs)
            return wrap

        @task
        def double(x, n):
            probe(1, x * n)
            return x * n

        def main(cfg):
            probe(2, double(cfg.x, n=2))
        """
    assert said(tmp_path, program, x=3) == {1: (True, 6), 2: (True, 6)}


def test_each_use_of_a_decorator_has_a_closure_of_its_own(tmp_path: Path) -> None:
    program = """
        def only(kind):
            def decorate(function):
                def inner(cfg):
                    if cfg.kind == kind:
                        return function(cfg)
                    return None
                return inner
            return decorate

        @only("x")
        def first(cfg):
            probe(1)

        @only("y")
        def second(cfg):
            probe(2)

        def main(cfg):
            first(cfg)
            second(cfg)
        """
    assert said(tmp_path, program, kind="y") == {1: (False, None), 2: (True, None)}


def test_a_decorated_method_knows_its_object(tmp_path: Path) -> None:
    program = """
        def task(function):
            def wrap(*args):
                return function(*args)
            return wrap

        class Thing:
            def __init__(self):
                self.x = 4

            @task
            def get(self, n):
                return self.x + n

        def main(cfg):
            probe(1, Thing().get(cfg.n))
        """
    assert said(tmp_path, program, n=3) == {1: (True, 7)}


def test_what_an_unknown_decorator_makes_is_not_known(tmp_path: Path) -> None:
    program = """
        from copy import copy

        @copy
        def get(x):
            probe(1, x)
            return x

        def main(cfg):
            probe(2, get(cfg.x))
        """
    assert said(tmp_path, program, x=3) == {1: (None, 3), 2: (True, UNKNOWN)}
