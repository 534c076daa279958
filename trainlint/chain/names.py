"""A module and a name in, the definition behind it out, followed through re-exports and assignments."""

from __future__ import annotations

import ast
import difflib

from trainlint.chain.imports import External, Found, Located, Missing, Resolver
from trainlint.facts.module import Definition, DefinitionKind, Guard, ImportFacts, ModuleFacts, dotted_parts
from trainlint.parse.python.dynamic import bound_in_expression
from trainlint.record import record

_IMPLICIT = {
    "__name__",
    "__file__",
    "__doc__",
    "__path__",
    "__package__",
    "__spec__",
    "__loader__",
    "__dict__",
}
_LIMIT = 64


@record
class Bound:
    """A definition that was reached, with the module that it stands in."""

    module: Found
    facts: ModuleFacts
    definition: Definition


@record
class NameMissing:
    """The module is read completely and does not define the name."""

    module: Found
    name: str
    available: tuple[str, ...]
    nearest: str | None


@record
class Unfollowed:
    """A name that may be there; `reason` completes "not checked: …"."""

    reason: str


Named = Bound | Found | NameMissing | Unfollowed
Trail = frozenset[tuple[str, str]]


def find_name(resolver: Resolver, module: Found, name: str, trail: Trail = frozenset()) -> Named:
    """What `from module import name` gives: a definition, a submodule, or why there is none."""
    step = (module.name, name)
    submodule = resolver.submodule(module, name)
    if step in trail or len(trail) > _LIMIT:
        circle = Unfollowed(f"`{name}` of `{module.name}` is imported in a circle")
        return submodule or circle
    trail = trail | {step}
    facts = resolver.facts(module)
    if facts is not None and name in facts.definitions:
        return _first_followed(resolver, module, facts, facts.definitions[name], trail)
    if submodule is not None:
        return submodule
    starred = _through_stars(resolver, module, facts, name, trail) if facts is not None else None
    if starred is not None and not isinstance(starred, NameMissing):
        return starred
    return _absent(resolver, module, facts, name)


def find_dotted(resolver: Resolver, module: Found, dotted: str) -> Named:
    """What a name with attributes (`nn.Linear`, `losses.heads.Head`) means in a module, modules followed."""
    head, *rest = dotted.split(".")
    found = find_name(resolver, module, head)
    for name in rest:
        if not isinstance(found, Found):
            return (
                found
                if isinstance(found, (NameMissing, Unfollowed))
                else Unfollowed(f"`{dotted}` is an attribute of something that is no module")
            )
        found = find_name(resolver, found, name)
    return found


def imported_module(resolver: Resolver, module: Found, imported: ImportFacts) -> Located:
    """The module that an import statement loads (for `from m import n`, `m`)."""
    if imported.level == 0:
        return resolver.find_module(imported.module)
    package = module.name.split(".") if module.directories else module.name.split(".")[:-1]
    base = package[: len(package) - imported.level + 1]
    if not base or imported.level > len(package):
        return External(imported.module, "a relative import leads out of its package")
    return resolver.find_module(".".join([*base, imported.module] if imported.module else base))


def _first_followed(
    resolver: Resolver, module: Found, facts: ModuleFacts, definition: Definition, trail: Trail
) -> Named:
    """The first of competing definitions that leads somewhere."""
    results: list[Named] = []
    for candidate in (definition, *definition.others):
        result = _follow(resolver, module, facts, candidate, trail)
        fallback = candidate.kind is DefinitionKind.VARIABLE and bool(results)
        if isinstance(result, (Bound, Found)) and not fallback:
            return result
        results.append(result)
    unfollowed = [result for result in results if isinstance(result, Unfollowed)]
    if unfollowed or len(results) == 1:
        return unfollowed[0] if unfollowed else results[0]
    return Unfollowed(f"`{definition.name}` of `{module.name}` depends on a condition")


def _follow(
    resolver: Resolver, module: Found, facts: ModuleFacts, definition: Definition, trail: Trail
) -> Named:
    here = Bound(module, facts, definition)
    if definition.kind is DefinitionKind.IMPORT:
        return _follow_import(resolver, module, facts, definition, trail)
    if definition.kind is not DefinitionKind.VARIABLE or not isinstance(definition.node, ast.Assign):
        return here
    parts = dotted_parts(definition.node.value)
    if not parts or not isinstance(definition.node.targets[0], ast.Name):
        return here
    found = find_name(resolver, module, parts[0], trail)
    for name in parts[1:]:
        found = find_name(resolver, found, name, trail) if isinstance(found, Found) else here
    return here if isinstance(found, NameMissing) else found


def _follow_import(
    resolver: Resolver, module: Found, facts: ModuleFacts, definition: Definition, trail: Trail
) -> Named:
    span = definition.span
    candidates = [
        entry
        for entry in facts.imports
        if entry.bound == definition.name and span.line <= entry.span.line <= span.end_line
    ]
    if not candidates:
        return Unfollowed(f"the import of `{definition.name}` was not understood")
    imported = candidates[-1]
    if imported.name is None and imported.bound != imported.module.partition(".")[0]:
        return _module_result(resolver.find_module(imported.module))
    if imported.name is None:
        return _module_result(resolver.find_module(imported.bound))
    source = imported_module(resolver, module, imported)
    if isinstance(source, Found):
        return find_name(resolver, source, imported.name, trail)
    return _module_result(source)


def _module_result(located: Located) -> Named:
    if isinstance(located, Found):
        return located
    if isinstance(located, Missing):
        return Unfollowed(located.doubt or f"it is imported from `{located.missing}`, which was not found")
    return Unfollowed(located.reason)


def _through_stars(
    resolver: Resolver, module: Found, facts: ModuleFacts, name: str, trail: Trail
) -> Named | None:
    """What the module's `from m import *` lines give for a name, the last line first."""
    unfollowed: Unfollowed | None = None
    for imported in reversed(facts.imports):
        if imported.name != "*" or imported.guard in (Guard.TYPE_CHECKING, Guard.FUNCTION):
            continue
        source = imported_module(resolver, module, imported)
        if not isinstance(source, Found):
            unfollowed = Unfollowed(
                f"`{module.name}` imports all names of `{imported.module}`, which was not found"
            )
            continue
        exported = resolver.facts(source)
        if exported is not None and not _is_exported(exported, name):
            continue
        result = find_name(resolver, source, name, trail)
        if isinstance(result, (Bound, Found)):
            return result
        if isinstance(result, Unfollowed):
            unfollowed = result
    return unfollowed


def _is_exported(facts: ModuleFacts, name: str) -> bool:
    if facts.exported is not None:
        return name in facts.exported
    return not name.startswith("_")


def _absent(
    resolver: Resolver, module: Found, facts: ModuleFacts | None, name: str
) -> NameMissing | Unfollowed:
    reason = resolver.unread(module) or resolver.doubt(module)
    if reason is None and name in _IMPLICIT:
        reason = f"`{name}` is set by Python itself"
    if reason is None and facts is not None and bound_in_expression(facts.tree, name):
        reason = f"`{name}` of `{module.name}` is bound inside an expression"
    if reason is not None:
        return Unfollowed(reason)
    available = available_names(resolver, module)
    close = difflib.get_close_matches(name, available, n=1)
    return NameMissing(module, name, available, close[0] if close else None)


def available_names(resolver: Resolver, module: Found) -> tuple[str, ...]:
    """The public names that a module defines or re-exports by name, with its submodules."""
    facts = resolver.facts(module)
    defined = [name for name in (facts.definitions if facts else ()) if not name.startswith("_")]
    submodules = [name.rpartition(".")[2] for name in resolver.siblings(module)]
    return tuple(dict.fromkeys([*defined, *submodules]))


def every_name(
    resolver: Resolver, module: Found, trail: frozenset[str] = frozenset()
) -> frozenset[str] | None:
    """All names that a module has for others, star imports and submodules included; None where not known."""
    facts = resolver.facts(module)
    if facts is None or resolver.unread(module) or resolver.doubt(module) or module.name in trail:
        return None
    names = {*facts.definitions, *_IMPLICIT, *(name.rpartition(".")[2] for name in resolver.siblings(module))}
    for imported in facts.imports:
        if imported.name != "*":
            continue
        source = imported_module(resolver, module, imported)
        inner = every_name(resolver, source, trail | {module.name}) if isinstance(source, Found) else None
        exported = resolver.facts(source) if isinstance(source, Found) else None
        if inner is None or exported is None:
            return None
        names.update(name for name in inner if _is_exported(exported, name))
    return None if any(isinstance(node, ast.NamedExpr) for node in facts.nodes) else frozenset(names)
