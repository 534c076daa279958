from pathlib import Path

import pytest

from trainlint.chain.imports import Library
from trainlint.chain.script import read_script
from trainlint.facts.script import EntryKind, HydraEntry, MissingImport, MissingImportedName, ScriptFacts
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files


def script(root: Path, files: dict[str, str], path: str = "train.py", *, as_file: bool = True) -> ScriptFacts:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    folder = (root / path).parent if as_file else root
    facts = read_script(
        Library(Files(root)).resolver((folder,)), root / path, as_file=as_file, directory=root
    )
    assert isinstance(facts, ScriptFacts)
    return facts


def entry(root: Path, text: str) -> HydraEntry:
    (found,) = script(root, {"train.py": text}).entries
    return found


RUN = "\nif __name__ == '__main__':\n    main()\n"
BODY = "\ndef main(cfg): ...\n" + RUN


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("import hydra\n@hydra.main(config_path='c', config_name='n', version_base=None)", "c", "n"),
        ("import hydra\n@hydra.main('c', 'n', '1.3')", "c", "n"),
        ("from hydra import main as m\n@m(config_path='c', config_name='n', version_base=None)", "c", "n"),
        ("import hydra as h\nN = 'n'\n@h.main('c', config_name=N, version_base=None)", "c", "n"),
        ("import hydra\nN = 'n'\n@hydra.main('c', f'{N}_{1}', None)", "c", "n_1"),
        ("import hydra\n@hydra.main(config_name='n', version_base=None)", None, "n"),
        ("import hydra\n@hydra.main(config_name='n', version_base='1.1')", ".", "n"),
        ("import hydra\n@hydra.main(config_name='n')", ".", "n"),
        ("import hydra\n@hydra.main(config_path=None, config_name='n')", None, "n"),
        ("import hydra\nhm = hydra.main\n@hm('c', 'n', None)", "c", "n"),
    ],
)
def test_spellings_of_the_decorator(tmp_path: Path, text: str, path: str | None, name: str) -> None:
    found = entry(tmp_path, text + BODY)
    assert (found.config_path.value, found.config_name.value, found.runs) == (path, name, True)
    assert found.kind is EntryKind.MAIN


@pytest.mark.parametrize(
    "path",
    [
        "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'conf')",
        "osp.join(osp.dirname(osp.realpath(__file__)), 'conf')",
        "str(Path(__file__).parent / 'conf')",
        "str(Path(__file__).resolve().parents[0].joinpath('conf'))",
        "(Path(__file__).parent / 'x' / '..' / 'conf').resolve().as_posix()",
        "f'{HERE}/conf'",
        "os.path.join(ROOT, 'conf')",
        "ROOT + '/' + names.CONF",
        "'%s/conf' % ROOT",
        "'{}/conf'.format(ROOT)",
    ],
)
def test_config_paths_built_from_the_file(tmp_path: Path, path: str) -> None:
    text = f"""
import os, hydra, names
import os.path as osp
from pathlib import Path
import rootutils
HERE = Path(__file__).parent
ROOT = str(rootutils.setup_root(__file__, indicator="marker", pythonpath=True))
@hydra.main(config_path={path}, config_name="n", version_base=None)
"""
    files = {"train.py": text + BODY, "marker": "", "names.py": "CONF = 'conf'\n"}
    (found,) = script(tmp_path, files).entries
    assert isinstance(found.config_path, Known), found.config_path
    assert found.config_path.value == str(tmp_path / "conf")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("os.environ['CONFIG']", "environment variable 'CONFIG'"),
        ("os.environ.get('CONFIG', 'x')", "environment variable 'CONFIG'"),
        ("args.config", "comes from the command line"),
        ("pick()", "run time"),
        ("A if x else B", "run time"),
    ],
)
def test_names_that_only_a_run_knows(tmp_path: Path, name: str, why: str) -> None:
    text = "import os, hydra, argparse\nargs = argparse.ArgumentParser().parse_args()\n"
    found = entry(tmp_path, text + f"@hydra.main('c', {name}, None)" + BODY)
    assert isinstance(found.config_name, Unknown)
    assert why in found.config_name.reason


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (BODY, True),
        ("\ndef main(cfg): ...\nmain()\n", True),
        ("\ndef main(cfg): ...\ndef run():\n    main()\nrun()\n", True),
        ("\ndef main(cfg): ...\ndef run():\n    main()\n", False),
        ("\ndef main(cfg): ...\n", False),
        ("\ndef main(cfg): ...\nif __name__ == '__main__':\n    print()\n", False),
    ],
)
def test_whether_the_function_runs(tmp_path: Path, text: str, runs: bool) -> None:
    assert entry(tmp_path, "import hydra\n@hydra.main('c', 'n', None)" + text).runs is runs


def test_the_call_form(tmp_path: Path) -> None:
    found = entry(tmp_path, "import hydra\ndef main(cfg): ...\nhydra.main('c', 'n', None)(main)()\n")
    assert (found.config_name.value, found.function, found.runs) == ("n", "main", True)


def test_an_entry_in_an_imported_module(tmp_path: Path) -> None:
    app = "import hydra\n@hydra.main('conf', 'n', None)\ndef main(cfg): ...\n"
    files = {"train.py": "from pkg.app import main as go" + RUN.replace("main()", "go()"), "pkg/app.py": app}
    (found,) = script(tmp_path, files).entries
    assert found.file == tmp_path / "pkg/app.py"
    assert found.imported_as == "pkg.app"


def test_an_imported_entry_that_nothing_calls_is_none(tmp_path: Path) -> None:
    app = "import hydra\nA = 1\n@hydra.main('conf', 'n', None)" + BODY
    assert script(tmp_path, {"train.py": "from app import A\nprint(A)", "app.py": app}).entries == ()


def test_compose_in_a_context(tmp_path: Path) -> None:
    text = """
from hydra import compose, initialize
def run(name):
    extra = ["a=1", f"b={name}"]
    with initialize(config_path="conf", version_base="1.2"):
        cfg = compose(config_name="n", overrides=extra)
run("x")
"""
    found = entry(tmp_path, text)
    assert (found.kind, found.config_path.value, found.config_name.value) == (EntryKind.COMPOSE, "conf", "n")
    assert [isinstance(override, Known) for override in found.overrides] == [True, False]
    assert found.runs


@pytest.mark.parametrize(
    ("call", "absolute", "module", "path"),
    [
        ("initialize_config_dir(config_dir='/abs/conf')", True, False, "/abs/conf"),
        ("initialize_config_module('pkg.conf', version_base=None)", False, True, "pkg.conf"),
        ("initialize(version_base=None)", False, False, None),
        ("initialize()", False, False, "."),
    ],
)
def test_the_other_initializers(
    tmp_path: Path, call: str, absolute: bool, module: bool, path: str | None
) -> None:
    found = entry(tmp_path, f"import hydra\nhydra.{call}\ncfg = hydra.compose('n')\n")
    assert (found.absolute, found.module, found.config_path.value) == (absolute, module, path)


def test_compose_without_a_visible_initialization(tmp_path: Path) -> None:
    found = entry(tmp_path, "import hydra, helper\nhelper.start()\ncfg = hydra.compose('n', [*rest])\n")
    assert isinstance(found.config_path, Unknown)
    assert isinstance(found.overrides[0], Unknown)


def test_resolvers_and_environment(tmp_path: Path) -> None:
    files = {
        "train.py": "import helper, os\nfrom omegaconf import OmegaConf as OC\n"
        "OC.register_new_resolver('mul', f)\nos.environ['A'] = '1'\nos.environ.setdefault('B', '2')\n",
        "helper.py": "import omegaconf\nomegaconf.OmegaConf.register_new_resolver(name='div', resolver=f)\n",
    }
    facts = script(tmp_path, files)
    assert facts.resolvers == {"mul", "div"}
    assert not facts.opaque_resolvers
    assert facts.environment["A"].value == "1"
    assert isinstance(facts.environment["B"], Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "from omegaconf import OmegaConf\nfor n in x:\n    OmegaConf.register_new_resolver(n, f)",
        "import package_that_is_not_installed",
    ],
)
def test_resolvers_that_cannot_be_listed(tmp_path: Path, text: str) -> None:
    assert script(tmp_path, {"train.py": text}).opaque_resolvers


@pytest.mark.parametrize(
    ("text", "parser"),
    [
        ("import argparse\np = argparse.ArgumentParser()", "argparse"),
        ("import click\n@click.command()\ndef f(): ...\nf()", "click"),
        ("from transformers import HfArgumentParser as P\nP(A)", "HfArgumentParser"),
        ("import sys\nprint(sys.argv)", "sys.argv"),
        ("print('parse nothing')", None),
    ],
)
def test_parsers(tmp_path: Path, text: str, parser: str | None) -> None:
    assert script(tmp_path, {"train.py": text}).parser == parser


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("def f(): ...", False),
        ('"""Doc."""\nimport os\nclass A: ...\nX = 1\nlog = print.__name__', False),
        ("import logging\nlog = logging.getLogger()\ndef f(): ...", False),
        ("try:\n    import a\nexcept ImportError:\n    a = None\ndef f(): ...", False),
        ("def f(): ...\nf()", True),
        ("def f(): ...\nresult = f()", True),
        ("import tyro\ndef f(): ...\n_ = tyro.cli(f)", True),
        ("def f(): ...\nif __name__ == '__main__':\n    f()", True),
        ("for i in x: ...", True),
        ("import the_whole_program", True),
        ("def f(): ...\nwhile f(): ...", True),
    ],
)
def test_whether_a_script_does_anything(tmp_path: Path, text: str, runs: bool) -> None:
    assert script(tmp_path, {"train.py": text}).runs is runs


def test_a_missing_module_behind_a_local_import(tmp_path: Path) -> None:
    files = {
        "train.py": "import utils.a\n",
        "utils/a.py": "from utils.lossses import X\n",
        "utils/losses.py": "",
    }
    (problem,) = script(tmp_path, files).import_problems
    assert isinstance(problem, MissingImport)
    assert (problem.module, problem.nearest) == ("utils.lossses", "utils.losses")
    assert problem.span.file == "utils/a.py"
    assert [span.file for span in problem.via] == ["train.py"]


def test_a_missing_name(tmp_path: Path) -> None:
    (problem,) = script(
        tmp_path, {"train.py": "from losses import ACTHead\n", "losses.py": "class ACTLossHead: ..."}
    ).import_problems
    assert isinstance(problem, MissingImportedName)
    assert (problem.name, problem.nearest, problem.file) == ("ACTHead", "ACTLossHead", "losses.py")


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import pkg.absent\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.absent import X",
        "def f():\n    import pkg.absent",
        "if x:\n    import pkg.absent",
        "try:\n    import pkg.broken\nexcept ImportError:\n    pass",
        "import not_installed_at_all.x",
        "from pkg import sub, A\nimport pkg.sub as s",
        "import torch.absent_module_of_theirs",
        "from pkg.dynamic import anything",
    ],
)
def test_imports_that_are_none(tmp_path: Path, text: str) -> None:
    files = {
        "train.py": text,
        "pkg/__init__.py": "A = 1",
        "pkg/sub.py": "",
        "pkg/broken.py": "import pkg.absent",
        "pkg/dynamic.py": "def __getattr__(n): ...",
    }
    assert script(tmp_path, files).import_problems == ()


@pytest.mark.parametrize("text", ["import pkg.absent", "if __name__ == '__main__':\n    import pkg.absent"])
def test_imports_that_are(tmp_path: Path, text: str) -> None:
    assert len(script(tmp_path, {"train.py": text, "pkg/__init__.py": ""}).import_problems) == 1


def test_relative_imports_in_a_script(tmp_path: Path) -> None:
    files = {"pkg/train.py": "from .a import b\n", "pkg/a.py": "b = 1"}
    assert len(script(tmp_path, files, "pkg/train.py").import_problems) == 1
    assert script(tmp_path, files, "pkg/train.py", as_file=False).import_problems == ()


def test_folders_added_to_the_import_path(tmp_path: Path) -> None:
    text = "import sys, os\nsys.path.insert(0, os.path.dirname(os.path.dirname(__file__)))\n"
    text += "import lib.a, lib.b\n"
    facts = script(tmp_path, {"scripts/train.py": text, "lib/a.py": ""}, "scripts/train.py")
    assert [problem.module for problem in facts.import_problems if isinstance(problem, MissingImport)] == [
        "lib.b"
    ]
    assert facts.import_path[0] == tmp_path


def test_an_unknown_import_path_makes_missing_modules_unverified(tmp_path: Path) -> None:
    text = "import sys, os\nsys.path.append(os.environ['LIB'])\nimport lib.a, lib.b\n"
    facts = script(tmp_path, {"train.py": text, "lib/a.py": ""})
    assert facts.import_problems == ()
    assert "lib.b" in facts.unverified[0][0]


def test_a_data_folder_may_stand_before_an_installed_package(tmp_path: Path) -> None:
    files = {
        "train.py": "from nobodys_package import init\nimport models.trn\nimport models.trm\n",
        "nobodys_package/a.py": "",
    }
    facts = script(tmp_path, files | {"models/trm.py": ""})
    assert [problem.span.line for problem in facts.import_problems] == [2]
    assert "nobodys_package" in facts.unverified[0][0]


def test_a_script_that_cannot_be_parsed_has_only_its_problem(tmp_path: Path) -> None:
    facts = script(tmp_path, {"train.py": "def f(:\n"})
    assert facts.module.problem is not None
    assert (facts.entries, facts.import_problems) == ((), ())
