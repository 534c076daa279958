"""A folder of foreign scripts in, a command out that runs bash on a copy of it, without network and cut off.

The command needs Linux with user namespaces. Everything that a script writes is thrown away with its
process; it sees bash, a few text tools and stand-ins for all other programs, and nothing else of the machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.properties.bash_scripts import REAL, SHELLS, Sandbox

_ENTER = r"""
set -e
programs=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
base=$1 scratch=$2 tree=$3 sandbox=$4 folder=$5
shift 5
mount -t tmpfs -o size=64m none "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/tree" "$scratch/copied" "$scratch/root"
mount -t overlay -o "lowerdir=$base,upperdir=$scratch/upper,workdir=$scratch/work" none "$scratch/root"
mkdir -p "$scratch/root$tree" "$scratch/root$sandbox"
mount -t overlay -o "lowerdir=$tree,upperdir=$scratch/tree,workdir=$scratch/copied" none "$scratch/root$tree"
mount --bind "$sandbox" "$scratch/root$sandbox"
mount -t proc none "$scratch/root/proc"
for device in null zero urandom; do mount --bind "/dev/$device" "$scratch/root/dev/$device"; done
ulimit -t 8
ulimit -f 20480
enter=$(command -v chroot)
PATH=$programs
exec "$enter" "$scratch/root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
"""
#: What no script may hold that is to be run, even there.
_REFUSED = re.compile(
    r"\b(?:sudo|mkfs|shutdown|reboot|insmod|chroot)\b|\brm\s+-\w*\s+/|>\s*/dev/sd|\bdd\s+of="
)
_LOCALE = Path("/usr/lib/locale/C.utf8")
_LIBRARY = re.compile(r"(/\S+)")


def refused(text: str) -> bool:
    """Whether a script holds a command that is not even started in a sandbox."""
    return bool(_REFUSED.search(text))


class Jail:
    """The files that foreign scripts see beside their own tree."""

    def __init__(self, folder: Path) -> None:
        self.base = folder / "base"
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True)
        for name in ("bin", "dev", "proc", "tmp", "etc"):
            (self.base / name).mkdir(parents=True)
        for name in ("null", "zero", "urandom"):
            (self.base / "dev" / name).touch()
        (self.base / "dev" / "fd").symlink_to("/proc/self/fd")
        for name in (*REAL, *SHELLS):
            self._copy(name)
        if _LOCALE.is_dir():
            shutil.copytree(_LOCALE, self.base / str(_LOCALE).lstrip("/"))

    def entrance(self, tree: Path, sandbox: Sandbox, folder: Path) -> Sequence[str]:
        """The command in front of `bash`: a copy of `tree` at its own path, started in `folder`."""
        places = (self.base, self.scratch, tree, sandbox.programs.parent, folder)
        return (
            *(
                shutil.which("unshare") or "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
            ),
            *("/bin/sh", "-c", _ENTER, "enter", *map(str, places)),
        )

    def _copy(self, name: str) -> None:
        """A program with the libraries it loads, where it stands; the stand-ins' folder links to it."""
        found = Path(shutil.which(name) or name)
        listed = subprocess.run(["ldd", found.resolve()], capture_output=True, text=True, check=False).stdout
        for path in (found, Path("/bin/sh"), *map(Path, _LIBRARY.findall(listed))):
            target = self.base / str(path).lstrip("/")
            if path.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
