"""The names of policy packs in, their rules out, or every reason why there are none."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import trainlint
from trainlint.diagnostic import RuleInfo
from trainlint.facts.settings import PackName, SettingsProblem, SettingsProblems
from trainlint.policy.pack import Pack, read_pack
from trainlint.policy.rules import chain_rules
from trainlint.rules.registry import RULES
from trainlint.source import Files, SourceFile, Span, Unreadable

_PACKAGE = Path(trainlint.__file__).resolve().parent
_SUFFIXES = (".yaml", ".yml")


def load_packs(
    files: Files, names: tuple[PackName, ...], folder: Path
) -> tuple[Pack, ...] | SettingsProblems:
    """The packs of these names; a name with a `/` or an ending is a path, relative to `folder`."""
    packs: list[Pack] = []
    problems: list[SettingsProblem] = []
    for name in names:
        path = _path(files, name.text, folder)
        source = files.read(path) if path is not None else None
        if not isinstance(source, SourceFile):
            problems.append(_absent(name, source))
            continue
        if any(pack.file == source.display for pack in packs):
            problems.append(
                SettingsProblem(name.span, f"the pack `{name.text}` is named twice", "name it once")
            )
            continue
        pack, faults = read_pack(source, _title(name.text, source))
        packs.append(replace(pack, shipped=not _is_path(name.text)))
        problems += faults
        problems += _clashes(pack, packs[:-1])
    return SettingsProblems(tuple(problems)) if problems else tuple(packs)


def _title(name: str, source: SourceFile) -> str:
    return f"`{source.display}`" if _is_path(name) else f"the pack `{name}`"


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(_SUFFIXES)


def built_in() -> tuple[str, ...]:
    """The names of the packs that come with trainlint."""
    return tuple(sorted(path.stem for folder in _folders() for path in folder.glob("*.yaml")))


def built_in_rules(files: Files) -> tuple[RuleInfo, ...]:
    """What the documentation knows of the rules in these packs."""
    names = tuple(PackName(name, Span.at("packs")) for name in built_in())
    packs = load_packs(files, names, files.root)
    return () if isinstance(packs, SettingsProblems) else tuple(r.info for r in chain_rules(packs, files))


def _folders() -> tuple[Path, ...]:
    """Where the packs are: inside the installed package, or beside it in a checkout."""
    return (_PACKAGE / "_pages" / "packs", _PACKAGE.parent / "rules" / "packs")


def _path(files: Files, name: str, folder: Path) -> Path | None:
    if _is_path(name):
        return files.absolute(folder / name)
    found = (place / f"{name}.yaml" for place in _folders())
    return next((path for path in found if files.is_file(path)), None)


def _absent(name: PackName, found: Unreadable | None) -> SettingsProblem:
    known = built_in()
    if found is None:
        near = difflib.get_close_matches(name.text, known, n=1)
        hint = f"; the nearest is `{near[0]}`" if near else ""
        message = f"there is no pack `{name.text}`{hint}"
        return SettingsProblem(
            name.span, message, f"write one of {', '.join(known)}, or the path of a file: ./ours.yaml"
        )
    message = f"the pack `{name.text}` cannot be read: {found.reason}"
    return SettingsProblem(name.span, message, "mend the path; it counts from the settings file's folder")


def _clashes(pack: Pack, before: list[Pack]) -> list[SettingsProblem]:
    """Rules whose id or name another rule has taken."""
    taken = {name: f"the rule {info.code} of trainlint" for info in RULES for name in (info.code, info.name)}
    taken |= {
        name: f"{rule.code} of {rule.span}"
        for earlier in before
        for rule in earlier.rules
        for name in (rule.code, rule.name)
    }
    return [
        SettingsProblem(span, f"`{name}` is taken: {taken[name]} has it", "choose another")
        for rule in pack.rules
        for name, span in ((rule.code, rule.span), (rule.name, rule.name_span))
        if name in taken
    ]
