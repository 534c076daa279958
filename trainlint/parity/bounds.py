"""What a user allows numbers to differ by in, the tolerance of each quantity out."""

from __future__ import annotations

from trainlint.facts.parity import Observation
from trainlint.parity.distance import is_whole, size
from trainlint.record import record


@record
class Bounds:
    """How far a user lets numbers be off; tensors of whole numbers must be the same.

    `exact`: not at all. `rtol`: by this relative distance, in place of what is measured. `atol`: and by this
    much beside; of a tensor, the root mean square of the differences counts.
    """

    exact: bool = False
    rtol: float | None = None
    atol: float | None = None

    @property
    def are_given(self) -> bool:
        """Whether nothing needs to be measured."""
        return self.exact or self.rtol is not None or self.atol is not None

    def tolerance(self, entry: Observation) -> float | None:
        """The relative distance that is allowed, None where nothing may differ."""
        if self.exact or not self.are_given or is_whole(entry.value):
            return None
        unit = size(entry.value)
        return (self.rtol or 0.0) + (self.atol / unit if self.atol and unit else 0.0)
