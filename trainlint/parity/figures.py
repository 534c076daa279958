"""What a program prints, or the names that it logs numbers under, in; labelled numbers out.

Times, speeds, sizes, dates and places differ between any two runs and are left out. Where a run stands
(`step 5`) may be counted from 0 or from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.record import record

_NUMBER = re.compile(
    r"(?<![\w.])(?<!\w-)(?P<value>[-+]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?|(?P<bare>\.\d+))"
    r"(?:e(?P<exponent>[-+]?\d+))?|[-+]?\binf\b|\bnan\b)",
    re.IGNORECASE,
)
#: What follows a number at once, or after a space.
_AFTER = re.compile(r"(?P<space> ?)(?P<unit>%|[A-Za-zµ]+(?:/[A-Za-z]+)?)(?![\w=:])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SCALES = {"%": 0.01, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9}
_UNITS = _words(
    "s ms us µs ns sec secs second seconds min mins minutes h hr hrs hour hours day days "
    "b kb mb gb tb kib mib gib tib byte bytes flops gflops tflops pflops hz mhz ghz"
)
#: Units only where they stand at the number: `5m`, `2d`.
_SHORT = frozenset(["m", "d"])
_RATE = re.compile(
    r"/\s*(?:s|sec|second|min|h|hr|hour|it|iter|step|batch|gpu)\b|\bper (?:s|sec|second|hour)\b"
)
#: Words for what no two runs have in common.
_MOVING = _words(
    "time times timing dt elapsed eta duration took wall clock runtime latency remaining sec secs second "
    "seconds ms minutes hours throughput speed speedup tps ips fps mem memory ram vram rss mb gb kb mib gib "
    "mfu hfu flops tflops util utilization date timestamp pid port host"
)
#: Words for where a run stands, and for what another count of processes or micro-steps turns into another.
_PLACE = _words("step iter iteration epoch it ep update round")
_OTHER_PLACE = _words("batch micro rank worker")
_NO_NUMBERS = re.compile(
    r"\d{4}-\d\d-\d\d(?=[T\s]|\b)|\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|\b0x[0-9a-f]+|(?<!\S)['\"]?[~.]{0,2}/\S+"
    r"|\S*[/\\]\S*\.[A-Za-z]\w*|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[,;|\t]|\s{2,}|\s[-–]\s")
_WORD = re.compile(r"[A-Za-z]+\d*")
#: How many words a label has.
_WORDS = 4


@record
class Figure:
    """A number under a label; `unit` is one of its last digit, 0 where it is told in full.

    `is_place`: it says where the run stands, which may be counted from 0 or from 1.
    """

    label: str
    value: float
    unit: float
    is_place: bool = False


def figures(line: str) -> Iterator[Figure]:
    """The numbers in a line that say something of the training."""
    line = _NO_NUMBERS.sub(" ", line)
    end, words, further = 0, "", 1
    for found in _NUMBER.finditer(line):
        between = line[end : found.start()]
        after = _AFTER.match(line, found.end())
        unit = _unit(after)
        end = after.end() if after is not None and unit is not None else found.end()
        if _WORD.search(between):
            words, further = _told(between), 1
        elif _is_total(between):
            continue
        else:
            further += 1
        if words and unit != "" and not (further > 1 and is_place(words)):
            name = words if further == 1 else f"{words}, number {further}"
            yield _figure(name, found, _SCALES.get(unit or "", 1.0))


def label(name: str) -> str:
    """The words of a name that numbers go by; empty for what says nothing of the training."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or _RATE.search(name.lower()) or not _MOVING.isdisjoint(words) or words[-1] in _OTHER_PLACE:
        return ""
    return " ".join(words[-_WORDS:])


def is_place(words: str) -> bool:
    """Whether a number of that label says where the run stands."""
    return words.rpartition(" ")[2] in _PLACE


def _told(text: str) -> str:
    """The label in what stands before a number: what follows the last separator, if it says anything."""
    if _RATE.search(text.lower()):
        return ""
    pieces = [piece for piece in _SEPARATOR.split(text) if _WORD.search(piece)]
    return label(pieces[-1])


def _unit(after: re.Match[str] | None) -> str | None:
    """A scale that follows a number, None for no unit at all, empty for one of time, size or speed."""
    if after is None:
        return None
    unit, is_attached = after["unit"], not after["space"]
    if unit.lower() in _UNITS or _RATE.search(unit.lower()) or (is_attached and unit in _SHORT):
        return ""
    return unit if unit in _SCALES and is_attached else None


def _is_total(between: str) -> bool:
    """Whether the next number only says out of how many the last one is."""
    return between.strip() in ("/", "of")


def _figure(name: str, found: re.Match[str], scale: float) -> Figure:
    value = float(found["value"].replace(",", "")) * scale
    decimals = found["decimals"] or found["bare"] or ""
    exponent = int(found["exponent"] or 0)
    if not decimals and found["exponent"] is None and scale == 1:
        return Figure(name, value, 0.0, is_place(name))
    return Figure(name, value, scale * 10.0 ** (exponent - max(len(decimals) - 1, 0)))
