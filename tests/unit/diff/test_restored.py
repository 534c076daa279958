"""The keys of checkpoints that calls are given."""

from trainlint.diff.restored import key_of_loaded, restored
from trainlint.diff.terms import Terms
from trainlint.facts.terms import Sort, Term


def loaded(terms: Terms, key: str) -> Term:
    whole = terms.make(Sort.CALL, "torch.load", terms.nothing)
    return terms.make(Sort.OPERATION, "[]", whole, terms.constant(key))


def test_a_key_of_what_was_loaded() -> None:
    terms = Terms()
    assert key_of_loaded(loaded(terms, "model")) == "model"
    assert key_of_loaded(terms.constant("model")) is None
    assert restored((("state_dict", loaded(terms, "model")),)) == "model"


def test_a_computed_key_and_none() -> None:
    terms = Terms()
    table = terms.make(Sort.OBJECT, "Table")
    computed = terms.make(Sort.OPERATION, "[]", table, terms.constant("model"))
    assert restored((("state_dict", computed),)) == "?"
    assert restored((("state_dict", table),)) == "state"
