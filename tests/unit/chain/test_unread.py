"""Keys that nothing reads: small projects in, the keys that are reported out."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from trainlint.chain.build import Builder
from trainlint.facts.keys import KeyUse
from trainlint.facts.settings import Settings
from trainlint.parse.joblist import read_command
from trainlint.source import Files

ENTRY = """
@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg):
{body}


if __name__ == "__main__":
    main()
"""
CONFIG = """\
a: 1
part:
  b: 2
  c: 3
rest:
  d: 4
  e: {f: 5}
"""


def use(
    folder: Path, body: str, *overrides: str, config: str = CONFIG, head: str = "", **files: str
) -> KeyUse:
    """What a script with this body makes of its keys, beside other modules of the project."""
    (folder / "conf").mkdir()
    (folder / "conf" / "config.yaml").write_text(config)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text))
    lines = "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().splitlines())
    (folder / "train.py").write_text("import hydra\n" + dedent(head) + ENTRY.format(body=lines))
    job = read_command(["python", "train.py", *overrides], folder).jobs[0]
    return Builder(Files(folder), Settings()).build(job).keys


def unread(folder: Path, body: str, *overrides: str, **files: str) -> list[str]:
    """The keys that are reported."""
    return [found.key for found in use(folder, body, *overrides, **files).unread]


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ("print(cfg.a + cfg.part.b)", ["part.c", "rest"]),
        ("print(cfg.a + 1, cfg.rest.e.f + 1)", ["part", "rest.d"]),
        ("for name, value in cfg.part.items():\n    print(value + cfg.a)", ["rest"]),
        ("print('rest' in cfg, cfg.get('a'), cfg.part.b + cfg.part.c)", ["rest.d", "rest.e"]),
        ("print(cfg)", []),
        ("print(cfg.a + 1, f'{cfg.part}')\nhydra.utils.instantiate(cfg.part)", ["rest"]),
    ],
)
def test_the_largest_part_that_nothing_reads_is_told(tmp_path: Path, body: str, keys: list[str]) -> None:
    assert unread(tmp_path, body) == keys


@pytest.mark.parametrize(
    ("other", "keys"),
    [
        ("print('nothing of it')", ["part.c", "rest"]),
        ("def f(cfg):\n    return cfg.part.c", ["rest"]),
        ("import hydra\ndef f(cfg):\n    return cfg.rest.other", ["part.c", "rest"]),
        ("import hydra\ndef f(cfg, g):\n    return g(cfg.rest)", ["part.c"]),
        ("import hydra\ndef f(cfg, g):\n    return g(**cfg)", []),
        ("import yaml\ndef f(cfg, name):\n    return cfg[name]", []),
    ],
)
def test_what_other_code_may_know_is_left_alone(tmp_path: Path, other: str, keys: list[str]) -> None:
    assert unread(tmp_path, "print(cfg.a + cfg.part.b)", other=other) == keys


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ("g: ${part.c}\n", ["rest"]),
        ("g: ${rest}\n", ["part.c"]),
        ("g: ${.part.c}\n", ["rest"]),
        ("g: ${part.x}\n", ["part.c", "rest"]),
    ],
)
def test_a_key_that_an_interpolation_may_mean_is_read(tmp_path: Path, more: str, keys: list[str]) -> None:
    found = use(tmp_path, "print(cfg.a + cfg.part.b, cfg.g)", config=CONFIG + more)
    assert [entry.key for entry in found.unread] == ([] if "x" in more else keys)


def test_what_goes_into_code_that_is_not_followed_is_said_once(tmp_path: Path) -> None:
    found = use(tmp_path, "print(cfg.a + cfg.part.b, library.f(cfg.rest))", head="import library\n")
    assert [entry.key for entry in found.unread] == ["part.c"]
    assert [entry.reason for entry in found.undecided] == [
        "which keys of `rest` are read: it is given to library.f"
    ]


@pytest.mark.parametrize(
    ("override", "keys", "recorder"),
    [
        ("+note=first", ["note"], "Hydra"),
        ("+steps=5", ["steps"], None),
        ("+tags=[first,second]", [], None),
        ("+aa=text", ["aa"], "Hydra"),
        ("+part.bb=text", ["part.bb"], "Hydra"),
        ("part.c=4", ["part.c"], None),
    ],
)
def test_a_text_that_the_job_adds_may_be_a_label(
    tmp_path: Path, override: str, keys: list[str], recorder: str | None
) -> None:
    body = "print(cfg.a + cfg.part.b, cfg.rest.d + cfg.rest.e.f)"
    found = [entry for entry in use(tmp_path, body, override).unread if entry.from_command]
    assert [entry.key for entry in found] == keys
    assert [entry.recorder for entry in found] == [recorder] * len(keys)


MODEL = """
import pydantic

class Rest(pydantic.BaseModel):
    d: int
    e: dict = {}

class Config(pydantic.BaseModel%s):
    a: int
    rest: Rest
"""


@pytest.mark.parametrize(
    ("extra", "keys"), [("", ["part", "rest.e"]), (", extra='allow'", ["part", "rest.e"])]
)
def test_a_model_drops_what_it_has_no_field_for(tmp_path: Path, extra: str, keys: list[str]) -> None:
    body = "config = Config(**cfg)\nprint(config.a + 1)"
    assert unread(tmp_path, body, head=MODEL % extra) == keys
