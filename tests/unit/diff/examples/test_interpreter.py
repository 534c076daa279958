"""The little interpreter against Python: it computes what Python does, or says nothing."""

import ast
from copy import deepcopy
from typing import Any

import pytest

from trainlint.chain.symbolic.handed import takes_data
from trainlint.diff.examples.interpreter import Run
from trainlint.diff.examples.traces import FailsError, Function, Stand, Trace, UnclearError
from trainlint.diff.terms import Terms
from trainlint.facts.module import ModuleFacts

ROW = {"text": "A rook on a1. ", "tokens": [5, 6, 7, 8], "turns": [{"role": "user", "content": "hi"}], "n": 3}


def computed(text: str, *given: object) -> Any:
    """What the interpreter makes of a function."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    module: Any = object.__new__(ModuleFacts)
    builtin = {
        name: Stand(name) for name in ("len", "zip", "sorted", "enumerate", "range", "next", "str", "sum")
    }
    builtin |= {
        name: Stand(name) for name in ("min", "max", "list", "dict", "isinstance", "print", "reversed")
    }
    around = {name: Trace(value) for name, value in builtin.items()}
    around["tokenizer"] = Trace(Stand("tokenizer"))
    run = Run({}, lambda _: Terms().nothing, module)
    return run.function(Function(node, module, (around,)), [Trace(value) for value in given], {}).value


FUNCTIONS = """\
def f(row):
    return {'text': row['text'].strip().lower() + '!' * row['n']}
def f(row):
    out = []
    for i, t in enumerate(row['tokens']):
        if i % 2:
            continue
        out.append(t)
    return out
def f(row):
    for i in range(10):
        if row['tokens'][i] == 7:
            return i
    return -1
def f(row):
    return next((i for i, t in enumerate(row['tokens']) if t > 6), None)
def f(row):
    n = 0
    while n < row['n']:
        n += 2
        if n > 90:
            break
    else:
        n = -n
    return n
def f(row):
    return [t if t > 6 else -100 for t in row['tokens']] + row['tokens'][1:3] + row['tokens'][::-1]
def f(row):
    return ''.join(f"{t['role']}: {t['content']!r:>6}" for t in row['turns'])
def f(row):
    a, (b, c) = 1, (2, 3)
    x = {**row, 'a': a}
    x['b'] = b
    return [x['a'], x['b'], c, x['n']]
def f(row):
    def g(x, *rest, k=2, **more):
        return [x, rest, k, sorted(more)]
    return g(1, 2, 3, k=4, z=5), g(0)
def f(row):
    return sorted(row['tokens'], key=lambda t: -t), max(row['tokens']), sum(row['tokens'])
def f(row):
    t = row['tokens']
    t += [9]
    t.extend([1])
    return t, len(t), 9 in t, t is None
def f(row):
    return 'x' if not row['text'] or row['n'] == 3 and row['n'] < 9 else 'y'
def f(row):
    return {k: v for k, v in zip('ab', row['tokens'], strict=False)}
def f(row):
    return '%s-%d' % (row['text'], row['n']), '{} {x}'.format(1, x=2)
def f(row):
    return (m := row['n']) + m
""".replace("\ndef ", "\n#\ndef ").split("\n#\n")


@pytest.mark.parametrize("text", FUNCTIONS)
def test_it_computes_what_python_computes(text: str) -> None:
    made: dict[str, Any] = {}
    exec(text, made)
    assert computed(text, deepcopy(ROW)) == made["f"](deepcopy(ROW))


@pytest.mark.parametrize(
    "text",
    [
        "def f(row):\n    return row['tokens'][9]",
        "def f(row):\n    return row['none']",
        "def f(row):\n    return row['text'] + 1",
        "def f(row):\n    assert row['n'] == 4",
        "def f(row):\n    raise ValueError",
        "def f(row, more):\n    return row",
        "def f(row):\n    a, b = row['tokens']",
    ],
)
def test_what_python_raises_is_a_failure(text: str) -> None:
    with pytest.raises(FailsError):
        computed(text, ROW)


@pytest.mark.parametrize(
    "text",
    [
        "def f(row):\n    while True:\n        pass",
        "def f(row):\n    return f(row)",
        "def f(row):\n    return [0] * 10**9",
        "def f(row):\n    return 'x' * 1000000000",
        "def f(row):\n    return '{:1000000000}'.format(1)",
        "def f(row):\n    return f'{1:1000000000}'",
        "def f(row):\n    return '%1000000000d' % 1",
        "def f(row):\n    x = 'a'\n    while x:\n        x = x + x\n",
        "def f(row):\n    with open('x') as file:\n        return file",
        "def f(row):\n    try:\n        return 1\n    except ValueError:\n        return 2",
        "def f(row):\n    if tokenizer.is_fast:\n        return 1",
        "def f(row):\n    for x in tokenizer.vocab:\n        return x",
        "def f(row):\n    return unknown(row)",
        "def f(row):\n    return tokenizer.encode(row)",
        "def f(row):\n    global x\n    x = 1",
        "def f(row):\n    return row['text'].encode().decode()",
        "def f(row):\n    return row.__class__",
    ],
)
def test_what_is_not_certain_is_not_said(text: str) -> None:
    with pytest.raises(UnclearError):
        computed(text, ROW)


def test_what_maps_data() -> None:
    assert takes_data("datasets.load_dataset.map")
    assert takes_data("trl.SFTTrainer")
    assert not takes_data("print")
