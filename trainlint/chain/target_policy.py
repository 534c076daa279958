"""The Hydra of the environment in, the targets that it does not let a config call out."""

from __future__ import annotations

import ast

from trainlint.chain.imports import Found, Resolver
from trainlint.record import record

_MODULE = "hydra._internal.target_policy"
#: The other names of modules under which Hydra looks a target up in its lists.
_ALIASES = {"posix": "os", "nt": "os", "posixpath": "os.path", "ntpath": "os.path"}
_OVERRIDE = "HYDRA_INSTANTIATE_ALLOWLIST_OVERRIDE"


@record
class Policy:
    """Hydra's lists: `never` and `prefixes` without `exceptions` are refused, `unless_allowed` by default."""

    never: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    exceptions: frozenset[str] = frozenset()
    unless_allowed: frozenset[str] = frozenset()

    def refusal(self, text: str) -> str | None:
        """Hydra's words for a target that no setting can allow, None for any other."""
        name = _canonical(text)
        listed = name.startswith(self.prefixes) and name not in self.exceptions if self.prefixes else False
        if name not in self.never and not listed:
            return None
        return (
            f"hydra.errors.InstantiationException: Target '{name}' is blocklisted because it allows config "
            "data to control executable behavior"
        )

    def doubt(self, text: str) -> str | None:
        """Why a target may be refused: the environment can allow it."""
        if _canonical(text) not in self.unless_allowed:
            return None
        return f"Hydra refuses it unless {_OVERRIDE} names it"


def read_policy(resolver: Resolver) -> Policy:
    """The policy of the installed Hydra, as its file states it; older versions have none."""
    found = resolver.find_module(_MODULE)
    facts = resolver.facts(found) if isinstance(found, Found) else None
    if facts is None:
        return Policy()
    values: dict[str, frozenset[str]] = {}
    for node in facts.tree.body:
        target, value = _assignment(node)
        if target is not None and value is not None:
            values[target] = _texts(value, values)
    return Policy(
        values.get("UNCONTROLLED_EXECUTION_TARGETS", frozenset()),
        tuple(sorted(values.get("UNCONTROLLED_EXECUTION_TARGET_PREFIXES", ()))),
        values.get("UNCONTROLLED_EXECUTION_TARGET_PREFIX_EXCEPTIONS", frozenset()),
        values.get("DEFAULT_BLOCKLISTED_MODULES", frozenset()),
    )


def _assignment(node: ast.stmt) -> tuple[str | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return None, None


def _texts(node: ast.expr, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """The strings of a set or tuple display, of `frozenset(...)` around one, of unions of such."""
    if isinstance(node, ast.Constant):
        return frozenset((node.value,)) if isinstance(node.value, str) else frozenset()
    if isinstance(node, (ast.Set, ast.Tuple, ast.List)):
        return frozenset().union(*(_texts(element, known) for element in node.elts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _texts(node.left, known) | _texts(node.right, known)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "frozenset" and node.args:
        return _texts(node.args[0], known)
    return known.get(node.id, frozenset()) if isinstance(node, ast.Name) else frozenset()


def _canonical(text: str) -> str:
    head, dot, rest = text.partition(".")
    return f"{_ALIASES[head]}.{rest}" if dot and head in _ALIASES else text
