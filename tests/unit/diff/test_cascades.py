"""Differences, and what only follows from them."""

from __future__ import annotations

from pathlib import Path

from tests.unit.diff.programs import held
from trainlint.diff.cascades import Replacements
from trainlint.diff.terms import Terms
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term

PROGRAM = """\
import torch
model = torch.nn.Linear(4, {width})
optimizer = torch.optim.SGD(model.parameters(), lr={rate})
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
for step in range(100):
    optimizer.zero_grad()
    loss = model(torch.ones(2, 4)).mean() * {factor}
    loss.backward()
    optimizer.step()
    scheduler.step()
    print(f"loss {{loss.item()}} rate {{scheduler.get_last_lr()}}")
"""


def differing(root: Path, **changed: object) -> set[Kind]:
    """The kinds of effects that differ for certain between two programs."""
    usual: dict[str, object] = {"width": 1, "rate": 0.1, "factor": 1}
    found = held(root, PROGRAM.format(**usual), PROGRAM.format(**{**usual, **changed}))
    return {pair.reference.kind for pair in found.pairs if any(one.certain for one in pair.differences)}


def test_what_is_done_with_another_optimizer_is_no_further_difference(tmp_path: Path) -> None:
    assert differing(tmp_path, rate=0.2) == {Kind.OPTIMIZER}


def test_what_is_shown_of_another_loss_is_no_further_difference(tmp_path: Path) -> None:
    assert differing(tmp_path, factor=2) == {Kind.BACKWARD}


def called(terms: Terms, name: str, value: float) -> Term:
    given = terms.make(Sort.ARGUMENT, "lr", terms.constant(value))
    return terms.make(Sort.CALL, name, terms.nothing, given)


def test_values_are_put_in_wherever_they_stand() -> None:
    terms = Terms()
    replaced = Replacements(terms, lambda one, other: one is other)
    mine, theirs = called(terms, "torch.optim.SGD", 0.1), called(terms, "torch.optim.SGD", 0.2)
    replaced.learn(mine, theirs)
    step = terms.constant(3)
    assert replaced.put(terms.operation("[]", theirs, step)) is terms.operation("[]", mine, step)
    assert replaced.put(called(terms, "torch.optim.Adam", 0.2)) is called(terms, "torch.optim.Adam", 0.2)


def test_of_a_product_what_data_make_is_put_in() -> None:
    terms = Terms()
    replaced = Replacements(terms, lambda one, other: one is other)
    mine, loss = called(terms, "one", 1.0), called(terms, "other", 1.0)
    replaced.learn(mine, terms.product((loss, terms.constant(4))))
    assert replaced.put(loss) is terms.product((mine, terms.constant(0.25)))


def test_constants_stand_for_nothing_else() -> None:
    terms = Terms()
    replaced = Replacements(terms, lambda one, other: one is other)
    replaced.learn(terms.constant(1), terms.constant(2))
    assert replaced.put(terms.constant(2)) is terms.constant(2)
