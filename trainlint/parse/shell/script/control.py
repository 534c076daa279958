"""Compound statements and a world in, the worlds that their branches and passes lead to out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from trainlint.facts.value import Unknown
from trainlint.parse.shell.arithmetic import evaluate
from trainlint.parse.shell.cells import Reader
from trainlint.parse.shell.expand import expand
from trainlint.parse.shell.pieces import Stretch
from trainlint.parse.shell.script.assigned import assigned_in
from trainlint.parse.shell.script.commands import simple
from trainlint.parse.shell.script.conditions import (
    Choice,
    chosen_arms,
    decide_test,
    opposite,
    status_of,
    subject_of,
)
from trainlint.parse.shell.script.evaluation import Evaluation, Handlers, split
from trainlint.parse.shell.script.syntax import (
    AndOr,
    Arithmetic,
    Background,
    Block,
    Case,
    CountingFor,
    For,
    Function,
    Group,
    If,
    Loop,
    Negated,
    Node,
    Pipeline,
    Redirected,
    Simple,
    Subshell,
    Test,
)
from trainlint.parse.shell.script.world import (
    Definition,
    Flow,
    Script,
    Status,
    World,
    forget,
    merged,
    state_of,
)
from trainlint.parse.shell.state import Text, text_of
from trainlint.source import Span

#: A loop with more passes than this is followed no further.
_MAX_PASSES = 256
#: Nor is one followed whose passes together run more commands than this.
_MAX_STEPS = 4000


def and_or(run: Evaluation, script: Script, node: AndOr, world: World) -> list[World]:
    """`a && b || c`: a program is taken to succeed, and what stands behind `||` is run all the same."""
    worlds = run.node(script, node.first, world)
    for operator, following in node.rest:
        wanted = operator == "&&"
        found: list[World] = []
        for before in worlds:
            if before.flow is not Flow.NEXT or before.status is status_of(not wanted):
                found.append(before)
                continue
            if before.status is not status_of(wanted) and (not wanted or before.status is Status.UNKNOWN):
                found.append(before.copy().ended(status_of(not wanted)))
            found += run.node(script, following, before.ended(Status.SUCCESS))
        worlds = merged(found)
    return worlds


def negated(run: Evaluation, script: Script, node: Negated, world: World) -> list[World]:
    """`! command`."""
    return [after.ended(opposite(after.status)) for after in run.node(script, node.body, world)]


def pipeline(run: Evaluation, script: Script, node: Pipeline, world: World) -> list[World]:
    """Each part runs in a shell of its own; the last one says how it ends."""
    status = Status.SUCCESS
    for part in _fed(node.parts):
        status = run.apart(script, (part,), world)
    return [world.ended(status)]


def _fed(parts: Sequence[Node]) -> Sequence[Node]:
    """The parts, where `cat <<EOF | sbatch` is `sbatch <<EOF`."""
    first, *rest = parts
    fed = rest[0] if rest else None
    if (
        isinstance(first, Simple)
        and isinstance(fed, Simple)
        and [word.text for word in first.words] == ["cat"]
    ):
        return [replace(fed, redirects=(*first.redirects, *fed.redirects)), *rest[1:]]
    return parts


def background(run: Evaluation, script: Script, node: Background, world: World) -> list[World]:
    """`a &`."""
    run.apart(script, (node.body,), world)
    return [world.ended(Status.SUCCESS)]


def group(run: Evaluation, script: Script, node: Group, world: World) -> list[World]:
    """`{ … }`."""
    return run.block(script, node.body, [world])


def subshell(run: Evaluation, script: Script, node: Subshell, world: World) -> list[World]:
    """`( … )`."""
    return [world.ended(run.apart(script, node.body, world))]


def redirected(run: Evaluation, script: Script, node: Redirected, world: World) -> list[World]:
    """A compound command with redirections."""
    return run.node(script, node.body, world)


def function(_run: Evaluation, script: Script, node: Function, world: World) -> list[World]:
    """The definition of a function."""
    world.functions = {**world.functions, node.name: Definition(script, node.body)}
    return [world]


def test(run: Evaluation, script: Script, node: Test, world: World) -> list[World]:
    """`[[ … ]]`."""
    run.world = world
    return decide_test(script.source, node.start, node.end, world)


def arithmetic(run: Evaluation, script: Script, node: Arithmetic, world: World) -> list[World]:
    """`(( … ))`."""
    return [world.ended(_computed(run, script, node.start, node.end, world))]


def _computed(run: Evaluation, script: Script, start: int, end: int, world: World) -> Status:
    run.world = world
    text = Reader(script.source, world.shell).text(Stretch(start, end)).known
    # of a text that is not known, evaluation still tells which variables it sets
    value = evaluate(script.source.text[start:end] if text is None else text, world.shell)
    return Status.UNKNOWN if value is None else status_of(value != 0)


def condition(run: Evaluation, script: Script, node: If, world: World) -> list[World]:
    """`if`: the branch that the condition chooses, each one when it is not known."""
    behind: list[World] = []
    open_worlds = [world]
    for asked, body in node.arms:
        succeeded, failed, left = split(run.block(script, asked, open_worlds))
        behind += left
        behind += run.block(script, body, succeeded) if succeeded else []
        open_worlds = failed
        if not open_worlds:
            break
    if open_worlds:
        behind += run.block(script, node.otherwise, [one.ended(Status.SUCCESS) for one in open_worlds])
    return merged(behind)


def case(run: Evaluation, script: Script, node: Case, world: World) -> list[World]:
    """`case`: the arms that its word can choose."""
    run.world = world
    return _chosen(run, script, node, subject_of(script.source, node, world), world, 0)


def _chosen(
    run: Evaluation, script: Script, node: Case, subject: Text, world: World, first: int
) -> list[World]:
    """The arms from `first` on that fit."""
    behind: list[World] = []
    for choice in chosen_arms(script.source, node, subject, world, first):
        behind += _arms(run, script, node, subject, choice)
    return merged(behind)


def _arms(run: Evaluation, script: Script, node: Case, subject: Text, choice: Choice) -> list[World]:
    """The body of an arm and of those that it falls through to, or behind which others are tried."""
    worlds = [choice.world]
    for index in range(choice.index if choice.index is not None else len(node.arms), len(node.arms)):
        worlds = run.block(script, node.arms[index].body, worlds)
        if node.arms[index].falls == ";;&":
            going = [one for one in worlds if one.flow is Flow.NEXT]
            left = [one for one in worlds if one.flow is not Flow.NEXT]
            tried = [_chosen(run, script, node, subject, one, index + 1) for one in going]
            return [*left, *(after for found in tried for after in found)]
        if node.arms[index].falls != ";&":
            break
    return worlds


def each(run: Evaluation, script: Script, node: For, world: World) -> list[World]:
    """`for name in …`: one pass for each word, one with an unknown word where the words are not known."""
    run.world = world
    span = script.source.span(node.name.start, node.name.end)
    unknown = Text.of(Unknown(f"`${node.name.text}` is set by a loop over what only the run knows", span))
    items = [unknown] if node.asks else _items(script, node, world)
    if len(items) > _MAX_PASSES:
        run.doubt(f"the loop has {len(items)} passes; they are followed as one", span)
        items = [Text.of(Unknown(f"`${node.name.text}` is set by a loop with too many passes", span))]
    worlds, behind = [world], []
    steps = run.steps
    for item in items:
        if not run.step(lambda: span):
            return []
        long = run.steps - steps > _MAX_STEPS
        value = unknown if item.splits or long else item
        for one in worlds:
            one.shell.variables[node.name.text] = value
        worlds, left = _after_pass(run.block(script, node.body, worlds))
        behind += left
        if long:
            run.doubt("the loop has too many passes; some of them are followed as one", span)
        if not worlds or long:
            break
    return merged([*worlds, *behind])


def _items(script: Script, node: For, world: World) -> list[Text]:
    if node.words is None:
        given = world.shell.positional
        return [Text((given,), (given.span,), splits=True)] if isinstance(given, Unknown) else list(given)
    words = [word for token in node.words for word in expand(token, script.source, world.shell)]
    return [text_of(word) for word in words]


def _after_pass(worlds: Iterable[World]) -> tuple[list[World], list[World]]:
    """The worlds that begin the next pass, and those that leave the loop."""
    going, left = [], []
    for world in worlds:
        if world.flow in (Flow.BREAK, Flow.CONTINUE) and world.levels > 1:
            world.levels -= 1
            left.append(world)
        elif world.flow is Flow.BREAK:
            world.flow, world.levels = Flow.NEXT, 0
            left.append(world)
        elif world.flow in (Flow.CONTINUE, Flow.NEXT):
            world.flow, world.levels = Flow.NEXT, 0
            going.append(world)
        else:
            left.append(world)
    return merged(going), left


@dataclass
class _Passes:
    """A loop: what decides on another pass, the pass, what is done behind it, the names that it may set."""

    holds: Callable[[World], list[World]]
    body: Block
    update: Callable[[World], object]
    changed: Sequence[str]
    span: Span


def counting(run: Evaluation, script: Script, node: CountingFor, world: World) -> list[World]:
    """`for ((…))`: passes while the condition is known to hold."""
    if len(node.header) != 3:
        return [world]
    start, asked, update = node.header
    _computed(run, script, *start, world)
    endless = not script.source.text[asked[0] : asked[1]].strip()

    def holds(one: World) -> list[World]:
        return [one.ended(Status.SUCCESS if endless else _computed(run, script, *asked, one))]

    changed = assigned_in(script, (node,), world.functions)
    span = script.source.span(node.start, node.end)
    passes = _Passes(holds, node.body, lambda one: _computed(run, script, *update, one), changed, span)
    return _repeat(run, script, passes, world)


def loop(run: Evaluation, script: Script, node: Loop, world: World) -> list[World]:
    """`while` and `until`."""

    def holds(one: World) -> list[World]:
        worlds = run.block(script, node.condition, [one])
        return [after.ended(opposite(after.status)) for after in worlds] if node.until else worlds

    changed = assigned_in(script, (node,), world.functions)
    span = script.source.span(node.start, node.end)
    return _repeat(run, script, _Passes(holds, node.body, lambda one: None, changed, span), world)


def _repeat(run: Evaluation, script: Script, passes: _Passes, world: World) -> list[World]:
    """Passes while the condition is known to hold; one over unknown variables when it is not known."""
    worlds, behind = [world], []
    seen: set[object] = set()
    steps, starts = run.steps, len(run.started)
    for count in range(_MAX_PASSES + 1):
        if not run.step(lambda: passes.span):
            return []
        if count == _MAX_PASSES or run.steps - steps > _MAX_STEPS:
            behind += [after for one in worlds for after in _any_pass(run, script, passes, one)]
            if len(run.started) > starts:
                run.doubt("the loop has too many passes; some of them are followed as one", passes.span)
            break
        begun: list[World] = []
        for after in (after for one in worlds for after in passes.holds(one)):
            if after.flow is Flow.NEXT and after.status is Status.SUCCESS:
                begun.append(after)
                continue
            behind.append(after.copy())
            if after.flow is Flow.NEXT and after.status is not Status.FAILURE:
                behind += _any_pass(run, script, passes, after)
        worlds, left = _after_pass(run.block(script, passes.body, begun))
        behind += left
        for one in worlds:
            passes.update(one)
        # a state that was there before comes again without end: nothing is started that was not
        states = {state_of(one): one for one in worlds}
        worlds = [one for state, one in states.items() if state not in seen]
        seen |= states.keys()
        if not worlds:
            break
    return [after.ended(Status.SUCCESS) for after in merged(behind)]


def _any_pass(run: Evaluation, script: Script, passes: _Passes, world: World) -> list[World]:
    """The worlds behind a pass of which nothing is known but what the loop leaves alone."""
    forget(world, passes.changed, "`${}` is set by a loop with an unknown number of passes", passes.span)
    going, left = _after_pass(run.block(script, passes.body, [world]))
    return [*going, *left]


#: How each kind of statement runs.
HANDLERS: Handlers = {
    Simple: simple,
    AndOr: and_or,
    Negated: negated,
    Pipeline: pipeline,
    Background: background,
    Group: group,
    Subshell: subshell,
    Redirected: redirected,
    Function: function,
    Test: test,
    Arithmetic: arithmetic,
    If: condition,
    Case: case,
    For: each,
    CountingFor: counting,
    Loop: loop,
}
