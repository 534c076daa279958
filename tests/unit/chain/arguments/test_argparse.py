"""Scripts that build their argparse parsers in many ways, judged by argparse itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.chain.arguments.oracle import ours, theirs

HEAD = "import argparse\nimport sys\n"
TAIL = """
if __name__ == "__main__":
    main()
"""
#: Scripts whose parsers are read completely, each with command lines that argparse takes and refuses.
READ = {
    "a function makes it": (
        """
def get_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    return parser

def main():
    args = get_parser().parse_args()
""",
        ["", "--lr 3", "--lr x", "--l 3", "--rl 3", "lr=3"],
    ),
    "parents and groups": (
        """
def main():
    base = argparse.ArgumentParser(add_help=False)
    base.add_argument("--seed", type=int, required=True)
    parser = argparse.ArgumentParser(parents=[base])
    group = parser.add_argument_group("more")
    group.add_argument("-n", "--name", choices=["a", "b"])
    either = group.add_mutually_exclusive_group()
    either.add_argument("--x", action="store_true")
    either.add_argument("--y", action="store_true")
    parser.parse_args(sys.argv[1:])
""",
        ["--seed 1", "--x", "--seed 1 -n a --x", "--seed 1 -nc", "--seed 1 --x --y"],
    ),
    "loops over what is written out": (
        """
DEFAULTS = dict(width=3, depth=2.5, name="a", flag=None)

def kind(value):
    return str if value is None else type(value)

def main():
    parser = argparse.ArgumentParser()
    more = {"extra": 1}
    more.update(DEFAULTS)
    for key, value in more.items():
        parser.add_argument(f"--{key}", default=value, type=kind(value))
    for split in ("train", "test"):
        for part in range(2):
            parser.add_argument("--%s-%d" % (split, part), action="store_true")
    parser.parse_args()
""",
        ["--width 3 --depth 1 --train-1", "--width 3.5", "--train-2", "--extra 1 --name=x", "--flag"],
    ),
    "an object holds it": (
        """
class Options:
    def __init__(self):
        self.parser = argparse.ArgumentParser()
        self.initialize()

    def initialize(self):
        self.parser.add_argument("--phase", default="train")

    def parse(self):
        self.opt = self.parser.parse_args()
        return self.opt

class TrainOptions(Options):
    def initialize(self):
        super().initialize()
        self.parser.add_argument("--epochs", type=int, required=True)

def main():
    TrainOptions().parse()
""",
        ["--epochs 3 --phase x", "--phase x", "--epochs x", "--epochs 1 --other"],
    ),
    "a parser of its own class": (
        """
class Parser(argparse.ArgumentParser):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.add_argument("--common")

    def error(self, message):
        print(message, file=sys.stderr)
        self.exit(2)

    def parse_args(self, args=None, namespace=None):
        return super().parse_args(args, namespace)

def main():
    parser = Parser(description="d")
    parser.add_argument("data")
    parser.parse_args()
""",
        ["x", "", "x --common y", "x --uncommon y"],
    ),
    "two stages": (
        """
def main():
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument("-c", "--config")
    known, rest = first.parse_known_args()
    second = argparse.ArgumentParser(parents=[first])
    second.add_argument("--lr", type=float)
    second.set_defaults(lr="0.5")
    second.parse_args(rest)
""",
        ["-c a --lr 3", "--lr x", "-c a --other 3", "--config=a b"],
    ),
    "known conditions": (
        """
def main(argv=None):
    parser = argparse.ArgumentParser()
    if argv is not None and len(argv) > 3:
        parser.add_argument("--never", required=True)
    else:
        parser.add_argument("--always", required=True)
    args = parser.parse_args(argv) if argv is not None else parser.parse_args()
""",
        ["--always x", "--never x", ""],
    ),
    "subcommands with functions": (
        """
def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="what")
    commands.required = True
    for name in ("fit", "test"):
        sub = commands.add_parser(name, aliases=[name[0]])
        sub.add_argument("--gpus", type=int, default=1)
        sub.set_defaults(func=print)
    args = parser.parse_args()
    args.func(args)
""",
        ["fit --gpus 2", "f --gpus x", "fit --gpu 2 --cpu 3", "train"],
    ),
    "intermixed": (
        """
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--x", type=int)
    parser.add_argument("files", nargs="*")
    parser.add_argument("last")
    parser.parse_intermixed_args()
""",
        ["a --x 3 b c", "a b --y", "--x 3", "a --x b"],
    ),
    "deepspeed adds options": (
        """
try:
    import deepspeed
except ImportError:
    class deepspeed:
        @staticmethod
        def add_config_arguments(parser):
            return parser

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--local_rank", type=int, default=-1)
    parser.parse_args()
""",
        ["--local_rank=0", "--local-rank=0"],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read_is_judged_as_argparse_does(name: str, tmp_path: Path) -> None:
    body, lines = READ[name]
    script = tmp_path / "train.py"
    script.write_text(HEAD + body + TAIL, "utf-8")
    for line in lines:
        verdict, said = ours(script, line.split()), theirs(script, line.split())
        assert verdict.refused is (said is not None), (line, said, verdict.problems, verdict.check.unverified)
        assert verdict.refused or verdict.verified, (line, verdict.check.unverified)


#: Scripts that do something that is not read: nothing may be refused, and nothing passed.
NOT_READ = {
    "options of a name that is computed": (
        'parser.add_argument("--" + sys.platform + "x")',
        "--other",
    ),
    "another library gets hold of it": ("import somelib\n    somelib.add_options(parser)", "--other"),
    "a registry calls": ("REGISTRY[sys.platform](parser)", "--other"),
    "arguments are changed": ('sys.argv = [a for a in sys.argv if a != "--other"]', "--other"),
    "arguments are taken out": ('sys.argv.remove("--other")', "--other"),
    "the options are handled directly": ("parser._actions.clear()", "--other"),
    "it is read under a condition": (
        "if sys.flags.dev_mode:\n        parser.add_argument('--other')",
        "--other",
    ),
    "its keywords are computed": ('parser.add_argument("--other", **OPTIONS[sys.platform])', "--other x"),
    "a file of arguments": ('parser.fromfile_prefix_chars = "@"', "@args.txt"),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_is_not_read_is_said_so(name: str, tmp_path: Path) -> None:
    statement, line = NOT_READ[name]
    body = f"""
REGISTRY = {{}}
OPTIONS = {{}}

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float)
    {statement}
    print(parser.parse_args())
"""
    script = tmp_path / "train.py"
    script.write_text(HEAD + body + TAIL, "utf-8")
    verdict = ours(script, line.split())
    assert not verdict.refused, verdict.problems
    assert not verdict.verified


def test_a_module_that_parses_as_it_is_imported_counts(tmp_path: Path) -> None:
    (tmp_path / "options.py").write_text(
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--lr', type=float)\n"
        "args = parser.parse_args()\n",
        "utf-8",
    )
    script = tmp_path / "train.py"
    script.write_text("from options import args\nprint(args.lr)\n", "utf-8")
    assert ours(script, ["--lr", "1"]).verified
    assert ours(script, ["--lr", "x"]).refused


def test_what_a_parser_drops_is_a_warning(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    body = "parser = argparse.ArgumentParser()\nparser.add_argument('--steps')\n"
    body += "args, _ = parser.parse_known_args()\n"
    script.write_text(HEAD + body, "utf-8")
    verdict = ours(script, ["--step_count", "3"])
    assert not verdict.refused
    (problem,) = verdict.problems
    assert not problem.certain
