"""An override means to us what it means to Hydra, and the fast path never has another opinion."""

from __future__ import annotations

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties import texts
from tests.properties.effort import effort
from trainlint.compose.grammar import Parsed, SyntaxFault, parse_simple, parse_text

PARSER = OverridesParser.create()
PLAIN = (*texts.VALUES, *texts.PLAIN, *texts.BROKEN_VALUES, *texts.SWEEPS)
CHARACTERS = "ab01eE.,:-+_=[]{}()'\"\\ ${}@/~?*|%tTnN"
FUNCTIONS = ("str", "int", "float", "bool", "choice", "range", "sort", "tag", "json_str", "glob")


def lists(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")


def maps(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keys = st.sampled_from(("a", "b", "1", "true", "null", "1.5", "a b", "a-b", "${a}", "x/y"))
    pair = st.builds("{}:{}".format, keys, inner)
    return st.lists(pair, max_size=3).map(lambda items: f"{{{','.join(items)}}}")


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = st.lists(inner, max_size=3).map(",".join)
    return st.builds("{}({})".format, st.sampled_from(FUNCTIONS), arguments)


def quoted(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{0}{1}{0}".format, st.sampled_from(("'", '"')), inner)


ATOMS = st.sampled_from(PLAIN) | st.text(CHARACTERS, max_size=6)
VALUES = st.recursive(
    ATOMS, lambda inner: lists(inner) | maps(inner) | calls(inner) | quoted(inner), max_leaves=5
)
KEYS = st.sampled_from(
    (
        "a",
        "a.b",
        "g",
        "g/h",
        "a.0",
        "a.0.b",
        "1",
        "a-b",
        "a_b",
        "_a",
        "a..b",
        "",
        ".a",
        "g@p",
        "g/h@p.q",
        "g@",
    )
) | st.text("ab01._-/@:$ ", max_size=5)
PREFIXES = st.sampled_from(("", "", "+", "++", "~", "+++", "~~", " "))


def hydra_reads(text: str) -> object:
    try:
        facts = _facts(PARSER.parse_overrides([text])[0])
        # a sweep inside a list or mapping, or the key null, passes the grammar, but no config can hold it
        if any(name in repr(facts) for name in ("Sweep(", "Glob(")):
            return "a sweep as an item"
        return "the key null" if _has_null_key(facts) else facts
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _has_null_key(value: object) -> bool:
    if isinstance(value, dict):
        return None in value or any(map(_has_null_key, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_null_key, value))


def _facts(parsed: Override) -> tuple[object, ...]:
    value: object = None
    points: tuple[object, ...] = ()
    if not parsed.is_sweep_override():
        value = parsed.value()
    elif isinstance(parsed._value, Glob):
        value = (parsed._value.include, parsed._value.exclude)
    elif parsed.is_discrete_sweep():
        listed = [f"k={point}" for point in parsed.sweep_string_iterator()]
        points = tuple(override.value() for override in PARSER.parse_overrides(listed))
        points = () if "shuffle" in str(parsed.input_line) else points
    kind = parsed.value_type.name if parsed.value_type is not None else None
    return parsed.type.name, parsed.key_or_group, parsed.package, kind, value, points


def we_read(text: str, parsed: Parsed | SyntaxFault) -> object:
    if isinstance(parsed, SyntaxFault):
        return f"fault: {parsed.hydra}"
    kinds = {"CHANGE": "CHANGE", "ADD": "ADD", "FORCE_ADD": "FORCE_ADD", "DELETE": "DEL"}
    kind = "ELEMENT" if parsed.has_value else None
    value: object = parsed.value
    if parsed.sweep_kind is not None:
        kind = {"SIMPLE": "SIMPLE_CHOICE_SWEEP", "GLOB": "GLOB_CHOICE_SWEEP"}.get(
            parsed.sweep_kind.name, f"{parsed.sweep_kind.name}_SWEEP"
        )
        value = (list(parsed.include), list(parsed.exclude)) if parsed.sweep_kind.name == "GLOB" else None
    points = () if "shuffle" in text else parsed.points
    return kinds[parsed.kind.name], parsed.key, parsed.package, kind, value, points


def assert_same(text: str) -> None:
    theirs = hydra_reads(text)
    ours = we_read(text, parse_text(text))
    if isinstance(theirs, str) or isinstance(ours, str):
        assert isinstance(theirs, str) == isinstance(ours, str), (text, theirs, ours)
    else:
        assert repr(theirs) == repr(ours), text
    fast = parse_simple(text)
    assert fast is None or repr(we_read(text, fast)) == repr(theirs), text


def test_listed_values() -> None:
    for value in PLAIN:
        assert_same(f"a={value}")
        assert_same(f"a=[{value}]")
        assert_same(f"a={value},{value}")


@effort(1000)
@given(st.builds("{}{}={}".format, PREFIXES, KEYS, VALUES))
@example("a=1_0")
def test_overrides(text: str) -> None:
    assert_same(text)


@effort(1000)
@given(st.text("0123456789.eE+-_infaNullTRUEs, ", max_size=8))
def test_scalars(value: str) -> None:
    assert_same(f"a={value}")


@effort(300)
@given(st.text(CHARACTERS, max_size=10))
def test_any_text(text: str) -> None:
    assert_same(text)
