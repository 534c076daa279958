"""Generated Python programs that build commands and run them, in the ways that people write them."""

from __future__ import annotations

from hypothesis import strategies as st

#: What every program begins with.
HEAD = """\
import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

NAME, COUNT, RATE, ON, OFF, NOTHING = "tiny", 3, 0.5, True, False, None
WORDS = ["alpha", "beta_two", "c.d"]
ARGS = {"output_dir": "data/x", "sources": ["a", "b"], "augment": True, "skip": False, "epochs": 2}
ARGS["lr"] = 1e-3
RUNS = {
    "one": {"config": "cfg_one", "args": {"seed": 1, "tags": ["x", "y"]}, "extra": ["--fast"]},
    "two": {"config": "cfg_" + "two", "args": {}, "extra": []},
}


def flags(args):
    found = []
    for key, value in args.items():
        flag = f"--{key.replace('_', '-')}"
        if isinstance(value, bool):
            if value:
                found.append(flag)
        elif isinstance(value, (list, tuple)):
            found.append(flag)
            found.extend(str(v) for v in value)
        elif value is not None:
            found += [flag, str(value)]
    return found


def pairs(args):
    for key, value in args.items():
        yield f"{key}={value}"


def run(cmd, check=True, **kwargs):
    return subprocess.run(cmd, check=check, **kwargs)


class Job:
    script = "train.py"

    def __init__(self, name, *rest, gpus=1):
        self.name = name
        self.rest = list(rest)
        self.gpus = gpus

    @property
    def label(self):
        return f"{self.name}-{self.gpus}"

    def command(self):
        first = ["torchrun", f"--nproc_per_node={self.gpus}", self.script]
        return [*first, f"name={self.label}", *self.rest]

    def start(self):
        subprocess.check_call(self.command())


parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=list(RUNS), default="one")
parser.add_argument("--resume", action="store_true")
parser.add_argument("--tag", default=None)
parser.add_argument("--steps", type=int, default=10)
args = parser.parse_args()
"""

TEXTS = """\
"plain"
'single'
r"raw"
"tab\\tx"
"a" "b"
f"n={NAME}"
f"{COUNT}x{RATE}"
f"{{{NAME}}}"
f"{RATE:.2f}"
f"{COUNT:03d}"
f"{NAME!r}"
"%s-%d" % (NAME, COUNT)
"lr=%.1e" % RATE
"%s" % NAME
"{}/{}".format(NAME, COUNT)
"{n}:{0}".format(COUNT, n=NAME)
"a_b_c".replace("_", "-")
NAME.upper()
str(COUNT)
str(RATE)
WORDS[1].replace("_", "")
WORDS[-1]
RUNS["one"]["config"]
NAME[0:2]
os.path.join("out", NAME)
str(Path("out") / NAME / "x.pt")
"x" + NAME
"+".join(WORDS)
"ab" * 2
NAME if ON else "no"
"yes" if COUNT > 5 else NAME
OFF or "fallback"
NOTHING or NAME
RUNS["two"].get("missing", "default")
"a,b".split(",")[1]
'k="v w"'
f"t={ARGS['epochs']}"
os.path.basename("a/b.py")
Path("a/b.yaml").stem
Path("a/b").parent.as_posix()
f'{WORDS}'
"é" + NAME
"[" + ",".join(WORDS) + "]"
f"data=[{','.join(WORDS)}]"
"x" f"{NAME}" "y"
str(max(1, 2) and 7)
WORDS[0].title()
"  pad ".strip()
"pre.fix".removeprefix("pre.")
"a.b.c".rsplit(".", 1)[0]
str(ON)
"""

LISTS = """\
list(WORDS)
WORDS[:2]
flags(ARGS)
flags(RUNS["one"]["args"])
list(pairs(ARGS))
[w.upper() for w in WORDS if w != "alpha"]
[f"{k}={v}" for k, v in ARGS.items()]
sorted(WORDS)
shlex.split("a 'b c' d")
["x"] * COUNT
[str(i) for i in range(COUNT)]
list(RUNS)
sorted(ARGS)
[f"{a}{b}" for a in "xy" for b in WORDS]
[f"{i}:{w}" for i, w in enumerate(WORDS)]
list(reversed(WORDS))
[a + b for a, b in zip(WORDS, ["1", "2"])]
RUNS["one"].get("extra", [])
RUNS["two"].get("none") or []
(["--on"] if ON else [])
(["--off"] if OFF else [])
[str(v) for v in ARGS.values() if v]
{"a": ["q"]}["a"]
[x for pair in [("--a", "1"), ("--b", "2")] for x in pair]
"""

CONDITIONS = """\
ON
OFF
not NOTHING
COUNT == 3
COUNT >= 4
NAME in ("tiny", "x")
"seed" in RUNS["one"]["args"]
isinstance(ARGS, dict)
isinstance(NAME, list)
NOTHING is None
RATE < 1 and OFF
len(WORDS) == 3
NAME.startswith("t")
all(WORDS)
any(w == "c.d" for w in WORDS)
args.resume
args.tag
args.tag is not None
args.model == "one"
not args.resume
os.environ.get("SLURM_JOB_ID")
args.model == "two" and args.resume
args.steps > 5
os.path.exists("nowhere.pt")
hasattr(args, 'model')
"""

CHANGES = """\
cmd.append(args.model)
cmd.append(f"model={args.model}")
cmd += flags(RUNS[args.model]["args"])
cmd.append(f"steps={args.steps}")
cmd.append(RUNS[args.model]["config"])
cmd.extend(RUNS.get(args.model, {}).get("extra", []))
cmd.append(os.environ.get('UNSET_NAME', 'dflt'))
cmd = [word for word in cmd if word]

for key, value in ARGS.items():
    if not isinstance(value, bool):
        cmd.append(f'+{key}={value}')

for name in RUNS:
    if name == 'two':
        continue
    cmd.append(name)

for word in WORDS:
    if word.startswith('b'):
        break
    cmd.append(word)
else:
    cmd.append('end')

i = 0
while i < COUNT:
    cmd.append(str(i))
    i += 1

options = dict(ARGS, lr=5)
options.pop('skip')
options.update(new='n')
cmd += flags(options)

options = {**ARGS, 'epochs': 9}
cmd += flags(options)

first, *_ = WORDS
a, b = NAME, COUNT
cmd += [a, str(b)]

try:
    cmd.append(ARGS['nope'])
except KeyError:
    cmd.append('caught')

with open(os.devnull) as stream:
    cmd.append('in-with')

if args.tag:
    cmd.append(f'tag={args.tag}')

if (found := NAME):
    cmd.append(found)

add = lambda text: cmd.append(text + '!')
add(NAME)
"""

STARTS = """\
subprocess.run(cmd)
subprocess.check_call(cmd)
subprocess.Popen(cmd).wait()
run(cmd)
run(cmd, check=False)
subprocess.check_output(args=cmd)
subprocess.run(shlex.join(cmd), shell=True)
os.system(shlex.join(cmd))
subprocess.run(cmd, cwd="sub")
subprocess.run(cmd, env={**os.environ, "MARK": NAME})
run(tuple(cmd))
os.spawnvp(os.P_WAIT, cmd[0], cmd)
Job("j", *cmd[2:], gpus=COUNT).start()
Job(NAME).start()
[subprocess.run([*cmd, str(i)]) for i in range(2)]
subprocess.run(cmd[:3])
subprocess.run(" ".join(["torchrun", "train.py", NAME, f"n={COUNT}"]), shell=True)
os.popen(shlex.join(cmd)).read()
subprocess.run([sys.executable, "-u", "train.py", *cmd[2:]])
print(cmd); subprocess.run(cmd)
os.execvp(cmd[0], cmd)
os.system(f"torchrun train.py name={NAME} && torchrun eval.py {COUNT}")
subprocess.run([*cmd, COUNT])

env = os.environ.copy()
env["MARK"] = str(COUNT)
subprocess.run(cmd, env=env)

os.environ["MARK"] = "set"
subprocess.call(cmd)

for name, entry in RUNS.items():
    run([*cmd, f"config={entry['config']}", *flags(entry["args"])])

os.chdir("sub")
subprocess.run(cmd)
"""


def _entries(text: str) -> list[str]:
    """The lines before the first empty one, then the paragraphs."""
    lines, _, paragraphs = text.strip("\n").partition("\n\n")
    return [*lines.split("\n"), *(entry for entry in paragraphs.split("\n\n") if entry)]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


TEXT = st.sampled_from(_entries(TEXTS))
LIST = st.recursive(
    st.one_of(
        st.lists(TEXT, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.sampled_from(_entries(LISTS)),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"{two[0]} + {two[1]}"),
        st.tuples(inner, TEXT).map(lambda two: f"[*({two[0]}), {two[1]}]"),
    ),
    max_leaves=3,
)
CONDITION = st.sampled_from(_entries(CONDITIONS))
CHANGE = st.one_of(
    TEXT.map(lambda text: f"cmd.append({text})"),
    LIST.map(lambda items: f"cmd += {items}"),
    LIST.map(lambda items: f"cmd.extend({items})"),
    TEXT.map(lambda text: f"cmd.insert(2, {text})"),
    LIST.map(lambda items: f"cmd = cmd + {items}"),
    st.sampled_from(_entries(CHANGES)),
)
START = st.sampled_from(_entries(STARTS))
FIRST = st.sampled_from(
    [
        'cmd = ["torchrun", "train.py"]',
        'cmd = ["python", Path("train.py")]',
        'cmd = [sys.executable, "train.py", "x"]',
    ]
)


def _conditional(parts: tuple[str, str, str | None]) -> str:
    condition, body, otherwise = parts
    rest = f"\nelse:\n{_indented(otherwise)}" if otherwise else ""
    return f"if {condition}:\n{_indented(body)}{rest}"


BLOCK = st.recursive(
    CHANGE,
    lambda inner: st.tuples(CONDITION, inner, st.one_of(st.none(), inner)).map(_conditional),
    max_leaves=3,
)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """The statements of a launcher."""
    parts = [draw(FIRST), *draw(st.lists(BLOCK, max_size=4)), draw(START)]
    return "\n".join([*parts, *draw(st.lists(st.one_of(BLOCK, START), max_size=2))])


def program(body: str, in_main: bool) -> str:
    """A whole launcher, its statements in a function `main` or at the top."""
    if in_main:
        return f'{HEAD}\n\ndef main():\n{_indented(body)}\n\n\nif __name__ == "__main__":\n    main()\n'
    return f"{HEAD}\n{body}\n"
