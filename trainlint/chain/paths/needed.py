"""What a script does and one launch of it in, the paths that the launch reads and writes out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

from trainlint.chain.paths.disk import Disk, DiskEvaluation
from trainlint.chain.paths.functions import Does
from trainlint.chain.paths.makers import Makers
from trainlint.chain.paths.texts import HOLE, Speller, settings_of
from trainlint.chain.paths.uses import Use
from trainlint.facts.behaviour import Step
from trainlint.facts.config import Composition, ConfigScalar, ConfigUnknown, Origin, select
from trainlint.facts.launch import JobFacts
from trainlint.facts.paths import LoadedCheckpoint, MissingPath, NeededPath, PathRole, Presence, RunPaths
from trainlint.facts.symbols import Setting
from trainlint.facts.value import Known, Unknown
from trainlint.record import entity
from trainlint.regex import regex

_HUB_NAME = regex(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")
_FILE_NAME = regex(r".*\.(pt|pth|ckpt|bin|safetensors|json|yaml)")
_NO_PATH = regex(r"[a-z][a-z0-9+.-]*:.*")
_WEIGHTS = (".pt", ".pth", ".ckpt", ".bin", ".safetensors")


@entity
class Collector:
    """Goes through the uses of paths of one launch."""

    uses: tuple[Use, ...]
    run: DiskEvaluation
    speller: Speller
    disk: Disk
    composition: Composition
    makers: Makers
    job: JobFacts
    needed: dict[tuple[str, str], NeededPath] = field(default_factory=dict)
    missing: dict[str, MissingPath] = field(default_factory=dict)
    checkpoints: dict[str, LoadedCheckpoint] = field(default_factory=dict)
    unknown: dict[tuple[PathRole, Unknown], None] = field(default_factory=dict)

    def collect(self) -> RunPaths:
        """All that the launch reads and writes."""
        written = {use: self._patterns(use) for use in self.uses if use.does is Does.WRITE}
        for use in self.uses:
            if use.does is Does.READ and self.run.reached(use.place) is not False:
                self._read(use, written)
        patterns = [pattern for found in written.values() for pattern in found]
        saves = [
            self.disk.shown(pattern.removesuffix(".tmp"))
            for use, found in written.items()
            for pattern in found
            if use.role is PathRole.CHECKPOINT or pattern.endswith(_WEIGHTS)
        ]
        return RunPaths(
            needed=tuple(self.needed.values()),
            missing=tuple(self.missing.values()),
            written=tuple(dict.fromkeys(patterns)),
            saved=tuple(dict.fromkeys(saves)),
            checkpoints=tuple(self.checkpoints.values()),
            unknown=tuple(self.unknown),
        )

    def _patterns(self, use: Use) -> tuple[str, ...]:
        """The paths that are written, with `*` for what only the run decides."""
        if self.run.reached(use.place) is False:
            return ()
        places = self.speller.places(use.path)
        return tuple(place.replace(HOLE, "*") for place in places if not place.startswith(HOLE))

    def _read(self, use: Use, written: dict[Use, tuple[str, ...]]) -> None:
        decides = self._deciding(use)
        if decides is None:
            return
        key, given, origin = decides
        if use.hub and _is_hub_name(given):
            return
        for place in self.speller.places(use.path):
            path = place.partition(HOLE)[0]
            if HOLE in place:
                path = os.path.dirname(path)
            if not path or _NO_PATH.fullmatch(given) or (key, path) in self.needed:
                continue
            presence = self.disk.look(path)
            needed = NeededPath(key, given, path, use.role, use.name, use.span, origin, presence)
            self._found(needed, use, written)

    def _found(self, needed: NeededPath, use: Use, written: dict[Use, tuple[str, ...]]) -> None:
        """A path with what is known of it: only what every run needs and nothing makes is missing."""
        certain = self.run.reached(use.place) is True
        if certain:
            self.needed[needed.key, needed.path] = needed
            self._certain(needed)
        if needed.presence is not Presence.ABSENT or needed.key in self.missing:
            return
        if any(_makes(pattern, needed.path) for pattern in _before(use, written)):
            return
        if any(place.step is Step.TRY for place in use.place.outwards()):
            return
        maker = self._maker(needed, use) if certain else None
        if not certain:
            self._open(needed, f"whether `{needed.given}` is read, which is not there, depends on the run")
        elif maker is not None:
            self._open(needed, f"`{needed.given}` is not there; `{maker}` may make it")
        else:
            self.missing[needed.key] = self._missing(needed)

    def _certain(self, needed: NeededPath) -> None:
        """A path that every run reads, and that is there or cannot be seen."""
        if needed.presence is Presence.UNSEEN:
            self._open(needed, f"`{needed.given}` lies below a folder that is not on this machine")
        elif needed.presence is Presence.THERE and needed.role is PathRole.CHECKPOINT:
            contents = self.disk.checkpoint(needed.path)
            self.checkpoints[needed.path] = LoadedCheckpoint(needed, contents)

    def _open(self, needed: NeededPath, reason: str) -> None:
        self.unknown[needed.role, Unknown(reason, needed.origin.span)] = None

    def _maker(self, needed: NeededPath, use: Use) -> str | None:
        """What may make a path before it is used: a command of the text, or the script's own call."""
        if any(_makes(str(path), needed.path) for path in self.job.written):
            return "a command before the launch"
        if self.job.fetches:
            return "a command that fetches files"
        return self.makers.of(needed, use.order)

    def _deciding(self, use: Use) -> tuple[str, str, Origin] | None:
        """The config value that a path is made of: the first text in it."""
        for setting in settings_of(use.path):
            found = self.run.value(replace(setting, schema=None))
            path = _real_path(setting)
            node = select(self.composition.root, path)
            given = found.value if isinstance(found, Known) else None
            if isinstance(given, str) and given and isinstance(node, (ConfigScalar, ConfigUnknown)):
                return ".".join(setting.path), given, node.origin
            if isinstance(node, ConfigUnknown):
                self.unknown[use.role, node.unknown] = None
        return None

    def _missing(self, needed: NeededPath) -> MissingPath:
        above = self.disk.nearest(needed.path)
        seen = self.disk.seen_at(needed.path)
        entry = os.path.relpath(seen, above).partition(os.sep)[0]
        given = self.speller.absolute(needed.given)
        whole = needed.path == given or needed.path.startswith(given + os.sep)
        inside = whole and needed.path != given and self.disk.look(given) is Presence.THERE
        shown = needed.given if whole else self.disk.shown(needed.path)
        return MissingPath(
            needed,
            shown,
            folder=self.disk.shown(above),
            entry=os.path.relpath(needed.path, given) if inside else entry,
            siblings=self.disk.siblings(above),
            inside=inside,
            nearest=None if inside else self._nearest(shown, above, entry),
        )

    def _nearest(self, shown: str, above: str, entry: str) -> str | None:
        """The path with another name in place of the one that is missing, if all up to the last is there."""
        for near in get_close_matches(entry, self.disk.siblings(above), n=3):
            before, _, after = shown.partition(entry)
            folder = os.path.dirname(f"{before}{near}{after}") if "/" in after[1:] else f"{before}{near}"
            if self.disk.look(self.speller.absolute(folder)) is Presence.THERE:
                return f"{before}{near}{after}"
        return None


def _real_path(setting: Setting) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in setting.path)


def _is_hub_name(given: str) -> bool:
    """Whether a text may name something on a model hub, or stands for a checkpoint (`last`)."""
    return bool(_HUB_NAME.fullmatch(given)) and not _FILE_NAME.fullmatch(given)


def _before(use: Use, written: dict[Use, tuple[str, ...]]) -> Iterator[str]:
    for other, patterns in written.items():
        if other.order < use.order:
            yield from patterns


def _makes(pattern: str, path: str) -> bool:
    """Whether writing the one brings the other about: the same path, a folder around it or a file in it."""
    return (
        fnmatchcase(path, pattern) or pattern.startswith(path + os.sep) or path.startswith(pattern + os.sep)
    )
