"""The name of a call of a library in, what it is in a training run out."""

from __future__ import annotations

from trainlint.facts.effects import LOADS, Kind
from trainlint.facts.terms import Sort, Term

_OPTIMIZERS = {
    *(
        "Adafactor",
        "AdamW8bit",
        "Adam8bit",
        "PagedAdamW",
        "PagedAdamW8bit",
        "PagedAdamW32bit",
        "Lion",
        "Lion8bit",
    ),
    *(
        "Muon",
        "Lamb",
        "LAMB",
        "FusedAdam",
        "FusedLAMB",
        "CPUAdam",
        "DeepSpeedCPUAdam",
        "Prodigy",
        "Shampoo",
        "SOAP",
    ),
    *("AdamATan2", "CastedSparseEmbeddingSignSGD_Distributed", "Adan", "Sophia", "SophiaG", "NovoGrad"),
}
_FUNCTIONS: dict[str, Kind] = {
    **dict.fromkeys(
        (
            *(
                "torch.manual_seed",
                "torch.cuda.manual_seed",
                "torch.cuda.manual_seed_all",
                "torch.mps.manual_seed",
            ),
            *("numpy.random.seed", "random.seed", "transformers.set_seed", "accelerate.utils.set_seed"),
            *("transformers.trainer_utils.set_seed", "numpy.random.default_rng", "numpy.random.RandomState"),
            *("lightning.seed_everything", "pytorch_lightning.seed_everything", "jax.random.PRNGKey"),
            *("lightning.pytorch.seed_everything", "lightning_fabric.utilities.seed.seed_everything"),
        ),
        Kind.SEED,
    ),
    **dict.fromkeys(
        (
            *(
                "numpy.memmap",
                "numpy.load",
                "numpy.fromfile",
                "numpy.loadtxt",
                "numpy.genfromtxt",
                "pandas.read_csv",
            ),
            *("pandas.read_json", "pandas.read_parquet", "datasets.load_dataset", "datasets.load_from_disk"),
            *("csv.reader", "csv.DictReader", "torch.from_file", "h5py.File", "datasets.Dataset.from_pandas"),
            *("datasets.Dataset.from_list", "datasets.Dataset.from_dict", "datasets.Dataset.from_csv"),
        ),
        Kind.DATA,
    ),
    **dict.fromkeys(
        (
            "torch.utils.data.random_split",
            "sklearn.model_selection.train_test_split",
            "torch.utils.data.Subset",
        ),
        Kind.SPLIT,
    ),
    "torch.utils.data.DataLoader": Kind.LOADER,
    "torch.utils.data.DistributedSampler": Kind.LOADER,
    "torch.utils.data.RandomSampler": Kind.LOADER,
    "torch.utils.data.SequentialSampler": Kind.LOADER,
    **dict.fromkeys(
        (
            *(
                "torch.randint",
                "torch.randperm",
                "torch.rand",
                "torch.randn",
                "random.shuffle",
                "random.sample",
            ),
            *(
                "random.randint",
                "random.random",
                "random.choice",
                "numpy.random.randint",
                "numpy.random.permutation",
            ),
            *("numpy.random.shuffle", "numpy.random.choice", "torch.multinomial", "random.choices"),
        ),
        Kind.DRAW,
    ),
    "torch.nn.utils.clip_grad_norm_": Kind.CLIP,
    "torch.nn.utils.clip_grad_value_": Kind.CLIP,
    "torch.autograd.backward": Kind.BACKWARD,
    "torch.amp.GradScaler": Kind.SCALER,
    **dict.fromkeys(LOADS, Kind.LOAD),
    **dict.fromkeys(("torch.save", "safetensors.torch.save_file", "joblib.dump"), Kind.SAVE),
    "signal.signal": Kind.SIGNAL,
    "atexit.register": Kind.SIGNAL,
    **dict.fromkeys(("json.dump", "pickle.dump", "shutil.copy", "shutil.copyfile", "numpy.save"), Kind.FILE),
    "print": Kind.LOG,
    "torch.optim.swa_utils.AveragedModel": Kind.AVERAGE,
}
#: Methods whose name alone says what they do in a training script.
_METHODS: dict[str, Kind] = {
    "zero_grad": Kind.ZERO_GRAD,
    "backward": Kind.BACKWARD,
    "clip_grad_norm_": Kind.CLIP,
    "clip_grad_norm": Kind.CLIP,
    "clip_grad_value_": Kind.CLIP,
    "unscale_": Kind.UNSCALE,
    "unscale_gradients": Kind.UNSCALE,
    "load_state_dict": Kind.RESTORE,
    "set_epoch": Kind.DISTRIBUTED,
    "no_sync": Kind.DISTRIBUTED,
    "wait_for_everyone": Kind.DISTRIBUTED,
    "all_reduce": Kind.DISTRIBUTED,
    "gather": Kind.DISTRIBUTED,
    "gather_for_metrics": Kind.DISTRIBUTED,
    "add_done_callback": Kind.CALLBACK,
    "add_callback": Kind.CALLBACK,
    "register_forward_hook": Kind.CALLBACK,
    "add_scalar": Kind.LOG,
    "add_scalars": Kind.LOG,
    "set_postfix": Kind.LOG,
    "set_description": Kind.LOG,
    "train_test_split": Kind.SPLIT,
    "shuffle": Kind.DRAW,
    "requires_grad_": Kind.FREEZE,
    "update_parameters": Kind.AVERAGE,
    "save_pretrained": Kind.SAVE,
    "save_model": Kind.SAVE,
    "save_state": Kind.SAVE,
    "save_checkpoint": Kind.SAVE,
    "load_state": Kind.LOAD,
    "load_checkpoint": Kind.LOAD,
    "manual_seed": Kind.SEED,
    "writerow": Kind.FILE,
    "writerows": Kind.FILE,
    "generate": Kind.SAMPLE,
}
#: Calls that do something beside giving their result, whoever takes it.
STARTS = {
    *("wandb.init", "mlflow.start_run", "swanlab.init", "torch.utils.tensorboard.SummaryWriter"),
    *("torch.compile", "torch.profiler.profile", "logging.basicConfig"),
}
#: What asks about the processes and does nothing: what becomes of the answer is compared where it is used.
ASKS = frozenset(
    f"torch.distributed.{name}"
    for name in (
        *("is_initialized", "is_available", "is_torchelastic_launched", "is_nccl_available"),
        *("is_gloo_available", "is_mpi_available", "get_rank", "get_world_size", "get_backend"),
        *("get_node_local_rank", "get_group_rank", "get_global_rank", "get_process_group_ranks"),
    )
)
#: What declares arguments: they are compared as options.
DECLARES = {
    *("add_argument", "add_argument_group", "add_mutually_exclusive_group", "set_defaults", "parse_args"),
    *("parse_known_args", "add_subparsers", "add_parser"),
}
_LOGGERS = {"info", "debug", "warning", "error", "critical", "log", "log_metrics"}
_LOSSES = (
    "cross_entropy",
    "mse_loss",
    "nll_loss",
    "l1_loss",
    "binary_cross_entropy",
    "kl_div",
    "smooth_l1_loss",
)
_TRAINERS = (
    *("Trainer", "TrainingArguments", "SFTConfig", "DPOConfig", "GRPOConfig", "LoraConfig"),
    *("BitsAndBytesConfig", "train_on_responses_only"),
)
#: What trainers of libraries are asked to do.
_RUNS = ("train", "evaluate", "predict", "fit")


def kind_of_function(name: str) -> Kind:
    """What a call of a library's function or class is, by its canonical name."""
    found = _FUNCTIONS.get(name)
    if found is not None:
        return found
    head, _, last = name.rpartition(".")
    if name.startswith("torch.optim.lr_scheduler.") or (last.startswith("get_") and "schedule" in last):
        return Kind.SCHEDULER
    if (name.startswith("torch.optim.") and last[:1].isupper()) or last in _OPTIMIZERS:
        return Kind.OPTIMIZER
    if name.startswith("torch.distributed.") or "DistributedDataParallel" in last or last == "fully_shard":
        return Kind.DISTRIBUTED
    if last in ("from_pretrained", "from_config", "get_peft_model", "prepare_model_for_kbit_training"):
        return Kind.TOKENIZER if "Tokenizer" in head or "Processor" in head else Kind.MODEL
    if last == "get_chat_template":
        return Kind.TOKENIZER
    if "DataCollator" in last:
        return Kind.LOADER
    if last.endswith(_TRAINERS):
        return Kind.TRAINER
    if last in _LOSSES or (name.startswith("torch.nn.") and last.endswith("Loss")):
        return Kind.LOSS
    if head in ("wandb", "mlflow", "swanlab", "logging", "loguru.logger") and last in (
        *_LOGGERS,
        "log_metric",
    ):
        return Kind.LOG
    return Kind.SETUP


def kind_of_method(name: str, owner: Term) -> Kind:
    """What a call of a method is, by its name and by what it belongs to."""
    if name == "step":
        return _stepped(owner)
    if name == "update":
        return Kind.SCALER_UPDATE if _is_made_by(owner, Kind.SCALER) else Kind.SETUP
    if name in _RUNS and _is_made_by(owner, Kind.TRAINER):
        return Kind.TRAINER
    if name in ("train", "eval"):
        return Kind.MODE
    if name in _LOGGERS and name != "log":
        return Kind.LOG
    if name == "log":
        return Kind.SETUP if owner.sort is Sort.CALL and str(owner.value).startswith("torch.") else Kind.LOG
    return _METHODS.get(name, Kind.SETUP)


def is_of_library(owner: Term) -> bool:
    """Whether something belongs to a model, a tokenizer or a trainer of a library, or is one."""
    while owner.sort is Sort.OPERATION and str(owner.value).startswith("."):
        owner = owner.operands[0]
    return _is_made_by(owner, Kind.MODEL, Kind.TOKENIZER, Kind.TRAINER)


def _stepped(owner: Term) -> Kind:
    """`.step()` of an optimizer, a scaler or a scheduler."""
    if _is_made_by(owner, Kind.SCHEDULER):
        return Kind.SCHEDULER_STEP
    return Kind.STEP if _is_made_by(owner, Kind.OPTIMIZER, Kind.SCALER) else Kind.SETUP


def _is_made_by(term: Term, *kinds: Kind) -> bool:
    """Whether a value is (one of several, or wrapped) what such a call gave."""
    if term.sort is Sort.CALL:
        if not str(term.value).startswith((".", "(")):
            found = kind_of_function(str(term.value))
            if found in kinds:
                return True
            return any(_is_made_by(given.operands[0], *kinds) for given in term.operands[1:2])
        return term.value in (".prepare", "()") and any(
            _is_made_by(given.operands[0], *kinds) for given in term.operands[1:]
        )
    if term.sort is Sort.OPERATION and term.value in ("if", "[]", "item", "each"):
        return any(_is_made_by(operand, *kinds) for operand in term.operands)
    return term.sort is Sort.CARRIED and _is_made_by(term.operands[0], *kinds)
