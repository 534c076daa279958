"""Words in, the data splits out that they name."""

from __future__ import annotations

import re

from trainlint.facts.terms import Sort, Term

_SPLIT = re.compile(r"(?<![a-z])(train|training|val|valid|validation|eval|evaluation|test|dev)(?![a-z])")
#: So many words a key may have that says which split it is of.
_LONGEST_KEY = 2
_SPLITS = {"training": "train", "valid": "val", "validation": "val", "eval": "val", "evaluation": "val"}


def splits_of(term: Term) -> frozenset[str]:
    """The data splits that a value has to do with, by the texts in it: a key says more than a file's name."""
    keys, texts = set[str](), set[str]()
    for part in term.walk():
        if part.sort is Sort.OPERATION and part.value == "[]" and part.operands[-1].sort is Sort.CONSTANT:
            keys |= _named_by(part.operands[-1].value)
        elif part.sort is Sort.CONSTANT:
            texts |= split_words(part.value) if _is_path(part.value) else _named_by(part.value)
    return frozenset(keys or texts)


def _is_path(text: object) -> bool:
    return isinstance(text, str) and ("/" in text or "." in text)


def _named_by(key: object) -> frozenset[str]:
    """The split that a key names: `train`, `val/loss`, but not `training_data_source`."""
    words = re.findall(r"[a-z0-9]+", key.lower()) if isinstance(key, str) else []
    return split_words(key) if len(words) <= _LONGEST_KEY else frozenset()


def split_words(value: object) -> frozenset[str]:
    """The splits that a text names; `valid` and `eval` are names of the same one."""
    if not isinstance(value, str):
        return frozenset()
    return frozenset(_SPLITS.get(word, word) for word in _SPLIT.findall(value.lower()))


def without_splits(text: str) -> str:
    """A label without the splits that it names: what two labels of one quantity share."""
    return " ".join(_SPLIT.sub(" ", text.lower()).replace("/", " ").split())
