"""What we say that a class or function takes is what it takes when it is really called."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.callables import NAMES, module
from tests.properties.effort import effort
from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.signatures.bind import Given, bind
from trainlint.chain.signatures.reader import SignatureReader
from trainlint.facts.signature import Signature, Unreadable
from trainlint.parse.python.module import read_module
from trainlint.source import Files, SourceFile

ROOT = Path(__file__).parent
RESOLVER = Library(Files(ROOT)).resolver((ROOT,))


def signatures(text: str) -> dict[str, Signature]:
    """What we read of every class and function of a module."""
    path = ROOT / "generated_callables.py"
    facts = read_module(SourceFile(path, path.name, text))
    reader = SignatureReader(ModuleLookup(RESOLVER))
    RESOLVER.library._modules[path] = facts
    names = [name for name in ("A", "B", "C", "D", "build", "half") if name in facts.definitions]
    return {name: reader.defined(facts, facts.definitions[name], 0) for name in names}


def refused(target: object, positional: int, names: tuple[str, ...]) -> str | None:
    """Python's words when it refuses a call, None when it takes it; "?" for any other failure."""
    assert callable(target)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            target(*[7] * positional, **dict.fromkeys(names, 7))
    except (TypeError, ValueError) as error:
        return str(error)
    except Exception:
        return "?"
    return None


@given(
    module(),
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from([*NAMES, "z"]))), min_size=6, max_size=12),
)
@effort(250)
def test_a_call_is_refused_iff_python_refuses_it(text: str, calls: list[tuple[int, set[str]]]) -> None:
    """A certain verdict is Python's; what is not certain is left open."""
    made = ModuleType("generated_callables")
    made.__dict__["__name__"] = "generated_callables"
    try:
        exec(text, made.__dict__)
    except Exception:
        return
    for name, signature in signatures(text).items():
        if isinstance(signature, Unreadable):
            continue
        for positional, given_names in calls:
            names = tuple(sorted(given_names))
            says = refused(made.__dict__[name], positional, names)
            ours = bind(signature, Given(positional, names))
            if ours:
                assert says is not None, (name, positional, names, ours, text.partition("def needs")[2])
            elif signature.unsure is None:
                assert says in (None, "?"), (name, positional, names, says, text.partition("def needs")[2])
