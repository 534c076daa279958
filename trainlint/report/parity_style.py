"""Nothing in, the style of a page about runs out: legible in light and dark, on paper and on a phone."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2024; --quiet: #c4c9cf; --soft: #5d666f;
  --card: #f5f6f8; --good: #1a7f37; --bad: #c4232a; --doubt: #8a5a00; --reference: #0b62c4;
  --candidate: #c2410c; --line1: #0b62c4; --line2: #c2410c; --line3: #1a7f37; --line4: #8250df;
  --line5: #8f5a00; --line6: #bf3989; --line7: #0e7c86; --line8: #5d666f; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e3e6e9; --quiet: #4a525a;
  --soft: #a2abb4; --card: #1e2226; --good: #56c271; --bad: #ff7b72; --doubt: #e3b341; --reference: #6cb0ff;
  --candidate: #ffa066; --line1: #6cb0ff; --line2: #ffa066; --line3: #56c271; --line4: #c297ff;
  --line5: #e3b341; --line6: #ff8fc7; --line7: #4fd1d9; --line8: #a2abb4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .875em; }
pre { margin: .2rem 0; padding: .4rem .6rem; overflow-x: auto; background: var(--paper);
  border: 1px solid var(--quiet); border-radius: .3rem; }
.verdict { font-weight: 600; }
.equal, .same { color: var(--good); } .diverged, .differs { color: var(--bad); }
.inconclusive { color: var(--doubt); } .soft { color: var(--soft); }
.phases { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; margin: 0; padding: 0; }
.phases li { padding: .15rem .6rem; border: 1px solid currentColor; border-radius: 1rem; }
.phases .first { outline: 2px solid currentColor; }
.card { padding: .8rem 1rem; margin: .6rem 0; background: var(--card); border-radius: .4rem; }
.card p { margin: .3rem 0; } .sides { display: grid; gap: .6rem; }
@media (min-width: 48rem) { .sides { grid-template-columns: 1fr 1fr; } }
.sides > div { min-width: 0; }
figure { margin: 0; padding: .6rem; background: var(--card); border-radius: .4rem; }
figure svg { display: block; width: 100%; height: auto; color: var(--ink); }
.plots { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); }
.wide { margin-top: .8rem; } .wide figure { overflow-x: auto; } .wide svg { min-width: 52rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { padding: .25rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--quiet); } th { white-space: nowrap; }
td { max-width: 22rem; overflow-wrap: break-word; } td:last-child code { white-space: nowrap; }
"""
