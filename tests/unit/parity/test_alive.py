"""Objects of the program by kind."""

from __future__ import annotations

import gc
import weakref
from collections import OrderedDict

from trainlint.parity.probe.alive import alive


class Held(OrderedDict[str, list[int]]):
    """Of two kinds that are asked for."""


def test_each_object_is_under_the_first_kind_that_it_is_of() -> None:
    held, plain, rows = Held(a=[1]), {"a": [1]}, [[1]]
    ordered, others = ({id(entry) for entry in found} for found in alive(OrderedDict, (dict, list)))
    assert id(held) in ordered - others
    assert {id(plain), id(rows)} <= others - ordered


def test_what_stands_for_another_object_is_not_asked_what_it_is() -> None:
    gone = Held(a=[1])
    proxy = weakref.proxy(gone)
    assert isinstance(proxy, Held)
    del gone
    (found,) = alive(Held)
    assert found == []


def test_what_was_found_is_let_go() -> None:
    held = Held(a=[1])
    before = len(gc.get_referrers(held))
    (found,) = alive(Held)
    assert found == [held]
    del found
    assert len(gc.get_referrers(held)) == before
