"""Numbers of two runs over their updates in, drawings as SVG out that take their colours from the page."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from trainlint.facts.parity import Series
from trainlint.report.clean import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Colours that are drawn with and the variables of the page that they become.
_INK, _QUIET, _REFERENCE, _CANDIDATE = "#010203", "#010204", "#010205", "#010206"
_LINES = ("#020101", "#020102", "#020103", "#020104", "#020105", "#020106", "#020107", "#020108")
_VARIABLES = {
    _INK: "currentColor",
    _QUIET: "var(--quiet)",
    _REFERENCE: "var(--reference)",
    _CANDIDATE: "var(--candidate)",
    **{colour: f"var(--line{number})" for number, colour in enumerate(_LINES, 1)},
}
#: Parameters whose differences are drawn, those furthest apart.
DRAWN = len(_LINES)
_SIZE = (11.0, 3.2)
_SMALL = (4.0, 2.5)
#: Characters kept of a long name: a layer's number stands in front, what the parameter is at its end.
_HEAD, _TAIL = 32, 19
_MARKED = 40


def can_draw() -> bool:
    """Whether the library that draws is installed."""
    return find_spec("matplotlib") is not None


def both_sides(series: Series, name: str) -> str:
    """A line for each side; `name` tells the drawing's parts from those of others on the page."""
    axes, finish = _begun(name, _SMALL)
    steps = range(1, len(series.reference) + 1)
    marker = "o" if len(series.reference) <= _MARKED else ""
    for values, colour, width, dashes, side in (
        (series.reference, _REFERENCE, 2.4, "-", "reference"),
        (series.candidate, _CANDIDATE, 1.4, "--", "candidate"),
    ):
        axes.plot(
            steps, _gaps(values), color=colour, marker=marker, ms=1.6 * width, lw=width, ls=dashes, label=side
        )
    axes.set_ylabel(series.quantity, color=_INK)
    return finish()


def differences(parameters: Sequence[Series], name: str) -> str:
    """How far parameters are apart after each update; what is the same to the last bit has no point."""
    axes, finish = _begun(name, _SIZE)
    for colour, series in zip(_LINES, parameters, strict=False):
        values = [value if value else math.nan for value in _gaps(series.apart)]
        steps = range(1, len(values) + 1)
        marker = "o" if len(values) <= _MARKED else ""
        axes.plot(steps, values, color=colour, marker=marker, ms=3, lw=1.4, label=_short(series.quantity))
    axes.set_yscale("log")
    axes.set_ylabel("relative distance", color=_INK)
    return finish()


def farthest(parameters: Sequence[Series]) -> list[Series]:
    """The parameters that differ, the farthest first."""
    found = [(max((value or 0.0 for value in series.apart), default=0.0), series) for series in parameters]
    return [series for most, series in sorted(found, key=lambda pair: -pair[0]) if most > 0]


def _begun(name: str, size: tuple[float, float]) -> tuple[Axes, Callable[[], str]]:
    """Empty axes, and what makes the drawing of them once they are filled."""
    # A second that only a page with drawings has to pay.
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel("update", color=_INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(colors=_INK)
    axes.grid(visible=True, color=_QUIET, lw=0.5)
    for spine in axes.spines.values():
        spine.set_color(_QUIET)

    def finish() -> str:
        legend = axes.legend(frameon=False, fontsize=9, labelcolor=_INK)
        legend.set_in_layout(True)
        written = io.BytesIO()
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        return _embedded(written.getvalue().decode("utf-8"), name)

    return axes, finish


def _embedded(svg: str, name: str) -> str:
    """The drawing as part of a page: no prologue, no metadata, names of its own, colours of the page."""
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    seen = rf'\1 role="img" aria-label="{name}"'
    svg = re.sub(r'(?<=<svg )[^>]*(viewBox="[^"]+")[^>]*', seen, svg, count=1)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg).replace("xlink:href", "href")
    svg = re.sub(r"font: ([\d.]+px) [^;\"]+", r"font: \1 system-ui, sans-serif", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg


def _gaps(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None or not math.isfinite(value) else value for value in values]


def _short(name: str) -> str:
    # A dollar sign would begin a formula.
    name = printable(name).replace("$", r"\$")
    return name if len(name) <= _HEAD + 1 + _TAIL else f"{name[:_HEAD]}…{name[-_TAIL:]}"
