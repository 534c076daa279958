"""A request in, the search path of its composition (with `hydra.searchpath` followed) out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from trainlint.compose.cache import ComposeCache
from trainlint.compose.choices import key_element
from trainlint.compose.hydra_node import builtin_configs, builtin_source
from trainlint.compose.interpolation import resolve
from trainlint.compose.merge import instantiate
from trainlint.compose.repository import LoadedConfig, Repository
from trainlint.compose.request import ComposeRequest, Override, OverrideKind, Provider, SearchEntry
from trainlint.compose.resolution import Failure, Surroundings
from trainlint.compose.search import (
    Source,
    UnseenSource,
    find_package,
    searchpath_entry,
    source_of,
    store_source,
)
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigNotFound,
    ConfigScalar,
    ConfigUnknown,
    DefaultsListInvalid,
    Inclusion,
    InclusionKind,
    select,
)
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Files, Span

#: What Hydra says of a config path that names a config; before 1.0 it did.
NAMES_A_FILE = (
    "Using config_path to specify the config name is not supported, specify the config name via config_name."
)
KEY = "hydra.searchpath"
IN_MAIN = "hydra.searchpath in main"
IN_COMMAND = "hydra.searchpath in command-line"
SCHEMES = ("file", "pkg", "structured")


@record
class SearchPath:
    """The repository behind a request, and what is wrong with the path to it."""

    repository: Repository
    problems: tuple[CompositionProblem, ...]


def is_legacy(request: ComposeRequest) -> bool:
    """Whether Hydra keeps to its 1.1 behaviour: `version_base` unspecified or below 1.2."""
    if request.version_base is None or isinstance(request.version_base, Unknown):
        return True
    text = request.version_base.value
    if text is None:
        return False
    numbers = [int(part) if part.isdecimal() else 0 for part in text.split(".")[:2]]
    return tuple(numbers) < (1, 2)


def find_packages(request: ComposeRequest, files: Files) -> tuple[SearchEntry, ...]:
    """The request's search path with its packages looked up where the request leaves that open."""
    return tuple(
        replace(entry, directory=find_package(entry.text.removeprefix("pkg://"), request, entry.span, files))
        if entry.provider is Provider.PACKAGE and isinstance(entry.directory, Unknown)
        else entry
        for entry in request.search_path
    )


def missing_folder(request: ComposeRequest, files: Files) -> ConfigNotFound | None:
    """The problem that stops Hydra before it reads anything: a config folder that is not there."""
    for entry in request.search_path:
        if isinstance(entry.directory, Unknown) or entry.role not in ("main", "command-line"):
            continue
        folder = entry.directory.value
        shown = files.display(folder)
        if entry.role == "command-line":
            words = f"Additional config directory '{shown}' not found"
        elif entry.provider is Provider.PACKAGE:
            words = (
                f"Primary config module '{entry.text.removeprefix('pkg://')}' not found.\n"
                "Check that it's correct and contains an __init__.py file"
            )
        elif entry.text.endswith((".yaml", ".yml")):
            words = NAMES_A_FILE
        else:
            words = (
                "Primary config directory not found.\n"
                f"Check that the config directory '{shown}' exists and readable"
            )
        there = files.is_dir(folder) and words != NAMES_A_FILE
        if entry.provider is Provider.PACKAGE and entry.role == "main":
            there = files.is_file(folder / "__init__.py")
        if not there:
            beside = tuple(
                name for name in files.entries(folder.parent) if files.is_dir(folder.parent / name)
            )
            return ConfigNotFound(entry.span, words, None, shown, (shown,), beside, True)
    return None


def search_path(
    request: ComposeRequest,
    overrides: Sequence[Override],
    surroundings: Surroundings,
    files: Files,
    cache: ComposeCache,
) -> SearchPath:
    """Everything the request's configs are looked up in."""
    name = request.config_name.value
    first = _repository(request, request.search_path, files, cache)
    primary = first.load(name) if name is not None else None
    listed = _listed(overrides, primary, surroundings)
    if listed is None:
        return SearchPath(first, ())
    node, role = listed
    problems: list[CompositionProblem] = []
    extra = []
    for item in _items(node, role, surroundings, problems):
        if isinstance(item, Unknown):
            extra.append(SearchEntry(Provider.FILE, "hydra.searchpath", item, role, item.span))
        else:
            extra.append(searchpath_entry(item.value, role, request, item.span, files))
            problems += _bad_scheme(item, node)
    full = _repository(request, (*request.search_path, *extra), files, cache)
    # Hydra has looked up the primary config by now and keeps to what it found.
    if name is not None:
        full.remember(name, primary)
    return SearchPath(full, tuple(problems))


def _repository(
    request: ComposeRequest, entries: tuple[SearchEntry, ...], files: Files, cache: ComposeCache
) -> Repository:
    legacy = is_legacy(request)
    # Field defaults may be lists, which have no hash; the sources keep these objects and their ids alive.
    stored = tuple(map(id, request.stored))
    key = (tuple(map(_identity, entries)), stored, legacy, request.config_name.value)
    known = cache.repositories.get(key)
    if known is None:
        extensions = (".yaml", ".yml") if legacy else (".yaml",)
        sources: list[Source] = [builtin_source(extensions)]
        sources += [source_of(entry, files, extensions) for entry in entries]
        sources.append(store_source((*builtin_configs(), *request.stored)))
        known = cache.repositories[key] = Repository(tuple(sources), cache.read, legacy)
    return known


def _identity(entry: SearchEntry) -> Hashable:
    """What makes a search path entry another one; where it is written does not, as long as it is known."""
    directory = entry.directory
    return entry.role, entry.text, directory if isinstance(directory, Unknown) else directory.value


def _listed(
    overrides: Sequence[Override], primary: LoadedConfig | None, surroundings: Surroundings
) -> tuple[ConfigNode, str] | None:
    """The node that lists more places: the first override of it, else what the primary config says."""
    first = next((o for o in overrides if o.kind is OverrideKind.CHANGE and key_element(o) == KEY), None)
    if first is not None and first.value is not None and not _is_null(first.value):
        return first.value, IN_COMMAND
    if primary is None or primary.text is None:
        return None
    if all(entry.key != "hydra" for entry in primary.text.body.entries):
        return None
    inclusion = Inclusion(InclusionKind.PRIMARY, primary.path, Span.at(primary.text.file), primary.file, None)
    body = instantiate(primary.text.body, inclusion)
    node = select(body, ("hydra", "searchpath"))
    if node is None or not isinstance(body, ConfigMap):
        return None
    node = _resolved(body, ("hydra", "searchpath"), node, surroundings)
    if _is_null(node) or (isinstance(node, ConfigScalar) and node.is_missing):
        return None
    if isinstance(node, ConfigList):
        items = tuple(
            _resolved(body, ("hydra", "searchpath", index), item, surroundings)
            for index, item in enumerate(node.items)
        )
        node = ConfigList(items, node.origin)
    return node, IN_MAIN


def _is_null(node: ConfigNode) -> bool:
    return isinstance(node, ConfigScalar) and node.value is None


def _resolved(
    body: ConfigMap, path: tuple[str | int, ...], node: ConfigNode, surroundings: Surroundings
) -> ConfigNode:
    """The node behind an interpolation in the primary config, read by itself."""
    if not (isinstance(node, ConfigScalar) and node.is_interpolation):
        return node
    result = resolve(body, path, surroundings)
    if isinstance(result, Known):
        return result.value
    reason = result.reason if isinstance(result, (Failure, Unknown)) else ""
    return ConfigUnknown(Unknown(f"`{node.value!s}`: {reason}", node.origin.span), node.origin)


def _items(
    node: ConfigNode, role: str, surroundings: Surroundings, problems: list[CompositionProblem]
) -> list[Known[str] | Unknown]:
    if isinstance(node, ConfigUnknown):
        return [node.unknown]
    items = node.items if isinstance(node, ConfigList) else ()
    found: list[Known[str] | Unknown] = []
    for item in items:
        if isinstance(item, ConfigUnknown):
            found.append(item.unknown)
        elif isinstance(item, ConfigScalar) and isinstance(item.value, str):
            found.append(Known(item.value, item.origin.span))
    if not isinstance(node, ConfigList) or len(found) != len(items):
        words = "hydra.searchpath must be a list of strings."
        span, inclusion = node.origin.span, node.origin.inclusion
        problems.append(
            DefaultsListInvalid(span, words, inclusion, "`hydra.searchpath` must be a list of strings")
        )
    return found


def _bad_scheme(item: Known[str], node: ConfigNode) -> list[CompositionProblem]:
    scheme, found, _ = item.value.partition("://")
    if not found or scheme in SCHEMES:
        return []
    words = f"No config source registered for schema {scheme}, supported types : [{', '.join(SCHEMES)}]"
    message = f"`{scheme}://` is no kind of config source"
    return [DefaultsListInvalid(item.span, words, node.origin.inclusion, message)]


def unseen_main(repository: Repository) -> Unknown | None:
    """Why the primary config's own folder cannot be looked into."""
    for source in repository.sources:
        if isinstance(source, UnseenSource) and source.role == "main":
            return source.doubt
    return None
