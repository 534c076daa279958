"""A page that a browser shows in, what a reader sees of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.browser.devtools import Tab

#: Everything that is measured on one page, in one question to the browser.
_MEASURE = """(() => {
  const words = element => (element.textContent || '').trim().replace(/\\s+/g, ' ');
  const grounds = element => {
    const found = [];
    for (let at = element; at; at = at.parentElement) found.push(getComputedStyle(at).backgroundColor);
    return found;
  };
  const scrolls = element => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('style, defs')) continue;
    const style = getComputedStyle(element), range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    const matrix = element instanceof SVGElement ? element.getScreenCTM() : null;
    texts.push({
      text: walker.currentNode.data.trim(), colour: matrix ? style.fill : style.color,
      grounds: grounds(element),
      size: parseFloat(style.fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1),
      box: [box.left, box.top, box.right, box.bottom], scrolls: scrolls(element),
    });
  }
  const drawings = [...document.querySelectorAll('svg')].map(drawing => {
    const box = drawing.getBoundingClientRect();
    const named = [...drawing.querySelectorAll('text')].map(text => {
      const inner = text.getBoundingClientRect();
      return {text: words(text), box: [inner.left, inner.top, inner.right, inner.bottom]};
    });
    const styles = [...drawing.querySelectorAll('path')].map(path => getComputedStyle(path));
    const thick = styles.filter(style => style.stroke !== 'none' && parseFloat(style.strokeWidth) > 1);
    return {
      box: [box.left, box.top, box.right, box.bottom], named, scrolls: scrolls(drawing),
      lines: [...new Set(thick.map(style => style.stroke))], grounds: grounds(drawing),
    };
  });
  const tables = [...document.querySelectorAll('table')].map(table =>
    [...table.rows].filter(row => row.getBoundingClientRect().height > 10)
      .map(row => [...row.cells].map(cell => cell.innerText.trim())));
  return {
    width: innerWidth, wide: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
    texts, drawings, tables,
  };
})()"""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are painted: their colour, the grounds below them, how large, and where."""

    words: str
    colour: str
    grounds: tuple[str, ...]
    size: float
    box: Box
    scrolls: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot: where it is, the words in it, the colours of its lines."""

    box: Box
    named: tuple[tuple[str, Box], ...]
    lines: tuple[str, ...]
    grounds: tuple[str, ...]
    scrolls: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One page on one screen."""

    width: float
    wide: float
    texts: tuple[Text, ...]
    drawings: tuple[Drawing, ...]
    tables: tuple[list[list[str]], ...]


def seen(tab: Tab) -> Seen:
    """What the page that is open shows."""
    found = tab.evaluate(_MEASURE)
    texts = (
        Text(
            one["text"], one["colour"], tuple(one["grounds"]), one["size"], tuple(one["box"]), one["scrolls"]
        )
        for one in found["texts"]
    )
    drawings = map(_drawing, found["drawings"])
    return Seen(found["width"], found["wide"], tuple(texts), tuple(drawings), tuple(found["tables"]))


def _drawing(one: dict[str, Any]) -> Drawing:
    named = tuple((text["text"], tuple(text["box"])) for text in one["named"])
    return Drawing(tuple(one["box"]), named, tuple(one["lines"]), tuple(one["grounds"]), one["scrolls"])
