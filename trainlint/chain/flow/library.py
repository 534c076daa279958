"""A call of a library function or of a method of the config in, its result and its effect out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from trainlint.chain.flow.frame import Frame, item_of
from trainlint.chain.flow.record import Record
from trainlint.chain.flow.values import Config, Items, Joined, Pairs, Piece, Pieces, Text, Value
from trainlint.facts.value import Known
from trainlint.parse.python.places import name_span, node_span
from trainlint.record import record
from trainlint.source import Span


@record
class CallSite:
    """One call with its arguments evaluated; `words` has the key None for `**mapping`."""

    node: ast.Call
    frame: Frame
    name: str
    values: tuple[Value | None, ...]
    words: Mapping[str | None, Value | None]

    @property
    def first(self) -> Value | None:
        """The first argument, by position or as the only mapping that is unpacked."""
        return self.values[0] if self.values else self.words.get(None)

    @property
    def span(self) -> Span:
        """Where the call stands."""
        return node_span(self.frame.module.source, self.node)

    def text(self, position: int) -> str | None:
        """A positional argument that is a known text."""
        value = self.values[position] if position < len(self.values) else None
        return value.text if isinstance(value, Text) else None


Handler = Callable[[CallSite, Record], "Value | None"]


def _same(site: CallSite, _: Record) -> Value | None:
    return site.first


def _container(site: CallSite, _: Record) -> Value | None:
    """`OmegaConf.to_container(config)`, which passes a `???` on unless it is told to refuse it."""
    if not isinstance(site.first, Config):
        return site.first
    strict = any(word.arg == "throw_on_missing" for word in site.node.keywords)
    return replace(site.first, plain=not strict)


def _with_keywords(site: CallSite, _: Record) -> Value | None:
    """`dict(config, a=1)`: the config with keys put over it."""
    whole = site.first
    if not isinstance(whole, Config):
        return whole
    names = frozenset(name for name in site.words if name is not None)
    return Config(whole.path, whole.supplied | names, whole.exact, whole.plain)


def _merge(site: CallSite, _: Record) -> Value | None:
    """`OmegaConf.merge(a, b)`: a config whose keys can no longer be told exactly."""
    configs = [value for value in site.values if isinstance(value, Config)]
    return Config(configs[-1].path, configs[-1].supplied, exact=False) if configs else None


def _select(site: CallSite, _: Record) -> Value | None:
    """`OmegaConf.select(config, "a.b")`, `getattr(config, "a")`."""
    whole, key = site.first, site.text(1)
    if not isinstance(whole, Config) or key is None:
        return None
    for part in key.split("."):
        whole = whole.child(part)
    return whole


def _update(site: CallSite, record: Record) -> Value | None:
    """`OmegaConf.update(config, "a.b", value)`, `setattr(config, "a", value)`."""
    if isinstance(site.first, Config):
        record.write(site.first, (site.text(1) or "*").partition(".")[0])
    return None


def _import(site: CallSite, record: Record) -> Value | None:
    """`importlib.import_module(prefix + part)`: what loads the module whose name the config holds."""
    name = site.first
    function = site.frame.function
    if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        shown, place = function.name, name_span(site.frame.module.source, function)
    else:
        shown, place = "<module>", site.span
    if isinstance(name, Joined):
        record.load(name, shown, place)
    elif isinstance(name, Piece):
        record.load(Joined((name,)), shown, place)
    return None


def _locate(site: CallSite, record: Record) -> Value | None:
    """`hydra.utils.get_class(config.name)`: a full dotted name."""
    if isinstance(site.first, Config):
        record.add_loader(site.name, Known("", site.span), ".", site.first.path, site.span)
    return None


def _enumerate(site: CallSite, _: Record) -> Value | None:
    return Pairs(item_of(site.first))


def _compose(_: CallSite, __: Record) -> Value | None:
    return Config(())


_OMEGACONF = "omegaconf.OmegaConf."
FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(
        ("copy.copy", "copy.deepcopy", "list", "tuple", "sorted", "reversed", "iter", "vars"), _same
    ),
    **dict.fromkeys((f"{_OMEGACONF}{name}" for name in ("to_object", "create")), _same),
    f"{_OMEGACONF}to_container": _container,
    **dict.fromkeys(("ray.get", "ray.put", "ray.remote"), _same),
    **dict.fromkeys(("dict", "types.SimpleNamespace", "argparse.Namespace"), _with_keywords),
    **dict.fromkeys((f"{_OMEGACONF}merge", f"{_OMEGACONF}unsafe_merge"), _merge),
    **dict.fromkeys((f"{_OMEGACONF}select", "getattr"), _select),
    **dict.fromkeys((f"{_OMEGACONF}update", "setattr"), _update),
    **dict.fromkeys(("importlib.import_module", "__import__"), _import),
    **dict.fromkeys(
        ("hydra.utils.get_class", "hydra.utils.get_method", "hydra.utils.get_object", "pydoc.locate"), _locate
    ),
    "enumerate": _enumerate,
    "hydra.compose": _compose,
    "hydra.experimental.compose": _compose,
}


def _copy(whole: Config, _: CallSite, __: Record) -> Value | None:
    return whole


def _get(whole: Config, site: CallSite, _: Record) -> Value | None:
    key = site.text(0)
    return whole.child(key) if key is not None else None


def _pop(whole: Config, site: CallSite, record: Record) -> Value | None:
    key = site.text(0)
    record.write(whole, key or "*")
    return whole.child(key) if key is not None else None


def _changes(whole: Config, _: CallSite, record: Record) -> Value | None:
    record.write(whole, "*")
    return None


def _pairs(whole: Config, _: CallSite, __: Record) -> Value | None:
    return Pairs(whole.child("*"))


def _values(whole: Config, _: CallSite, __: Record) -> Value | None:
    return whole


def _split(whole: Config, site: CallSite, _: Record) -> Value | None:
    separator = site.text(0)
    return Pieces(whole.path, separator) if separator else None


def _partition(whole: Config, site: CallSite, _: Record) -> Value | None:
    separator = site.text(0)
    if not separator:
        return None
    return Items((Piece(whole.path, separator, 0), Text(separator), Piece(whole.path, separator, -1)))


METHODS: dict[str, Callable[[Config, CallSite, Record], Value | None]] = {
    **dict.fromkeys(("copy", "model_dump", "dict", "model_copy", "strip"), _copy),
    "get": _get,
    "pop": _pop,
    "setdefault": _pop,
    **dict.fromkeys(("update", "clear", "merge_with", "append", "extend", "insert", "remove"), _changes),
    "items": _pairs,
    "values": _values,
    **dict.fromkeys(("split", "rsplit"), _split),
    **dict.fromkeys(("partition", "rpartition"), _partition),
}
