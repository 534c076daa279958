"""The launches of Makefiles; what make's variables become is held against `make -n` itself."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.parse.embedded.reading import commands, folder, form_named, read, word_places, written
from trainlint.facts.launch import Form, LaunchText
from trainlint.facts.value import Known
from trainlint.parse.embedded.makefile import expanded_recipe, looks_like, read_makefile
from trainlint.parse.embedded.makefile_expand import Expander
from trainlint.parse.embedded.makefile_rules import Makefile
from trainlint.source import SourceFile

TREE = {"train.py": "", "sub/fit.py": "", "run.sh": ""}


def _read(root: Path, text: str, name: str = "Makefile") -> LaunchText:
    return read(read_makefile, root, name, text, TREE)


RECIPES = {
    "prefixes": (
        "t:\n\t@python train.py a=1\n\t-python train.py a=2\n\t+@python train.py a=3\n",
        [["python", "train.py", f"a={number}"] for number in (1, 2, 3)],
    ),
    "variables of each kind": (
        "A = $(B) 1\nB := 2\nA += 3\nC ?= 4\nt:\n\tpython train.py $(A) ${C} $D\nD = 5\n",
        [["python", "train.py", "2", "1", "3", "4", "5"]],
    ),
    "a recursive variable takes the last value": (
        "A = x=$(B)\nC := y=$(B)\nB = 1\nt:\n\tpython train.py $(A) $(C)\n",
        [["python", "train.py", "x=1", "y=?"]],
    ),
    "a dollar for the shell": ("t:\n\tX=1; python train.py $$X\n", [["python", "train.py", "1"]]),
    "a line is a shell of its own": (
        "t:\n\tX=1\n\tpython train.py a=$$X\n",
        [["python", "train.py", "a=?"]],
    ),
    "one shell for all": (
        ".ONESHELL:\nt:\n\tX=1\n\tpython train.py a=$$X\n",
        [["python", "train.py", "a=1"]],
    ),
    "continued": ("t:\n\tpython train.py \\\n\t  a=1 \\\n\t  b=2\n", [["python", "train.py", "a=1", "b=2"]]),
    "automatic variables": (
        "big small: in.txt | dir\n\tpython train.py $@ $< $^ $(@F)\n",
        [["python", "train.py", name, "in.txt", "in.txt", name] for name in ("big", "small")],
    ),
    "a pattern": ("%.pt: %.yaml\n\tpython train.py o=$@ c=$<\n", [["python", "train.py", "o=?", "c=?"]]),
    "a target's own variable": (
        "N = 1\nbig: N = 8\nbig small:\n\tpython train.py n=$(N)\n",
        [["python", "train.py", "n=8"], ["python", "train.py", "n=1"]],
    ),
    "the right branch": (
        "M = a\nifeq ($(M),a)\nX = 1\nelse\nX = 2\nendif\nifneq '$(M)' 'a'\nX = 3\nendif\n"
        "t:\n\tpython train.py x=$(X)\n",
        [["python", "train.py", "x=1"]],
    ),
    "a branch that only make knows": (
        "X = 0\nifdef DEBUG\nX = 1\nelse\nX = 2\nendif\nt:\n\tpython train.py x=$(X)\n",
        [["python", "train.py", "x=?"]],
    ),
    "else if": (
        "M = b\nifeq ($(M),a)\nX = 1\nelse ifeq ($(M),b)\nX = 2\nelse\nX = 3\nendif\n"
        "t:\n\tpython train.py x=$(X)\n",
        [["python", "train.py", "x=2"]],
    ),
    "a condition inside a recipe": (
        "M = b\nt:\nifeq ($(M),a)\n\tpython train.py x=1\nelse\n\tpython train.py x=2\nendif\n",
        [["python", "train.py", "x=2"]],
    ),
    "functions": (
        "L = a b\nt:\n\tpython train.py $(addprefix +,$(L)) $(subst a,c,$(L)) $(words $(L)) $(L:%=%.yaml)\n",
        [["python", "train.py", "+a", "+b", "c", "b", "2", "a.yaml", "b.yaml"]],
    ),
    "what only make knows": (
        "t:\n\tpython train.py $(ARGS) d=$(shell date) $(if $(DEBUG),+debug=true)\n",
        [["python", "train.py", "?", "d=?", "?"]],
    ),
    "a recipe behind a semicolon": ("t: ; python train.py a=1\n", [["python", "train.py", "a=1"]]),
    "define": (
        "define A\nx=1 \\\n y=2\nendef\nt:\n\tpython train.py $(A)\n",
        [["python", "train.py", "x=1", "y=2"]],
    ),
    "itself": ("A = $(A)\nt:\n\tpython train.py $(A)\n", [["python", "train.py", "?"]]),
    "windows line ends": ("A = 1\r\nt:\r\n\tpython train.py a=$(A)\r\n", [["python", "train.py", "a=1"]]),
    "no launch": ("t:\n\tpip install -e .\n\tpython -m pytest\n\tuv run ruff check train.py\n", []),
    "a comment is none of the value": (
        "A = 1# x\nt:\n\tpython train.py a=$(A)\n",
        [["python", "train.py", "a=1"]],
    ),
}


@pytest.mark.parametrize(("text", "expected"), RECIPES.values(), ids=RECIPES.keys())
def test_commands(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    found = _read(tmp_path, text)
    assert commands(found) == expected
    assert found.form is Form.MAKEFILE


def test_a_recipe_runs_in_the_folder_of_its_makefile(tmp_path: Path) -> None:
    found = _read(tmp_path, "t:\n\tpython fit.py a=1\n\tcd .. && python train.py a=1\n", "sub/Makefile")
    assert [folder(job, tmp_path) for job in found.jobs] == ["sub", "."]


def test_a_makefile_that_is_included_from_above(tmp_path: Path) -> None:
    found = _read(tmp_path, "t:\n\tpython train.py a=1\n", "mk/train.mk")
    assert [folder(job, tmp_path) for job in found.jobs] == ["."]


def test_places(tmp_path: Path) -> None:
    text = "ARGS = model.hiden=4\nt:\n\t@python train.py $(ARGS) \\\n\t  b=$(N)\n"
    (job,) = _read(tmp_path, text).jobs
    assert word_places(job) == [(3, 3), (3, 10), (1, 8), (4, 4)]
    assert written(text, job) == "python train.py $(ARGS) \\\n\t  b=$(N)"
    assert job.text == "python train.py model.hiden=4 b=$(N)"


def test_exported_variables_are_in_the_environment(tmp_path: Path) -> None:
    text = "export A = 1\nB = 2\nexport B\nC = 3\nt:\n\tpython train.py a=1\n"
    (job,) = _read(tmp_path, text).jobs
    known = {name: value.value for name, value in job.exported.items() if isinstance(value, Known)}
    assert known == {"A": "1", "B": "2"}


def test_what_is_included_is_not_read(tmp_path: Path) -> None:
    found = _read(tmp_path, "include more.mk\nt:\n\tpython train.py a=$(A)\n")
    assert [unknown.reason for unknown in found.unverified] == ["what `include` brings in is not read"]


def test_names_and_looks(tmp_path: Path) -> None:
    for name in ("Makefile", "a/makefile", "GNUmakefile", "Makefile.gpu", "x.mk"):
        assert form_named(name) is Form.MAKEFILE
    assert form_named("Makefile.py.txt") is not Form.MAKEFILE
    assert looks_like(SourceFile(tmp_path, "M", "t:\n\tpython train.py a=1\n"))
    assert not looks_like(SourceFile(tmp_path, "M", "all: x.o\n\tcc -o x x.o\n"))


def test_hostile_texts_end(tmp_path: Path) -> None:
    deep = "A0 = x\n" + "".join(f"A{n} = $(A{n - 1})$(A{n - 1})\n" for n in range(1, 60))
    for text in (
        deep + "t:\n\tpython train.py $(A59)\n",
        "\t\n" * 500,
        "$(" * 5000,
        "ifeq (" * 99,
        "define x\n",
    ):
        _read(tmp_path, text)


_VALUES = st.lists(
    st.sampled_from(["a", "b=c", "x/y.z", "$(A)", "$(B)", "${C}", "$D", "$$", "%"]), max_size=3
)
_CALLS = st.sampled_from(
    [
        "$(A)",
        "$(words $(B))",
        "$(word 2,$(B))",
        "$(firstword $(B))",
        "$(lastword $(C))",
        "$(addprefix p-,$(B))",
        "$(addsuffix .s,$(C))",
        "$(patsubst x/%,%,$(B))",
        "$(subst a,bb,$(A))",
        "$(filter a %.z,$(B))",
        "$(filter-out a,$(B))",
        "$(sort $(A) $(B))",
        "$(strip $(C))",
        "$(dir $(B))",
        "$(notdir $(B))",
        "$(basename $(B))",
        "$(suffix $(B))",
        "$(join $(A),$(B))",
        "$(if $(A),yes,no)",
        "$(or $(A),$(B))",
        "$(and $(A),$(B))",
        "$(B:%.z=%.w)",
        "$(C:a=b)",
        "$@",
        "$<",
        "$^",
        "$(@D)",
        "$(<F)",
    ]
)


@st.composite
def _makefiles(draw: st.DrawFn) -> str:
    lines = []
    names = ["D", "C", "B", "A"]
    for name in names:
        later = names[: names.index(name)]
        value = [
            part
            for part in draw(_VALUES)
            if not any(f in part for f in "ABCD") or part.strip("${()}") in later
        ]
        lines.append(f"{name} {draw(st.sampled_from(['=', ':=', '?=']))} {' '.join(value)}")
        if draw(st.booleans()):
            lines.append(f"{name} += {' '.join(part for part in draw(_VALUES) if '$' not in part)}")
    call = st.one_of(_CALLS, _VALUES.map(" ".join))
    recipe = " ".join(draw(st.lists(call, min_size=1, max_size=4)))
    return "\n".join([*lines, ".PHONY: d/t p q", "d/t: p q p", f"\t: {recipe}", "p q:", ""])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_makefiles())
def test_expansion_is_what_make_prints(tmp_path: Path, text: str) -> None:
    file = tmp_path / "Makefile"
    file.write_text(text)
    run = subprocess.run(
        ["make", "-n", "-f", str(file), "d/t"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    source = SourceFile(file, "Makefile", text)
    makefile = Makefile.read(source, Expander(source))
    rule = next(rule for rule in makefile.rules if rule.targets == ("d/t",))
    assert rule.prerequisites == ("p", "q", "p")
    assert [line.text for line in expanded_recipe(makefile, rule, "d/t")] == run.stdout.splitlines()
