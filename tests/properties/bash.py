"""Command lines in, what the real bash makes of them out: one process for many lines."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

#: The only programs that the lines can start.
_PROGRAMS = "dirname basename realpath readlink seq cat tr cut sed awk wc head tail xargs"
#: Prints the words of each line it is given, and the variables A, B and C with whether they are exported.
_DRIVER = r"""
show() {
  local _w _v
  for _w; do printf 'W%s\0' "$_w"; done
  for _v in A B C; do
    [[ -v $_v && ${!_v@a} == *x* ]] && printf 'V%s=%s\0' "$_v" "${!_v}"
  done
  printf 'S\0'
}
PATH=$1
shift
while IFS= read -r -d '' line; do
  printf '\036L\0'
  ( eval "$line"$'\n'"printf 'K\0'" ) 2>/dev/null || :
done
"""


def started(lines: Sequence[str], folder: Path) -> list[list[tuple[list[str], dict[str, str]]] | None]:
    """For each line the commands `show …` that it started: words and exported variables; None if refused."""
    with TemporaryDirectory() as programs:
        for name in _PROGRAMS.split():
            (Path(programs) / name).symlink_to(shutil.which(name) or name)
        found = subprocess.run(
            [shutil.which("bash") or "bash", "-c", _DRIVER, "bash", programs],
            input="".join(line + "\0" for line in lines).encode(),
            capture_output=True,
            cwd=folder,
            env={"LC_ALL": "C.UTF-8", "HOME": "/home/nobody"},
            timeout=60,
            check=True,
        )
    outcomes = found.stdout.decode("utf-8", "replace").split("\x1eL\0")[1:]
    assert len(outcomes) == len(lines)
    return [_commands(outcome) for outcome in outcomes]


def complains(line: str, folder: Path) -> bool:
    """Whether bash reports an error when it runs this line, so that its words say nothing."""
    script = f"show() {{ :; }}; {line}"
    found = subprocess.run(["bash", "-c", script], capture_output=True, cwd=folder, timeout=60, check=False)
    return bool(found.stderr)


def _commands(outcome: str) -> list[tuple[list[str], dict[str, str]]] | None:
    if not outcome.endswith("K\0"):
        return None
    commands: list[tuple[list[str], dict[str, str]]] = []
    words: list[str] = []
    exported: dict[str, str] = {}
    for field in outcome.split("\0")[:-2]:
        kind, text = field[:1], field[1:]
        if kind == "W":
            words.append(text)
        elif kind == "V":
            name, _, value = text.partition("=")
            exported[name] = value
        else:
            commands.append((words, exported))
            words, exported = [], {}
    return commands
