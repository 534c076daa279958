"""What holds for every rule: ids, names, declared needs, and no way to the disk or the terminal."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from trainlint.diagnostic import RuleInfo
from trainlint.rules.differences import DIFF_RULES
from trainlint.rules.divergences import PARITY_RULES
from trainlint.rules.registry import CHAIN_RULES, PROJECT_RULES, RULES

ROOT = Path(__file__).resolve().parents[2]
ALL_RULES: list[RuleInfo] = [
    *RULES,
    *(rule.info for rule in DIFF_RULES),
    *(rule.info for rule in PARITY_RULES),
]
#: The decorators of rules over two programs, which need not say what they read.
OF_TWO = ("difference", "divergence")
MODULES = sorted(path for path in (ROOT / "trainlint" / "rules").glob("*/*.py") if path.name != "__init__.py")
#: What a rule may import; anything else would be I/O, state or a way round the chain.
ALLOWED = (
    "__future__",
    "collections",
    "dataclasses",
    "trainlint",
    "typing",
    "re",
    "itertools",
    "difflib",
    "shlex",
)


def rule_functions(path: Path) -> list[tuple[str, tuple[str, ...], ast.FunctionDef]]:
    """Code, needs and function of each rule in a module."""
    found = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                kind = getattr(decorator.func, "id", "") if isinstance(decorator, ast.Call) else ""
                if isinstance(decorator, ast.Call) and kind in ("rule", *OF_TWO):
                    needs = [ast.literal_eval(k.value) for k in decorator.keywords if k.arg == "needs"]
                    code = decorator.args[0]
                    assert isinstance(code, ast.Constant)
                    assert needs or kind in OF_TWO
                    found.append((str(code.value), needs[0] if needs else (), node))
    return found


def test_registry_is_sorted_and_ids_are_unique() -> None:
    for rules in (CHAIN_RULES, PROJECT_RULES, DIFF_RULES, PARITY_RULES):
        codes = [rule.info.code for rule in rules]
        assert codes == sorted(codes)
    codes, names = {info.code for info in ALL_RULES}, {info.name for info in ALL_RULES}
    assert len(codes) == len(names) == len(ALL_RULES)


def test_rules_over_two_programs_say_what_they_do_to_a_run() -> None:
    for info in ALL_RULES:
        assert (info.harm is not None) is info.code.startswith(("TL6", "TL7")), info.code


#: What a rule over the project may read without naming it.
_OF_ALL_PROJECT_RULES = {"launches", "unreadable", "text_problems", "shell_problems", "settings"}


@pytest.mark.parametrize("info", ALL_RULES, ids=lambda info: info.code)
def test_name_states_a_mistake(info: object) -> None:
    name = getattr(info, "name")  # noqa: B009  # the parameter is typed loosely for the id function
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)
    assert not name.startswith(("no-", "use-", "avoid-", "check-")) or name == "no-entry-point"


def test_every_rule_module_is_registered() -> None:
    written = {code for path in MODULES for code, _, _ in rule_functions(path)}
    assert written == {info.code for info in ALL_RULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_rule_has_no_class_no_try_and_no_way_out(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.ClassDef | ast.Try | ast.Global)
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert all(name.split(".")[0] in ALLOWED for name in names), names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_needs_name_what_the_rule_reads(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for code, needs, function in rule_functions(path):
        subject = function.args.args[0].arg
        if subject in ("comparison", "outcome"):
            continue
        read = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == subject
        }
        helped = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        if "problems" in helped:
            read.add("compositions")
        if subject == "project":
            read = (read - _OF_ALL_PROJECT_RULES) or {"project"}
            assert set(needs) == read, code
        else:
            assert read <= set(needs), code
