"""A scheduler that calls a function of the project with its own count of steps in, both as one object out."""

from __future__ import annotations

from trainlint.chain.symbolic.escapes import escape
from trainlint.chain.symbolic.machine import Handler, Machine, Site
from trainlint.facts.symbols import Code, Element, Made, Opaque, Operation, Sequence, Symbol

#: The keyword under which such an object holds its count, and what its functions make of it.
FACTORS = "factors of a step"


def _by_function(machine: Machine, site: Site) -> Symbol:
    """`LambdaLR(optimizer, lr_lambda)`: what the function gives for the step that the scheduler counts."""
    name = "torch.optim.lr_scheduler.LambdaLR"
    given = site.argument(1, "lr_lambda")
    functions = given.items if isinstance(given, Sequence) else (given,)
    own = [function for function in functions if isinstance(function, Code)]
    if not own or len(own) < len(functions):
        escape(machine, site, name)
        return Made(name, site.positional, site.keywords, site.span)
    often = Opaque("how often the schedule is moved on is known at run time only", site.span)
    step = Element(Operation("range", (often,), site.span), site.span)
    factors = tuple(machine.call(code, Site(site.node, site.frame, (step,), ())) for code in own)
    return Made(name, site.positional, (*site.keywords, (FACTORS, Sequence((step, *factors)))), site.span)


FUNCTIONS: dict[str, Handler] = {"torch.optim.lr_scheduler.LambdaLR": _by_function}
