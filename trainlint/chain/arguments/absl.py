"""A program in, the absl flags that it and the modules it loads define out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.arguments.program import Program
from trainlint.chain.arguments.sites import CHANGED, Site, changes_argv, not_read, sites
from trainlint.facts.arguments import (
    TEXT,
    Argument,
    ArgumentAction,
    CommandLineFacts,
    CommandLineReading,
    ParserKind,
    ParserUse,
    ValueKind,
    ValueType,
)
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.calls import argument, hides_arguments
from trainlint.parse.python.constants import fold, fold_scalar
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import Scope
from trainlint.source import Span

_TRUTH = ValueType(ValueKind.WORDS, "bool", ("true", "t", "1", "false", "f", "0"), folds_case=True)
_INTEGER, _FLOAT = ValueType(ValueKind.INT, "integer"), ValueType(ValueKind.FLOAT, "float")
_TYPES = {
    "string": TEXT,
    "bool": _TRUTH,
    "boolean": _TRUTH,
    "integer": _INTEGER,
    "float": _FLOAT,
    "enum": TEXT,
    "list": TEXT,
    "spaceseplist": TEXT,
    "multi_string": TEXT,
    "multi_integer": _INTEGER,
    "multi_float": _FLOAT,
    "multi_enum": TEXT,
}
#: Flags that absl itself defines, with whether they are switches.
_OWN = {
    **dict.fromkeys(("help", "helpfull", "helpshort", "helpxml", "only_check_args", "run_with_pdb"), True),
    **dict.fromkeys(("pdb_post_mortem", "pdb", "run_with_profiling", "use_cprofile_for_profiling"), True),
    **dict.fromkeys(("logtostderr", "alsologtostderr", "showprefixforinfo"), True),
    **dict.fromkeys(("log_dir", "verbosity", "v", "stderrthreshold", "profile_file", "logger_levels"), False),
}
#: Packages that are known to define no flags.
_WITHOUT_FLAGS = frozenset(
    ("absl", "torch", "torchvision", "numpy", "scipy", "pandas", "yaml", "tqdm", "PIL", "matplotlib")
) | frozenset(("einops", "wandb", "transformers", "sklearn", "omegaconf", "cv2", "h5py", "datasets"))


def read_absl(program: Program) -> CommandLineReading | None:
    """The flags that `app.run(main)` parses, None when the program does not run so."""
    if not any("absl" in entry.facts.source.text for entry in program.loaded):
        return None
    runs = list(sites(program, lambda name: name == "absl.app.run", "app.run"))
    if not runs:
        return None
    span = node_span(runs[0].module.source, runs[0].call)
    if changes_argv(program) or argument(runs[0].call, "argv", 1) is not None:
        return not_read(CHANGED, span)
    if argument(runs[0].call, "flags_parser", 2) is not None or hides_arguments(runs[0].call):
        return not_read("the script parses its flags by code of its own", span)
    flags = [_own(name, switch, span) for name, switch in _OWN.items()]
    doubt = _foreign(program, span)
    for site in sites(program, _defines, "DEFINE_"):
        flag = _flag(program, site)
        if isinstance(flag, Unknown):
            doubt = doubt or flag
        elif flag is not None:
            flags = [entry for entry in flags if entry.dest != flag.dest] + [flag]
    required = set(_required(program))
    flags = [replace(flag, required=True) if flag.dest in required else flag for flag in flags]
    facts = CommandLineFacts(ParserKind.ABSL, span, tuple(flags), open=doubt, abbreviates=False)
    return CommandLineReading((ParserUse(facts, span, certain=len(runs) == 1 and not runs[0].conditional),))


def _defines(name: str) -> bool:
    return name.rpartition(".")[2].startswith("DEFINE_")


def _own(name: str, switch: bool, span: Span) -> Argument:
    action = ArgumentAction.BOOLEAN if switch else ArgumentAction.STORE
    return Argument((f"--{name}",), name, span, f"--{name}", action, type=_TRUTH if switch else TEXT)


def _foreign(program: Program, span: Span) -> Unknown | None:
    """A package that may define flags of its own as it is imported."""
    for entry in program.loaded:
        for imported in entry.facts.imports:
            package = imported.module.partition(".")[0]
            if imported.level or not package or package in _WITHOUT_FLAGS:
                continue
            found = program.lookup.resolver.find_module(package)
            place = getattr(found, "place", None)
            if place is None or place.name == "INSTALLED":
                return Unknown(f"`{package}` may define flags too", span)
    return None


def _flag(program: Program, site: Site) -> Argument | Unknown | None:
    """One `DEFINE_…` call: an argument, why its name is not known, or None when it is none of absl's."""
    kind = site.call.func.attr if isinstance(site.call.func, ast.Attribute) else ast.unparse(site.call.func)
    kind = kind.removeprefix("DEFINE_")
    span = node_span(site.module.source, site.call)
    scope = Scope(site.module, program.lookup, directory=program.directory)
    first = argument(site.call, "name", 0)
    name = fold(first, scope) if first is not None else None
    if not isinstance(name, Known) or not isinstance(name.value, str):
        return Unknown("a flag's name is only known at run time", span)
    if kind not in _TYPES:
        reason = f"`DEFINE_{kind}` may define more than one flag"
        return Unknown(reason, span) if "config" in kind else _any(name.value, kind, site, span)
    switch = kind in ("bool", "boolean")
    required = argument(site.call, "required")
    short = argument(site.call, "short_name")
    names = [name.value]
    if isinstance(short, ast.Constant) and isinstance(short.value, str):
        names.append(short.value)
    return Argument(
        tuple(f"--{entry}" for entry in names),
        name.value,
        span,
        f"--{name.value}",
        ArgumentAction.BOOLEAN if switch else ArgumentAction.STORE,
        type=_type(kind, site, scope),
        choices=_choices(kind, site, scope),
        default=_default(kind, site, scope),
        required=isinstance(required, ast.Constant) and required.value is True,
        certain=not site.conditional and site.function is None,
    )


def _any(name: str, kind: str, site: Site, span: Span) -> Argument:
    """A flag of a kind whose values are not read."""
    value = ValueType(ValueKind.ANY, kind)
    names = (f"--{name}",)
    return Argument(names, name, span, names[0], type=value, certain=not site.conditional)


def _default(kind: str, site: Site, scope: Scope) -> Known[object] | None:
    """A default that the flag has as it is written: those of lists and of other kinds are taken apart."""
    plain = kind in ("bool", "boolean", "float", "integer", "string", "enum")
    return fold_scalar(argument(site.call, "default", 1), scope) if plain else None


def _type(kind: str, site: Site, scope: Scope) -> ValueType:
    """The type with its bounds."""
    bounds: dict[str, float | None] = {}
    for bound in ("lower_bound", "upper_bound"):
        given = argument(site.call, bound)
        value = fold(given, scope) if given is not None else None
        known = value.value if isinstance(value, Known) else None
        bounds[bound] = known if isinstance(known, (int, float)) else None
    base = _TYPES[kind]
    if base.kind not in (ValueKind.INT, ValueKind.FLOAT):
        folds = argument(site.call, "case_sensitive")
        if kind.endswith("enum") and isinstance(folds, ast.Constant) and folds.value is False:
            return ValueType(ValueKind.ANY, "enum")
        return base
    return replace(base, minimum=bounds["lower_bound"], maximum=bounds["upper_bound"])


def _choices(kind: str, site: Site, scope: Scope) -> tuple[object, ...] | Unknown | None:
    if not kind.endswith("enum"):
        return None
    given = argument(site.call, "enum_values", 2)
    values = fold(given, scope) if given is not None else None
    if isinstance(values, Known) and isinstance(values.value, (list, tuple)):
        return tuple(values.value)
    return Unknown("its choices are only known at run time", node_span(site.module.source, site.call))


def _required(program: Program) -> Iterator[str]:
    """The flags named by `mark_flag_as_required` and `mark_flags_as_required` that every run comes to."""
    for site in sites(program, lambda name: name.endswith("_as_required"), "_as_required"):
        scope = Scope(site.module, program.lookup)
        value = fold(site.call.args[0], scope) if site.call.args else None
        if isinstance(value, Known) and not site.conditional and site.function is None:
            names = value.value if isinstance(value.value, (list, tuple)) else [value.value]
            yield from (name for name in names if isinstance(name, str))
