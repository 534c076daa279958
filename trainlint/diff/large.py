"""Two values that are the same in all cases in, a case in which they are not where something is large out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

from trainlint.diff.computing import Case, attempt
from trainlint.facts.terms import Term

#: How large a thing is taken for that is small else, and how far values are apart that differ then.
_LARGE, _FAR = 1e9, 1e-3


def far_apart(
    one: Term,
    other: Term,
    agreed: Sequence[Case],
    mine: Mapping[int, object],
    theirs: Mapping[int, object],
) -> Case | None:
    """A case in which two values agree and do not where one measured thing is large: it counts for little."""
    both = [value for value in {*mine.values()} & {*theirs.values()} if isinstance(value, float)]
    if not both or not (_has_sum(one) or _has_sum(other)):
        return None
    for case, thing in product((agreed[0], agreed[-1]), both):
        values = [attempt(term, case, _grown(named, thing)) for term, named in ((one, mine), (other, theirs))]
        plain = [value for value in values if isinstance(value, (int, float))]
        if len(plain) == 2 and not math.isclose(*plain, rel_tol=_FAR, abs_tol=_FAR):
            return case
    return None


def _has_sum(term: Term) -> bool:
    return any(part.value == "+" for part in term.walk())


def _grown(things: Mapping[int, object], large: float) -> dict[int, object]:
    """Things with one of them, as large as it was small."""
    return {key: large * _LARGE if value == large else value for key, value in things.items()}
