"""A text that names a class in, its module and name out, with the words in which its failures are printed."""

from __future__ import annotations

from trainlint.facts.target import TargetVia
from trainlint.record import record


@record
class Spelling:
    """How a text names a class: dotted for Hydra, `prefix` + module + `separator` + name for a loader.

    `wants` is what the caller accepts: "class" (`get_class`), "callable", or "anything" (`get_object`).
    """

    via: TargetVia
    prefix: str = ""
    separator: str = "."
    wants: str = "callable"

    def spell(self, module: str, name: str) -> str | None:
        """The text for a module and a name; None for a module that the prefix cannot reach."""
        if not module.startswith(self.prefix):
            return None
        return f"{module[len(self.prefix) :]}{self.separator}{name}"

    def failure(self, text: str, cause: str) -> str:
        """What the run prints, `cause` being the error underneath."""
        if self.via is TargetVia.INSTANTIATE:
            return f"hydra.errors.InstantiationException: Error locating target '{text}' ({cause})"
        if self.via is TargetVia.LOCATE:
            return f"ImportError: Error loading '{text}': {cause}"
        return cause

    def no_name(self, text: str, module: str, name: str, is_package: bool) -> str:
        """What the run prints when a module lacks a name: Hydra tries a submodule last."""
        if self.via is TargetVia.LOADER:
            return f"AttributeError: module '{module}' has no attribute '{name}'"
        return self.failure(text, no_module(f"{module}.{name}", None if is_package else module))

    def no_call(self, text: str, type_name: str) -> str:
        """What the run prints when something of `type_name` is to be called."""
        if self.via is TargetVia.LOADER:
            return f"TypeError: '{type_name}' object is not callable"
        if self.via is TargetVia.INSTANTIATE:
            return f"hydra.errors.InstantiationException: Expected a callable target, got '{type_name}'"
        what = "class" if self.wants == "class" else "callable"
        return f"ValueError: Located non-{what} of type '{type_name}' while loading '{text}'"


def no_module(missing: str, plain_parent: str | None = None) -> str:
    """Python's words for a module that is not there; `plain_parent` is a parent that is no package."""
    tail = f"; '{plain_parent}' is not a package" if plain_parent else ""
    return f"ModuleNotFoundError: No module named '{missing}'{tail}"
