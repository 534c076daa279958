"""Nothing in, a browser of a fixed version beside the installed Python out, from npm's registry alone."""

from __future__ import annotations

import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

#: Chromium without a window, which brings its fonts and needs no rights and nothing of the system but libc.
_PACKAGE = "@sparticuz/chromium@153.0.0"
_SHA512 = (
    "8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34ef"
    "c41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0"
)
#: Where it lies; `make` looks for the same.
HOME = Path(sys.prefix) / "browser"
COMMAND = HOME / "chromium"
_UNPACKED = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"
#: Its own looks for fonts where a cloud's function has them.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def main() -> None:
    """Install it, or say why there is none; the tests say so too."""
    lacks = _lacks()
    if lacks is None:
        with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
            lacks = _install(Path(folder))
    if lacks is not None:
        print(f"no browser was installed, the tests look for one on PATH: {lacks}", file=sys.stderr)


def _lacks() -> str | None:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return f"{_PACKAGE} is for Linux on x86-64"
    return next((f"there is no {name}" for name in ("npm", "node") if shutil.which(name) is None), None)


def _install(folder: Path) -> str | None:
    command = ["npm", "pack", "--silent", _PACKAGE]
    fetched = subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
    if fetched.returncode:
        return f"`{' '.join(command)}` ended with exit code {fetched.returncode}"
    unpacked = folder / "browser"
    _unpack(_checked(folder), unpacked)
    shutil.rmtree(HOME, ignore_errors=True)
    unpacked.rename(HOME)
    return None


def _checked(folder: Path) -> bytes:
    (file,) = folder.glob("*.tgz")
    packed = file.read_bytes()
    if hashlib.sha512(packed).hexdigest() != _SHA512:
        raise SystemExit(f"{_PACKAGE} is not what it was: its digest differs")
    return packed


def _unpack(packed: bytes, folder: Path) -> None:
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:
        for name in ("chromium", "fonts.tar", "al2023.tar"):
            member = package.extractfile(f"package/bin/{name}.br")
            assert member is not None
            plain = subprocess.run(
                ["node", "-e", _UNPACKED], input=member.read(), stdout=subprocess.PIPE, check=True
            ).stdout
            if name.endswith(".tar"):
                with tarfile.open(fileobj=io.BytesIO(plain)) as inner:
                    inner.extractall(folder, filter="data")
            else:
                (folder / name).write_bytes(plain)
                (folder / name).chmod(0o755)
    (folder / "fonts.conf").write_text(_FONTS.format(cache=HOME / "fonts-cache"))


if __name__ == "__main__":
    main()
