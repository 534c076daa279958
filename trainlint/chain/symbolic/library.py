"""A call of a library function that matters to what the config does in, its result out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.chain.symbolic import command_lines, schedulers
from trainlint.chain.symbolic.alternatives import once_each
from trainlint.chain.symbolic.assignment import item_of
from trainlint.chain.symbolic.attributes import get_attribute, has_attribute, paths_in
from trainlint.chain.symbolic.escapes import called_back
from trainlint.chain.symbolic.heap import COPIED_NETWORK
from trainlint.chain.symbolic.holdings import aliases, settings_in
from trainlint.chain.symbolic.machine import Handler, Machine, Site
from trainlint.chain.symbolic.settings import child_of, fetch, literal, over
from trainlint.facts.behaviour import Access, Read
from trainlint.facts.symbols import (
    Absence,
    Choice,
    Code,
    Constant,
    Fact,
    Instance,
    Made,
    Opaque,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)

#: Functions without effects that can be computed; the result is an Operation of the same name.
PURE = frozenset(
    {
        *("int", "float", "str", "bool", "len", "abs", "max", "min", "round", "sum", "any", "all", "range"),
        *(
            "enumerate",
            "zip",
            "isinstance",
            "issubclass",
            "divmod",
            "pow",
            "type",
            "id",
            "callable",
            "math.ceil",
        ),
        *(
            "math.floor",
            "math.sqrt",
            "math.prod",
            "math.log",
            "math.log2",
            "math.exp",
            "math.cos",
            "math.isnan",
        ),
        *("os.path.join", "os.path.basename", "os.path.dirname", "os.path.expanduser", "os.path.abspath"),
        *("os.path.splitext", "os.path.normpath", "os.fspath", "numpy.prod", "numpy.ceil", "numpy.log"),
    }
)


def _same(_: Machine, site: Site) -> Symbol:
    first = site.first
    return first if first is not None else Sequence(())


def _iterated(name: str) -> Handler:
    """`tuple(items)` is computed; of `list(items)`, which code may change, only the items are known."""

    def made(machine: Machine, site: Site) -> Symbol:
        if name == "sorted":
            called_back(machine, site.keyword("key") or Constant(None), site, name)
        if site.spread or len(site.positional) > 1:
            return site.opaque(f"the result of `{name}`")
        if not site.positional:
            return Sequence((), kind=_KINDS.get(name, "list"))
        if name in _CHANGEABLE:
            element = item_of(site.positional[0], site.span)
            return Sequence((element,), open=True, kind=_KINDS.get(name, "list"))
        return Operation(name, site.positional, site.span)

    return made


_KINDS = {"tuple": "tuple", "set": "set", "frozenset": "set"}
_CHANGEABLE = ("list", "set", "sorted")


def _next(_: Machine, site: Site) -> Symbol:
    """`next(iter(items))`."""
    first = site.first
    return (
        item_of(first, site.span)
        if len(site.positional) == 1 and first is not None
        else site.opaque("`next`")
    )


def _copied(_: Machine, site: Site) -> Symbol:
    first = site.first
    if isinstance(first, Setting):
        return replace(first, copied=True)
    if isinstance(first, (Sequence, Table, Instance)):
        reason = COPIED_NETWORK if _is_network(first) else "what was changed in a copy is not known"
        return Choice(site.opaque(reason), first, site.opaque("a copy"))
    return _same(_, site)


def _is_network(copied: Symbol) -> bool:
    return isinstance(copied, Instance) and any(base.endswith("Module") for base in copied.bases)


def _container(_: Machine, site: Site) -> Symbol:
    """`OmegaConf.to_container(config)`: a plain dictionary, which refuses keys that are not there."""
    whole = site.first
    if not isinstance(whole, Setting):
        return site.opaque("a container of something else")
    strict = site.keyword("throw_on_missing") is not None
    return replace(whole, plain=not strict, copied=True, absence=Absence.RAISES)


def _created(_: Machine, site: Site) -> Symbol:
    """`OmegaConf.create(mapping)`: a config that gives None for what is not there."""
    whole = site.first
    if isinstance(whole, Setting):
        return replace(whole, copied=True, absence=Absence.NONE)
    return Made("omegaconf.OmegaConf.create", site.positional, site.keywords, site.span)


def _dict(_: Machine, site: Site) -> Symbol:
    """`dict(config, a=1)`, `dict(a=1)`."""
    named = tuple(pair for pair in site.keywords if pair[0] != "**")
    whole = site.first
    if isinstance(whole, Setting):
        return over(replace(whole, absence=Absence.RAISES), named)
    table = whole if isinstance(whole, Table) else None
    entries = table.entries if table is not None else ()
    pairs = tuple((Constant(name), value) for name, value in named)
    return Table((*entries, *pairs), open=(whole is not None and table is None), span=site.span)


def _default_dict(_: Machine, site: Site) -> Symbol:
    """`defaultdict(list)`: a dictionary whose keys nobody has to put there first."""
    given = site.positional[1] if len(site.positional) > 1 else None
    entries = given.entries if isinstance(given, Table) else ()
    return Table(entries, open=True, span=site.span, default=site.first)


def _merged(machine: Machine, site: Site) -> Symbol:
    """`OmegaConf.merge(a, b)`: a config whose keys can no longer be told exactly."""
    parts = [value for value in site.positional if isinstance(value, Setting)]
    whole = parts[0] if len(parts) == 1 else None
    for value in site.positional:
        for setting in settings_in(value) if value is not whole else ():
            machine.record(
                Read(site.frame.place, setting, setting, Access.WHOLE, site.span, "OmegaConf.merge")
            )
    if whole is None:
        return Made("omegaconf.OmegaConf.merge", site.positional, site.keywords, site.span)
    return replace(whole, exact=False, absence=Absence.UNKNOWN, copied=True, doubtful=True)


def _set_struct(_: Machine, __: Site) -> Symbol:
    """`OmegaConf.set_struct(config, False)`: keys may be added; reading an absent one still fails."""
    return Constant(None)


def _setattr(machine: Machine, site: Site) -> Symbol:
    from trainlint.chain.symbolic.assignment import write

    if len(site.positional) == 3:
        write(machine, site.positional[0], site.positional[1], site.positional[2], site.frame)
    return Constant(None)


def _update(machine: Machine, site: Site) -> Symbol:
    """`OmegaConf.update(config, "a.b", value)`."""
    from trainlint.chain.symbolic.assignment import write

    whole, key = site.first, literal(site.argument(1, "key"))
    value = site.argument(2, "value")
    if isinstance(whole, Setting) and isinstance(key, str) and value is not None:
        *above, last = key.split(".")
        for part in above:
            whole = child_of(whole, part)
        write(machine, whole, Constant(last), value, site.frame)
    elif isinstance(whole, Setting):
        machine.reshape(whole)
    return Constant(None)


def _select(machine: Machine, site: Site) -> Symbol:
    """`OmegaConf.select(config, "a.b")`: None where the key is not there."""
    whole, key = site.first, literal(site.argument(1, "key"))
    if not isinstance(whole, Setting) or not isinstance(key, str):
        return site.opaque("a selection that is computed")
    *above, last = key.split(".")
    for part in above:
        whole = child_of(whole, part)
    got = fetch(machine, whole, last, Access.DEFAULT, site.node, site.frame)
    default = site.keyword("default") or Constant(None)
    return Operation("default", (got, default), site.span)


def _instantiate(machine: Machine, site: Site) -> Symbol:
    """`instantiate(config.part, extra=…)`: what `_target_` names is called with the other keys."""
    whole = site.first
    for part in aliases(whole) if not isinstance(whole, Setting) else ():
        if isinstance(part, Setting):
            machine.record(
                Read(site.frame.place, part, part, Access.BUILT, site.span, "hydra.utils.instantiate")
            )
    if not isinstance(whole, Setting):
        return Made("hydra.utils.instantiate", site.positional, site.keywords, site.span)
    machine.record(Read(site.frame.place, whole, whole, Access.BUILT, site.span, "hydra.utils.instantiate"))
    target = machine.targets.get((*whole.path, "_target_"))
    if target is None:
        return Made("hydra.utils.instantiate", site.positional, site.keywords, site.span)
    given = (
        *(pair for pair in site.keywords if pair[0] not in ("**", "config")),
        ("**", replace(whole, plain=True)),
    )
    return machine.call(target, replace_site(site, given))


def replace_site(site: Site, keywords: tuple[tuple[str, Symbol], ...]) -> Site:
    """The call that Hydra makes of `instantiate(config, *args, **kwargs)`."""
    return Site(site.node, site.frame, site.positional[1:], keywords, site.spread)


def _located(machine: Machine, site: Site) -> Symbol:
    """`hydra.utils.get_class(config.name)`."""
    for path in paths_in(site.first) if site.first is not None else ():
        if path in machine.targets:
            return machine.targets[path]
    return Made("hydra.utils.get_class", site.positional, site.keywords, site.span)


def _imported(_: Machine, site: Site) -> Symbol:
    return Made("importlib.import_module", site.positional, site.keywords, site.span)


def _partial(_: Machine, site: Site) -> Symbol:
    """`partial(function, …)`; of one of several functions, one of several."""
    whole = Made("functools.partial", site.positional, site.keywords, site.span)
    function = site.first
    if isinstance(function, Choice):
        function = once_each(function, site.frame.place, site.span)
    return _fixed(function, site, whole) or whole


def _fixed(function: Symbol | None, site: Site, whole: Symbol) -> Symbol | None:
    """A function of the project with arguments fixed; None where it is none."""
    if isinstance(function, Code):
        positional = (*function.positional, *site.positional[1:])
        return replace(function, positional=positional, keywords=(*function.keywords, *site.keywords))
    if not isinstance(function, Choice):
        return None
    then, other = _fixed(function.then, site, whole), _fixed(function.other, site, whole)
    return None if then is None and other is None else Choice(function.test, then or whole, other or whole)


def _environment(_: Machine, site: Site) -> Symbol:
    """`os.environ.get(name, default)`, `os.getenv(name)`."""
    name = literal(site.first)
    if not isinstance(name, str):
        return site.opaque("an environment variable whose name is computed")
    default = site.argument(1, "default") or Constant(None)
    return Operation("default", (Runtime(variable=name), default), site.span)


def _fact(fact: Fact) -> Handler:
    return lambda _, __: Runtime(fact)


def _spawned(machine: Machine, site: Site) -> Symbol:
    """`mp.spawn(function, args=(…))`: the rank comes in front."""
    function, given = site.first, site.argument(1, "args")
    items = given.items if isinstance(given, Sequence) else ()
    if isinstance(function, Code):
        machine.call(function, Site(site.node, site.frame, (Runtime(Fact.RANK), *items), ()))
    return Constant(None)


def _started(machine: Machine, site: Site) -> Symbol:
    """`Thread(target=function, args=(…))`."""
    function, given = site.keyword("target"), site.keyword("args")
    if isinstance(function, Code):
        items = given.items if isinstance(given, Sequence) else ()
        machine.call(function, Site(site.node, site.frame, items, ()))
    return Made("multiprocessing.Process", site.positional, site.keywords, site.span)


def _prepared(machine: Machine, site: Site) -> Symbol:
    """`accelerator.prepare(a, b)`: the same objects, wrapped."""
    return site.positional[0] if len(site.positional) == 1 else Sequence(site.positional)


def _mapped(machine: Machine, site: Site) -> Symbol:
    """`map(function, items)`, `filter(…)`."""
    for value in site.positional:
        called_back(machine, value, site, "map")
    return Opaque("the result of `map`", site.span)


def _composed(machine: Machine, site: Site) -> Symbol:
    """`hydra.compose(…)`."""
    return machine.composed or site.opaque("the config is composed in more than one place")


def _vars(_: Machine, site: Site) -> Symbol:
    whole = site.first
    return replace(whole, plain=True) if isinstance(whole, Setting) else site.opaque("`vars`")


_OMEGACONF = "omegaconf.OmegaConf."
_WRAPPERS = (
    *(
        "torch.compile",
        "torch.nn.parallel.DistributedDataParallel",
        "torch.nn.DataParallel",
        "torch.jit.script",
    ),
    *("torch.distributed.fsdp.FullyShardedDataParallel", "torch.distributed._composable.fsdp.fully_shard"),
    *("torch.nn.parallel.distributed.DistributedDataParallel", "apex.parallel.DistributedDataParallel"),
)
FUNCTIONS: dict[str, Handler] = {
    **command_lines.FUNCTIONS,
    **schedulers.FUNCTIONS,
    **dict.fromkeys(_WRAPPERS, _same),
    **{name: _iterated(name) for name in ("iter", "reversed", "sorted", "list", "tuple", "set", "frozenset")},
    "next": _next,
    **dict.fromkeys(("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.trange", "tqdm.std.tqdm"), _same),
    **dict.fromkeys((f"{_OMEGACONF}to_object", "ray.get", "ray.put", "ray.remote", "typing.cast"), _same),
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copied),
    f"{_OMEGACONF}to_container": _container,
    f"{_OMEGACONF}create": _created,
    **dict.fromkeys(("dict", "types.SimpleNamespace", "argparse.Namespace"), _dict),
    **dict.fromkeys((f"{_OMEGACONF}merge", f"{_OMEGACONF}unsafe_merge"), _merged),
    **dict.fromkeys((f"{_OMEGACONF}set_struct", "omegaconf.open_dict"), _set_struct),
    "collections.defaultdict": _default_dict,
    f"{_OMEGACONF}select": _select,
    f"{_OMEGACONF}update": _update,
    f"{_OMEGACONF}resolve": lambda _, __: Constant(None),
    **dict.fromkeys(("hydra.compose", "hydra.experimental.compose"), _composed),
    "getattr": get_attribute,
    "hasattr": has_attribute,
    "setattr": _setattr,
    "vars": _vars,
    **dict.fromkeys(("hydra.utils.instantiate", "hydra.utils.call"), _instantiate),
    **dict.fromkeys(
        ("hydra.utils.get_class", "hydra.utils.get_method", "hydra.utils.get_object", "pydoc.locate"),
        _located,
    ),
    **dict.fromkeys(("importlib.import_module", "__import__"), _imported),
    "functools.partial": _partial,
    **dict.fromkeys(("os.environ.get", "os.getenv"), _environment),
    "torch.distributed.get_world_size": _fact(Fact.WORLD_SIZE),
    "torch.distributed.get_rank": _fact(Fact.RANK),
    **dict.fromkeys(("torch.multiprocessing.spawn", "multiprocessing.spawn"), _spawned),
    **dict.fromkeys(
        ("threading.Thread", "multiprocessing.Process", "torch.multiprocessing.Process"), _started
    ),
    **dict.fromkeys(("map", "filter"), _mapped),
}
#: Methods of library objects that give back what they are given.
PREPARES = {"prepare": _prepared}
