"""Modules that a program calls in; which of them are trained, what enters and leaves them, out."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor

from .asides import Asides
from .copies import Copies
from .digests import address, outside, tensors_in, written
from .direct import Direct, networks_of
from .double import widen, widened
from .draws import Draws
from .made import made
from .modes import autocast, exceptions
from .optimizers import Optimizers
from .origins import Origins
from .owners import names_elsewhere
from .plan import Plan
from .progress import Progress
from .randomness import generators, states
from .replay import Replay
from .sites import site
from .stream import Stream
from .surroundings import surroundings

#: What stands for the network in a pass of a copy, and for the number of that pass.
_COPY = -1
_NO_INDEX = -1


class Networks:
    """The outermost modules that own what the optimizers update, found by their first call."""

    def __init__(
        self,
        plan: Plan,
        stream: Stream,
        progress: Progress,
        optimizers: Optimizers,
        replay: Replay | None,
        draws: Draws,
        origins: Origins,
    ) -> None:
        self._origins = origins
        self._draws = draws
        self._plan = plan
        self._replay = replay
        self._stream = stream
        self._progress = progress
        self._optimizers = optimizers
        self._roots: list[torch.nn.Module] = []
        self._inside: set[int] = set()
        self._call = torch.nn.Module.__call__
        self._begun = False
        self._trains = False
        self._moved: list[Tensor] = []
        #: Weights and buffers of the roots as they are called, until training begins.
        self._named: list[tuple[str, Tensor]] = []
        self._asides = Asides(stream)
        self._looked = 0
        self._direct = Direct(self._forward)
        self._copies = Copies(self._copied)
        #: Whether a network is at work.
        self._is_inside = False
        self._is_direct = False

    def look(self) -> None:
        """Look for the modules of a new optimizer: at each call of a module, until all have been seen."""
        plain = self._call

        @functools.wraps(plain)
        def call(module: torch.nn.Module, *args: Any, **more: Any) -> Any:
            self._called(module)
            return plain(module, *args, **more)

        torch.nn.Module.__call__ = call  # type: ignore[method-assign]  # put back as soon as all are found
        if not self._plan.compile:
            networks = networks_of(self._optimizers.parameters)
            self._direct.look(networks)
            self._copies.look(networks, self._optimizers.parameters)

    def _forward(
        self, module: torch.nn.Module, plain: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]
    ) -> Any:
        """A forward method is called, by the module's own call or else by the program itself."""
        if self._is_inside:
            if not self._is_direct:
                self._direct.put_back()
            return plain(*args, **more)
        self._called(module)
        if not any(root is module for root in self._roots):
            return plain(*args, **more)
        self._is_direct = True
        args, more = self._enters(module, args, more) or (args, more)
        try:
            output = plain(*args, **more)
        finally:
            self._is_inside = False
        self._leaves(module, args, more, output)
        return output

    def _called(self, module: torch.nn.Module) -> None:
        """A module is called, perhaps the first time; an outer one is called before what it is made of."""
        if id(module) in self._inside:
            return
        # By where they lie: a transform of functions puts tensors of its own in their place.
        wanted = {address(entry) for entry in self._optimizers.parameters}
        owned = {address(entry) for entry in module.parameters()}
        if not wanted & owned:
            return
        self._roots.append(module)
        self._inside.update(id(entry) for entry in module.modules())
        if not self._begun:
            # Sharded weights have other tensors in their place while the module is at work.
            self._named += [*module.named_parameters(remove_duplicate=False), *module.named_buffers()]
        module.register_forward_pre_hook(_Hook(module, self._enters), with_kwargs=True)
        module.register_forward_hook(_Hook(module, self._leaves), with_kwargs=True)
        if wanted <= {address(entry) for root in self._roots for entry in root.parameters()}:
            torch.nn.Module.__call__ = self._call  # type: ignore[method-assign]  # as it was

    def _enters(self, module: torch.nn.Module, args: Any, kwargs: Any) -> tuple[Any, ...]:
        self._look_aside()
        trains = torch.is_grad_enabled() and module.training
        if trains and self._trains:
            self._optimizers.settled.look(self._optimizers.parameters)
        if trains:
            self._progress.passed()
        if not self._begun:
            with self._stream.kept():
                self._begin()
        if trains and not self._trains:
            self._trains = True
            self._nudge()
            with self._stream.kept():
                self._optimizers.settled.look(self._optimizers.parameters)
        if self._plan.double:
            args, kwargs = widened(args), widened(kwargs)
        self._entered(module, args, kwargs, self._progress.index)
        self._is_inside = True
        index = self._progress.entered()
        self._progress.unsure = torch.is_grad_enabled() and not module.training
        if self._replay is None:
            return args, kwargs
        self._replay.draws("forward", self._progress.step, index)
        return self._replay.inputs(self._progress.step, index, args, kwargs)

    def _entered(self, module: torch.nn.Module, args: Any, kwargs: Any, index: int) -> None:
        found = [*tensors_in(args), *tensors_in(kwargs)]
        self._stream.event(
            "forward",
            **self._where(module),
            index=index,
            inputs=[[path, list(tensor.shape), str(tensor.dtype)] for path, tensor in found],
            tensors=written((tensor for _, tensor in found), self._stream),
            random=states(),
            draws=self._draws.taken(),
            made=made(),
            generators=generators(self._stream),
            autocast=autocast(module),
            exceptions=exceptions(module),
            at=site(),
        )

    def _leaves(self, module: torch.nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        self._is_inside = False
        self._left(module, output, self._progress.index - 1)
        if self._replay is not None:
            self._replay.draws("output", self._progress.step, self._progress.index - 1)
        if torch.is_grad_enabled() and module.training:
            self._progress.micro += 1

    def _left(self, module: torch.nn.Module, output: Any, index: int) -> None:
        found = [(path, tensor) for path, tensor in tensors_in(output) if tensor.is_floating_point()]
        self._stream.event(
            "output",
            **self._where(module),
            index=index,
            generators=generators(self._stream),
            outputs=[[path, list(tensor.shape), str(tensor.dtype)] for path, tensor in found],
            tensors=written((tensor for _, tensor in found), self._stream),
        )

    def _copied(
        self, module: torch.nn.Module, plain: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]
    ) -> Any:
        """A copy of a network is called: it is watched and counts for no progress."""
        if self._is_inside:
            return plain(*args, **more)
        if self._plan.double and self._begun:
            args, more = widened(args), widened(more)
        with outside():
            self._entered(module, args, more, _NO_INDEX)
        output = plain(*args, **more)
        with outside():
            self._left(module, output, _NO_INDEX)
        return output

    def _look_aside(self) -> None:
        """Before the first pass after an update: what else it has changed."""
        if self._progress.index == 0 and self._begun and self._looked < self._progress.step:
            self._looked = self._progress.step
            optimizers = self._optimizers
            self._asides.look(self._looked - 1, self._roots, optimizers.parameters, optimizers.used)

    def _where(self, module: torch.nn.Module) -> dict[str, object]:
        return {
            "step": self._progress.step,
            "micro": self._progress.micro,
            "root": next((place for place, root in enumerate(self._roots) if root is module), _COPY),
            "training": module.training,
            "grad": torch.is_grad_enabled(),
        }

    def _begin(self) -> None:
        """Before the first pass: what the weights are, and what they are called."""
        self._begun = True
        parameters = self._optimizers.parameters
        if self._plan.double:
            widen([*self._roots, *self._copies.alive()], parameters, self._optimizers.states)
        self._nudge()
        names: dict[int, list[str]] = {address(entry): [] for entry in parameters}
        untrained: dict[int, tuple[str, Tensor]] = {}
        for name, entry in self._named:
            if address(entry) in names:
                names[address(entry)].append(name)
            else:
                untrained.setdefault(id(entry), (name, entry))
        others = list(untrained.values())
        self._named = []
        self._optimizers.parts.look(self._roots, parameters)
        unnamed = [entry for entry in parameters if not names[address(entry)]]
        taken = {name for given in names.values() for name in given}
        names |= names_elsewhere(unnamed, taken, self._roots)
        self._stream.event(
            "init",
            step=self._progress.step,
            parameters=[_described("".join(names[address(entry)][:1]), entry) for entry in parameters],
            # A tied one has more than one name.
            aliases=[names[address(entry)][1:] for entry in parameters],
            tensors=written(parameters, self._stream),
            sites=self._origins.of(self._roots, ["".join(names[address(entry)][:1]) for entry in parameters]),
            others=[_described(name, entry) for name, entry in others],
            other_tensors=written((entry for _, entry in others), self._stream),
            seed=torch.initial_seed(),
            compiled=self._plan.compile,
        )
        self._stream.event("surroundings", step=self._progress.step, **surroundings(parameters))
        if self._replay is not None:
            self._replay.weights("init", self._progress.step, parameters)
        self._optimizers.settled.left(-1, parameters)

    def _nudge(self) -> None:
        """Move the weights, where the plan says so and they are not as they were moved.

        A program that evaluates an average of its weights first puts them back into place as they were.
        """
        if self._plan.perturb is None:
            return
        parameters = self._optimizers.parameters
        pairs = zip_longest(parameters, self._moved[: len(parameters)])
        _perturb([entry for entry, as_moved in pairs if not _is_same(entry, as_moved)], self._plan.perturb)
        # Nobody needs to know any more once training has begun, and copies of weights are looked for.
        self._moved = [] if self._trains else [entry.detach().clone() for entry in parameters]


class _Hook:
    """What is called with a module: with itself alone, so that copies of it are not taken for it.

    A copy keeps the hook as it is, and a file has one that does nothing and needs nothing of the probe.
    """

    def __init__(self, module: torch.nn.Module, seen: Callable[..., Any]) -> None:
        self._module = weakref.ref(module)
        self._seen = seen

    def __call__(self, module: torch.nn.Module, *args: Any) -> Any:
        if self._module() is not module:
            return None
        with outside():
            return self._seen(module, *args)

    def __deepcopy__(self, memo: dict[int, Any]) -> _Hook:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return getattr, (nullcontext(), "__exit__")


def _is_same(entry: Tensor, other: Tensor | None) -> bool:
    return other is not None and torch.equal(entry.detach(), other)


def _described(name: str, tensor: Tensor) -> list[object]:
    return [name, list(tensor.shape), str(tensor.dtype), tensor.requires_grad]


def _perturb(parameters: list[Tensor], seed: int) -> None:
    """Move each weight by one machine epsilon, up or down; no generator of the program is touched."""
    own = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for entry in parameters:
            if entry.is_floating_point():
                signs = torch.randint(0, 2, entry.shape, generator=own).to(entry.device, entry.dtype) * 2 - 1
                entry.mul_(1 + signs * torch.finfo(entry.dtype).eps)
