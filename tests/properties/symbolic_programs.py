"""Strategies for small programs over a config: functions, classes, branches, loops, exceptions, probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.properties.symbolic_classes import HEAD

_NUMBERS = ("v0", "v1", "v2")
_ATTRIBUTES = ("n", "m")
_INDENT = "    "


@dataclass
class Writer:
    """Writes one program; every choice is drawn, so that a failing program is made small."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    lines: list[str] = field(default_factory=list)
    probes: int = 0
    counters: int = 0
    #: Functions that may be called here: those that are written later.
    callable: tuple[str, ...] = ()
    in_class: bool = False
    loops: int = 0
    function: bool = True
    names: tuple[str, ...] = _NUMBERS

    def pick(self, *options: Any) -> Any:
        """One of several; the first ones are the simplest."""
        return options[self.draw(st.integers(0, len(options) - 1))]

    def line(self, depth: int, text: str) -> None:
        """One line of the program."""
        self.lines.append(_INDENT * depth + text)

    def number(self, depth: int = 0) -> str:
        """An expression that gives a number or a truth value."""
        simple = [
            lambda: str(self.draw(st.integers(0, 3))),
            lambda: self.pick(*self.names),
            lambda: self.pick("cfg.a", "cfg.b", 'cfg["a"]', "cfg.part.x", "cfg.flag", "cfg.part.on"),
            lambda: self.pick('cfg.get("a", 7)', 'cfg.get("no", 7)', 'getattr(cfg, "no", 5)', "part.x"),
            lambda: self.pick('"a" in cfg', '"no" in cfg', 'hasattr(cfg.part, "x")', "len(cfg.items_)"),
            lambda: self.pick("box.n", "box.m", "box.double", "other.n"),
            lambda: self.pick("len(l0)", "len(d0)", "(l0[-1] if l0 else 0)", 'd0.get("k", 2)', "sum(l0)"),
        ]
        deep = [
            lambda: f"({self.number(depth + 1)} {self.pick('+', '-', '*')} {self.number(depth + 1)})",
            lambda: f"({self.number(depth + 1)} {self.pick('and', 'or')} {self.number(depth + 1)})",
            lambda: f"(not {self.number(depth + 1)})",
            lambda: f"({self.number(depth + 1)} {self.pick('==', '<', '>=', '!=')} {self.number(depth + 1)})",
            lambda: f"({self.number(depth + 1)} if {self.number(depth + 1)} else {self.number(depth + 1)})",
            lambda: f"probe({self.next_probe()}, {self.number(depth + 1)})",
            lambda: f"max({self.number(depth + 1)}, {self.number(depth + 1)})",
            lambda: f"(lambda q=1: q + {self.number(depth + 1)})()",
            lambda: f"sum([{self.number(depth + 1)} for q in range({self.pick(2, 0, 3)})])",
            lambda: f"({self.number(depth + 1)}, {self.number(depth + 1)})[{self.pick(0, 1)}]",
            lambda: self.called(depth),
        ]
        options = simple if depth > 1 else simple + deep
        return str(self.pick(*options)())

    def called(self, depth: int) -> str:
        """A call of a function or method of the program."""
        if not self.callable:
            return "v0"
        name = self.pick(*self.callable)
        arguments = [self.number(depth + 1), self.number(depth + 1)][: self.pick(1, 2)]
        if name.startswith("."):
            return f"box{name}({arguments[0]})"
        shape = self.pick(
            "{0}", "y={1}, x={0}", "*[{0}]", "**{{'x': {0}}}", "{0}, *[{1}]", "{0}, z={1}", "{0}, 1, 2"
        )
        second = arguments[1] if len(arguments) > 1 else "2"
        return f"{name}(cfg, box, {shape.format(arguments[0], second)})"

    def next_probe(self) -> int:
        """The number of a new probe."""
        self.probes += 1
        return self.probes

    def block(self, depth: int, size: int = 3) -> None:
        """Some statements."""
        for _ in range(self.draw(st.integers(1, size))):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        """One statement."""
        simple = [
            self.probe,
            self.assign,
            self.attribute,
            self.container,
            self.configure,
        ]
        deep = [self.branch, self.for_, self.while_, self.try_, self.closure, self.with_]
        leave = [self.leave]
        self.pick(*(simple + leave if depth > 4 else simple + deep + leave))(depth)

    def probe(self, depth: int) -> None:
        what = self.pick(None, None, "l0", "d0", "tuple(l0)", "sorted(l0)", "str(v0)", "f'{v0}-{cfg.name}'")
        self.line(depth, f"probe({self.next_probe()}, {what or self.number()})")

    def assign(self, depth: int) -> None:
        name = self.pick(*_NUMBERS)
        shape = self.pick(
            "{0} = {1}", "{0} += {1}", "{0}, v2 = {1}, v0", "if ({0} := {1}): pass", "{0} = v1 = {1}"
        )
        self.line(depth, shape.format(name, self.number()))

    def attribute(self, depth: int) -> None:
        self.line(
            depth,
            self.pick(
                f"box.n = {self.number()}",
                f"box.m += {self.number()}",
                "other = box",
                f"setattr(box, {self.pick('n', 'm')!r}, {self.number()})",
                f"other.n = {self.number()}",
                f"box = A(cfg, {self.number()})",
                f"other = B(cfg, {self.number()})",
                f"for thing in (box, other): thing.m = {self.number()}",
            ),
        )

    def container(self, depth: int) -> None:
        self.line(
            depth,
            self.pick(
                f"l0.append({self.number()})",
                f"l0 = [{self.number()}]",
                f"l0.extend([{self.number()}])",
                "l0 = l0 + [1]",
                "l1 = l0",
                "l1.append(9)",
                "l0.pop() if l0 else 0",
                "l0.clear()",
                "l0.sort()",
                f"d0['k'] = {self.number()}",
                f"d0.update(k={self.number()})",
                "d0 = {**d0, 'j': 1}",
                "d0.setdefault('k', 4)",
                "d0.pop('k', 0)",
                "l0[:] = [1, 2]",
            ),
        )

    def configure(self, depth: int) -> None:
        self.line(
            depth,
            self.pick(
                f"cfg.a = {self.number()}",
                f"cfg.part.x = {self.number()}",
                f"cfg.update({{'b': {self.number()}}})",
                f"OmegaConf.update(cfg, 'part.x', {self.number()})",
                "part = cfg.part",
                "part = OmegaConf.to_container(cfg.part) and cfg.part",
                "cfg.items_.append(3)",
                "copied = copy.deepcopy(cfg); copied.a = 7",
                f"part.x = {self.number()}",
                f"with open_dict(cfg): cfg.no = {self.number()}",
                f"cfg['b'] = {self.number()}",
            ),
        )

    def branch(self, depth: int) -> None:
        self.line(depth, f"if {self.number()}:")
        self.block(depth + 1)
        if self.pick(False, True):
            if self.pick(False, True):
                self.line(depth, f"elif {self.number()}:")
                self.block(depth + 1)
            self.line(depth, "else:")
            self.block(depth + 1)

    def for_(self, depth: int) -> None:
        head = self.pick(
            "for v1 in range(2):",
            "for v1 in list(cfg.items_):",
            "for v1 in l0[:3]:",
            "for v1, v2 in enumerate(list(cfg.items_)):",
            "for v1 in [5]:",
            "for v1, v2 in zip([1, 2], [3, 4]):",
            "for stage in cfg.stages:",
            "for key in cfg.part:",
            "for key, v1 in cfg.part.items():",
            "for v1 in list(d0.values()):",
            "for v1 in range(min(cfg.a, 3)):",
            "for v1 in generate(cfg, 2):",
        )
        self.line(depth, head)
        self.turns(depth)

    def while_(self, depth: int) -> None:
        self.counters += 1
        counter = f"c{self.counters}"
        self.line(depth, f"{counter} = 0")
        self.line(depth, f"while {counter} < {self.pick(2, 3)}{self.pick('', ' and ' + self.number())}:")
        self.line(depth + 1, f"{counter} += 1")
        self.turns(depth)

    def turns(self, depth: int) -> None:
        self.loops += 1
        self.block(depth + 1)
        self.loops -= 1
        if self.pick(False, True):
            self.line(depth, "else:")
            self.block(depth + 1, 2)

    def try_(self, depth: int) -> None:
        self.line(depth, "try:")
        self.block(depth + 1)
        if self.pick(True, False):
            self.line(
                depth + 1,
                self.pick(f"if {self.number()}: raise ValueError('x')", "cfg.no", "cfg.part.no", "[][1]"),
            )
            self.block(depth + 1, 1)
        self.line(
            depth,
            self.pick(
                "except Exception:", "except ValueError:", "except (KeyError, AttributeError) as error:"
            ),
        )
        self.block(depth + 1, 2)
        if self.pick(False, True):
            self.line(depth, "else:")
            self.block(depth + 1, 2)
        if self.pick(False, True):
            self.line(depth, "finally:")
            loops, function = self.loops, self.function
            self.loops, self.function = 0, False
            self.block(depth + 1, 1)
            self.loops, self.function = loops, function

    def with_(self, depth: int) -> None:
        self.line(
            depth,
            self.pick(
                "with manage(cfg, 3) as v1:",
                "with Manager(cfg) as v2:",
                "with contextlib.suppress(ValueError):",
            ),
        )
        self.block(depth + 1, 2)

    def closure(self, depth: int) -> None:
        self.counters += 1
        name = f"inner{self.counters}"
        self.line(depth, f"def {name}({self.pick('', 'q=v0', '*q', '**q')}):")
        if self.pick(False, True):
            self.line(depth + 1, "nonlocal v1")
        else:
            self.line(depth + 1, "v1 = 1")
        self.line(
            depth + 1,
            "v0, v2, box, other, l0, d0, l1, part = 1, 2, A(cfg, 1), B(cfg, 2), [1], {}, [], cfg.part",
        )
        loops, self.loops = self.loops, 0
        callable_, self.callable = self.callable, ()
        self.block(depth + 1, 2)
        self.callable = callable_
        self.loops = loops
        self.line(
            depth,
            self.pick(
                f"{name}()", f"v1 = {name}() or 0", f"if {self.number()}: {name}()", f"other.f = {name}"
            ),
        )

    def leave(self, depth: int) -> None:
        options = [f"probe({self.next_probe()}, {self.number()})"]
        if self.function:
            options += [f"return {self.number()}", f"if {self.number()}: return {self.number()}"]
            options += [f"if {self.number()}: raise ValueError('left')", f"if {self.number()}: sys.exit(0)"]
        if self.loops:
            options += ["break", "continue", f"if {self.number()}: break", f"if {self.number()}: continue"]
        self.line(depth, self.pick(*options))

    def body(self, head: str) -> None:
        """A function."""
        self.line(0, head)
        self.line(1, "v0, v1, v2 = x, 1, 2")
        self.line(1, "l0, l1, d0, other, part = [], [1], {}, box, cfg.part")
        self.block(1, 4)
        self.line(1, f"probe({self.next_probe()}, v0)")
        self.line(1, f"return {self.number()}")
        self.line(0, "")


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """A program whose `main(cfg)` is called with a config of `configs`."""
    writer = Writer(draw)
    known: tuple[str, ...] = (".step", ".whole")
    for index in range(draw(st.integers(0, 2))):
        writer.callable = known
        if writer.pick(False, False, True):
            writer.line(0, "@wrapped")
        writer.body(
            f"def f{index}(cfg, box, x, y=2, *z, **k):"
            if writer.pick(False, True)
            else f"def f{index}(cfg, box, x, y=1, *, z=4):"
        )
        known = (f"f{index}", *known)
    writer.callable = known
    writer.line(0, "def main(cfg):")
    writer.line(1, "x, box = 1, " + writer.pick("A(cfg, 1)", "B(cfg, cfg.a)"))
    writer.lines[-1] = writer.lines[-1]
    first = writer.lines.pop()
    writer.lines.pop()
    writer.body("def main(cfg):\n" + first)
    return HEAD + "\n".join(writer.lines)


def configs() -> st.SearchStrategy[dict[str, Any]]:
    """Configs that the programs read."""
    number = st.integers(0, 3)
    return st.fixed_dictionaries(
        {
            "a": number,
            "b": number,
            "flag": st.booleans(),
            "name": st.sampled_from(["one", "two"]),
            "part": st.fixed_dictionaries({"x": number, "on": st.booleans()}),
            "items_": st.lists(number, max_size=2),
            "stages": st.just([{"lr": 1}, {"lr": 2}]),
        }
    )
