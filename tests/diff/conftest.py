"""What the tests that run programs of the cases share with those that run fixture pipelines."""

from tests.fixtures.conftest import warm_programs

__all__ = ["warm_programs"]
