"""A loop of a script in, how often it turns in one launch out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum

from trainlint.chain.timeflow.numbers import Calculator, Given
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Constant, Instance, Made, Operation, Sequence, Setting, Symbol
from trainlint.facts.value import Known
from trainlint.record import record

#: What iterates over its first argument.
_THROUGH = {
    *("enumerate", "list", "tuple", "iter", "sorted", "reversed", "tqdm", "tqdm.tqdm", "tqdm.auto.tqdm"),
    *("tqdm.notebook.tqdm", "rich.progress.track", "tqdm.trange"),
}
_LOADERS = ("torch.utils.data.DataLoader", "torch.utils.data.dataloader.DataLoader")


class Rest(Enum):
    """What becomes of a last batch that is not full."""

    DROPPED = "dropped"
    KEPT = "kept"


@record
class Batches:
    """A loop over the batches of a data set; `batch` is the size of one, None where it was not found.

    `ranks` says that each rank sees its share only.
    """

    batch: Symbol | None
    rest: Rest
    ranks: bool = False


@record
class Turns:
    """How often a loop turns: a number, a bound that a counter runs up to, or batches of a data set."""

    count: float | None = None
    bound: tuple[Symbol, Symbol, bool] | None = None
    batches: Batches | None = None
    items: Symbol | None = None


def loops_around(place: Place) -> tuple[Place, ...]:
    """The loops around a place, the outermost first; comprehensions are none."""
    found = [
        step
        for step in place.outwards()
        if step.step is Step.LOOP and isinstance(step.node, (ast.For, ast.AsyncFor, ast.While))
    ]
    return tuple(reversed(found))


def turns(loop: Place, calculator: Calculator, given: Given | None = None) -> Turns:
    """How often a loop turns."""
    if isinstance(loop.node, ast.While):
        return Turns(bound=bound_of(loop.value) if loop.value is not None else None)
    items = through(loop.value)
    if items is None:
        return Turns()
    if isinstance(items, Operation) and items.name == "range":
        return Turns(count=_range(items, calculator, given), items=items)
    if isinstance(items, Sequence) and not items.open:
        return Turns(count=len(items.items), items=items)
    if isinstance(items, Setting):
        value = calculator.value(items, loop.span, given)
        listed = value.value if isinstance(value, Known) else None
        return Turns(count=len(listed) if isinstance(listed, (list, tuple)) else None, items=items)
    if isinstance(items, Made) and items.name in _LOADERS:
        return Turns(batches=_loader(items, calculator), items=items)
    if isinstance(items, Instance):
        return Turns(batches=next(_own_batches(items, calculator), None), items=items)
    return Turns(items=items)


def through(items: Symbol | None) -> Symbol | None:
    """What a loop goes over, below `enumerate`, `tqdm` and the like."""
    for _ in range(6):
        if isinstance(items, Operation) and items.name in _THROUGH and items.operands:
            items = items.operands[0]
        elif isinstance(items, Operation) and items.name == "zip" and items.operands:
            items = items.operands[-1]
        elif isinstance(items, Made) and items.name in _THROUGH and items.positional:
            range_of = items.name.endswith("trange")
            items = Operation("range", items.positional[:1]) if range_of else items.positional[0]
        elif (
            isinstance(items, Made)
            and items.name.rpartition(".")[2] == "prepare"
            and len(items.positional) == 1
        ):
            items = items.positional[0]
        else:
            break
    return items


def _range(items: Operation, calculator: Calculator, given: Given | None) -> float | None:
    ends = [calculator.number(end, given) for end in items.operands]
    if any(end is None or end != int(end) for end in ends) or not 1 <= len(ends) <= 3:
        return None
    whole = [int(end) for end in ends if end is not None]
    return len(range(*whole)) if len(whole) < 3 or whole[2] else None


def last_of_range(items: Symbol | None, calculator: Calculator) -> float | None:
    """The last value of `range(…)`, None where there is none."""
    if not (isinstance(items, Operation) and items.name == "range"):
        return None
    ends = [calculator.number(end) for end in items.operands]
    if any(end is None for end in ends) or not 1 <= len(ends) <= 3:
        return None
    whole = [int(end) for end in ends if end is not None]
    values = range(*whole) if len(whole) < 3 or whole[2] else range(0)
    return values[-1] if values else None


def bound_of(test: Symbol) -> tuple[Symbol, Symbol, bool] | None:
    """`step < most` as (step, most, whether `most` itself is reached), None for any other test."""
    if isinstance(test, Operation) and len(test.operands) == 2:
        first, second = test.operands
        if test.name in ("<", "<="):
            return first, second, test.name == "<="
        if test.name in (">", ">="):
            return second, first, test.name == ">="
        if test.name == "!=":
            return first, second, False
    if isinstance(test, Operation) and test.name == "and":
        return next(filter(None, map(bound_of, test.operands)), None)
    return None


def _loader(made: Made, calculator: Calculator) -> Batches | None:
    """The batches of a `DataLoader`; one without a batch size gives what its data set gives."""
    keywords = dict(made.keywords)
    batch = made.positional[1] if len(made.positional) > 1 else keywords.get("batch_size", Constant(1))
    if batch == Constant(None) or "batch_sampler" in keywords:
        data = made.positional[0] if made.positional else keywords.get("dataset")
        return next(_own_batches(data, calculator), None) if isinstance(data, Instance) else None
    drop = calculator.value(keywords.get("drop_last", Constant(False)), made.span)
    rest = Rest.DROPPED if isinstance(drop, Known) and drop.value else Rest.KEPT
    sampler = keywords.get("sampler")
    ranks = isinstance(sampler, Made) and sampler.name.endswith("DistributedSampler")
    return Batches(batch, rest, ranks)


def _own_batches(data: Instance, calculator: Calculator) -> Iterator[Batches]:
    """What the `__iter__` of a class of the project gives, where it cuts batches in one `for`."""
    yield from _generated(data, "__iter__", calculator, 0)


def _generated(data: Instance, name: str, calculator: Calculator, depth: int) -> Iterator[Batches]:
    function = _method(data, name)
    if function is None or depth > 3:
        return
    for statement in _taken(function.body, data, calculator):
        for node in ast.walk(statement):
            if isinstance(node, ast.YieldFrom) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                if called.startswith("self."):
                    yield from _generated(data, called[5:], calculator, depth + 1)
        cutting = [node for node in ast.walk(statement) if isinstance(node, _LOOPS) and _yields(node)]
        if len(cutting) == 1 and isinstance(cutting[0], ast.For):
            yield from _cut(cutting[0].iter, data)


_LOOPS = (ast.For, ast.While)


def _yields(node: ast.AST) -> bool:
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in ast.walk(node))


def _method(data: Instance, name: str) -> ast.FunctionDef | None:
    """A method of the class, or of those of its bases that stand in the same module."""
    here = {node.name: node for node in data.module.tree.body if isinstance(node, ast.ClassDef)}
    pending, seen = [data.node], {data.node.name}
    while pending:
        current = pending.pop(0)
        for statement in current.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == name:
                return statement
        for base in current.bases:
            text = ast.unparse(base)
            if text in here and text not in seen:
                seen.add(text)
                pending.append(here[text])
    return None


def _taken(body: list[ast.stmt], data: Instance, calculator: Calculator) -> Iterator[ast.stmt]:
    """The statements of a method, of `if self.split == "train"` only the side that is taken."""
    for statement in body:
        if not isinstance(statement, ast.If):
            yield statement
            continue
        truth = _truth(statement.test, data, calculator)
        if truth is not False:
            yield from _taken(statement.body, data, calculator)
        if truth is not True:
            yield from _taken(statement.orelse, data, calculator)


def _truth(test: ast.expr, data: Instance, calculator: Calculator) -> bool | None:
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.NotEq))
    ):
        return None
    first, second = (_symbol(side, data) for side in (test.left, test.comparators[0]))
    if first is None or second is None:
        return None
    found = calculator.value(Operation("==", (first, second)), data.span)
    if not isinstance(found, Known):
        return None
    return bool(found.value) is isinstance(test.ops[0], ast.Eq)


def _symbol(node: ast.expr, data: Instance) -> Symbol | None:
    if isinstance(node, ast.Constant):
        return Constant(node.value)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return data.attributes.get(node.attr)
    return None


def _cut(items: ast.expr, data: Instance) -> Iterator[Batches]:
    """`range(0, n - size + 1, size)` drops what is left, `range(0, n, size)` keeps it."""
    if not (isinstance(items, ast.Call) and ast.unparse(items.func) == "range"):
        return
    if len(items.args) == 3:
        size = ast.unparse(items.args[2])
        drops = ast.unparse(items.args[1]).endswith(f"- {size} + 1")
        yield Batches(_symbol(items.args[2], data), Rest.DROPPED if drops else Rest.KEPT)
    elif (
        len(items.args) == 1
        and isinstance(items.args[0], ast.BinOp)
        and isinstance(items.args[0].op, ast.FloorDiv)
    ):
        yield Batches(_symbol(items.args[0].right, data), Rest.DROPPED)
