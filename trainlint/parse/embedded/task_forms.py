"""A document of a YAML file in, the commands that it holds by the rules of its kind out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.parse.embedded.yaml_view import View
from trainlint.record import record

_SKYPILOT = ("resources", "workdir", "envs", "secrets", "file_mounts", "setup", "num_nodes", "service")
_MOSAIC = ("image", "compute", "integrations", "cluster", "gpu_num", "gpu_type", "scheduling")
_AZURE = ("environment", "compute", "code", "$schema", "distribution", "experiment_name")
_DETERMINED = ("searcher", "resources", "environment", "hyperparameters", "bind_mounts")
#: What only a config of Hydra or OmegaConf has at its top.
_CONFIG = ("defaults", "hydra", "_target_", "_self_", "_global_")


@record
class Held:
    """A command: texts for a shell in order, or the words of one program.

    `environment` are mappings or lists that set variables, `folder` names the folder of the tree that the
    command runs in, when the file does so.
    """

    texts: tuple[View, ...] = ()
    words: tuple[View, ...] = ()
    environment: tuple[View, ...] = ()
    folder: View | None = None


def held(document: View) -> Iterator[Held]:
    """The commands of one document, in order."""
    if any(document[key] for key in _CONFIG):
        return
    if document["apiVersion"] and document["kind"]:
        yield from _containers(document)
    elif document["services"].is_map:
        for _, service in document["services"].entries():
            if any(service[key] for key in ("image", "build", "extends")):
                yield _program(service["entrypoint"], service["command"], (service["environment"],))
    elif document["tasks"].is_list:
        for task in document["tasks"].elements():
            if task["image"]:
                yield _program(task["command"], task["arguments"], (task["envVars"],))
    else:
        yield from _single(document)


def _single(document: View) -> Iterator[Held]:
    """The command of a file that describes one task."""
    if document["run"].is_scalar and _has(document, _SKYPILOT):
        texts = tuple(text for text in (document["setup"], document["run"]) if text.is_scalar)
        yield Held(texts, environment=(document["envs"], document["secrets"]), folder=document["workdir"])
    elif document["commands"].is_list and document["type"].value in ("task", "service", "dev-environment"):
        yield Held(tuple(document["commands"].elements()), environment=(document["env"],))
    elif document["entrypoint"] and _has(document, _DETERMINED):
        variables = document["environment"]["environment_variables"]
        yield _program(document["entrypoint"], View(document.source, None), (variables,))
    elif document["command"] and (_has(document, _MOSAIC) or _has(document, _AZURE)):
        settings = (document["env_variables"], document["environment_variables"])
        yield Held((document["command"],), environment=settings, folder=document["code"] or None)
    elif document["jobs"].is_map and document["$schema"]:
        for _, job in document["jobs"].entries():
            if job["command"].is_scalar:
                yield Held((job["command"],), environment=(job["environment_variables"],), folder=job["code"])
    else:
        for spec in document.maps():
            if spec["imageUri"] and (spec["command"] or spec["args"]):
                yield _program(spec["command"], spec["args"], (spec["env"],))


def _containers(document: View) -> Iterator[Held]:
    """The containers of a Kubernetes object, of whatever kind it is."""
    for spec in document.maps():
        if not (spec["image"].is_scalar or spec["name"].is_scalar):
            continue
        if spec["command"].is_list or spec["args"].is_list:
            yield _program(spec["command"], spec["args"], (spec["env"],))
        elif spec["script"].is_scalar or spec["source"].is_scalar:
            yield Held((spec["script"] or spec["source"],), environment=(spec["env"],))


def _program(command: View, arguments: View, environment: tuple[View, ...]) -> Held:
    """A program and its arguments: as lists of words, or as a text for a shell."""
    if command.is_scalar and not arguments:
        return Held((command,), environment=environment)
    if arguments.is_scalar and not command:
        return Held((arguments,), environment=environment)
    words: tuple[View, ...] = ()
    for view in (command, arguments):
        words += tuple(view.elements()) if view.is_list else (view,) if view.is_scalar else ()
    return Held(words=words, environment=environment)


def _has(document: View, keys: tuple[str, ...]) -> bool:
    return any(document[key] for key in keys)
