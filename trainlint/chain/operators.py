"""The name of an operator or builtin in, the function that computes it out; each is bounded."""

from __future__ import annotations

import math
import operator
import os.path
import re
from collections.abc import Callable

#: Texts and patterns beyond this length are not matched.
_LONGEST_MATCHED = 200


def _power(base: object, exponent: object) -> object:
    if not isinstance(base, (int, float)) or not isinstance(exponent, (int, float)) or abs(exponent) > 1000:
        raise ValueError("the power is too large")
    return base**exponent


def _times(one: object, other: object) -> object:
    if not (isinstance(one, (int, float)) and isinstance(other, (int, float))):
        raise TypeError("only numbers are multiplied")
    return one * other


def _found(pattern: str, text: str) -> bool:
    if not isinstance(text, str) or max(len(pattern), len(text)) > _LONGEST_MATCHED:
        raise TypeError("only short texts are matched")
    try:
        return re.search(pattern, text) is not None
    except re.error as error:
        raise ValueError(f"the pattern is not understood: {error}") from error


def _range(*bounds: int) -> range:
    return range(*bounds)


def _text(name: str) -> Callable[..., object]:
    return lambda text, *given: getattr(str(text), name)(*given)


#: Raises TypeError, ValueError or ArithmeticError where Python does, and where the result would be huge.
FUNCTIONS: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": _times,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _power,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "neg": operator.neg,
    "pos": operator.pos,
    **{function.__name__: function for function in (int, float, str, bool, len, abs, max, min, round, sum)},
    "list": list,
    "iter": list,
    "tuple": tuple,
    "frozenset": frozenset,
    "sorted": sorted,
    "reversed": lambda items: list(reversed(items)),
    "enumerate": lambda items: list(enumerate(items)),
    "zip": lambda *items: list(zip(*items, strict=False)),
    "keys": lambda mapping: list(mapping.keys()),
    "values": lambda mapping: list(mapping.values()),
    "items": lambda mapping: list(mapping.items()),
    "any": any,
    "all": all,
    "range": _range,
    "pow": _power,
    "re.search": _found,
    **{f"math.{f.__name__}": f for f in (math.ceil, math.floor, math.sqrt, math.log, math.log2, math.exp)},
    "math.prod": math.prod,
    "math.cos": math.cos,
    "os.path.join": os.path.join,
    "os.path.basename": os.path.basename,
    "os.path.dirname": os.path.dirname,
    "os.path.normpath": os.path.normpath,
    **{
        f"str.{name}": _text(name)
        for name in (
            *("split", "rsplit", "partition", "rpartition", "strip", "lstrip", "rstrip", "lower", "upper"),
            *(
                "startswith",
                "endswith",
                "replace",
                "removeprefix",
                "removesuffix",
                "join",
                "title",
                "isdigit",
            ),
        )
    },
}
