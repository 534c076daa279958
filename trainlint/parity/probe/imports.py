"""Names of modules with what to do once each has been imported in; an import hook out."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Action = Callable[[ModuleType], None]


class AfterImport(MetaPathFinder):
    """Finds nothing itself; lets the next finder find a module, and acts when it has been executed."""

    def __init__(self, actions: Mapping[str, Action]) -> None:
        self._actions = dict(actions)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the others find, with a loader that acts afterwards."""
        # Taken out, so that the search below does not come here again; a module is executed once.
        action = self._actions.pop(fullname, None)
        if action is None:
            return None
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        spec.loader = _Acting(spec.loader, action)
        return spec


class _Acting(Loader):
    """A loader in place of the real one, which it puts back before the module is executed."""

    def __init__(self, loader: Loader, action: Action) -> None:
        self._loader = loader
        self._action = action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """What the real loader makes."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with its real loader, then act."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._action(module)


def install(actions: Mapping[str, Action]) -> None:
    """Act on modules as soon as the program imports them; on those that are there already at once."""
    for name in [name for name in actions if name in sys.modules]:
        actions[name](sys.modules[name])
    waiting = {name: action for name, action in actions.items() if name not in sys.modules}
    sys.meta_path.insert(0, AfterImport(waiting))
