"""Names of layers in, how they are written and what they are out: tables of `torch.nn`.

A row of `ROWS` names the arguments in the order of the library's signature, with their defaults (`...` where
there is none).
"""

from __future__ import annotations

_Row = dict[str, object]
_NORM: _Row = {
    "num_features": ...,
    "eps": 1e-05,
    "momentum": 0.1,
    "affine": True,
    "track_running_stats": True,
}
_CONVOLUTION: _Row = {
    "in_channels": ...,
    "out_channels": ...,
    "kernel_size": ...,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}
_TRANSFORMER: _Row = {
    "d_model": ...,
    "nhead": ...,
    "dim_feedforward": 2048,
    "dropout": 0.1,
    "activation": "relu",
    "layer_norm_eps": 1e-05,
    "batch_first": False,
    "norm_first": False,
    "bias": True,
}
_POOL: _Row = {"kernel_size": ..., "stride": None, "padding": 0}
_FAN: _Row = {"tensor": ..., "a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu", "generator": None}
_GAIN: _Row = {
    "tensor": ...,
    "gain": 1.0,
    "generator": None,
}
_DROPOUT: _Row = {"p": 0.5}
_IN_PLACE: _Row = {"inplace": False}
_OVER: _Row = {"dim": None}
_SIZED: _Row = {"output_size": ...}
_TENSOR: _Row = {"tensor": ...}

_LAYERS: dict[str, _Row] = {
    "Linear": {"in_features": ..., "out_features": ..., "bias": True},
    "Embedding": {"num_embeddings": ..., "embedding_dim": ..., "padding_idx": None, "max_norm": None},
    "LayerNorm": {"normalized_shape": ..., "eps": 1e-05, "elementwise_affine": True, "bias": True},
    "RMSNorm": {"normalized_shape": ..., "eps": None, "elementwise_affine": True},
    "GroupNorm": {"num_groups": ..., "num_channels": ..., "eps": 1e-05, "affine": True},
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"), _NORM),
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _CONVOLUTION),
    "MultiheadAttention": {
        "embed_dim": ...,
        "num_heads": ...,
        "dropout": 0.0,
        "bias": True,
        "add_bias_kv": False,
        "add_zero_attn": False,
        "kdim": None,
        "vdim": None,
        "batch_first": False,
    },
    "TransformerEncoderLayer": _TRANSFORMER,
    "TransformerDecoderLayer": _TRANSFORMER,
    "TransformerEncoder": {
        "encoder_layer": ...,
        "num_layers": ...,
        "norm": None,
        "enable_nested_tensor": True,
        "mask_check": True,
    },
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"), _DROPOUT),
    "GELU": {"approximate": "none"},
    **dict.fromkeys(("ReLU", "SiLU", "Mish", "SELU", "ReLU6", "Hardswish"), _IN_PLACE),
    "LeakyReLU": {"negative_slope": 0.01, "inplace": False},
    "ELU": {"alpha": 1.0, "inplace": False},
    **dict.fromkeys(("Softmax", "LogSoftmax"), _OVER),
    "GLU": {"dim": -1},
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d"), _POOL),
    **dict.fromkeys(("AdaptiveAvgPool1d", "AdaptiveAvgPool2d"), _SIZED),
}
#: The settings of functions of a forward, in order, behind the tensors that they work on.
FUNCTIONS: dict[str, _Row] = {
    **dict.fromkeys(("relu", "silu", "mish", "selu", "relu6", "hardswish"), _IN_PLACE),
    "leaky_relu": {"negative_slope": 0.01, "inplace": False},
    "elu": {"alpha": 1.0, "inplace": False},
    "gelu": {"approximate": "none"},
    "glu": {"dim": -1},
    "dropout": {"p": 0.5, "training": True, "inplace": False},
    **dict.fromkeys(("softmax", "log_softmax"), _OVER),
    "adaptive_avg_pool2d": {"output_size": ...},
    "scaled_dot_product_attention": {
        "attn_mask": None,
        "dropout_p": 0.0,
        "is_causal": False,
        "scale": None,
        "enable_gqa": False,
    },
}
#: Functions that work on more than one tensor, and on how many.
TENSORS = {"scaled_dot_product_attention": 3, "layer_norm": 1, "where": 3, "maximum": 2, "minimum": 2}
_INITIAL: dict[str, _Row] = {
    "normal_": {"tensor": ..., "mean": 0.0, "std": 1.0, "generator": None},
    "uniform_": {"tensor": ..., "a": 0.0, "b": 1.0, "generator": None},
    "trunc_normal_": {"tensor": ..., "mean": 0.0, "std": 1.0, "a": -2.0, "b": 2.0, "generator": None},
    "constant_": {"tensor": ..., "val": ...},
    **dict.fromkeys(("zeros_", "ones_", "eye_"), _TENSOR),
    **dict.fromkeys(("xavier_uniform_", "xavier_normal_"), _GAIN),
    **dict.fromkeys(("kaiming_uniform_", "kaiming_normal_"), _FAN),
    "orthogonal_": {"tensor": ..., "gain": 1, "generator": None},
}
#: The arguments of layers and of what sets how weights begin, by full name.
ROWS: dict[str, _Row] = {
    **{f"torch.nn.{name}": row for name, row in _LAYERS.items()},
    **{f"torch.nn.init.{name}": row for name, row in _INITIAL.items()},
}

#: Layers that hold others, or that do nothing.
CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "Identity", "ParameterList", "ParameterDict")
#: Layers without weights, as the functions that they are.
AS_FUNCTIONS = {
    "GELU": "gelu",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SiLU": "silu",
    "Mish": "mish",
    "SELU": "selu",
    "CELU": "celu",
    "ELU": "elu",
    "LeakyReLU": "leaky_relu",
    "Softplus": "softplus",
    "Hardswish": "hardswish",
    "Hardtanh": "hardtanh",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "GLU": "glu",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
    **{f"Dropout{size}": f"dropout{size}" for size in ("", "1d", "2d", "3d")},
    **{f"{kind}Pool{size}d": f"{kind.lower()}_pool{size}d" for kind in ("Max", "Avg") for size in (1, 2, 3)},
    **{f"AdaptiveAvgPool{size}d": f"adaptive_avg_pool{size}d" for size in (1, 2, 3)},
}
#: Layers that bring values to one size.
NORMS = {"LayerNorm", "RMSNorm", "GroupNorm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm2d"}
#: What says how large the weights of a layer are.
WIDTHS = {
    *("in_features", "out_features", "in_channels", "out_channels", "num_embeddings", "embedding_dim"),
    "kernel_size",
}
#: Functions that bend a straight line, one of which may be put for another.
ACTIVATIONS = {
    *("gelu", "relu", "relu6", "silu", "mish", "selu", "celu", "elu", "leaky_relu", "softplus", "hardswish"),
    *("hardtanh", "tanh", "sigmoid", "glu"),
}
#: What activations can be written with.
INGREDIENTS = {
    *("tanh", "sigmoid", "erf", "exp", "pow", "clamp", "clamp_min", "maximum", "minimum", "where", "max"),
    *("min", "softplus", "log", "log1p", "expm1", "square", "abs", "logsigmoid", "chunk"),
}
#: Functions that only ask, move or cut tensors, and those that operators do as well.
PLAIN = {
    *("view", "reshape", "transpose", "permute", "flatten", "unflatten", "squeeze", "unsqueeze", "expand"),
    *(
        "expand_as",
        "repeat",
        "contiguous",
        "size",
        "dim",
        "numel",
        "split",
        "chunk",
        "cat",
        "stack",
        "unbind",
    ),
    *("to", "type", "float", "half", "bfloat16", "detach", "clone", "item", "arange", "device", "swapaxes"),
    *("add", "sub", "mul", "div", "neg", "matmul", "bmm", "mm", "einsum", "t", "append", "items"),
    *("parameters", "named_parameters", "modules", "named_modules", "children", "values", "keys", "get"),
    *(
        "endswith",
        "startswith",
        "format",
        "join",
        "train",
        "eval",
        "apply",
        "view_as",
        "type_as",
        "index_select",
    ),
    *("new_zeros", "long", "int", "extend", "numpy", "cpu", "cuda", "requires_grad_", "movedim", "narrow"),
}
#: Methods that fill a tensor in place, as the functions of `torch.nn.init`.
FILLS = {
    "normal_": "normal_",
    "uniform_": "uniform_",
    "zero_": "zeros_",
    "fill_": "constant_",
}
