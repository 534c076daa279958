import ast
from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.lookup import ModuleLookup
from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import Extra, SchemaFacts, SchemaKind, TypeKind
from trainlint.facts.value import Known, Unknown
from trainlint.parse.python.schema import SchemaReader
from trainlint.source import Files

HEAD = """
import enum, typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import *
import pydantic
from pydantic import BaseModel, ConfigDict, Field
from omegaconf import MISSING, II
import attr
class Color(enum.Enum):
    RED = 1
    BLUE = 2
@dataclass
class Inner:
    x: int = 1
Alias = Optional[float]
"""


def schema(root: Path, text: str, name: str = "C", **more: str) -> SchemaFacts | None:
    for module, content in {"m": HEAD + text, **more}.items():
        (root / f"{module}.py").write_text(content)
    library = Library(Files(root))
    module = library.read(root / "m.py")
    assert isinstance(module, ModuleFacts)
    assert module.problem is None
    node = module.definitions[name].node
    assert isinstance(node, ast.ClassDef)
    return SchemaReader(ModuleLookup(library.own_code((root,)))).read(module, node)


def known(root: Path, text: str, name: str = "C", **more: str) -> SchemaFacts:
    facts = schema(root, text, name, **more)
    assert facts is not None
    return facts


@pytest.mark.parametrize(
    ("annotation", "kind", "optional"),
    [
        ("int", TypeKind.INT, False),
        ("Optional[int]", TypeKind.INT, True),
        ("typing.Optional['int']", TypeKind.INT, True),
        ("int | None", TypeKind.INT, True),
        ("Union[int, str, None]", TypeKind.UNION, True),
        ("List[int]", TypeKind.LIST, False),
        ("list", TypeKind.LIST, False),
        ("Dict[str, Inner]", TypeKind.DICT, False),
        ("Tuple[int, ...]", TypeKind.TUPLE, False),
        ("Sequence[str]", TypeKind.LIST, False),
        ("Color", TypeKind.ENUM, False),
        ("Literal['a', 'b']", TypeKind.LITERAL, False),
        ("Inner", TypeKind.SCHEMA, False),
        ("Alias", TypeKind.FLOAT, True),
        ("Any", TypeKind.ANY, False),
        ("Path", TypeKind.PATH, False),
        ("Annotated[int, Field(gt=0)]", TypeKind.INT, False),
        ("Annotated[int, BeforeValidator(f)]", TypeKind.UNKNOWN, False),
        ("torch.Tensor", TypeKind.UNKNOWN, False),
        ("Callable[[int], int]", TypeKind.UNKNOWN, False),
        ("'not a type ['", TypeKind.UNKNOWN, False),
    ],
)
def test_annotations(tmp_path: Path, annotation: str, kind: TypeKind, optional: bool) -> None:
    (fact,) = known(tmp_path, f"@dataclass\nclass C:\n    a: {annotation}\n").fields
    assert (fact.type.kind, fact.type.optional) == (kind, optional)
    assert fact.default is None


def test_details_of_types(tmp_path: Path) -> None:
    text = "@dataclass\nclass C:\n    a: Color\n    b: Literal['x', 1]\n    c: Dict[str, List[Inner]]\n"
    a, b, c = known(tmp_path, text).fields
    assert a.type.choices == ("RED", "BLUE")
    assert b.type.choices == ("x", 1)
    inner = c.type.arguments[1].arguments[0]
    assert inner.schema is not None
    assert inner.schema.fields[0].name == "x"
    assert c.type.text == "Dict[str, List[Inner]]"


@pytest.mark.parametrize(
    ("value", "default"),
    [
        ("3", 3),
        ("-1.5", -1.5),
        ("field(default=2)", 2),
        ("field(default_factory=list)", []),
        ("field(default_factory=lambda: [1, 2])", [1, 2]),
        ("field(default_factory=dict)", {}),
        ("Color.RED", "RED"),
        ("II('a.b')", "${a.b}"),
        ("Field(4, gt=1)", 4),
        ("Field(default=None, description='x')", None),
    ],
)
def test_defaults(tmp_path: Path, value: str, default: object) -> None:
    (fact,) = known(tmp_path, f"@dataclass\nclass C:\n    a: Any = {value}\n").fields
    assert isinstance(fact.default, Known)
    assert fact.default.value == default


@pytest.mark.parametrize(
    "value", ["MISSING", "field(default=MISSING)", "Field(...)", "'???'", "field()", "..."]
)
def test_required_fields(tmp_path: Path, value: str) -> None:
    (fact,) = known(tmp_path, f"@dataclass\nclass C:\n    a: int = {value}\n").fields
    assert fact.default is None


@pytest.mark.parametrize("value", ["compute()", "field(default_factory=make)", "os.environ['A']"])
def test_computed_defaults(tmp_path: Path, value: str) -> None:
    (fact,) = known(tmp_path, f"@dataclass\nclass C:\n    a: int = {value}\n").fields
    assert isinstance(fact.default, Unknown)


@pytest.mark.parametrize(
    "value", ["field(default_factory=Inner)", "Inner()", "field(default_factory=lambda: Inner())"]
)
def test_a_schema_as_default(tmp_path: Path, value: str) -> None:
    (fact,) = known(tmp_path, f"@dataclass\nclass C:\n    a: Inner = {value}\n").fields
    assert isinstance(fact.default, Known)
    assert isinstance(fact.default.value, SchemaFacts)


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("class C(BaseModel):\n    a: int", Extra.IGNORE),
        (
            "class C(pydantic.BaseModel):\n    model_config = ConfigDict(extra='forbid')\n    a: int",
            Extra.FORBID,
        ),
        ("class C(BaseModel):\n    model_config = {'extra': 'allow'}\n    a: int", Extra.ALLOW),
        ("class C(BaseModel, extra='forbid'):\n    a: int", Extra.FORBID),
        (
            "class C(BaseModel):\n    class Config:\n        extra = pydantic.Extra.forbid\n    a: int",
            Extra.FORBID,
        ),
        ("class B(BaseModel, extra='forbid'):\n    a: int\nclass C(B):\n    pass", Extra.FORBID),
    ],
)
def test_what_pydantic_does_with_other_keys(tmp_path: Path, text: str, extra: Extra) -> None:
    facts = known(tmp_path, text)
    assert (facts.kind, facts.extra) == (SchemaKind.PYDANTIC, extra)
    assert [fact.name for fact in facts.fields] == ["a"]


def test_bases_are_followed_through_imports(tmp_path: Path) -> None:
    base = "from pydantic import BaseModel\nclass Base(BaseModel):\n    a: int\n    b: str = 'x'\n"
    facts = known(tmp_path, "from base import Base as B\nclass C(B):\n    b: int\n    c: float\n", base=base)
    assert [(fact.name, fact.type.kind) for fact in facts.fields] == [
        ("a", TypeKind.INT),
        ("b", TypeKind.INT),
        ("c", TypeKind.FLOAT),
    ]
    assert facts.complete


@pytest.mark.parametrize(
    "text",
    [
        "from absent import Mixin\nclass C(BaseModel, Mixin):\n    a: int",
        "class C(BaseModel):\n    a: int\n"
        "    @pydantic.model_validator(mode='before')\n    def f(cls, v): ...",
        "class C(BaseModel):\n    a: int\n    def __init__(self, **data): ...",
        "class C(BaseModel):\n    model_config = ConfigDict(alias_generator=f)\n    a: int",
    ],
)
def test_what_cannot_be_read_completely(tmp_path: Path, text: str) -> None:
    assert not known(tmp_path, text).complete


def test_validators_that_run_first_hide_the_type(tmp_path: Path) -> None:
    text = "class C(BaseModel):\n    a: int\n    b: int\n"
    text += "    @pydantic.field_validator('a', mode='before')\n    def f(cls, v): ...\n"
    a, b = known(tmp_path, text).fields
    assert (a.type.kind, b.type.kind) == (TypeKind.UNKNOWN, TypeKind.INT)


def test_what_is_no_field(tmp_path: Path) -> None:
    text = "class C(BaseModel):\n    _p: int\n    K: ClassVar[int] = 1\n    a: int\n    def f(self): ...\n"
    assert [fact.name for fact in known(tmp_path, text).fields] == ["a"]


def test_aliases(tmp_path: Path) -> None:
    text = "class C(BaseModel):\n    a: int = Field(alias='b')\n"
    text += "    c: int = Field(validation_alias=AliasChoices('d'))\n"
    a, c = known(tmp_path, text).fields
    assert (a.alias, a.default) == ("b", None)
    assert isinstance(c.default, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "class C:\n    a: int",
        "class C(Thing):\n    a: int",
        "class C(Color):\n    a: int",
        "class C(C):\n    a: int",
    ],
)
def test_classes_that_are_no_schema(tmp_path: Path, text: str) -> None:
    assert schema(tmp_path, text) is None


def test_attrs_and_recursion(tmp_path: Path) -> None:
    facts = known(
        tmp_path,
        "@attr.s(auto_attribs=True)\nclass C:\n    a: int = attr.ib(default=1)\n"
        "    c: 'Optional[C]' = None\n",
    )
    assert facts.kind is SchemaKind.ATTRS
    assert facts.fields[1].type.schema is None
