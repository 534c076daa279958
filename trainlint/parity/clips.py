"""Where two runs part out in, the same without clipping that one of them does with code of its own out.

Only functions of torch are seen to clip. Where one of them cut gradients on one side, and those that the
optimizer takes are the same on both, the other side cut them as well, and what it has before it takes them
has been cut already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from trainlint.facts.parity import Divergence, Observation, Phase

_CALL = re.compile(r"(?P<what>the bound of|what) (?P<name>clip_grad\w*)(?: returns)?(?P<again>.*)")
_TAKEN = "gradient taken of "


def without_own_clipping(
    found: Sequence[Divergence], reference: Iterable[Observation], candidate: Iterable[Observation]
) -> list[Divergence]:
    """The divergences that are left; all of them where nothing was cut, since then nothing shows."""
    calls = [entry for entry in found if _CALL.fullmatch(entry.quantity)]
    lone = [entry for entry in calls if "absent" in (entry.reference, entry.candidate)]
    sides = {entry.reference == "absent" for entry in lone}
    if len(sides) != 1 or any(_is_taken(entry) for entry in found):
        return list(found)
    side = candidate if sides == {True} else reference
    if not _has_cut(side):
        return list(found)
    return [entry for entry in found if entry not in lone and entry.phase not in (Phase.GRAD, Phase.GRADNORM)]


def _is_taken(entry: Divergence) -> bool:
    return entry.phase is Phase.CLIP and entry.quantity.startswith(_TAKEN)


def _has_cut(side: Iterable[Observation]) -> bool:
    """Whether a norm that was returned was above its bound."""
    held: dict[tuple[int, str, str], dict[str, float]] = {}
    for entry in side:
        called = _CALL.fullmatch(entry.quantity)
        if called is not None and isinstance(entry.value, float):
            held.setdefault((entry.step, called["name"], called["again"]), {})[called["what"]] = entry.value
    return any(len(both) == 2 and both["what"] > both["the bound of"] for both in held.values())
