"""A function that passes its arguments on and what it calls in, the signature of both together out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.chain.signatures.bind import Given, bind
from trainlint.facts.signature import ParameterFacts, Passing, Signature, SignatureFacts, Unreadable
from trainlint.parse.python.forwarding import Forwarding


def together(own: SignatureFacts, flow: Forwarding, callee: Signature) -> SignatureFacts:
    """What the function takes itself, and what it takes for the one that it passes the rest on to."""
    call = flow.call
    if call is None:
        return own
    reason = _unfollowed(own, flow, call, callee)
    if isinstance(callee, Unreadable) or reason is not None:
        return replace(own, more_positional=True, more_named=True, unsure=reason)
    filled = flow.filled or _hides(call, flow)
    written = frozenset(word.arg for word in call.keywords if word.arg is not None)
    named = {entry.name for entry in own.by_name}
    used = callee.by_position[: sum(not isinstance(given, ast.Starred) for given in call.args)]
    rest = [entry for entry in callee.parameters if entry not in used and entry.name not in written]
    blocked = any(entry.name in written and entry.passing is Passing.EITHER for entry in callee.parameters)
    reached = _reached(_limited(callee, used, written), flow, named | flow.popped)
    passed = [
        replace(entry, required=entry.required and not filled and entry.name not in flow.supplied)
        for entry in reached
    ]
    lost = {entry.name for entry in rest if entry.required} - {entry.name for entry in passed}
    refused = written | callee.taken
    refused |= frozenset(entry.name for entry in used if entry.passing is Passing.EITHER)
    popped = _popped(own, flow.popped - named - {entry.name for entry in passed})
    more = callee.more_positional and not blocked
    return SignatureFacts(
        owner=callee.owner,
        span=own.span,
        parameters=(*own.parameters, *passed, *popped),
        more_positional=own.more_positional and (not flow.positional or more),
        more_named=own.more_named and (not flow.named or callee.more_named),
        taken=refused - named - flow.popped if flow.named else frozenset(),
        unsure=callee.unsure or _doubt(filled, lost - flow.supplied, own, callee),
        schema=callee.schema if flow.named else None,
        outside=own.outside | callee.outside,
        raises=callee.raises if flow.named else None,
    )


def closed(own: SignatureFacts, flow: Forwarding) -> SignatureFacts:
    """A function that takes names out of `**kwargs` and refuses what is left."""
    popped = _popped(own, flow.popped - {entry.name for entry in own.by_name})
    return replace(own, parameters=(*own.parameters, *popped), more_named=False, raises=flow.refuses)


def _unfollowed(own: SignatureFacts, flow: Forwarding, call: ast.Call, callee: Signature) -> str | None:
    """Why it cannot be told what the call makes of the arguments."""
    if isinstance(callee, Unreadable):
        return callee.reason
    if _mixed(call, flow) or _fails(call, callee, flow):
        return f"how `{own.owner}` calls `{callee.owner}` is not followed"
    if flow.positional and flow.supplied:
        return f"`{own.owner}` puts arguments in and passes others on by position"
    return None


def _popped(own: SignatureFacts, names: frozenset[str]) -> list[ParameterFacts]:
    """The names that the function takes out of what it passes on."""
    return [ParameterFacts(name, Passing.NAME, False, own.owner, own.span) for name in sorted(names)]


def _limited(
    callee: SignatureFacts, used: tuple[ParameterFacts, ...], written: frozenset[str]
) -> Iterator[ParameterFacts]:
    """What the call itself leaves open: behind an argument that it gives by name, no position is free."""
    blocked = False
    for entry in callee.parameters:
        if entry in used:
            continue
        if entry.name in written and entry.passing is not Passing.POSITION:
            blocked = blocked or entry.passing is Passing.EITHER
        else:
            hidden = blocked and entry.passing is Passing.EITHER
            yield replace(entry, passing=Passing.NAME) if hidden else entry


def _doubt(filled: bool, lost: set[str], own: SignatureFacts, callee: SignatureFacts) -> str | None:
    """Why the call may fail whatever is given."""
    if filled:
        return f"`{own.owner}` passes more on to `{callee.owner}` than can be read"
    return f"`{own.owner}` passes no `{min(lost)}` on, which `{callee.owner}` needs" if lost else None


def _fails(call: ast.Call, callee: SignatureFacts, flow: Forwarding) -> bool:
    """Whether the callee refuses what the call itself passes, whatever else is given."""
    positional = sum(not isinstance(given, ast.Starred) for given in call.args)
    written = {word.arg for word in call.keywords if word.arg is not None}
    names = (*written, *(flow.supplied - written if flow.named else ()))
    return bool(bind(callee, Given(positional, names, later=True)))


def _reached(rest: Iterable[ParameterFacts], flow: Forwarding, kept: set[str]) -> Iterator[ParameterFacts]:
    """The parameters of the callee that an argument of the function can still reach.

    Arguments with a name that is `kept` stay in the function.
    """
    for entry in rest:
        by_position = flow.positional and entry.passing is not Passing.NAME
        by_name = flow.named and entry.passing is not Passing.POSITION and entry.name not in kept
        if by_position and by_name:
            yield entry
        elif by_position or by_name:
            yield replace(entry, passing=Passing.POSITION if by_position else Passing.NAME)


def _mixed(call: ast.Call, flow: Forwarding) -> bool:
    """Whether plain arguments follow a star, or there are two stars."""
    stars = [index for index, given in enumerate(call.args) if isinstance(given, ast.Starred)]
    return bool(stars) and (len(stars) > 1 or stars[0] != len(call.args) - 1)


def _hides(call: ast.Call, flow: Forwarding) -> bool:
    """Whether the call passes more on than it shows, beside the function's own arguments."""
    stars = sum(isinstance(given, ast.Starred) for given in call.args)
    mappings = sum(word.arg is None for word in call.keywords)
    return stars > int(flow.positional) or mappings > int(flow.named)


def without_first(found: Signature) -> Signature:
    """The signature after `self` or `cls` is given."""
    if isinstance(found, Unreadable):
        return found
    first = next(iter(found.by_position), None)
    if first is None:
        return found
    return replace(found, parameters=tuple(entry for entry in found.parameters if entry is not first))
