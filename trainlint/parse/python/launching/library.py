"""Functions of Python's library that are modelled, and those that leave their arguments as they are."""

from __future__ import annotations

from trainlint.parse.python.launching.arguments_of import Function, first
from trainlint.parse.python.launching.builtin_functions import BUILTINS
from trainlint.parse.python.launching.object_functions import OBJECT_FUNCTIONS
from trainlint.parse.python.launching.options import make_parser
from trainlint.parse.python.launching.starting import STARTERS
from trainlint.parse.python.launching.system_functions import SYSTEM_FUNCTIONS

#: Functions that leave their arguments as they are.
HARMLESS = (
    *(
        "print",
        "len",
        "repr",
        "id",
        "hash",
        "type",
        "open",
        "input",
        "isinstance",
        "issubclass",
        "callable",
        "vars",
    ),
    *(
        "any",
        "all",
        "min",
        "max",
        "sum",
        "abs",
        "round",
        "format",
        "hasattr",
        "iter",
        "next",
        "logging.",
        "pprint.",
    ),
    *(
        "json.",
        "yaml.",
        "os.",
        "shutil.",
        "subprocess.",
        "time.",
        "datetime.",
        "random.choice",
        "random.randint",
    ),
    *(
        "tomllib.",
        "toml.",
        "pickle.",
        "hashlib.",
        "math.",
        "torch.cuda.",
        "wandb.",
        "argparse.",
        "sys.",
        "signal.",
    ),
    *(
        "tabulate",
        "rich.",
        "click.",
        "typer.",
        "re.",
        "glob.",
        "tempfile.",
        "platform.",
        "socket.",
        "str",
        "int",
    ),
    *(
        "float",
        "bool",
        "list",
        "tuple",
        "set",
        "dict",
        "sorted",
        "reversed",
        "zip",
        "enumerate",
        "map",
        "filter",
    ),
    *(
        "pathlib.",
        "shlex.",
        "collections.",
        "itertools.",
        "ast.literal_eval",
        "pandas.",
        "numpy.",
        "tqdm.",
        "asyncio.",
    ),
)
FUNCTIONS: dict[str, Function] = {
    **BUILTINS,
    **OBJECT_FUNCTIONS,
    **SYSTEM_FUNCTIONS,
    **STARTERS,
    "argparse.ArgumentParser": make_parser,
    "click.Choice": first,
}
