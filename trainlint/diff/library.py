"""Names of libraries and how their calls are written in, one name and named arguments out.

A row names the arguments in the order of the library's signature, with the defaults that matter; what
is not listed keeps its position. `tests/unit/diff/test_library.py` holds the rows against the libraries.
"""

from __future__ import annotations

from trainlint.diff.finetuning import CLASSES, METHODS_OF_FINE_TUNING, NAMES, UNORDERED
from trainlint.diff.layers import ROWS

__all__ = ["ALIASES", "METHODS", "SIGNATURES", "UNORDERED", "argument", "canonical", "signature"]

#: Other names of the same thing.
ALIASES = {
    "torch.cuda.amp.GradScaler": "torch.amp.GradScaler",
    "torch.cuda.amp.grad_scaler.GradScaler": "torch.amp.GradScaler",
    "torch.cuda.amp.autocast": "torch.autocast",
    "torch.amp.autocast": "torch.autocast",
    "torch.amp.autocast_mode.autocast": "torch.autocast",
    "torch.nn.utils.clip_grad.clip_grad_norm_": "torch.nn.utils.clip_grad_norm_",
    "torch.nn.utils.clip_grad.clip_grad_value_": "torch.nn.utils.clip_grad_value_",
    "torch.random.manual_seed": "torch.manual_seed",
    "torch.cuda.random.manual_seed_all": "torch.cuda.manual_seed_all",
    "torch.inference_mode": "torch.no_grad",
    "torch.autograd.no_grad": "torch.no_grad",
    "torch.autograd.grad_mode.no_grad": "torch.no_grad",
    "torch.utils.data.dataloader.DataLoader": "torch.utils.data.DataLoader",
    "torch.utils.data.distributed.DistributedSampler": "torch.utils.data.DistributedSampler",
    "torch.nn.parallel.distributed.DistributedDataParallel": "torch.nn.parallel.DistributedDataParallel",
    "torch.nn.functional.softmax": "torch.softmax",
    "torch.distributed.distributed_c10d.barrier": "torch.distributed.barrier",
}

_ADAM = {
    "params": ...,
    "lr": 0.001,
    "betas": (0.9, 0.999),
    "eps": 1e-08,
    "weight_decay": 0,
    "amsgrad": False,
}
_FAST = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False, "fused": None}

#: The arguments of a call, in order, with the library's default (`...` where there is none).
SIGNATURES: dict[str, dict[str, object]] = {
    **ROWS,
    "torch.optim.Adam": {**_ADAM, **_FAST},
    "torch.optim.AdamW": {**_ADAM, "weight_decay": 0.01, "maximize": False, "foreach": None},
    "torch.optim.SGD": {
        "params": ...,
        "lr": 0.001,
        "momentum": 0,
        "dampening": 0,
        "weight_decay": 0,
        "nesterov": False,
    },
    "torch.nn.utils.clip_grad_norm_": {
        "parameters": ...,
        "max_norm": ...,
        "norm_type": 2.0,
        "error_if_nonfinite": False,
        "foreach": None,
    },
    "torch.nn.utils.clip_grad_value_": {"parameters": ..., "clip_value": ..., "foreach": None},
    "torch.manual_seed": {"seed": ...},
    "torch.cuda.manual_seed": {"seed": ...},
    "torch.cuda.manual_seed_all": {"seed": ...},
    "numpy.random.seed": {"seed": None},
    "random.seed": {"a": None},
    "transformers.set_seed": {"seed": ..., "deterministic": False},
    "torch.utils.data.DataLoader": {
        "dataset": ...,
        "batch_size": 1,
        "shuffle": False,
        "sampler": None,
        "batch_sampler": None,
        "num_workers": 0,
        "collate_fn": None,
        "pin_memory": False,
        "drop_last": False,
    },
    "torch.utils.data.DistributedSampler": {
        "dataset": ...,
        "num_replicas": None,
        "rank": None,
        "shuffle": True,
        "seed": 0,
        "drop_last": False,
    },
    "torch.utils.data.random_split": {"dataset": ..., "lengths": ..., "generator": None},
    "torch.nn.functional.cross_entropy": {
        "input": ...,
        "target": ...,
        "weight": None,
        "size_average": None,
        "ignore_index": -100,
        "reduce": None,
        "reduction": "mean",
        "label_smoothing": 0.0,
    },
    "torch.nn.functional.mse_loss": {
        "input": ...,
        "target": ...,
        "size_average": None,
        "reduce": None,
        "reduction": "mean",
    },
    "torch.save": {"obj": ..., "f": ...},
    "torch.load": {"f": ..., "map_location": None},
    "torch.amp.GradScaler": {
        "device": "cuda",
        "init_scale": 65536.0,
        "growth_factor": 2.0,
        "backoff_factor": 0.5,
        "growth_interval": 2000,
        "enabled": True,
    },
    "torch.autocast": {"device_type": "cuda", "dtype": None, "enabled": True, "cache_enabled": None},
    "torch.randint": {},
    "torch.optim.lr_scheduler.CosineAnnealingLR": {
        "optimizer": ...,
        "T_max": ...,
        "eta_min": 0.0,
        "last_epoch": -1,
    },
    "torch.optim.lr_scheduler.StepLR": {
        "optimizer": ...,
        "step_size": ...,
        "gamma": 0.1,
        "last_epoch": -1,
    },
    "torch.optim.lr_scheduler.LambdaLR": {"optimizer": ..., "lr_lambda": ..., "last_epoch": -1},
    "torch.optim.lr_scheduler.LinearLR": {
        "optimizer": ...,
        "start_factor": 1.0 / 3,
        "end_factor": 1.0,
        "total_iters": 5,
        "last_epoch": -1,
    },
    "torch.optim.lr_scheduler.OneCycleLR": {"optimizer": ..., "max_lr": ..., "total_steps": None},
    "transformers.get_cosine_schedule_with_warmup": {
        "optimizer": ...,
        "num_warmup_steps": ...,
        "num_training_steps": ...,
        "num_cycles": 0.5,
        "last_epoch": -1,
    },
    "transformers.get_linear_schedule_with_warmup": {
        "optimizer": ...,
        "num_warmup_steps": ...,
        "num_training_steps": ...,
        "last_epoch": -1,
    },
    "random.shuffle": {"x": ...},
    "json.dump": {"obj": ..., "fp": ...},
}

#: Arguments of methods, by their names alone: what they belong to need not be known.
METHODS: dict[str, dict[str, object]] = {
    "zero_grad": {"set_to_none": True},
    "backward": {"gradient": None, "retain_graph": None, "create_graph": False},
    "load_state_dict": {"state_dict": ..., "strict": True},
    "train_test_split": {"test_size": None, "train_size": None, "shuffle": True, "stratify_by_column": None},
    "shuffle": {"seed": None},
    "requires_grad_": {"requires_grad": True},
    "train": {"mode": True},
    "add_scalar": {"tag": ..., "scalar_value": ..., "global_step": None},
    "log": {"data": ..., "step": None},
    **METHODS_OF_FINE_TUNING,
}


def canonical(name: str) -> str:
    """The one name of something of a library."""
    return ALIASES.get(name, name)


def signature(name: str) -> dict[str, object]:
    """The arguments of a call by its canonical name; a method's name begins with a dot."""
    found = SIGNATURES.get(name)
    if found is None and name.startswith("."):
        found = METHODS.get(name[1:])
    if found is None:
        found = next((row for last, row in CLASSES.items() if name.endswith(last)), None)
    return found or {}


def argument(name: str, key: str) -> str:
    """What an argument of a call is called in the library of today."""
    former = next((row for last, row in NAMES.items() if name.endswith(last)), {})
    return former.get(key, key)
