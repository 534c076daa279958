"""What gets no gradients any more, by the whole network or by each of its parameters."""

from trainlint.diff.frozen import frozen
from trainlint.diff.terms import Terms
from trainlint.facts.terms import Sort


def test_each_parameter_of_a_network_is_the_network() -> None:
    terms = Terms()
    network = terms.make(Sort.OBJECT, "Net")
    each = terms.make(Sort.OPERATION, "item", terms.make(Sort.CALL, ".parameters", network))
    pair = terms.make(Sort.OPERATION, "item", terms.make(Sort.CALL, ".named_parameters", network))
    named = terms.make(Sort.OPERATION, "[]", pair, terms.constant(1))
    assert frozen(each) is frozen(named) is frozen(network) is network


def test_an_item_of_something_else_is_itself() -> None:
    terms = Terms()
    item = terms.make(Sort.OPERATION, "item", terms.make(Sort.OBJECT, "Net"))
    assert frozen(item) is item
