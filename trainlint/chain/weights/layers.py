"""A layer of torch with its arguments in, the names and shapes of its parameters and buffers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trainlint.facts.symbols import Constant, Made, Operation, Sequence, Symbol

#: A size of a tensor: a symbol, a number that torch fixes, or None where it is not known.
Size = Symbol | int | None
#: A shape, None where not even the number of its sizes is known.
Shape = tuple[Size, ...] | None
Entries = dict[str, Shape]


@dataclass(frozen=True)
class Arguments:
    """The arguments of a layer by name."""

    given: Mapping[str, Symbol]

    def __getitem__(self, name: str) -> Size:
        return self.given.get(name)

    def switch(self, name: str, *, default: bool = True) -> bool | None:
        """A bool that decides whether parameters are there; None when it is computed."""
        symbol = self.given.get(name)
        if symbol is None:
            return default
        return bool(symbol.value) if isinstance(symbol, Constant) else None


Builder = Callable[[Arguments], "Entries | None"]


def entries_of(made: Made) -> Entries | None:
    """The tensors of a layer by their names in a state dict; None for a layer that is not known."""
    name = made.name.removeprefix("torch.nn.modules.").rpartition(".")[2]
    known = _LAYERS.get(name) if made.name.startswith("torch.nn.") else None
    if known is None:
        return {} if made.name.startswith("torch.nn.") and name in _WITHOUT else None
    names, build = known
    if any(key in ("*", "**") for key, _ in made.keywords) or len(made.positional) > len(names):
        return None
    given = dict(zip(names, made.positional, strict=False)) | dict(made.keywords)
    return build(Arguments(given))


def parameter_shape(symbol: Symbol, depth: int = 0) -> Shape:
    """The shape of a tensor that is made by a function of torch, None where it is not known."""
    if depth > 12:
        return None
    if isinstance(symbol, Operation) and symbol.name in ("*", "/", "+", "-", "neg", "**"):
        shapes = [
            shape for part in symbol.operands if (shape := parameter_shape(part, depth + 1)) is not None
        ]
        return shapes[0] if len(shapes) == 1 else None
    if not isinstance(symbol, Made):
        return None
    name = symbol.name.rpartition(".")[2]
    if symbol.name in _TENSORS:
        return _sizes(symbol)
    if symbol.name in ("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.Buffer"):
        return parameter_shape(symbol.positional[0], depth + 1) if symbol.positional else None
    same = name in _SAME_SHAPE or symbol.name.startswith("torch.nn.init.")
    if same and symbol.owner is not None:
        return parameter_shape(symbol.owner, depth + 1)
    if same and symbol.positional:
        return parameter_shape(symbol.positional[0], depth + 1)
    return None


def _sizes(made: Made) -> Shape:
    """`torch.randn(a, b)`, `torch.zeros((a, b))`, `torch.full((a, b), value)`."""
    size = next((value for key, value in made.keywords if key == "size"), None)
    first = size or (made.positional[0] if made.positional else None)
    if isinstance(first, Sequence):
        return None if first.open else first.items
    if size is not None or first is None or made.name.endswith(".full"):
        return None
    return made.positional


def _with_bias(weight: tuple[Size, ...], bias: Size, there: bool | None) -> Entries | None:
    if there is None:
        return None
    return {"weight": weight, "bias": (bias,)} if there else {"weight": weight}


def _linear(given: Arguments) -> Entries | None:
    out = given["out_features"]
    return _with_bias((out, given["in_features"]), out, given.switch("bias"))


def _embedding(given: Arguments) -> Entries | None:
    return {"weight": (given["num_embeddings"], given["embedding_dim"])}


def _normalised(given: Arguments) -> tuple[Size, ...] | None:
    """`LayerNorm(n)` or `LayerNorm((m, n))`."""
    shape = given["normalized_shape"]
    if isinstance(shape, Sequence):
        return None if shape.open else shape.items
    return (shape,)


def _layer_norm(given: Arguments) -> Entries | None:
    shape, affine, bias = _normalised(given), given.switch("elementwise_affine"), given.switch("bias")
    if affine is None or bias is None:
        return None
    names = ("weight", "bias") if affine and bias else ("weight",) if affine else ()
    return dict.fromkeys(names, shape)


def _rms_norm(given: Arguments) -> Entries | None:
    affine = given.switch("elementwise_affine")
    return None if affine is None else dict.fromkeys(("weight",) if affine else (), _normalised(given))


def _group_norm(given: Arguments) -> Entries | None:
    affine = given.switch("affine")
    return (
        None
        if affine is None
        else dict.fromkeys(("weight", "bias") if affine else (), (given["num_channels"],))
    )


def _batch_norm(given: Arguments) -> Entries | None:
    affine, track = given.switch("affine"), given.switch("track_running_stats")
    if affine is None or track is None:
        return None
    names = [*(("weight", "bias") if affine else ()), *(("running_mean", "running_var") if track else ())]
    entries: Entries = dict.fromkeys(names, (given["num_features"],))
    return entries | ({"num_batches_tracked": ()} if track else {})


def _convolution(dimensions: int, *, transposed: bool = False) -> Builder:
    def build(given: Arguments) -> Entries | None:
        kernel, out, inner = given["kernel_size"], given["out_channels"], given["in_channels"]
        sizes = kernel.items if isinstance(kernel, Sequence) and not kernel.open else (kernel,) * dimensions
        groups = given["groups"]
        if groups is not None and groups != Constant(1):
            # One side of the kernel is divided by the groups.
            out, inner = (None, inner) if transposed else (out, None)
        weight = (inner, out, *sizes) if transposed else (out, inner, *sizes)
        return _with_bias(weight, given["out_channels"], given.switch("bias"))

    return build


def _attention(given: Arguments) -> Entries | None:
    size, bias = given["embed_dim"], given.switch("bias")
    if bias is None or any(given[name] is not None for name in ("kdim", "vdim", "add_bias_kv")):
        return None
    three = None if size is None or isinstance(size, int) else Operation("*", (Constant(3), size))
    entries: Entries = {"in_proj_weight": (three, size), "out_proj.weight": (size, size)}
    return entries | ({"in_proj_bias": (three,), "out_proj.bias": (size,)} if bias else {})


_CONV = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
_CONV_T = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias"),
    "dilation",
)
_BATCH = ("num_features", "eps", "momentum", "affine", "track_running_stats")
_LAYERS: dict[str, tuple[tuple[str, ...], Builder]] = {
    "Linear": (("in_features", "out_features", "bias"), _linear),
    "Embedding": (("num_embeddings", "embedding_dim"), _embedding),
    "LayerNorm": (("normalized_shape", "eps", "elementwise_affine", "bias"), _layer_norm),
    "RMSNorm": (("normalized_shape", "eps", "elementwise_affine"), _rms_norm),
    "GroupNorm": (("num_groups", "num_channels", "eps", "affine"), _group_norm),
    **{f"BatchNorm{n}d": (_BATCH, _batch_norm) for n in (1, 2, 3)},
    **{f"Conv{n}d": (_CONV, _convolution(n)) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": (_CONV_T, _convolution(n, transposed=True)) for n in (1, 2, 3)},
    "MultiheadAttention": (("embed_dim", "num_heads", "dropout", "bias"), _attention),
}
#: Layers without any tensor in a state dict.
_WITHOUT = frozenset(
    {
        *(
            "Identity",
            "Dropout",
            "Dropout1d",
            "Dropout2d",
            "Dropout3d",
            "ReLU",
            "ReLU6",
            "GELU",
            "SiLU",
            "Mish",
        ),
        *("Tanh", "Sigmoid", "Softmax", "LogSoftmax", "LeakyReLU", "ELU", "Softplus", "Flatten", "Unflatten"),
        *("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d"),
        *("Upsample", "PixelShuffle", "ZeroPad2d", "CrossEntropyLoss", "MSELoss", "L1Loss", "NLLLoss"),
        *("BCEWithLogitsLoss", "BCELoss", "KLDivLoss", "SmoothL1Loss", "GLU", "Hardswish", "Hardtanh"),
    }
)
_TENSORS = frozenset(f"torch.{name}" for name in ("randn", "rand", "zeros", "ones", "empty", "full"))
_SAME_SHAPE = frozenset(
    {
        *("clone", "detach", "float", "half", "double", "bfloat16", "to", "normal_", "uniform_", "zero_"),
        *(
            "fill_",
            "clamp",
            "clamp_",
            "mul_",
            "div_",
            "add_",
            "requires_grad_",
            "contiguous",
            "trunc_normal_",
        ),
        *("zeros_like", "ones_like", "empty_like", "randn_like"),
    }
)
