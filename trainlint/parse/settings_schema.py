"""A settings table in, every fault of it out: which settings there are and what each may hold."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

from trainlint.diagnostic import RuleInfo
from trainlint.facts.settings import FAIL_ON, OUTPUT_FORMATS, PATHS
from trainlint.record import record

#: To be gone through more than once; who stops early may spare the reading of the rest.
Rules = Iterable[RuleInfo]

_SELECTOR_HELP = "write a code (TL303), the start of one (TL3) or a name"
_SEVERITIES = ("error", "warning", "info")


@record
class Fault:
    """A key by its path; `value` is the string that is wrong where the key holds several."""

    path: tuple[str, ...]
    message: str
    help: str
    value: str | None = None


_Check = Callable[[tuple[str, ...], object, Rules], Iterator[Fault]]


def faults(table: object, rules: Rules) -> Iterator[Fault]:
    """Everything that is wrong with a settings table."""
    yield from _table(_KEYS)((), table, rules)
    if isinstance(table, Mapping):
        yield from _host(table)


def host_fault(name: str, hosts: Sequence[str]) -> str | None:
    """Why a name means no host; None when it does."""
    if name in hosts:
        return None
    return f"there is no host `{name}` in the settings{_nearest(name, hosts)}"


def _host(table: Mapping[str, object]) -> Iterator[Fault]:
    """The host that is chosen has to be described."""
    name, hosts = table.get("host"), table.get("hosts", {})
    if isinstance(name, str) and isinstance(hosts, Mapping):
        message = host_fault(name, list(hosts))
        if message:
            yield Fault(("host",), message, "describe it in a table [hosts.NAME], or choose another")


def selector_fault(selector: str, rules: Rules) -> str | None:
    """Why a selector means no rule; None when it is `ALL`, a code, the start of one, or a name."""
    known = selector == "ALL" or any(
        rule.name == selector or (selector and rule.code.startswith(selector)) for rule in rules
    )
    if known:
        return None
    names = [text for rule in rules for text in (rule.name, rule.code)]
    return f"no rule has the code or name `{selector}`{_nearest(selector, names)}"


def _nearest(name: str, candidates: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, candidates, n=1)
    return f"; the nearest is `{close[0]}`" if close else ""


def _table(checks: Mapping[str, _Check]) -> _Check:
    """A table with these keys and no others."""

    def check(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield _wrong_type(path, value, "a table")
            return
        for key, entry in value.items():
            if key in checks:
                yield from checks[key]((*path, key), entry, rules)
            else:
                message = f"there is no setting `{key}`{_nearest(key, list(checks))}"
                yield Fault((*path, key), message, f"the settings here are {', '.join(sorted(checks))}")

    return check


def _table_of(check_key: _Check, check_entry: _Check) -> _Check:
    """A table with keys of the user's own."""

    def check(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield _wrong_type(path, value, "a table")
            return
        for key, entry in value.items():
            yield from check_key((*path, key), key, rules)
            yield from check_entry((*path, key), entry, rules)

    return check


def is_strings(value: object) -> TypeGuard[list[str]]:
    """Whether a value is a list of texts that are not empty."""
    return isinstance(value, list) and all(isinstance(entry, str) and entry for entry in value)


def _strings(path: tuple[str, ...], value: object, _rules: Rules) -> Iterator[Fault]:
    if not is_strings(value):
        yield _wrong_type(path, value, "a list of strings")


def _selectors(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
    faults = tuple(_strings(path, value, rules))
    yield from faults
    if faults or not isinstance(value, list):
        return
    if not value and path[-1] == "select":
        yield Fault(path, "`select` is empty: nothing would be checked", "name rules, or remove the setting")
    for selector in value:
        message = selector_fault(selector, rules)
        if message:
            yield Fault(path, message, _SELECTOR_HELP, selector)


def _rule_key(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
    if not any(value in (rule.name, rule.code) for rule in rules):
        names = [text for rule in rules for text in (rule.name, rule.code)]
        message = f"no rule has the code or name `{value}`{_nearest(str(value), names)}"
        yield Fault(path, message, "write a code (TL303) or a name (unknown-override-key)")


def _intended(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
    """Differences that are meant: codes, or tables that say more of one."""
    if not isinstance(value, list):
        yield _wrong_type(path, value, "a list of codes or of tables")
        return
    for entry in value:
        if isinstance(entry, Mapping):
            yield from _INTENDED(path, entry, rules)
            if "code" not in entry:
                yield Fault(path, "an entry of `intended` names no `code`", 'write { code = "TL613" }')
        else:
            yield from _selector(path, entry, rules)


def _selector(path: tuple[str, ...], value: object, rules: Rules) -> Iterator[Fault]:
    if not isinstance(value, str) or not value:
        yield _wrong_type(path, value, "a code or name")
        return
    message = selector_fault(value, rules)
    if message:
        yield Fault(path, message, _SELECTOR_HELP, value)


def _any_key(_path: tuple[str, ...], _value: object, _rules: Rules) -> Iterator[Fault]:
    return iter(())


def _one_of(choices: tuple[str, ...], remark: str = "") -> _Check:
    def check(path: tuple[str, ...], value: object, _rules: Rules) -> Iterator[Fault]:
        if value not in choices:
            message = f"{_shown(value)} is no value of `{path[-1]}`{_nearest(str(value), choices)}"
            yield Fault(path, message, f"write one of {', '.join(choices)}{remark}")

    return check


def _text(path: tuple[str, ...], value: object, _rules: Rules) -> Iterator[Fault]:
    if not isinstance(value, str) or not value:
        yield _wrong_type(path, value, "a string")


def _switch(path: tuple[str, ...], value: object, _rules: Rules) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield _wrong_type(path, value, "true or false")


def _count(path: tuple[str, ...], value: object, _rules: Rules) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield _wrong_type(path, value, "a whole number from 1")


def _wrong_type(path: tuple[str, ...], value: object, expected: str) -> Fault:
    subject = f"`{path[-1]}` is" if path else "the settings are"
    return Fault(path, f"{subject} {expected}, not {_shown(value)}", f"write {expected}")


def _shown(value: object) -> str:
    """A TOML value as its author would know it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list with other things in it" if value else "an empty list"
    return "a table" if isinstance(value, dict) else str(value)


_INTENDED = _table({"code": _selector, "file": _text, "reason": _text})

_KEYS: Mapping[str, _Check] = {
    "all-jobs": _switch,
    "diff": _table({"intended": _intended}),
    "exclude": _strings,
    "fail-on": _one_of(FAIL_ON),
    "host": _text,
    "hosts": _table_of(_any_key, _table({"exists": _strings, "seen-at": _table_of(_any_key, _text)})),
    "ignore": _selectors,
    "packs": _strings,
    "output-format": _one_of(OUTPUT_FORMATS),
    "paths": _one_of(PATHS),
    "per-file": _table_of(_any_key, _table({"ignore": _selectors, "select": _selectors})),
    "python": _text,
    "select": _selectors,
    "severity": _table_of(_rule_key, _one_of(_SEVERITIES, "; to drop a rule, add it to ignore")),
    "stale-suffixes": _strings,
    "sweep-cap": _count,
}

#: The names of all settings.
SETTINGS = tuple(_KEYS)
