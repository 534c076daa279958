"""What two programs load in, data, tokenizers and models of other names out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort
from trainlint.facts.uses import mentioned, uses
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.data_parts import LOADING, is_elsewhere, names_other_split
from trainlint.rules.refactor.evidence import is_plain
from trainlint.rules.refactor.spelling import spelled

_PARTS = {"0", "path", "data_files", "data_dir", "name", "filename", "file", "f", "chat_template", "revision"}
_PARTS |= {"pretrained_model_name_or_path", "mapping"}


@difference("TL643", "data-source-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def data_source_changed(comparison: Comparison) -> Iterator[Finding]:
    """Other data, another tokenizer or another model is loaded."""
    known = (
        uses(comparison.reference, Sort.OPTION).keys() | uses(comparison.reference, Sort.ENVIRONMENT).keys()
    )
    told = set[tuple[str, str]]()
    for pair in comparison.pairs_of(*LOADING):
        changed = [
            found
            for found in pair.differences
            if _is_source(pair, found) and not is_elsewhere(found, comparison)
        ]
        # What can be chosen now is chosen by who starts the run.
        if any(mentioned(found.candidate) - known for found in changed):
            continue
        for found in changed:
            now, before = spelled(found.candidate), spelled(found.reference)
            if (now, before) in told:
                continue
            told.add((now, before))
            yield Finding(
                pair.candidate.span,
                f"`{pair.candidate.name.rpartition('.')[2]}` loads `{now}`: the reference loads `{before}`",
                runtime="the run starts, and is of something else",
                help=f"load `{before}`, or make it an option with that default",
                reference=pair.reference.span,
            )


def _is_source(pair: Pair, found: Difference) -> bool:
    """Whether it says what is loaded, in plain words."""
    if names_other_split(found):
        return False
    loads = pair.reference.kind is not Kind.MODEL or "from_pretrained" in pair.reference.name
    both = found.reference is not None and found.candidate is not None
    plain = is_plain(found.reference) and is_plain(found.candidate)
    return loads and both and plain and found.certain and found.part in _PARTS
