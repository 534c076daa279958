"""Python's start-up hook in a watched process: puts the probe into place, then runs the hook it hides.

The folder of this file stands first on `PYTHONPATH` of a watched run and holds nothing else, so that every
Python process below it, the ranks of a launcher as well, starts here. Nothing of trainlint but the probe is
loaded, and the probe needs the standard library alone until the program itself imports torch.
"""

import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))
_PROBE = os.path.join(os.path.dirname(_HERE), "probe")


def _load(name: str, spec: ModuleSpec) -> None:
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if spec.loader is not None:
        spec.loader.exec_module(module)


def _probe(plan: str) -> None:
    place = os.path.join(_PROBE, "__init__.py")
    name = "_trainlint_probe"
    spec = importlib.util.spec_from_file_location(name, place, submodule_search_locations=[_PROBE])
    if spec is None:
        raise ImportError(f"no probe in {_PROBE}")
    _load(name, spec)
    importlib.import_module(f"{name}.start").install(plan)


def _hidden() -> None:
    """Run the `sitecustomize` that would have been found without this one."""
    elsewhere = [folder for folder in sys.path if os.path.abspath(folder) != _HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None:
        _load("sitecustomize", spec)


if "TRAINLINT_PARITY_PLAN" in os.environ:
    with open(os.environ["TRAINLINT_PARITY_PLAN"], encoding="utf-8") as _plan:
        _probe(_plan.read())
_hidden()
