from pathlib import Path

import pytest

from trainlint.facts.module import DefinitionKind, Guard, ModuleFacts
from trainlint.parse.python.module import read_module
from trainlint.source import SourceFile


def read(text: str) -> ModuleFacts:
    return read_module(SourceFile(Path("/p/m.py"), "m.py", text))


def kinds(text: str) -> dict[str, DefinitionKind]:
    return {name: definition.kind for name, definition in read(text).definitions.items()}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("class A: pass", "A", DefinitionKind.CLASS),
        ("async def f(): pass", "f", DefinitionKind.FUNCTION),
        ("if x:\n    def f(): pass", "f", DefinitionKind.FUNCTION),
        ("try:\n    A = 1\nexcept E:\n    pass", "A", DefinitionKind.VARIABLE),
        ("with x() as (a, b): pass", "b", DefinitionKind.VARIABLE),
        ("for [i, *rest] in x: pass", "rest", DefinitionKind.VARIABLE),
        ("a: int = 3", "a", DefinitionKind.VARIABLE),
        ("import a.b.c", "a", DefinitionKind.IMPORT),
        ("from . import x as y", "y", DefinitionKind.IMPORT),
        ("def f():\n    global MODEL\n    MODEL = 1", "MODEL", DefinitionKind.VARIABLE),
        ("match x:\n    case 1:\n        A = 1", "A", DefinitionKind.VARIABLE),
    ],
)
def test_module_level_names_are_found(text: str, name: str, kind: DefinitionKind) -> None:
    assert kinds(text)[name] is kind


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    A = 1",
        "class B:\n    A = 1",
        "A: int",
        "A = 1\ndel A",
        "if TYPE_CHECKING:\n    from x import A",
        "from x import *",
    ],
)
def test_names_that_the_module_does_not_have_are_not_listed(text: str) -> None:
    assert "A" not in kinds(text)
    assert "*" not in kinds(text)


def test_a_class_says_more_than_its_fallback() -> None:
    definition = read("try:\n    from x import A\nexcept ImportError:\n    A = None").definitions["A"]
    assert definition.kind is DefinitionKind.IMPORT
    assert definition.conditional
    assert [other.kind for other in definition.others] == [DefinitionKind.VARIABLE]


def test_the_last_unconditional_definition_wins() -> None:
    definition = read("class A: pass\nA = None").definitions["A"]
    assert definition.kind is DefinitionKind.VARIABLE
    assert not definition.conditional


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("import a", Guard.NONE),
        ("try:\n    import a\nexcept (ImportError, OSError):\n    pass", Guard.TRY),
        ("try:\n    import a\nexcept KeyError:\n    pass", Guard.NONE),
        ("try:\n    pass\nexcept ImportError:\n    import a", Guard.CONDITION),
        ("with contextlib.suppress(ImportError):\n    import a", Guard.TRY),
        ("with open('x'):\n    import a", Guard.NONE),
        ("if typing.TYPE_CHECKING:\n    import a", Guard.TYPE_CHECKING),
        ("if sys.version_info > (3,):\n    import a", Guard.CONDITION),
        ("if __name__ == '__main__':\n    import a", Guard.MAIN),
        ("if __name__ == '__main__':\n    if x:\n        import a", Guard.CONDITION),
        ("def f():\n    import a", Guard.FUNCTION),
        ("class C:\n    import a", Guard.NONE),
        ("for i in x:\n    import a", Guard.CONDITION),
    ],
)
def test_imports_know_what_guards_them(text: str, guard: Guard) -> None:
    assert [imported.guard for imported in read(text).imports] == [guard]


def test_imports_keep_their_parts_and_places() -> None:
    imported = read("x = 1\nfrom ..a.b import c as d, e").imports
    assert [(entry.module, entry.level, entry.name, entry.bound) for entry in imported] == [
        ("a.b", 2, "c", "d"),
        ("a.b", 2, "e", "e"),
    ]
    assert (imported[0].span.line, imported[0].span.column, imported[0].span.end_column) == (2, 19, 25)


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ("a = 1", None),
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',)\n__all__ += ['b']", ("a", "b")),
        ("__all__ = ['a']\n__all__.append('b')\n__all__.extend(['c'])", ("a", "b", "c")),
        ("__all__ = other.__all__ + ['a']", None),
    ],
)
def test_exports(text: str, exported: tuple[str, ...] | None) -> None:
    assert read(text).exported == exported


@pytest.mark.parametrize(
    "text",
    [
        "def __getattr__(name): ...",
        "__getattr__, __dir__, __all__ = attach(__name__)",
        "globals()['A'] = 1",
        "globals().update(A=1)",
        "exec(open('configurator.py').read())",
        "import sys\nsys.modules[__name__] = Lazy()",
        "import sys\nsetattr(sys.modules[__name__], 'A', 1)",
        "__path__ = extend_path(__path__, __name__)",
    ],
)
def test_names_made_at_run_time_are_said(text: str) -> None:
    assert read(text).dynamic


@pytest.mark.parametrize(
    "text", ["model = globals()['A']", "x.exec()", "sys.modules['a']", "print(__path__)"]
)
def test_reading_a_namespace_is_not_dynamic(text: str) -> None:
    assert read(text).dynamic is None


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("if __name__ == '__main__': main()", True),
        ("if '__main__' == __name__: main()", True),
        ("if __name__ in ('__main__', 'x'): main()", True),
        ("if __name__ == 'm': main()", False),
        ("main()", False),
    ],
)
def test_main_guard(text: str, guarded: bool) -> None:
    assert read(text).has_main_guard is guarded


def test_a_syntax_error_has_its_place_and_the_version_that_says_so() -> None:
    problem = read("x = 1\nprint 'a'\n").problem
    assert problem is not None
    assert (problem.span.line, problem.newer_syntax) == (2, False)
    assert "Python 3." in problem.message


@pytest.mark.parametrize(
    "text", ["class A[T]: ...", "type X = int", "try: pass\nexcept A, B: pass", 'f"{x["a"]}"', "a[*b] = 1"]
)
def test_syntax_of_a_newer_python_is_no_error(text: str) -> None:
    problem = read(text).problem
    assert problem is None or problem.newer_syntax


@pytest.mark.parametrize(
    "text", ["x = " + "(" * 5000 + ")" * 5000, "x\0", "\ud800 = 1", "x = " + "-" * 60000 + "1"]
)
def test_hostile_text_becomes_a_problem(text: str) -> None:
    assert read(text).problem is not None


def test_columns_count_characters() -> None:
    definition = read("x = 'é'; A = 2").definitions["A"]
    assert definition.span.column == 10
    name = read("class  s : pass").definitions["s"].span
    assert (name.column, name.end_column) == (8, 9)
