"""Runs the real Hydra on a case, in this process, the way its command line would: case in, outcome out."""

from __future__ import annotations

import copy
import os
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.core.utils import JobRuntime, setup_globals
from hydra.errors import SearchPathException
from hydra.types import RunMode
from omegaconf import DictConfig, ListConfig, OmegaConf, open_dict, read_write

from tests.properties.case import Accepted, Case, Failed, KeyPath, Outcome, Plain, Point, Refused

SCHEMA_MODULE = "case_schemas"

Plugins.instance()  # registers Hydra's own structured configs, which every case sees


def run_hydra(case: Case, root: Path) -> Outcome:
    """What Hydra makes of a case whose files are at `root`; never raises."""
    with _world(case, root):
        try:
            return Accepted(tuple(_point(config, case) for config in _compose(case, root)))
        except Exception as error:  # whatever it is, the launch is dead
            return Refused(type(error).__name__, _message(error))


def _message(error: BaseException) -> str:
    parts = []
    cause: BaseException | None = error
    while cause is not None:
        parts.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return "\n".join(parts)


@contextmanager
def _world(case: Case, root: Path) -> Iterator[None]:
    """The process as a launch would find it: directory, environment, version base, stored configs."""
    store = ConfigStore.instance()
    kept_store, kept_directory, kept_environment = store.repo, os.getcwd(), dict(os.environ)
    os.chdir(root)
    os.environ.update(case.environment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        version.setbase(case.version_base)
        setup_globals()
        JobRuntime().set("name", "app")
        try:
            store.repo = _folders(store.repo)
            _store_schemas(case.schemas)
            yield
        finally:
            store.repo = kept_store
            sys.modules.pop(SCHEMA_MODULE, None)
            os.chdir(kept_directory)
            os.environ.clear()
            os.environ.update(kept_environment)


def _folders(repo: dict[str, Any]) -> dict[str, Any]:
    """The store's folders anew, its configs shared: what a case stores must not outlive it."""
    return {name: _folders(node) if isinstance(node, dict) else node for name, node in repo.items()}


def _store_schemas(text: str) -> None:
    """Executes the dataclasses of a case, which register themselves as a script's would."""
    if text:
        module = types.ModuleType(SCHEMA_MODULE)
        sys.modules[SCHEMA_MODULE] = module
        exec(compile(text, "schemas.py", "exec"), module.__dict__)


def _compose(case: Case, root: Path) -> list[DictConfig]:
    """`hydra._internal.utils._run_hydra`, without running the job."""
    loader = _loader(case, root)
    mode, overrides = _mode(case, loader)
    if mode == RunMode.RUN:
        config = loader.load_configuration(case.config_name, overrides, RunMode.RUN)
        return [config]
    master = loader.load_configuration(case.config_name, overrides, RunMode.MULTIRUN)
    sweeper = OmegaConf.to_container(master.hydra.sweeper, resolve=True)
    assert isinstance(sweeper, dict)
    arguments = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    arguments += OmegaConf.to_container(master.hydra.overrides.task, resolve=False)  # type: ignore[operator]
    parsed = OverridesParser.create(config_loader=loader).parse_overrides(arguments)
    batches = BasicSweeper.split_arguments(parsed, None)
    return [loader.load_sweep_config(master, list(point)) for batch in batches for point in batch]


def _loader(case: Case, root: Path) -> ConfigLoaderImpl:
    search_path = create_config_search_path(str(root / case.config_path))
    if case.config_dir is not None:
        directory = os.path.abspath(case.config_dir)
        if not os.path.isdir(directory):
            raise SearchPathException(f"Additional config directory '{directory}' not found")
        search_path.prepend("command-line", f"file://{directory}", SearchPathQuery(provider="schema"))
    return ConfigLoaderImpl(config_search_path=search_path)


def _mode(case: Case, loader: ConfigLoaderImpl) -> tuple[RunMode, list[str]]:
    """Run or multirun, as the options and `hydra.mode` decide together, and the overrides that it adds."""
    overrides = list(case.overrides)
    if not any("mode" in text for text in (*case.overrides, *case.files.values(), case.schemas)):
        mode = RunMode.MULTIRUN if case.multirun else RunMode.RUN  # the answer of composing once more
        return mode, [*overrides, f"hydra.mode={mode.name}"]
    try:
        mode = loader.load_configuration(
            case.config_name, overrides, RunMode.MULTIRUN, validate_sweep_overrides=False
        ).hydra.mode
    except Exception:
        mode = None
    if mode is None:
        mode = RunMode.MULTIRUN if case.multirun else RunMode.RUN
        return mode, [*overrides, f"hydra.mode={mode.name}"]
    if case.multirun and mode == RunMode.RUN:
        return RunMode.MULTIRUN, [*overrides, "hydra.mode=MULTIRUN"]
    return mode, overrides


def _point(config: DictConfig, case: Case) -> Point:
    HydraConfig.instance().set_config(config)
    choices = OmegaConf.to_container(config.hydra.runtime.choices, resolve=False)
    hydra = OmegaConf.to_container(config.hydra, resolve=False)
    task = copy.deepcopy(config)
    with read_write(task), open_dict(task):
        del task["hydra"]
    assert isinstance(choices, dict)
    resolved = dict(_resolved(task, ()))
    return Point(OmegaConf.to_container(task, resolve=False), choices, resolved, hydra)


def _resolved(node: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Plain | Failed]]:
    """Every interpolation below a container, with its value or its error."""
    if node._is_none() or node._is_missing() or node._is_interpolation():
        return
    keys = node.keys() if isinstance(node, DictConfig) else range(len(node))
    for key in keys:
        child = node._get_node(key)
        if child._is_interpolation():
            yield (*path, key), _value(node, key)
        elif isinstance(child, (DictConfig, ListConfig)):
            yield from _resolved(child, (*path, key))


def _value(node: Any, key: Any) -> Plain | Failed:
    try:
        value = node[key]
        if isinstance(value, (DictConfig, ListConfig)):
            return OmegaConf.to_container(value, resolve=False)
        return value
    except Exception as error:
        return Failed(type(error).__name__, str(error))
