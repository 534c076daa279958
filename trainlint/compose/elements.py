"""Entries of defaults lists in, the paths and packages that Hydra derives from them out."""

from __future__ import annotations

from dataclasses import field

from trainlint.facts.config import Inclusion, InclusionKind
from trainlint.facts.value import Unknown
from trainlint.record import entity, record
from trainlint.source import Span

SELF = "_self_"
GLOBAL = "_global_"
MISSING = "???"

Option = str | None | tuple[str, ...] | Unknown


@record
class Entry:
    """One item of a defaults list, or one group override that acts like one.

    A group entry has `group` and an option as `value` (None, one name, or several); a config entry has
    no group and its path as `value`. `span` is the whole item, `value_span` the option or path, and
    `option_spans` the options of a list one by one. `external` marks a `+group=option` of the command line.
    """

    group: str | None
    value: Option
    package: str | None
    span: Span
    value_span: Span
    optional: bool = False
    override: bool = False
    external: bool = False
    option_spans: tuple[Span, ...] = ()

    @property
    def is_self(self) -> bool:
        """Whether it stands for the config that holds the list."""
        return self.value == SELF

    @property
    def label(self) -> str:
        """The item as people write it."""
        package = "" if self.package is None else f"@{self.package}"
        value = shown_option(self.value)
        if self.group is None:
            return value + package
        if self.external:
            return f"+{self.group}{package}={value}"
        keyword = "override " if self.override else "optional " if self.optional else ""
        return f"{keyword}{self.group}{package}: {value}"


IMPLICIT_SELF = Entry(None, SELF, None, Span.at(""), Span.at(""))


def shown_option(value: Option) -> str:
    """An option as people write it."""
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return "null" if value is None else value


@record
class Decision:
    """An override that decides the option of a group: where it stands and how it is written.

    One of a defaults list has that list's config as `config` and how it came in as `parent`.
    """

    value: Option
    label: str
    span: Span
    value_span: Span
    parent: Inclusion | None = None
    config: str | None = None


@entity
class Element:
    """An entry at its place in the tree of defaults lists.

    `base` is the group of the containing config and `parent_package` its package; `header` is the
    package header of the config it names; `decision` the override that replaced its option; `ancestors`
    the paths of the configs above it. `root` says as what a config comes in that no list names.
    """

    entry: Entry
    value: Option
    base: str
    parent_package: str
    parent: Inclusion | None
    package: str | None
    legacy: bool
    header: str | None = None
    primary: bool = False
    override: bool = False
    decision: Decision | None = None
    ancestors: tuple[str, ...] = field(default=())
    root: InclusionKind | None = None

    @property
    def is_group(self) -> bool:
        """Whether the entry chooses an option of a group."""
        return self.entry.group is not None

    @property
    def name(self) -> str | None:
        """The config's own name, None where the group is switched off."""
        assert not isinstance(self.value, (tuple, Unknown))
        if self.is_group or self.value is None:
            return self.value
        return self.value.rpartition("/")[2]

    @property
    def group_path(self) -> str:
        """The group, from the root of the search path."""
        text = self._group_text
        if self._text.startswith("/") or not self.base:
            return text
        return f"{self.base}/{text}" if text else self.base

    @property
    def config_path(self) -> str:
        """The config's path, from the root of the search path."""
        if self.is_group:
            return f"{self.group_path}/{self.name}"
        text = self._text
        if text.startswith("/"):
            return text[1:]
        return f"{self.base}/{text}" if self.base else text

    @property
    def _text(self) -> str:
        if self.entry.group is not None:
            return self.entry.group
        assert isinstance(self.value, str)
        return self.value

    @property
    def _group_text(self) -> str:
        text = self._text.removeprefix("/")
        return text if self.is_group else text.rpartition("/")[0]

    def final_package(self, use_header: bool = True) -> str:
        """The package its content goes to, from the root; the header counts where the entry names none."""
        package = self.package
        if package is None and use_header:
            package = self.header
        if package is None:
            package = self._group_text.replace("/", ".")
        if self.legacy and "_name_" in package and isinstance(self.value, str):
            package = package.replace("_name_", str(self.name))
        full = ".".join(part for part in (self.parent_package, package) if part)
        before, found, after = full.rpartition(GLOBAL)
        return after[1:] if found else before + after

    @property
    def override_key(self) -> str:
        """The key by which overrides address it: the group, with its package when that is not its own."""
        package = self.final_package(use_header=False)
        if package == self.group_path.replace("/", "."):
            return self.group_path
        return f"{self.group_path}@{package or GLOBAL}"

    @property
    def span(self) -> Span:
        """Where its option was decided."""
        return self.decision.span if self.decision else self.entry.span

    @property
    def value_span(self) -> Span:
        """Where its option is written."""
        return self.decision.value_span if self.decision else self.entry.value_span

    def inclusion(self, file: str | None, place: Span | None = None) -> Inclusion:
        """The step by which the config it names comes in; `place` is where that config stands."""
        if self.root is not None:
            return Inclusion(self.root, self.entry.label, place or self.entry.span, file, None)
        if self.decision is not None:
            kind = InclusionKind.DEFAULT if self.decision.parent else InclusionKind.OVERRIDE
            parent = self.decision.parent or self.parent
            return Inclusion(kind, self.decision.label, self.decision.span, file, parent)
        kind = InclusionKind.OVERRIDE if self.entry.external else InclusionKind.DEFAULT
        return Inclusion(kind, self.entry.label, self.entry.span, file, self.parent)


def place(entry: Entry, base: str, parent_package: str, parent: Inclusion | None, legacy: bool) -> Element:
    """An entry set into the config that contains it."""
    package = "" if entry.package == "_here_" else entry.package
    element = Element(entry, entry.value, base, parent_package, parent, package, legacy)
    element.override = entry.override
    if package is not None and "_group_" in package:
        group = element.group_path.replace("/", ".")
        element.package = f"{GLOBAL}.{package.replace('_group_', group)}"
    return element


def place_root(path: str, span: Span, kind: InclusionKind, legacy: bool) -> Element:
    """A config that the launch itself asks for."""
    element = place(Entry(None, path, None, span, span), "", "", None, legacy)
    element.root = kind
    element.primary = kind is InclusionKind.PRIMARY
    return element


def header_package(element: Element, header: str | None) -> str | None:
    """A `# @package` header as Hydra reads it: always absolute."""
    if header is None or (element.legacy and header == "_group_"):
        return None
    if header != GLOBAL and not header.startswith(f"{GLOBAL}."):
        header = f"{GLOBAL}.{header}" if header else GLOBAL
    if element.legacy:
        header = header.replace("_group_", element.group_path.replace("/", "."))
    return header
