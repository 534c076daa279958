"""A random generator in, scripts that define argparse parsers in many ways and command lines for them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

WORDS = (
    "lr",
    "log-dir",
    "log-level",
    "data",
    "batch_size",
    "batch",
    "amp",
    "model",
    "seed",
    "steps",
    "tag",
    "n",
)
SHORT = ("-l", "-d", "-b", "-n", "-x", "-v")
VALUES = (
    "1",
    "0.5",
    "-1",
    "-0.5",
    "1e-3",
    "a",
    "b",
    "big",
    "",
    "a=b",
    "two words",
    "true",
    "7",
    "nan",
    "-",
    "é",
)
ODD = (
    "--",
    "-5",
    "--lr",
    "--l",
    "--log",
    "--foo",
    "--foo=1",
    "-q",
    "-xv",
    "-n3",
    "--no-amp",
    "extra",
    "lr=0.1",
    "--=",
    "-1e-3",
    "--batch=3",
)
TRUTH = """
def truth(text):
    if isinstance(text, bool):
        return text
    if text.lower() in ("yes", "true", "1"):
        return True
    elif text.lower() in ("no", "false", "0"):
        return False
    raise argparse.ArgumentTypeError("yes or no")
"""


@dataclass
class Script:
    """Lines of a script and the spellings of its options."""

    random: Random
    lines: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    needed: list[list[str]] = field(default_factory=list)
    usages: list[list[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def script(random: Random) -> Script:
    """A script with one parser that reads the command line."""
    made = Script(random, ["import argparse", "import sys", *TRUTH.splitlines(), ""])
    free = list(WORDS)
    random.shuffle(free)
    if random.random() < 0.3:
        made.lines.append("def add_common(target):")
        made.lines += [f"    {line}" for line in options(made, free, "target", 2)]
        made.lines.append("")
    made.lines += ["def build():"]
    body = [f"parser = argparse.ArgumentParser({', '.join(keywords(made))})"]
    if "def add_common(target):" in made.lines:
        body.append("add_common(parser)")
    body += options(made, free, "parser", random.randint(0, 4))
    if random.random() < 0.3:
        body.append("group = parser.add_argument_group('more')")
        body += options(made, free, "group", 1)
    if random.random() < 0.3:
        required = random.choice(("", "required=True"))
        body.append(f"either = parser.add_mutually_exclusive_group({required})")
        body += options(made, free, "either", 2, exclusive=True)
    body += positionals(made)
    if random.random() < 0.25:
        body += commands(made, free)
    if random.random() < 0.2 and len(free) >= 2:
        body += loop(made, free)
    made.lines += [f"    {line}" for line in body]
    made.lines += ["    return parser", "", "", "def main(argv=None):", "    parser = build()"]
    made.lines.append(f"    print({parse(random)})")
    made.lines += ["", "", 'if __name__ == "__main__":', "    main()"]
    return made


def parse(random: Random) -> str:
    return random.choice(
        (
            "parser.parse_args()",
            "parser.parse_args()",
            "parser.parse_args(argv)",
            "parser.parse_args(sys.argv[1:])",
            "parser.parse_known_args()",
        )
    )


def keywords(made: Script) -> list[str]:
    random, found = made.random, ["description='generated'"]
    if random.random() < 0.15:
        found.append("allow_abbrev=False")
    if random.random() < 0.1:
        found.append("add_help=False")
    if random.random() < 0.08:
        found.append("prefix_chars='-+'")
    return found


def options(made: Script, free: list[str], owner: str, count: int, *, exclusive: bool = False) -> list[str]:
    """`add_argument` calls for options."""
    return [option(made, free.pop(), owner, exclusive=exclusive) for _ in range(min(count, len(free)))]


def option(made: Script, word: str, owner: str, *, exclusive: bool = False) -> str:
    random = made.random
    names = [f"--{word}"]
    short = random.choice(SHORT)
    if random.random() < 0.3 and short not in made.names:
        names.insert(0, short)
    if random.random() < 0.1:
        names = [f"-{word}"]
    made.names += names
    given = [repr(name) for name in names]
    kind = random.choice(("store", "store", "store", "flag", "count", "append", "boolean", "extend"))
    if kind in ("flag", "count"):
        given.append(
            f"action={random.choice(('store_true', 'store_false')) if kind == 'flag' else 'count'!r}"
        )
    elif kind == "boolean" and names[-1].startswith("--"):
        given.append("action=argparse.BooleanOptionalAction")
    else:
        given += stored(random, "append" if kind == "append" else "extend" if kind == "extend" else None)
    if not exclusive and random.random() < 0.15:
        given.append("required=True")
    usage = [names[-1], *good_values(given)]
    made.usages.append(usage)
    if "required=True" in given and owner not in ("train", "eval"):
        made.needed.append(usage)
    return f"{owner}.add_argument({', '.join(given)})"


def good_values(given: list[str]) -> list[str]:
    """Values that an option takes."""
    if any("store_" in entry or "count" in entry or "Boolean" in entry for entry in given):
        return []
    count = 2 if "nargs=2" in given else 1
    one = "1" if "type=int" in given or "type=truth" in given else "0.5" if "type=float" in given else "a"
    return [one] * count


def stored(random: Random, action: str | None) -> list[str]:
    """What an option with values may be given."""
    given = [f"action={action!r}"] if action else []
    nargs = random.choice((None, None, None, "'?'", "'*'", "'+'", "2", "1"))
    if action == "extend":
        nargs = random.choice(("'+'", "'*'"))
    if nargs is not None:
        given.append(f"nargs={nargs}")
    kind = random.choice((None, "int", "float", "str", "truth"))
    if kind is not None:
        given.append(f"type={kind}")
    if random.random() < 0.25:
        choices = {"int": "(1, 7)", "float": "[0.5, 1.0]", "truth": "[True]"}.get(
            str(kind), "('a', 'b', 'big')"
        )
        given.append(f"choices={choices}")
    if random.random() < 0.4:
        given.append(f"default={random.choice(('1', 'None', repr('a'), '0.5'))}")
    return [entry for entry in given if action is None or not entry.startswith("default")]


def positionals(made: Script) -> list[str]:
    random = made.random
    count = random.choice((0, 0, 1, 1, 2))
    lines = []
    for index in range(count):
        given = [repr(f"place{index}")]
        nargs = random.choice((None, None, "'?'", "'*'", "'+'", "2"))
        if nargs is not None:
            given.append(f"nargs={nargs}")
        if random.random() < 0.3:
            given.append("type=int")
        lines.append(f"parser.add_argument({', '.join(given)})")
        if nargs != "'?'" and nargs != "'*'":
            made.needed.append(["7"] * (2 if nargs == "2" else 1))
    return lines


def commands(made: Script, free: list[str]) -> list[str]:
    random = made.random
    required = random.choice(("", ", required=True"))
    lines = [f"commands = parser.add_subparsers(dest='command'{required})"]
    for name in ("train", "eval"):
        made.commands.append(name)
        lines.append(f"{name} = commands.add_parser({name!r})")
        lines += options(made, free, name, random.randint(0, 2))
        if random.random() < 0.3:
            lines.append(f"{name}.add_argument('path')")
    return lines


def loop(made: Script, free: list[str]) -> list[str]:
    words = [free.pop(), free.pop()]
    made.names += [f"--{word}" for word in words]
    return [f"for name in {tuple(words)!r}:", '    parser.add_argument(f"--{name}", type=int, default=3)']


def arguments(random: Random, made: Script) -> list[str]:
    """A command line, most often a sensible one."""
    given = [word for usage in made.needed for word in usage] if random.random() < 0.8 else []
    for _ in range(random.randint(0, 3)):
        given += random.choice(made.usages) if made.usages else []
    if made.commands and random.random() < 0.7:
        given.append(random.choice(made.commands))
    for _ in range(random.choice((0, 0, 0, 1, 1, 3))):
        roll = random.random()
        if roll < 0.5 and made.names:
            given += spelled(random, random.choice(made.names))
        elif roll < 0.75:
            given.append(random.choice(VALUES))
        elif roll < 0.85 and made.commands:
            given.append(random.choice(made.commands))
        else:
            given.append(random.choice(ODD))
    return given


def spelled(random: Random, name: str) -> list[str]:
    value, roll = random.choice(VALUES), random.random()
    if roll < 0.2:
        return [f"{name}={value}"]
    if roll < 0.4:
        return [name]
    if roll < 0.5 and name.startswith("--"):
        return [name[: random.randint(3, len(name))], value]
    return [name, *(random.choice(VALUES) for _ in range(random.choice((1, 1, 1, 2))))]
