"""A config that could not be had in, the part of the composition that it leaves unknown out."""

from __future__ import annotations

from trainlint.compose.elements import GLOBAL, Element
from trainlint.compose.repository import Repository
from trainlint.facts.value import Unknown
from trainlint.record import record


@record
class Gap:
    """Content that is not known: below `package` (everywhere when that is empty).

    `choices` tells whether further config groups may have come in with it.
    """

    package: str
    reason: Unknown
    choices: bool


def gap_of(element: Element, repository: Repository, reason: Unknown) -> Gap:
    """What is not known where an element's config is missing, judged by the other options of its group."""
    if not element.is_group:
        return Gap(element.final_package(), reason, True)
    siblings = [
        repository.load(f"{element.group_path}/{name}") for name in repository.options(element.group_path)
    ]
    found = [sibling for sibling in siblings if sibling is not None]
    entries = [entry for sibling in found for entry in sibling.entries if not entry.is_self]
    choices = bool(entries) or not found
    elsewhere = any(sibling.header is not None for sibling in found) and element.package is None
    reaching = any(entry.package is not None and GLOBAL in entry.package for entry in entries)
    return Gap("" if elsewhere or reaching else element.final_package(), reason, choices)
