"""A resolver's name and arguments in, its value out: OmegaConf's own are computed, others are opaque."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from trainlint.compose.keys import full_key
from trainlint.compose.render import container_text, scalar_text
from trainlint.compose.resolution import Failure, Found, Resolved, UnseenResolver, Written
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar
from trainlint.facts.interpolation import Call, InterpolationFault
from trainlint.facts.value import Unknown
from trainlint.parse.interpolation import parse_element, parse_template

if TYPE_CHECKING:
    from trainlint.compose.interpolation import Resolver

Arguments = tuple["Found | Unknown", ...]
_Builtin = Callable[["Resolver", Arguments, Written], Resolved]

#: Registered by Hydra; their values exist only while the program runs.
_RUN_TIME = frozenset(("now", "python_version"))


def call_resolver(resolver: Resolver, name: str, arguments: Arguments, at: Written) -> Resolved:
    """The value of `${name:arguments}` written there."""
    known = resolver.surroundings
    if name in known.resolvers:
        return Unknown(f"the resolver `{name}` is the program's own", at.node.origin.span)
    if name in _RUN_TIME:
        return Unknown(f"`{name}` is known only when the program runs", at.node.origin.span)
    builtin = _BUILTINS.get(name)
    if builtin is None:
        if known.opaque_resolvers:
            reason = f"no code that can be read registers the resolver `{name}`; an imported package may"
            return UnseenResolver(reason, at.node.origin.span, name)
        words = f"Unsupported interpolation type {name}"
        return Failure("UnsupportedInterpolationType", words, f"no resolver is called `{name}`")
    unknown = next((argument for argument in arguments if isinstance(argument, Unknown)), None)
    if unknown is not None:
        return unknown
    return builtin(resolver, arguments, at)


def is_text_resolver(text: str) -> bool:
    """Whether a text is one whose unknown value can only be a text, never a mapping."""
    template = parse_template(text)
    if isinstance(template, InterpolationFault) or len(template.parts) > 1:
        return True
    part = template.parts[0]
    return isinstance(part, Call) and part.name[0] in (*_RUN_TIME, "oc.env", "hydra")


def _scalar(arguments: Arguments, index: int) -> ConfigNode | None:
    argument = arguments[index] if index < len(arguments) else None
    return argument.node if isinstance(argument, Found) else None


def _error(kind: str, message: str, reason: str, nearest: tuple[str, ...] = ()) -> Failure:
    words = f"{kind} raised while resolving interpolation: {message}"
    return Failure("InterpolationResolutionError", words, reason, nearest=nearest)


def _arity(name: str, arguments: Arguments, low: int, high: int) -> Failure | None:
    if low <= len(arguments) <= high:
        return None
    takes = str(low) if low == high else f"{low} to {high}"
    message = f"{name} takes {takes} arguments but {len(arguments)} were given"
    return _error("TypeError", message, f"`oc.{name}` takes {takes} arguments, not {len(arguments)}")


def _environment(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    wrong = _arity("env", arguments, 1, 2)
    name = _scalar(arguments, 0)
    if wrong or not isinstance(name, ConfigScalar):
        return wrong or _error("TypeError", "str expected", "`oc.env` takes the name of a variable")
    value = resolver.surroundings.environment.get(str(name.value))
    if value is None:
        return Unknown(
            f"the environment variable `{scalar_text(name.value)}` is not known", at.node.origin.span
        )
    return value if isinstance(value, Unknown) else at.made(value.value)


def _decode(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    wrong = _arity("decode", arguments, 1, 1)
    text = _scalar(arguments, 0)
    if wrong or not isinstance(text, ConfigScalar) or not isinstance(text.value, str | None):
        return wrong or _undecodable(arguments)
    if text.value is None:
        return at.made(None)
    element = parse_element(text.value)
    if isinstance(element, InterpolationFault):
        return _error("GrammarParseError", element.message, f"`{text.value}` cannot be decoded")
    return resolver.decoded(text.value, element, at)


def _undecodable(arguments: Arguments) -> Failure:
    found = arguments[0]
    message = "`oc.decode` can only take strings or None as input, but "
    if isinstance(found, Found):
        shown = str(found.node.value) if isinstance(found.node, ConfigScalar) else container_text(found.node)
        message += f"`{shown}` is of type {type_name(found)}"
    return _error("TypeError", message, "`oc.decode` can decode only text")


def _create(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    wrong = _arity("create", arguments, 1, 1)
    made = _scalar(arguments, 0)
    if wrong or made is None:
        return wrong or _error("TypeError", "", "`oc.create` takes one argument")
    if isinstance(made, ConfigScalar) and isinstance(made.value, str | None):
        return Unknown("`oc.create` reads a text", at.node.origin.span)
    if isinstance(made, ConfigScalar):
        kind = type(made.value).__name__
        message = f"Object of unsupported type: '{kind}'"
        return _error("ValidationError", message, f"`oc.create` cannot make a config of a {kind}")
    return Found(at.path, made)


def _looked_up(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved | None:
    """The node behind a key argument, None when it is not there."""
    key = _scalar(arguments, 0)
    text = key.value if isinstance(key, ConfigScalar) else None
    if not isinstance(text, str):
        return _error("TypeError", "key is not a string", "its first argument must be a key")
    start, rest = resolver.start_of(text, at.path)
    if start is None:
        return _error("ConfigKeyError", f"Error resolving key '{text}'", "it has too many leading dots")
    result = resolver.select(start, rest)
    if not isinstance(result, Failure):
        return result
    if result.absent:
        return None
    if result.is_wrapped:
        return result
    words = f"{result.error} raised while resolving interpolation: {result.words}"
    return replace(result, error="InterpolationResolutionError", words=words)


def _select(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    wrong = _arity("select", arguments, 1, 2)
    if wrong:
        return wrong
    found = _looked_up(resolver, arguments, at)
    if found is None or (isinstance(found, Failure) and found.missing):
        default = arguments[1] if len(arguments) > 1 else None
        return default or at.made(None)
    return found


def _deprecated(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    wrong = _arity("deprecated", arguments, 1, 2)
    if wrong:
        return wrong
    found = _looked_up(resolver, arguments, at)
    if found is None:
        key = _scalar(arguments, 0)
        name = scalar_text(key.value) if isinstance(key, ConfigScalar) else ""
        message = (
            f"In oc.deprecated resolver at '{full_key(resolver.root, at.path)}': Key not found: '{name}'"
        )
        return _error("ConfigKeyError", message, f"there is no key `{name}`")
    return at.made("???") if isinstance(found, Failure) and found.missing else found


def _mapping(
    resolver: Resolver, arguments: Arguments, at: Written, name: str
) -> tuple[str, Found, ConfigMap] | Unknown | Failure:
    wrong = _arity(name, arguments, 1, 1)
    if wrong:
        return wrong
    found = _looked_up(resolver, arguments, at)
    key = _scalar(arguments, 0)
    text = scalar_text(key.value) if isinstance(key, ConfigScalar) else ""
    if found is None:
        return _error("ConfigKeyError", f"Key not found: '{text}'", f"there is no key `{text}`")
    if isinstance(found, Unknown | Failure):
        return found
    if found.raw or not isinstance(found.node, ConfigMap):
        message = f"`oc.dict.{name}` cannot be applied to objects of type: {type_name(found)}"
        return _error("TypeError", message, f"`{text}` is no mapping")
    return text, found, found.node


def type_name(found: Found) -> str:
    """Python's name of the type of a value."""
    if isinstance(found.node, ConfigScalar):
        return type(found.node.value).__name__
    if isinstance(found.node, ConfigList):
        return "list" if found.raw else "ListConfig"
    return "dict" if found.raw else "DictConfig"


def class_name(found: Found) -> str:
    """Python's `repr` of the type of a value."""
    name = type_name(found)
    return f"<class 'omegaconf.{name.lower()}.{name}'>" if name.endswith("Config") else f"<class '{name}'>"


def _keys(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    found = _mapping(resolver, arguments, at, "keys")
    if isinstance(found, Unknown | Failure):
        return found
    items = tuple(ConfigScalar(key, at.node.origin) for key in found[2].children)
    return Found(at.path, ConfigList(items, at.node.origin))


def _values(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    found = _mapping(resolver, arguments, at, "values")
    if isinstance(found, Unknown | Failure):
        return found
    key = f".{found[0]}" if found[0].startswith(".") else found[0]
    texts = [f"${{{key}.{child!s}}}" for child in found[2].children]
    faults = [fault for text in texts if isinstance(fault := parse_template(text), InterpolationFault)]
    if faults:
        return _error("GrammarParseError", faults[0].message, f"`{key}` has a key that none can refer to")
    return Found(
        at.path, ConfigList(tuple(ConfigScalar(text, at.node.origin) for text in texts), at.node.origin)
    )


def _hydra(resolver: Resolver, arguments: Arguments, at: Written) -> Resolved:
    """Values that Hydra fills in are known only at run time; those that the config states are known."""
    unknown = Unknown("Hydra fills it in when the program runs", at.node.origin.span)
    key = _scalar(arguments, 0)
    if resolver.surroundings.hydra is None or not isinstance(key, ConfigScalar):
        return unknown
    here: ConfigNode | None = resolver.surroundings.hydra
    for part in str(key.value).split("."):
        here = here.children.get(part) if isinstance(here, ConfigMap) else None
    stated = isinstance(here, ConfigScalar) and not (here.is_missing or here.is_interpolation)
    if not stated or not isinstance(here, ConfigScalar) or here.value is None:
        return unknown
    return Found(at.path, ConfigScalar(here.value, at.node.origin))


_BUILTINS: dict[str, _Builtin] = {
    "oc.env": _environment,
    "oc.decode": _decode,
    "oc.create": _create,
    "oc.select": _select,
    "oc.deprecated": _deprecated,
    "oc.dict.keys": _keys,
    "oc.dict.values": _values,
    "hydra": _hydra,
}
