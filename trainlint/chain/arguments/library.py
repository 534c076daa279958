"""A function of a library and what it is called with in, what it gives back out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from trainlint.chain.arguments.dataclass_fields import as_pairs, fields_of
from trainlint.chain.arguments.files import READERS
from trainlint.chain.arguments.items import collected, items_of
from trainlint.chain.arguments.methods import ParserMethods
from trainlint.chain.arguments.site import Site
from trainlint.chain.arguments.values import (
    Argv,
    Class,
    Closure,
    Constant,
    Described,
    Group,
    Headed,
    Instance,
    Items,
    Library,
    OwnModule,
    Pairs,
    Parser,
    Rest,
    Value,
)
from trainlint.facts.arguments import Argument, ArgumentAction, ParserKind

#: What makes a parser, by its full name.
PARSERS: Mapping[str, ParserKind] = {"argparse.ArgumentParser": ParserKind.ARGPARSE}
#: What looks at a parser or calls no function that it is given.
HARMLESS = frozenset(
    [
        "print",
        "str",
        "repr",
        "isinstance",
        "issubclass",
        "hasattr",
        "type",
        "id",
        "len",
        "vars",
        "dir",
        "callable",
        "bool",
        "format",
        "hash",
        "argcomplete.autocomplete",
        "shtab.add_argument_to",
        "logging.info",
        "logging.debug",
        "pprint.pprint",
        "warnings.warn",
        "inspect.getsource",
        "inspect.signature",
    ]
)


def library_value(name: str, site: Site, methods: ParserMethods) -> Value | None:
    """The result of a call, None when it is not known."""
    reader = _READERS.get(name) or READERS.get(name)
    return reader(site) if reader is not None else None


def _collection(kind: type) -> Callable[[Site], Value | None]:
    def read(site: Site) -> Value | None:
        value = site.positional[0] if site.positional else Constant(kind(), site.span)
        if isinstance(value, (Argv, Rest, Headed)):
            return value
        items = items_of(value)
        return collected(items, site.span, kind) if items is not None and len(site.positional) < 2 else None

    return read


def _sorted(site: Site) -> Value | None:
    items = items_of(site.positional[0]) if site.positional and not site.named else None
    constants = [item.value for item in items or () if isinstance(item, Constant)]
    texts = [value for value in constants if isinstance(value, str)]
    return Constant(sorted(texts), site.span) if items is not None and len(texts) == len(items) else None


def _dict(site: Site) -> Value | None:
    if site.hidden is not None or len(site.positional) > 1:
        return None
    first = site.positional[0] if site.positional else Pairs({}, site.span)
    if not isinstance(first, Pairs):
        return None
    pairs: dict[object, Value | None] = dict(first.pairs)
    pairs.update(site.named)
    return Pairs(pairs, site.span)


def _range(site: Site) -> Value | None:
    numbers = [value.value for value in site.positional if isinstance(value, Constant)]
    whole = [number for number in numbers if isinstance(number, int)]
    if (
        not whole
        or len(whole) != len(site.positional)
        or len(whole) > 3
        or (len(whole) == 3 and not whole[2])
    ):
        return None
    return Constant(range(*whole), site.span)


def _enumerate(site: Site) -> Value | None:
    items = items_of(site.positional[0]) if len(site.positional) == 1 else None
    if items is None or site.named:
        return None
    pairs = [Items((Constant(index, site.span), item)) for index, item in enumerate(items)]
    return Items(tuple(pairs))


def _zip(site: Site) -> Value | None:
    columns = [items_of(value) for value in site.positional]
    known = [column for column in columns if column is not None]
    if not known or len(known) != len(columns):
        return None
    return Items(tuple(Items(row) for row in zip(*known, strict=False)))


def _converted(kind: type) -> Callable[[Site], Value | None]:
    def read(site: Site) -> Value | None:
        value = site.positional[0] if len(site.positional) == 1 else None
        if not isinstance(value, Constant) or not isinstance(value.value, (str, int, float)):
            return None
        try:
            return Constant(kind(value.value), site.span)
        except ValueError:
            return None

    return read


def _copied(site: Site) -> Value | None:
    value = site.positional[0] if site.positional else None
    return Parser(value.builder.copy(), value.owner) if isinstance(value, Parser) else value


def _attribute(site: Site) -> Value | None:
    """`getattr(object, "name")`."""
    owner, name = (*site.positional, None, None)[:2]
    if isinstance(owner, Instance) and isinstance(name, Constant):
        return owner.attributes.get(str(name.value))
    return None


def _length(site: Site) -> Value | None:
    items = items_of(site.positional[0]) if len(site.positional) == 1 else None
    return Constant(len(items), site.span) if items is not None else None


def _type(site: Site) -> Value | None:
    """`type(value)` of a constant."""
    value = site.positional[0] if len(site.positional) == 1 else None
    return Library(type(value.value).__name__) if isinstance(value, Constant) else None


def _is_instance(site: Site) -> Value | None:
    """`isinstance(value, type)` of a constant, a function or a class, and builtin types."""
    value, kinds = (*site.positional, None, None)[:2]
    wanted = list(kinds.items) if isinstance(kinds, Items) else [kinds]
    names = [kind.name for kind in wanted if isinstance(kind, Library)]
    types = [_BUILTIN[name] for name in names if name in _BUILTIN]
    if len(types) < len(wanted) or not isinstance(value, (Constant, Closure, Class, OwnModule, Described)):
        return None
    return Constant(isinstance(value, Constant) and isinstance(value.value, tuple(types)), site.span)


def _globals(site: Site) -> Value | None:
    """`globals()` in the code of a module: what is set so far."""
    frame = site.frame
    if frame.function is not None or site.positional:
        return None
    own: dict[object, Value | None] = {}
    own.update(frame.variables)
    for imported in frame.module.imports:
        if imported.name == "*":
            return None
        value = frame.evaluator.value(ast.Name(imported.bound, ast.Load()), frame)
        # Of what libraries export hardly anything is a number or a text.
        own.setdefault(imported.bound, Described({}) if isinstance(value, Library) else value)
    return Pairs(own, site.span)


_BUILTIN: Mapping[str, type] = {
    kind.__name__: kind for kind in (str, int, float, bool, list, tuple, dict, set, bytes)
}


def add_known(name: str, site: Site) -> bool:
    """Whether a function of a library adds options that are known, to the parser that it is given."""
    added = _ADDED.get(name)
    parser = site.positional[0] if site.positional else site.given("parser")
    if added is None or not isinstance(parser, (Parser, Group)):
        return False
    for option, action in added.items():
        count = 0 if action is ArgumentAction.FLAG else None
        dest = option.lstrip("-")
        parser.builder.add(Argument((option,), dest, site.span, option, action, count))
    return True


_ADDED = {
    "deepspeed.add_config_arguments": {
        "--deepspeed": ArgumentAction.FLAG,
        "--deepspeed_config": ArgumentAction.STORE,
        "--deepscale": ArgumentAction.FLAG,
        "--deepscale_config": ArgumentAction.STORE,
    }
}
_READERS: Mapping[str, Callable[[Site], Value | None]] = {
    "list": _collection(list),
    "tuple": _collection(tuple),
    "set": _collection(set),
    "sorted": _sorted,
    "dict": _dict,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "str": _converted(str),
    "int": _converted(int),
    "float": _converted(float),
    "dataclasses.fields": fields_of,
    "dataclasses.asdict": as_pairs,
    "vars": as_pairs,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "getattr": _attribute,
    "len": _length,
    "type": _type,
    "isinstance": _is_instance,
    "globals": _globals,
}
