from pathlib import Path

import pytest

from trainlint.chain.imports import External, Found, Library, Missing, Place, Resolver
from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound, NameMissing, Unfollowed, find_dotted, find_name
from trainlint.chain.signatures.reader import SignatureReader
from trainlint.facts.module import DefinitionKind
from trainlint.facts.signature import SignatureFacts
from trainlint.source import Files


def resolver(root: Path, files: dict[str, str], *folders: str) -> Resolver:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    import_path = tuple(root / folder for folder in folders) or (root,)
    return Library(Files(root)).resolver(import_path)


def found(here: Resolver, name: str) -> Found:
    located = here.find_module(name)
    assert isinstance(located, Found), located
    return located


def test_modules_packages_and_namespaces(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"a/__init__.py": "", "a/b.py": "", "n/m/c.py": "", "top.py": ""})
    assert found(here, "a.b").path == tmp_path / "a/b.py"
    assert found(here, "a").directories == (tmp_path / "a",)
    assert found(here, "n.m").is_namespace
    assert found(here, "n.m.c").place is Place.FIRST_PARTY
    assert found(here, "top").path == tmp_path / "top.py"


def test_a_missing_module_names_what_was_searched_and_the_nearest(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"models/recursive/trm.py": ""})
    missing = here.find_module("models.recursive.trn.x")
    assert isinstance(missing, Missing)
    assert missing.missing == "models.recursive.trn"
    assert missing.searched == ("models/recursive/trn.py", "models/recursive/trn/__init__.py")
    assert missing.nearest == "models.recursive.trm"
    assert missing.doubt is None


def test_the_first_folder_of_the_import_path_wins(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"one/m.py": "A = 1", "two/m.py": "B = 1"}, "two", "one")
    assert isinstance(find_name(here, found(here, "m"), "B"), Bound)


def test_a_package_that_is_not_installed_is_not_checked(tmp_path: Path) -> None:
    here = resolver(tmp_path, {})
    assert isinstance(here.find_module("surely_not_installed.x"), External)


def test_a_data_folder_does_not_shadow_an_installed_package(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"yaml/data.txt": "", "neptune/run/log.txt": ""})
    assert found(here, "yaml").place is Place.INSTALLED
    missing = here.find_module("neptune.new")
    assert isinstance(missing, Missing)
    assert missing.doubt


def test_a_local_module_shadows_the_standard_library(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"random.py": "A = 1"})
    assert found(here, "random").path == tmp_path / "random.py"
    assert found(here, "json").place is Place.STANDARD_LIBRARY


def test_a_source_layout_counts_as_installed_in_place(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"src/pkg/__init__.py": "", "scripts/train.py": ""}, "scripts")
    assert found(here, "pkg").place is Place.ASSUMED
    missing = here.find_module("pkg.absent")
    assert isinstance(missing, Missing)
    assert missing.doubt


def test_compiled_modules_are_opaque(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"ext.cpython-311-x86_64-linux-gnu.so": "", "p/__init__.py": "", "p/q.pyx": ""})
    assert found(here, "ext").opaque
    assert found(here, "p.q").opaque
    assert isinstance(find_name(here, found(here, "ext"), "A"), Unfollowed)


def test_a_stub_tells_how_what_is_compiled_is_called(tmp_path: Path) -> None:
    stub = "class A:\n    def __init__(self, size: int, *, bias: bool = ...) -> None: ...\n"
    here = resolver(tmp_path, {"fast.so": "", "fast.pyi": stub, "p/__init__.so": "", "p/__init__.pyi": stub})
    for module in ("fast", "p"):
        name = find_name(here, found(here, module), "A")
        assert isinstance(name, Bound)
        taken = SignatureReader(ModuleLookup(here)).of(name, "A")
        assert isinstance(taken, SignatureFacts)
        assert [(entry.name, entry.required) for entry in taken.parameters] == [
            ("size", True),
            ("bias", False),
        ]
        assert isinstance(find_name(here, found(here, module), "B"), Unfollowed)


def test_a_package_of_stubs_beside_what_is_compiled(tmp_path: Path) -> None:
    site = tmp_path / "env/lib/python3.12/site-packages"
    files = {"fast/__init__.so": "", "fast/deep.so": "", "fast-stubs/deep.pyi": "class A: ...\n"}
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    (tmp_path / "env/pyvenv.cfg").write_text("home = /nowhere/bin\n")
    (tmp_path / "env/bin").mkdir()
    (tmp_path / "env/bin/python").write_text("")
    here = Library(Files(tmp_path), "env/bin/python").resolver(())
    assert isinstance(find_name(here, found(here, "fast.deep"), "A"), Bound)
    assert found(here, "fast").stub is None


def test_an_environment_given_by_its_interpreter(tmp_path: Path) -> None:
    site = tmp_path / "env/lib/python3.12/site-packages"
    (site / "thing").mkdir(parents=True)
    (site / "thing/__init__.py").write_text("class A: ...")
    (site / "more.pth").write_text("# comment\n../extra\n")
    (site.parent / "extra").mkdir()
    (site.parent / "extra/linked.py").write_text("")
    (tmp_path / "env/pyvenv.cfg").write_text("home = /nowhere/bin\n")
    (tmp_path / "env/bin").mkdir()
    (tmp_path / "env/bin/python").write_text("")
    here = Library(Files(tmp_path), "env/bin/python").resolver(())
    assert found(here, "thing").place is Place.INSTALLED
    assert found(here, "linked").path == site / "../extra/linked.py"
    assert isinstance(here.find_module("yaml"), External)


PACKAGE = {
    "p/__init__.py": "from .a import A as B\nfrom .star import *\nfrom . import sub\nC = B\n"
    "import p.a as alias\n",
    "p/a.py": "class A: ...\nimport functools\nD = functools.partial(A, 1)\nF = print\n",
    "p/star.py": "__all__ = ['S', 'Gone']\nclass S: ...\nclass Hidden: ...\n",
    "p/sub.py": "from p import B\nif x:\n    class K: ...\nelse:\n    K = None\n",
    "p/cycle.py": "from p.cycle2 import X\n",
    "p/cycle2.py": "from p.cycle import X\n",
    "p/opt.py": "try:\n    from absent_package import T\nexcept ImportError:\n    T = None\n",
    "p/dyn.py": "def __getattr__(name): ...\n",
    "p/late.py": "if (W := 3): pass\n",
    "p/third.py": "from absent_package import *\n",
}


@pytest.mark.parametrize(
    ("module", "name", "where", "kind"),
    [
        ("p", "B", "p.a", DefinitionKind.CLASS),
        ("p", "C", "p.a", DefinitionKind.CLASS),
        ("p", "S", "p.star", DefinitionKind.CLASS),
        ("p.sub", "B", "p.a", DefinitionKind.CLASS),
        ("p.a", "D", "p.a", DefinitionKind.VARIABLE),
        ("p.a", "F", "p.a", DefinitionKind.VARIABLE),
        ("p.sub", "K", "p.sub", DefinitionKind.CLASS),
    ],
)
def test_names_are_followed_to_their_definition(
    tmp_path: Path, module: str, name: str, where: str, kind: DefinitionKind
) -> None:
    here = resolver(tmp_path, PACKAGE)
    bound = find_name(here, found(here, module), name)
    assert isinstance(bound, Bound), bound
    assert (bound.module.name, bound.definition.kind) == (where, kind)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("p.cycle", "X"),
        ("p.opt", "T"),
        ("p.dyn", "Y"),
        ("p.late", "W"),
        ("p.third", "V"),
        ("p.a", "__file__"),
    ],
)
def test_names_that_cannot_be_followed_are_not_called_missing(tmp_path: Path, module: str, name: str) -> None:
    here = resolver(tmp_path, PACKAGE)
    assert isinstance(find_name(here, found(here, module), name), Unfollowed)


@pytest.mark.parametrize(("module", "name"), [("p", "Hidden"), ("p", "Gone"), ("p.a", "AA"), ("p.star", "A")])
def test_missing_names(tmp_path: Path, module: str, name: str) -> None:
    here = resolver(tmp_path, PACKAGE)
    assert isinstance(find_name(here, found(here, module), name), NameMissing)


def test_submodules_and_aliases_are_modules(tmp_path: Path) -> None:
    here = resolver(tmp_path, PACKAGE)
    package = found(here, "p")
    assert find_name(here, package, "sub") == found(here, "p.sub")
    assert find_name(here, package, "star") == found(here, "p.star")
    bound = find_dotted(here, package, "alias.A")
    assert isinstance(bound, Bound)
    assert bound.facts.display == "p/a.py"


def test_the_nearest_name_is_told(tmp_path: Path) -> None:
    here = resolver(tmp_path, {"m.py": "class ACTLossHead: ...\n"})
    missing = find_name(here, found(here, "m"), "ACTLosHead")
    assert isinstance(missing, NameMissing)
    assert missing.nearest == "ACTLossHead"


def test_each_file_is_parsed_once_over_all_launches(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("class A: ...")
    library = Library(Files(tmp_path))
    one, two = library.resolver((tmp_path,)), library.resolver((tmp_path, tmp_path / "x"))
    assert one.facts(found(one, "m")) is two.facts(found(two, "m"))
    assert library.resolver((tmp_path,)) is one
