"""Two scripts in, a test of pytest that fails with the report where they do not train the same out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from trainlint.engine.parity import ParityResult

StrPath = str | os.PathLike[str]


@pytest.fixture
def parity_check() -> Callable[..., ParityResult]:
    """Compare short runs of two scripts; takes what `trainlint.parity` takes."""

    def check(
        reference: StrPath | None = None, candidate: StrPath | None = None, **options: Any
    ) -> ParityResult:
        # Sessions that never ask pay nothing for a plugin that is always there.
        import trainlint

        result = trainlint.parity(reference, candidate, **options)
        if not result.is_same:
            pytest.fail(result.report(), pytrace=False)
        return result

    return check
