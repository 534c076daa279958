"""What two programs set up in, the steps that only the reference takes out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.calls import whole
from trainlint.rules.refactor.changes import certain, lost
from trainlint.rules.refactor.evaluations import may_be_done_elsewhere
from trainlint.rules.refactor.fine_tuning import never_taken
from trainlint.rules.refactor.other_forms import is_done_otherwise
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

#: Settings of a library that hold for all that follows.
_SWITCHES = ("torch.backends.", "torch.set_", "torch.use_deterministic", "torch.compile", "torch._dynamo.")
#: Methods that only show something, or whose result nobody takes: the last line of a cell.
_SHOWS = (
    "print",
    "show",
    "log",
    "get_",
    "summary",
    "decode",
    "batch_decode",
    "encode",
    "tokenize",
    "convert_",
)
#: What changes a network or a tokenizer for good.
_WHOLE = (Kind.MODEL, Kind.TOKENIZER, Kind.TRAINER)
_MAKES = (Kind.MODEL, Kind.TOKENIZER, Kind.OPTIMIZER, Kind.DATA, Kind.TRAINER)
#: Methods that draw at random, whatever they are of.
_DRAWS = {"multinomial", "sample", "rsample", "exponential_", "bernoulli_", "generate", "choice"}


@difference("TL612", "setup-step-lost", severity=Severity.WARNING, harm=Harm.RESULTS)
def setup_step_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference sets something up that the candidate does not."""
    things = _things(comparison)
    elsewhere = may_be_done_elsewhere(comparison)
    uncalled = {
        _last(mine.name)
        for mine, theirs in comparison.definitions
        if mine is not None and theirs is not None and mine.called and not theirs.called
    }
    yield from _frozen(comparison)
    steps = (effect for effect in comparison.lost_of(Kind.SETUP) if _is_setup(effect, things))
    told: dict[str, set[Span]] = {}
    for effect in (*steps, *never_taken(comparison), *_unchanged(comparison)):
        if effect.doubt is not None or effect.inside in uncalled:
            continue
        if elsewhere and not effect.name.startswith(_SWITCHES):
            continue
        if is_done_otherwise(effect, comparison):
            continue
        asked = whole(effect, comparison)
        step = _spelled(effect) if asked is effect else f"{asked.name}(…)"
        # A step is told of once: scripts that were merged take it each for itself.
        known = told.setdefault(step, set())
        if not any(one == asked.span or one.file != asked.span.file for one in known):
            known.add(asked.span)
            yield _finding(comparison, effect, asked, step)


def _frozen(comparison: Comparison) -> Iterator[Finding]:
    """Weights that are frozen on one side and trained on the other."""
    for pair in comparison.pairs_of(Kind.FREEZE):
        found = certain(pair, "value")
        if found is not None:
            yield Finding(
                pair.candidate.span,
                f"`requires_grad` is `{spelled(found.candidate)}` here, in the reference "
                f"`{spelled(found.reference)}`",
                runtime="other weights are trained than in the reference",
                help="freeze and train what the reference does",
                reference=pair.reference.span,
            )


def _finding(comparison: Comparison, effect: Effect, asked: Effect, step: str) -> Finding:
    return Finding(
        comparison.place_of(effect),
        f"a step of the reference is gone: `{step}`",
        runtime="what follows works on something that is not set up as in the reference",
        help="take this step here too",
        reference=asked.span,
    )


def _unchanged(comparison: Comparison) -> Iterator[Effect]:
    """Networks of the reference's own code that are never made, and averages that never move."""
    kept = [_loops(pair.reference) for pair in comparison.pairs_of(Kind.AVERAGE)]
    if not comparison.candidate.unfollowed:
        yield from _undrawn(comparison)
    for effect in lost(comparison, Kind.MODEL, Kind.AVERAGE):
        is_own = effect.kind is Kind.AVERAGE or "." not in effect.name
        if is_own and _loops(effect) not in kept and not comparison.added_of(effect.kind):
            yield effect


def _undrawn(comparison: Comparison) -> Iterator[Effect]:
    """What the reference draws where it trains nothing, such as a next token, and the candidate never."""
    drawn = {effect.name for effect in comparison.candidate.of(Kind.DRAW)}
    others = _DRAWS & comparison.candidate.methods.keys()
    if not others and not comparison.added_of(Kind.DRAW, Kind.LOADER, Kind.DATA):
        lost = comparison.lost_of(Kind.DRAW)
        yield from (effect for effect in lost if effect.is_without_gradients and effect.name not in drawn)


def _loops(effect: Effect) -> list[Span]:
    return [loop.span for loop in effect.loops]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _things(comparison: Comparison) -> set[tuple[Sort, object]]:
    """What networks, tokenizers, optimizers and data sets of the reference are made by."""
    made = {(Sort.CALL, effect.name) for effect in comparison.reference.of(*_MAKES)}
    networks = comparison.reference.of(Kind.MODEL, Kind.FORWARD)
    return made | {(sort, effect.name) for effect in networks for sort in (Sort.OBJECT, Sort.CALL)}


def _is_setup(effect: Effect, things: set[tuple[Sort, object]]) -> bool:
    if effect.name.startswith(_SWITCHES):
        return True
    if effect.name.startswith(_SHOWS):
        return False
    owner = effect.part("object")
    return owner is not None and (owner.sort, owner.value) in things


def _spelled(effect: Effect) -> str:
    owner = effect.part("object")
    given: list[Term] = [term for key, term in effect.parts if key not in ("object", "value")]
    value = effect.part("value")
    if value is not None and not given:
        return f"{effect.name} = {spelled(value)}"
    if effect.kind in _WHOLE:
        return f"{effect.name.rpartition('.')[2]}(…)"
    before = f"{spelled(owner)}." if owner is not None else ""
    return f"{before}{effect.name}({', '.join(map(spelled, given))})"
