"""An import path and a dotted name in, the module's file and facts out, without importing anything."""

from __future__ import annotations

import ast
import difflib
import os
import sys
from dataclasses import field, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from trainlint.chain.environment import Environment, read_environment
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.module import read_module
from trainlint.parse.python.references import References, references
from trainlint.record import record, state
from trainlint.source import Files, SourceFile, Unreadable

if TYPE_CHECKING:
    from trainlint.parse.notebook import Notebook

_COMPILED = (".so", ".pyd", ".pyc", ".pyx")


class Place(Enum):
    """Which part of `sys.path` a module comes from."""

    FIRST_PARTY = "the launch's import path"
    ASSUMED = "the project's folder, as if it were installed from there"
    STANDARD_LIBRARY = "the standard library"
    INSTALLED = "the environment"

    @property
    def is_own(self) -> bool:
        """Whether it is the project's own code."""
        return self in (Place.FIRST_PARTY, Place.ASSUMED)


@record
class Found:
    """A module that is there.

    `path` is its file (None for a namespace package), `directories` are the folders its submodules stand in
    (empty for a plain module), `opaque` says why its names cannot be read. `stub` is the `.pyi` file that
    declares what a compiled module has: it tells how things are called, and it need not tell of everything.
    """

    name: str
    place: Place
    path: Path | None
    directories: tuple[Path, ...] = ()
    opaque: str | None = None
    stub: Path | None = None

    @property
    def is_namespace(self) -> bool:
        """Whether it is a folder without `__init__.py`."""
        return self.path is None and bool(self.directories)


@record
class Missing:
    """A module that is not there; `parent` is the last part of its dotted name that is.

    `missing` is the dotted name up to the part that is absent. `doubt` says why it may be there all the same:
    with a doubt it is "not checked", never an error.
    """

    name: str
    missing: str
    place: Place
    searched: tuple[str, ...]
    nearest: str | None
    parent: Found
    doubt: str | None


@record
class External:
    """A package that is neither first-party nor installed where trainlint looks: it cannot be checked."""

    name: str
    reason: str


Located = Found | Missing | External


@state
class Library:
    """Every Python file of a run, each read and parsed once; shared by the resolvers of all launches."""

    files: Files
    python: str | None = None
    _modules: dict[Path, ModuleFacts | Unreadable] = field(default_factory=dict)
    _resolvers: dict[tuple[Path, ...], Resolver] = field(default_factory=dict)
    _own_code: dict[tuple[Path, ...], OwnCodeResolver] = field(default_factory=dict)
    _references: dict[ast.AST, References] = field(default_factory=dict)
    _compiled: dict[Path, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def environment(self) -> Environment:
        """Where installed packages are looked for."""
        return read_environment(self.installation, self.python)

    @cached_property
    def installation(self) -> Files:
        """The reader of what describes an environment, which counts as none of the user's files."""
        return Files(self.files.root)

    def read(self, path: Path) -> ModuleFacts | Unreadable:
        """The facts of one Python file, or why it gives no text."""
        facts = self._modules.get(path)
        if facts is None:
            path = self.files.absolute(path)
            facts = self._modules.get(path)
        if facts is None:
            source = self.files.read(path)
            facts = source if isinstance(source, Unreadable) else self._module(source)
            self._modules[path] = facts
        return facts

    def _module(self, source: SourceFile) -> ModuleFacts | Unreadable:
        """A file as a module: a notebook is the code of its cells."""
        if source.path.suffix != ".ipynb":
            return read_module(source)
        # Few projects have notebooks among their modules.
        from trainlint.parse.notebook import read_notebook

        notebook = read_notebook(source)
        return notebook if isinstance(notebook, Unreadable) else self.adopt(source.path, notebook)

    def adopt(self, path: Path, notebook: Notebook) -> ModuleFacts:
        """Have the code of a notebook stand for a file, and what its cells write for files beside it."""
        for name, code in notebook.modules:
            place = self.files.absolute(path.parent / name)
            if self.files.is_dir(place.parent):
                self.files.lay(place, code.text)
                self._modules[place] = read_module(replace(code, path=place))
        facts = replace(read_module(notebook.code), unread=notebook.unread)
        self._modules[self.files.absolute(path)] = facts
        return facts

    def compiled(self, folder: Path) -> frozenset[str]:
        """The modules of a folder that are there without their text."""
        found = self._compiled.get(folder)
        if found is None:
            names = (name for name in self.files.entries(folder) if name.endswith(_COMPILED))
            found = self._compiled[folder] = frozenset(name.partition(".")[0] for name in names)
        return found

    def references(self, node: ast.AST) -> References:
        """What a piece of code refers to; the same code is reached by many scripts."""
        found = self._references.get(node)
        if found is None:
            found = self._references[node] = references(node)
        return found

    def resolver(self, import_path: tuple[Path, ...]) -> Resolver:
        """The resolver of one launch's import path."""
        import_path = tuple(dict.fromkeys(self.files.absolute(folder) for folder in import_path))
        if import_path not in self._resolvers:
            self._resolvers[import_path] = Resolver(self, import_path)
        return self._resolvers[import_path]

    def own_code(self, import_path: tuple[Path, ...]) -> OwnCodeResolver:
        """The resolver of one launch's import path that stays inside the project."""
        import_path = tuple(dict.fromkeys(self.files.absolute(folder) for folder in import_path))
        if import_path not in self._own_code:
            self._own_code[import_path] = OwnCodeResolver(self, import_path)
        return self._own_code[import_path]


@state
class Resolver:
    """Finds modules as the interpreter would that starts with `import_path` in front of `sys.path`."""

    library: Library
    import_path: tuple[Path, ...]
    _located: dict[str, Located] = field(default_factory=dict)
    _names: dict[Path, Found] = field(default_factory=dict)

    @property
    def files(self) -> Files:
        """The reader of the user's disk."""
        return self.library.files

    def find_module(self, name: str) -> Located:
        """Where an absolute dotted name leads; nothing is parsed unless a name is missing."""
        located = self._located.get(name)
        if located is None:
            located = self._located[name] = self._find(name)
            if isinstance(located, Found) and located.path is not None:
                self._names.setdefault(located.path, located)
        return located

    def submodule(self, parent: Found, name: str) -> Found | None:
        """A module that stands in a package, None when there is none."""
        if not parent.directories:
            return None
        full = f"{parent.name}.{name}"
        located = self._located.get(full)
        if located is None and self._search(full, name, parent.directories, parent.place) is not None:
            located = self.find_module(full)
        return located if isinstance(located, Found) else None

    def facts(self, found: Found) -> ModuleFacts | None:
        """The names of a module that was found, None when it is opaque without a stub, or has no file."""
        path = found.path if found.opaque is None else found.stub
        if path is None:
            return None
        facts = self.library.read(path)
        return facts if isinstance(facts, ModuleFacts) else None

    def unread(self, found: Found) -> str | None:
        """Why the names of a module cannot be listed completely, None when they can."""
        if found.opaque is not None:
            return found.opaque
        if found.path is None:
            return None
        facts = self.library.read(found.path)
        if isinstance(facts, Unreadable):
            return f"`{facts.display}` cannot be read: {facts.reason}"
        if facts.problem is not None:
            return f"`{facts.display}` cannot be parsed: {facts.problem.message}"
        return (
            f"the names of `{facts.display}` are made at run time: {facts.dynamic}" if facts.dynamic else None
        )

    def _find(self, name: str) -> Located:
        head, _, rest = name.rpartition(".")
        if not head:
            return self._top_level(name)
        parent = self.find_module(head)
        if not isinstance(parent, Found):
            return External(name, parent.reason) if isinstance(parent, External) else _below(parent, name)
        if parent.opaque is not None and not parent.directories:
            return External(name, parent.opaque)
        found = self._search(name, rest, parent.directories, parent.place)
        return found or self._missing(name, rest, parent)

    def _top_level(self, name: str) -> Located:
        if name in sys.builtin_module_names:
            return Found(name, Place.STANDARD_LIBRARY, None, opaque=f"`{name}` is built into Python")
        environment = self.library.environment
        first = self._search(name, name, self.import_path, Place.FIRST_PARTY)
        if first is not None and not first.is_namespace:
            return first
        standard = environment.standard_library
        if name in sys.stdlib_module_names:
            found = self._search(name, name, (standard,), Place.STANDARD_LIBRARY)
            return found or Found(name, Place.STANDARD_LIBRARY, None, opaque=f"`{name}` is compiled")
        installed = self._search(name, name, environment.site, Place.INSTALLED)
        if installed is not None and not installed.is_namespace:
            return installed
        found = first or installed or self._assumed(name)
        return found or External(name, f"`{name}` is not installed where trainlint looks")

    def _assumed(self, name: str) -> Found | None:
        """The project's own package, taken as installed in place: `src` layouts and `pip install -e .`."""
        start = self.import_path[0] if self.import_path else self.files.root
        root = self.files.absolute(self.files.home(start))
        ancestors = [folder for start in self.import_path for folder in (start, *start.parents)]
        inside = [folder for folder in ancestors if folder == root or root in folder.parents]
        folders = dict.fromkeys(place for folder in (*inside, root) for place in (folder, folder / "src"))
        found = self._search(name, name, tuple(folders), Place.ASSUMED)
        return None if found is None or found.is_namespace else found

    def _search(self, name: str, last: str, folders: tuple[Path, ...], place: Place) -> Found | None:
        """The first module or package called `last` in `folders`, a namespace package if nothing else."""
        namespace = []
        for folder in folders:
            entries = self.files.entries(folder)
            if last in entries and self.files.is_dir(folder / last):
                inside = self.files.entries(folder / last)
                if "__init__.py" in inside:
                    return Found(name, place, folder / last / "__init__.py", (folder / last,))
                if "__init__" in self.library.compiled(folder / last):
                    return self._compiled(name, place, folder / last, "__init__", (folder / last,))
                namespace.append(folder / last)
            if f"{last}.py" in entries:
                return Found(name, place, folder / f"{last}.py")
            if last in self.library.compiled(folder):
                return self._compiled(name, place, folder, last, ())
        return Found(name, place, None, tuple(namespace)) if namespace else None

    def _compiled(self, name: str, place: Place, folder: Path, stem: str, inside: tuple[Path, ...]) -> Found:
        """A module without its text, with the stub that stands beside it or in the package `<name>-stubs`."""
        top, *below = name.split(".")
        parallel = [site.joinpath(f"{top}-stubs", *below) for site in self.library.environment.site]
        known = [folder / f"{stem}.pyi"]
        known += [path for base in parallel for path in (base / "__init__.pyi", base.with_suffix(".pyi"))]
        stub = next((path for path in known if path.name in self.files.entries(path.parent)), None)
        return Found(name, place, None, inside, f"`{name}` is compiled", stub)

    def _missing(self, name: str, last: str, parent: Found) -> Missing:
        folders = parent.directories
        shown = [self.files.display(folder / last) for folder in folders]
        searched = tuple(text for base in shown for text in (f"{base}.py", f"{base}/__init__.py"))
        names = sorted({known for folder in folders for known in self._modules_in(folder)})
        close = difflib.get_close_matches(last, names, n=1)
        nearest = f"{parent.name}.{close[0]}" if close else None
        return Missing(name, name, parent.place, searched, nearest, parent, self.doubt(parent))

    def doubt(self, parent: Found) -> str | None:
        """Why a submodule that no file shows may exist."""
        if parent.place is Place.ASSUMED:
            return f"`{parent.name}` is not on the import path; it may be installed from somewhere else"
        if parent.is_namespace:
            python = any(name.endswith(".py") for folder in parent.directories for name in self._deep(folder))
            if "." not in parent.name and not python:
                return f"`{parent.name}` is a folder without Python files and no installed package"
            return None
        return self.unread(parent)

    def _deep(self, folder: Path) -> list[str]:
        """Names in a folder and in its sub-folders."""
        names = self.files.entries(folder)
        below = [folder / name for name in names if "." not in name]
        return [*names, *(name for child in below for name in self.files.entries(child))]

    def _modules_in(self, folder: Path) -> list[str]:
        return [
            name[:-3] if name.endswith(".py") else name
            for name in self.files.entries(folder)
            if name.endswith(".py") or name.isidentifier()
        ]

    def siblings(self, found: Found) -> tuple[str, ...]:
        """The dotted names of the modules that stand in a package."""
        names = {name for folder in found.directories for name in self._modules_in(folder)}
        return tuple(f"{found.name}.{name}" for name in sorted(names) if not name.startswith("__"))

    def module_at(self, path: Path) -> Found:
        """The module that a file is: under the name it was found by, else by its place on the import path."""
        known = self._names.get(path)
        if known is not None:
            return known
        path = self.files.absolute(path)
        folder = next((folder for folder in self.import_path if folder in path.parents), path.parent)
        parts = os.path.relpath(path, folder)[: -len(path.suffix) or None].split(os.sep)
        if parts[-1] == "__init__":
            return Found(".".join(parts[:-1]), Place.FIRST_PARTY, path, (path.parent,))
        return Found(".".join(parts), Place.FIRST_PARTY, path)


@state
class OwnCodeResolver(Resolver):
    """A resolver that finds installed packages but never reads into them: a cheap view for following code."""

    def facts(self, found: Found) -> ModuleFacts | None:
        """The names of a module of the project, None for all other modules."""
        return super().facts(found) if found.place.is_own else None

    def unread(self, found: Found) -> str | None:
        """Why the names of a module cannot be listed; those of other people's modules never are."""
        return super().unread(found) if found.place.is_own else f"`{found.name}` is no code of the project"


def _below(parent: Missing, name: str) -> Missing:
    return Missing(
        name, parent.missing, parent.place, parent.searched, parent.nearest, parent.parent, parent.doubt
    )
