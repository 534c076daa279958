"""Calls of libraries by name and by what they are of, what they are in a training run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trainlint.diff.kinds import is_of_library, kind_of_function, kind_of_method
from trainlint.diff.terms import Terms
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term

FUNCTIONS = {
    "torch.optim.AdamW": Kind.OPTIMIZER,
    "bitsandbytes.optim.AdamW8bit": Kind.OPTIMIZER,
    "torch.optim.lr_scheduler.LambdaLR": Kind.SCHEDULER,
    "transformers.get_cosine_schedule_with_warmup": Kind.SCHEDULER,
    "torch.nn.parallel.DistributedDataParallel": Kind.DISTRIBUTED,
    "torch.distributed.barrier": Kind.DISTRIBUTED,
    "transformers.AutoTokenizer.from_pretrained": Kind.TOKENIZER,
    "transformers.AutoModelForCausalLM.from_pretrained": Kind.MODEL,
    "trl.SFTTrainer": Kind.TRAINER,
    "torch.nn.functional.cross_entropy": Kind.LOSS,
    "torch.nn.CrossEntropyLoss": Kind.LOSS,
    "wandb.log": Kind.LOG,
    "torch.load": Kind.LOAD,
    "torch.save": Kind.SAVE,
    "os.makedirs": Kind.SETUP,
    # Neither a module of schedulers nor of optimizers is one.
    "torch.optim.swa_utils.AveragedModel": Kind.AVERAGE,
    "torch.optim.swa_utils.update_bn": Kind.SETUP,
}


def made(terms: Terms, name: str, *given: Term) -> Term:
    arguments = (terms.make(Sort.ARGUMENT, str(place), term) for place, term in enumerate(given))
    return terms.make(Sort.CALL, name, terms.nothing, *arguments)


def optimizer(terms: Terms) -> Term:
    return made(terms, "torch.optim.SGD")


METHODS: list[tuple[str, Callable[[Terms], Term], Kind]] = [
    ("step", optimizer, Kind.STEP),
    ("step", lambda t: made(t, ".prepare", optimizer(t)), Kind.STEP),
    ("step", lambda t: t.choice(t.make(Sort.OPTION, "fused"), optimizer(t), t.nothing), Kind.STEP),
    ("step", lambda t: t.operation("[]", optimizer(t), t.constant(0)), Kind.STEP),
    ("step", lambda t: made(t, "torch.optim.lr_scheduler.StepLR", optimizer(t)), Kind.SCHEDULER_STEP),
    ("step", lambda t: made(t, "torch.profiler.profile"), Kind.SETUP),
    ("update", lambda t: made(t, "torch.amp.GradScaler"), Kind.SCALER_UPDATE),
    ("update", lambda t: made(t, "tqdm.tqdm"), Kind.SETUP),
    ("train", lambda t: made(t, "trl.SFTTrainer"), Kind.TRAINER),
    ("train", lambda t: made(t, "torch.nn.Linear"), Kind.MODE),
    ("info", lambda t: made(t, "logging.getLogger"), Kind.LOG),
    ("log", lambda t: made(t, "torch.ones"), Kind.SETUP),
    ("log", lambda t: made(t, "wandb.init"), Kind.LOG),
    ("backward", lambda t: made(t, "torch.ones"), Kind.BACKWARD),
    ("whatever", optimizer, Kind.SETUP),
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_of_a_library_is(name: str) -> None:
    assert kind_of_function(name) is FUNCTIONS[name]


@pytest.mark.parametrize(("name", "owner", "kind"), METHODS)
def test_what_a_method_is(name: str, owner: Callable[[Terms], Term], kind: Kind) -> None:
    assert kind_of_method(name, owner(Terms())) is kind


def test_what_belongs_to_a_model_of_a_library() -> None:
    terms = Terms()
    model = made(terms, "transformers.AutoModel.from_pretrained")
    assert is_of_library(model)
    assert is_of_library(terms.operation(".config", model))
    assert not is_of_library(made(terms, "torch.nn.Linear"))
