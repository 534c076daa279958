"""The names of policy packs in, their rules out, or every reason why there are none."""

from __future__ import annotations

from pathlib import Path

import trainlint
from trainlint.facts.settings import SettingsProblem, SettingsProblems
from trainlint.policy.pack import Pack, read_pack
from trainlint.source import Files, SourceFile, Span

_PACKAGE = Path(trainlint.__file__).resolve().parent
_SUFFIXES = (".yaml", ".yml")


def load_packs(files: Files, names: tuple[str, ...], folder: Path) -> tuple[Pack, ...] | SettingsProblems:
    """The packs of these names; a name with a `/` or an ending is a path, relative to `folder`."""
    packs: list[Pack] = []
    problems: list[SettingsProblem] = []
    for name in names:
        path = _path(files, name, folder)
        source = files.read(path) if path is not None else None
        if not isinstance(source, SourceFile):
            problems.append(_absent(name, files, path))
            continue
        pack, faults = read_pack(source)
        packs.append(pack)
        problems += faults
        problems += _repeated(pack, packs[:-1])
    return SettingsProblems(tuple(problems)) if problems else tuple(packs)


def built_in() -> tuple[str, ...]:
    """The names of the packs that come with trainlint."""
    return tuple(sorted(path.stem for folder in _folders() for path in folder.glob("*.yaml")))


def _folders() -> tuple[Path, ...]:
    """Where the packs are: inside the installed package, or beside it in a checkout."""
    return (_PACKAGE / "_pages" / "packs", _PACKAGE.parent / "rules" / "packs")


def _path(files: Files, name: str, folder: Path) -> Path | None:
    if "/" in name or name.endswith(_SUFFIXES):
        return files.absolute(folder / name)
    found = (place / f"{name}.yaml" for place in _folders())
    return next((path for path in found if files.is_file(path)), None)


def _absent(name: str, files: Files, path: Path | None) -> SettingsProblem:
    if path is None:
        message = f"there is no pack `{name}`; those that come with trainlint are {', '.join(built_in())}"
        return SettingsProblem(
            Span.at("packs"), message, "write one of them, or the path of a file: ./ours.yaml"
        )
    reason = "it cannot be read" if files.kind(path) is not None else "there is no such file"
    return SettingsProblem(Span.at(files.display(path)), f"the pack `{name}`: {reason}", "mend the path")


def _repeated(pack: Pack, before: list[Pack]) -> list[SettingsProblem]:
    """Rules whose id another pack has taken."""
    taken = {rule.code: rule.span for earlier in before for rule in earlier.rules}
    return [
        SettingsProblem(
            rule.span, f"`{rule.code}` is the id of another rule ({taken[rule.code]})", "choose another"
        )
        for rule in pack.rules
        if rule.code in taken
    ]
