"""Notebooks: what of them is Python, and where in the file it stands."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from trainlint.parse.notebook import Notebook, read_notebook, read_percent
from trainlint.parse.python.module import read_module
from trainlint.parse.python.places import node_span
from trainlint.source import SourceFile, Unreadable


def code(*cells: Any, **more: Any) -> dict[str, Any]:
    listed = [{"cell_type": "code", "source": cell, "outputs": [], "metadata": {}} for cell in cells]
    return {"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}


def source(content: Any, indent: int | None = 1) -> SourceFile:
    text = content if isinstance(content, str) else json.dumps(content, indent=indent)
    return SourceFile(Path("/run/n.ipynb"), "n.ipynb", text)


def read(content: Any, indent: int | None = 1) -> tuple[Notebook, SourceFile]:
    file = source(content, indent)
    found = read_notebook(file)
    assert isinstance(found, Notebook), found
    return found, file


def written(found: Notebook, file: SourceFile) -> list[tuple[int, str]]:
    """The line and the text, as the file has them, of each statement."""
    module = read_module(found.code)
    assert module.problem is None, module.problem
    spans = [node_span(found.code, node) for node in module.tree.body]
    return [
        (
            span.line,
            file.text[file.offset(span.line, span.column) : file.offset(span.end_line, span.end_column)],
        )
        for span in spans
    ]


LISTED = ["lr = 0.1\n", "# é\n", "name = 'é' + \"a\\tb\"\n", "opt = SGD(lr)"]


def test_lines_of_a_list_stand_on_lines_of_the_file() -> None:
    found, file = read(code(LISTED, ["run(opt)"]))
    lines = file.text.split("\n")
    expected = [
        next(n for n, line in enumerate(lines, 1) if text in line) for text in ("0.1", "name", "SGD", "run")
    ]
    assert [line for line, _ in written(found, file)] == expected


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("form", [LISTED, "".join(LISTED)])
def test_places_are_exact_whatever_the_json_looks_like(indent: int | None, form: Any) -> None:
    found, file = read(code(form), indent)
    texts = [text for _, text in written(found, file)]
    assert texts == ["lr = 0.1", "name = '\\u00e9' + \\\"a\\\\tb\\\"", "opt = SGD(lr)"]


def test_a_character_outside_the_basic_plane_is_one_column() -> None:
    found, file = read(code("x = '😀'; y = 1"))
    assert [text for _, text in written(found, file)] == ["x = '\\ud83d\\ude00'", "y = 1"]


def test_a_text_on_one_line_of_json_has_that_line() -> None:
    found, file = read(code("a = 1\nb = 2\n"))
    (first, _), (second, _) = written(found, file)
    assert first == second
    assert "a = 1" in file.line_text(first)


def test_a_line_in_several_texts() -> None:
    found, _ = read(code(["a = ", "4\n", "b = 5\n", ""]))
    assert found.code.text == "a = 4\nb = 5"


@pytest.mark.parametrize(
    ("cell", "python", "unread"),
    [
        ("!pip install torch\nx = 1", "pass\nx = 1", []),
        ("%pip install -q torch\n!uv pip install a\n!nvidia-smi\nx = 1", "pass\npass\npass\nx = 1", []),
        ("!pip uninstall torch\n!python -m build\nx = 1", "pass\npass\nx = 1", ["!pip uninstall", "!python"]),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass\ny = 1", ["!ls"]),
        ("!pip install \\\n  a \\\n  b\nx = 1", "pass\n\n\nx = 1", []),
        ("%matplotlib inline\nx = 1", "pass\nx = 1", []),
        ("%load_ext autoreload\n%autoreload 2\nx = 1", "pass\npass\nx = 1", []),
        ("%run other.py\nx = 1", "pass\nx = 1", ["%run other.py"]),
        ("%time y = f(x)", "y = f(x)", []),
        ("files = !ls data\nn = 2", "files = get_ipython()\nn = 2", ["files = !ls data"]),
        ("model?\nx = 1", "pass\nx = 1", []),
        ("?model\nx = 1", "pass\nx = 1", []),
        ("pip install torch\nx = 1", "pass\nx = 1", []),
        ("%%time\nx = 1", "\nx = 1", []),
        ("%%capture out\nx = 1", "\nx = 1", []),
        ("%%bash\nls | wc", "\n", ["%%bash"]),
        ("%%writefile -a log.py\nx = 1", "\n", ["%%writefile"]),
        # What only looks like a magic.
        ("x = (a\n% b)\ny = '''\n!ls\n'''", "x = (a\n% b)\ny = '''\n!ls\n'''", []),
        ("!ls\nx = (a\n% b)", "pass\nx = (a\n% b)", ["!ls"]),
    ],
)
def test_magics(cell: str, python: str, unread: list[str]) -> None:
    found, _ = read(code(cell))
    assert found.code.text == python
    assert len(found.unread) == len(unread)
    assert all(part in entry.reason for part, entry in zip(unread, found.unread, strict=True))


def test_what_is_not_read_has_its_place() -> None:
    found, file = read(code("x = 1", ["y = 2\n", "!wget data\n"]))
    (entry,) = found.unread
    assert "!wget data" in file.line_text(entry.span.line)


def test_a_timed_statement_keeps_its_columns() -> None:
    found, file = read(code("%time loss = step(x)"))
    assert written(found, file)[0][1] == "loss = step(x)"


def test_a_cell_that_does_not_parse_is_left_out_alone() -> None:
    found, file = read(code("a = 1", "def broken(:\n  pass", "b = 2"))
    assert [text for _, text in written(found, file)] == ["a = 1", "b = 2"]
    (entry,) = found.unread
    assert "cannot be parsed" in entry.reason
    assert "broken" in file.line_text(entry.span.line)


def test_cells_may_write_modules() -> None:
    found, file = read(code("%%writefile model.py\nclass Net:\n    pass\n", "from model import Net"))
    ((name, module),) = found.modules
    assert name == "model.py"
    tree = ast.parse(module.text)
    assert isinstance(tree.body[0], ast.ClassDef)
    assert "class Net" in file.line_text(node_span(module, tree.body[0]).line)
    assert found.code.text == "from model import Net"


@pytest.mark.parametrize(
    "old",
    [
        {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]}], "nbformat": 3},
        {"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1\ny = 2"}]}], "nbformat": 2},
    ],
)
def test_old_formats(old: Any) -> None:
    found, file = read(old)
    assert [text for _, text in written(found, file)] == ["x = 1", "y = 2"]


def test_only_code_cells_count() -> None:
    content = code("x = 1")
    content["cells"] += [
        {"cell_type": "markdown", "source": "y = 2"},
        {"cell_type": "raw", "source": "z = 3"},
    ]
    found, _ = read(content)
    assert found.code.text == "x = 1"


@pytest.mark.parametrize("empty", [code(), code(""), code([]), {"worksheets": [], "nbformat": 3}])
def test_a_notebook_without_code(empty: Any) -> None:
    found, _ = read(empty)
    assert found.code.text.strip() == ""
    assert read_module(found.code).tree.body == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("x = 1\n", "no JSON"),
        ("[]", "no list of cells"),
        ("{}", "no list of cells"),
        ('{"cells": 3}', "no list of cells"),
        ('{"worksheets": [3]}', "no list of cells"),
        (code("1", metadata={"kernelspec": {"language": "R"}}), "R, not Python"),
        (code("1", metadata={"language_info": {"name": "julia"}}), "julia, not Python"),
        ("[" * 5000, "no JSON"),
    ],
)
def test_what_is_no_notebook_of_python(content: Any, reason: str) -> None:
    found = read_notebook(source(content))
    assert isinstance(found, Unreadable)
    assert reason in found.reason


@pytest.mark.parametrize(
    "cells", [[3, None, [], {"cell_type": "code"}], [{"cell_type": "code", "source": [3, None, "x = 1"]}]]
)
def test_wrong_cells_are_passed_over(cells: Any) -> None:
    found, _ = read({"cells": cells})
    assert found.code.text in ("", "x = 1")


def test_a_lone_surrogate_is_survived() -> None:
    found, _ = read(r'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\""}]}')
    assert read_module(found.code).tree.body == []
    assert len(found.unread) == 1


def percent(text: str) -> Notebook | None:
    return read_percent(SourceFile(Path("/run/n.py"), "n.py", text))


def test_percent_cells_are_read_one_by_one() -> None:
    found = percent("# %%\nx = 1\n!ls\n# %% [markdown]\n# words\n# %%\ndef (\n# %% last\ny = 2\n")
    assert found is not None
    module = read_module(found.code)
    assert [node.lineno for node in module.tree.body if isinstance(node, ast.Assign)] == [2, 9]
    assert [entry.span.line for entry in found.unread] == [3, 7]


def test_an_exported_notebook_is_one() -> None:
    head = '# -*- coding: utf-8 -*-\n"""Train.ipynb\n\nMade from a notebook.\n"""\n'
    found = percent(head + "!wget data\nx = 1\n")
    assert found is not None
    assert len(read_module(found.code).tree.body) == 3
    assert [entry.span.line for entry in found.unread] == [6]


def test_a_file_without_cells_is_no_notebook() -> None:
    assert percent("x = 1\n!ls\n") is None
    assert percent("x = 1\n# see n.ipynb\n!ls\n") is None
