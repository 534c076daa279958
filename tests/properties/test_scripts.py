"""Whole scripts against the real bash: the launches that we read are those that bash starts."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.properties.effort import effort
from tests.properties.script_place import Place
from tests.properties.script_project import Scripts
from tests.properties.scripts import scripts


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("scripts"))


@effort(120)
@given(scripts())
def test_launches_of_a_script_are_those_of_bash(place: Place, case: Scripts) -> None:
    assert place.differences(case, exact=True) == [], f"{case.main}\n--- other.sh\n{case.other}"


@effort(80)
@given(scripts(given_arguments=True))
def test_launches_of_a_script_with_arguments_are_those_of_bash(place: Place, case: Scripts) -> None:
    """Exactly those with arguments; among ours without, for then nobody told us how it is started."""
    exact = bool(case.arguments)
    assert place.differences(case, exact) == [], f"{case.main}\n--- other.sh\n{case.other}"
