"""torch, just imported, in; its optimizers, backward passes, clipping and saving watched from here on out."""

from __future__ import annotations

import functools
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from .calls import Calls
from .companions import Companions
from .criteria import Criteria
from .digests import address, number, tensors_in
from .draws import Draws
from .networks import Networks
from .optimizers import Optimizers
from .origins import Origins
from .patches import before
from .plan import Plan
from .progress import Progress
from .replay import Replay
from .saving import Saving
from .sites import site
from .stream import Stream


@dataclass(frozen=True)
class Watched:
    """What is in place: how many updates are done, and what libraries are to be told to that save."""

    step: Callable[[], int]
    saving: Saving


def watch(plan: Plan, stream: Stream) -> Watched:
    """Put everything into place."""
    if not plan.compile:
        _without_compilation()
    _repeatable()
    progress = Progress(plan.steps, stream)
    replay = Replay(plan.replay, plan.links, stream) if plan.replay else None
    if plan.calls:
        # Before networks are looked for: what looks for them puts calls back as they are now.
        Calls(stream, progress).watch()
    optimizers = Optimizers(stream, progress, replay)
    if not plan.compile:
        # Before networks are looked for, as above. What is compiled is called by its graph.
        optimizers.parts.watch()
    drawn = _watch_draws()
    networks = Networks(plan, stream, progress, optimizers, replay, drawn, Origins())
    optimizers.made = networks.look
    register_optimizer_step_pre_hook(optimizers.before)
    register_optimizer_step_post_hook(optimizers.after)
    _watch_construction(optimizers)
    _watch_gradients(stream, progress, optimizers)
    _watch_clipping(optimizers)
    Criteria(stream, progress)
    Companions(stream, progress)
    return Watched(lambda: progress.step, Saving(stream, progress))


def _repeatable() -> None:
    """Where there may be a GPU: kernels that add in the same order each time, if torch has some."""
    # Asking for a GPU would set it up, after which no process could be forked.
    if torch.version.cuda is None:
        return
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def _without_compilation() -> None:
    """`torch.compile` gives back what it is given, and as a decorator leaves functions as they are."""

    def compile(model: Any = None, **_: object) -> Any:
        return model if model is not None else lambda function: function

    torch.compile = compile
    torch.nn.Module.compile = lambda self, *args, **more: None  # type: ignore[method-assign]  # as above


def _watch_construction(optimizers: Optimizers) -> None:
    plain = torch.optim.Optimizer.__init__

    @functools.wraps(plain)
    def init(self: torch.optim.Optimizer, *args: Any, **more: Any) -> None:
        plain(self, *args, **more)
        optimizers.add(self)

    torch.optim.Optimizer.__init__ = init  # type: ignore[method-assign]  # that is the purpose
    before(torch.optim.Optimizer, "zero_grad", lambda self, *_, **__: optimizers.zeroed(self))


def _watch_draws() -> Draws:
    drawn = Draws()
    drawn.watch_torch()
    drawn.watch_python(random)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        drawn.watch_numpy(numpy)
    return drawn


def _watch_gradients(stream: Stream, progress: Progress, optimizers: Optimizers) -> None:
    """Backward passes, and `autograd.grad`, which is one if it asks for gradients of what is trained."""

    def told(kind: str, tensors: Any, **more: object) -> None:
        given = [tensor for _, tensor in tensors_in(tensors)]
        losses = [number(tensor) for tensor in given]
        stream.event(
            kind, step=progress.step, micro=progress.micro, losses=losses, count=len(given), at=site(), **more
        )

    def backward(tensors: Any, *_: Any, **__: Any) -> None:
        progress.derived()
        told("backward", tensors)

    def grad(outputs: Any, inputs: Any, *_: Any, **__: Any) -> None:
        trained = {address(entry) for entry in optimizers.parameters}
        is_trained = any(address(entry) in trained for _, entry in tensors_in(inputs))
        if is_trained:
            progress.derived()
        told("grad", outputs, trained=is_trained)

    before(torch.autograd, "backward", backward)
    before(torch.autograd, "grad", grad)


def _watch_clipping(optimizers: Optimizers) -> None:
    for name in ("clip_grad_norm_", "clip_grad_value_"):
        watched = _clipping(getattr(torch.nn.utils.clip_grad, name), name, optimizers)
        for owner in (torch.nn.utils, torch.nn.utils.clip_grad):
            setattr(owner, name, watched)
    # The second half of the first of them, which torch has had by itself since 2.6.
    by_norm = getattr(torch.nn.utils, "clip_grads_with_norm_", None)
    if by_norm is not None:
        torch.nn.utils.clip_grads_with_norm_ = _clipping_by_norm(by_norm, optimizers)


def _clipping(plain: Callable[..., Any], name: str, optimizers: Optimizers) -> Callable[..., Any]:
    @functools.wraps(plain)
    def clip(parameters: Any, limit: Any = None, *args: Any, **more: Any) -> Any:
        parameters = parameters if isinstance(parameters, torch.Tensor) else list(parameters)
        optimizers.raw()
        limits = () if limit is None else (limit,)
        norm = plain(parameters, *limits, *args, **more)
        bound = limit if limit is not None else more.get("max_norm", more.get("clip_value"))
        optimizers.clipped(name, bound, norm)
        return norm

    return clip


def _clipping_by_norm(plain: Callable[..., None], optimizers: Optimizers) -> Callable[..., None]:
    @functools.wraps(plain)
    def clip(parameters: Any, max_norm: Any, total_norm: Any, *args: Any, **more: Any) -> None:
        parameters = parameters if isinstance(parameters, torch.Tensor) else list(parameters)
        optimizers.raw()
        plain(parameters, max_norm, total_norm, *args, **more)
        optimizers.clipped("clip_grad_norm_", max_norm, total_norm)

    return clip
